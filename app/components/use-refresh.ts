/**
 * Asks for the page's data again every 45 seconds, or as told, while somebody can see it. Not while a refused form
 * stands on the page: the router would forget why, and what was typed.
 */
import { useActionData, useRevalidator } from "@remix-run/react";
import { useEffect, useRef, useState } from "react";
import { answers } from "./decision-sent";

const EVERY_MS = 45_000;

/**
 * @param lastUpdated when the page's data was fetched; changes with every fetch
 * @param every milliseconds between two fetches
 * @returns false while the server does not answer; the page keeps what it shows
 */
export function useRefresh(lastUpdated: string, every = EVERY_MS): boolean {
  const { revalidate } = useRevalidator();
  const refused = useActionData() !== undefined;
  const [reached, setReached] = useState(true);
  const last = useRef(0);
  useEffect(() => {
    last.current = Date.now();
  }, [lastUpdated]);
  useEffect(() => {
    if (refused) return;
    const refresh = async () => {
      if (document.visibilityState !== "visible" || Date.now() - last.current < every) return;
      // A revalidation that fails would replace the list by an error page; so we knock first.
      const ready = await answers();
      setReached(ready);
      if (ready) revalidate();
      else last.current = Date.now();
    };
    const timer = setInterval(() => void refresh(), Math.min(5_000, every));
    const seen = () => void refresh();
    document.addEventListener("visibilitychange", seen);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", seen);
    };
  }, [revalidate, every, refused]);
  return reached;
}
