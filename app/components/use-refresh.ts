/** Asks for the page's data again every 45 seconds while somebody can see it. */
import { useRevalidator } from "@remix-run/react";
import { useEffect, useRef, useState } from "react";

const EVERY_MS = 45_000;

/** @returns false while the server does not answer; the page keeps what it shows */
export function useRefresh(lastUpdated: string): boolean {
  const { revalidate } = useRevalidator();
  const [reached, setReached] = useState(true);
  const last = useRef(0);
  useEffect(() => {
    last.current = Date.now();
  }, [lastUpdated]);
  useEffect(() => {
    const refresh = async () => {
      if (document.visibilityState !== "visible" || Date.now() - last.current < EVERY_MS) return;
      // A revalidation that fails would replace the list by an error page; so we knock first.
      const ready = await fetch("/readyz").then(
        (answer) => answer.ok,
        () => false,
      );
      setReached(ready);
      if (ready) revalidate();
      else last.current = Date.now();
    };
    const timer = setInterval(() => void refresh(), 5_000);
    const seen = () => void refresh();
    document.addEventListener("visibilitychange", seen);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", seen);
    };
  }, [revalidate]);
  return reached;
}
