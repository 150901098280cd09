/** Until when something can still be done: the time as the server sends it, counting down with a script. */
import { useEffect, useState } from "react";
import { formatTime } from "@server/time";
import { useLab } from "./lab";

/** 1490 → "25 min left", 75 → "75 s left". */
export function timeLeftText(seconds: number): string {
  return seconds > 120 ? `${Math.ceil(seconds / 60)} min left` : `${Math.max(0, Math.ceil(seconds))} s left`;
}

/**
 * Seconds until a moment, by the server's clock; null until the script runs.
 * @param until @param now UTC ISO 8601; `now` is the server's time when the page was made
 */
export function useSecondsLeft(until: string, now: string): number | null {
  const [left, setLeft] = useState<number | null>(null);
  useEffect(() => {
    const end = performance.now() + Date.parse(until) - Date.parse(now);
    const tell = () => setLeft(Math.max(0, (end - performance.now()) / 1000));
    tell();
    const timer = setInterval(tell, 1_000);
    return () => clearInterval(timer);
  }, [until, now]);
  return left;
}

export function TimeLeft({ until, seconds }: { until: string; seconds: number | null }) {
  const { time_zone } = useLab();
  const clock = formatTime(until, time_zone);
  return (
    <time className="tabular-nums" dateTime={until} title={`until ${clock}`}>
      {seconds === null ? `until ${clock}` : timeLeftText(seconds)}
    </time>
  );
}
