/** Keeps a lock alive while its page is open, and tells the others who is at it. Nothing depends on it. */
import { useEffect, useState } from "react";

const EVERY_MS = 60_000;

export interface Heartbeat {
  /** Until when the job is held, as far as the server said. */
  until: string;
  /** The server says that the hold is over. */
  lost: boolean;
}

/**
 * @param path the job's page
 * @param held the lock, or null when there is none to keep
 */
export function useHeartbeat(
  path: string,
  held: { lock_key: string; locked_until: string } | null,
): Heartbeat | null {
  const [beat, setBeat] = useState<Heartbeat | null>(null);
  const key = held?.lock_key;
  useEffect(() => {
    if (!key) return;
    const extend = async () => {
      const name = document.querySelector<HTMLSelectElement>("#decision [name=staff_name]")?.value ?? "";
      const body = new URLSearchParams({ intent: "extend", lock_key: key, staff_name: name });
      const answer = await fetch(`${path}/lock`, { method: "POST", body }).catch(() => null);
      // Sent to log in: the session is over, and its locks with it.
      if (answer?.redirected) setBeat((last) => ({ until: last?.until ?? "", lost: true }));
      else if (answer?.ok)
        setBeat({ until: ((await answer.json()) as { locked_until: string }).locked_until, lost: false });
      else if (answer && [403, 404, 409].includes(answer.status))
        setBeat((last) => ({ until: last?.until ?? "", lost: true }));
    };
    const named = (event: Event) => {
      if ((event.target as HTMLElement).matches("[name=staff_name]")) void extend();
    };
    // Leaving by a link gives the job free; the form's own buttons see to it themselves.
    const leave = (event: MouseEvent) => {
      const link = (event.target as HTMLElement).closest("a[href]");
      const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0;
      const stays =
        !link || elsewhere || !/^[/]/.test(link.getAttribute("href") ?? "") || link.hasAttribute("target");
      if (!stays && !link.hasAttribute("download"))
        navigator.sendBeacon(`${path}/lock`, new URLSearchParams({ intent: "release", lock_key: key }));
    };
    const timer = setInterval(() => void extend(), EVERY_MS);
    document.addEventListener("change", named);
    // On the way down: a dialog keeps its clicks to itself on the way up.
    document.addEventListener("click", leave, true);
    return () => {
      clearInterval(timer);
      document.removeEventListener("change", named);
      document.removeEventListener("click", leave, true);
    };
  }, [path, key]);
  return held && (beat ?? { until: held.locked_until, lost: false });
}
