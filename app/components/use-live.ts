/**
 * Keeps a board up to date: every 45 seconds it asks whether anything has changed, and only then fetches the page's
 * data again. Quiet in a hidden tab, patient while the server is away.
 */
import { useRevalidator } from "@remix-run/react";
import { useCallback, useEffect, useRef, useState } from "react";

const EVERY_MS = 45_000;
const FIRST_RETRY_MS = 5_000;

export interface Live {
  /** When the server last said that this is how things are; UTC ISO 8601. */
  checked: string;
  /** The server answers. */
  reached: boolean;
  paused: boolean;
  setPaused: (paused: boolean) => void;
  /** Asks at once. */
  refresh: () => void;
  /** Number of the newest submission that the server told of. */
  newest: number;
}

/** @param first stamp and newest submission of the page as it was loaded, and when that was */
export function useLive(first: { stamp: string; newest: number; now: string }): Live {
  const { revalidate } = useRevalidator();
  const [checked, setChecked] = useState(first.now);
  const [reached, setReached] = useState(true);
  const [paused, setPaused] = useState(false);
  const [newest, setNewest] = useState(first.newest);
  const known = useRef(first.stamp);
  const retries = useRef(0);
  const due = useRef(0);

  // The page was loaded again, by us or by somebody's action: from here on this is what is known.
  useEffect(() => {
    known.current = first.stamp;
    setChecked(first.now);
    setNewest((before) => Math.max(before, first.newest));
    due.current = Date.now() + EVERY_MS;
  }, [first.stamp, first.now, first.newest]);

  const ask = useCallback(async () => {
    due.current = Infinity;
    const answer = await fetch("/dashboard/stamp", {
      headers: { "If-None-Match": `"${known.current}"` },
      signal: AbortSignal.timeout(10_000),
    }).catch(() => null);
    // Sent to log in: the page itself finds that out and keeps its address.
    if (answer?.redirected) return location.reload();
    const well = answer !== null && (answer.ok || answer.status === 304);
    setReached(well);
    // While it is away: after 5, 10, 20 seconds, then as always.
    retries.current = well ? 0 : retries.current + 1;
    const wait = well ? EVERY_MS : Math.min(EVERY_MS, FIRST_RETRY_MS * 2 ** (retries.current - 1));
    due.current = Date.now() + wait;
    if (!well) return;
    setChecked(new Date().toISOString());
    if (answer.status === 304) return;
    const { stamp, newest } = (await answer.json()) as { stamp: string; newest: number };
    setNewest((before) => Math.max(before, newest));
    if (stamp !== known.current) {
      known.current = stamp;
      revalidate();
    }
  }, [revalidate]);

  useEffect(() => {
    const look = () => {
      if (!paused && document.visibilityState === "visible" && Date.now() >= due.current) void ask();
    };
    const timer = setInterval(look, 1_000);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, [ask, paused]);

  return { checked, reached, paused, setPaused, refresh: () => void ask(), newest };
}
