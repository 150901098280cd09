/** Tells the server that a script failed here, so that somebody learns of it. Nothing of the page's content is sent. */

/** A page that fails in a loop tells a few times, not for ever. */
let left = 5;
const told = new Set<string>();

/** @param where which guard caught it */
export function reportError(error: unknown, where: "page" | "piece" | "window" | "promise"): void {
  if (typeof window === "undefined" || left <= 0) return;
  const { name, message, stack } = error instanceof Error ? error : { name: "Error", message: String(error) };
  // What failed on the server stands in its log already; a lost connection is nobody's fault.
  if (
    /Unexpected Server Error|Failed to fetch|NetworkError|Load failed|AbortError/.test(`${name} ${message}`)
  )
    return;
  const key = `${name} ${message}`;
  if (told.has(key)) return;
  told.add(key);
  left--;
  void fetch("/browser-errors", {
    method: "POST",
    keepalive: true,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      name: name.slice(0, 100),
      message: message.slice(0, 1000),
      stack: (stack ?? "").slice(0, 4000),
      where,
      path: location.pathname.slice(0, 300),
    }),
  }).catch(() => undefined);
}

/** Listens for what no guard catches. */
export function reportUncaught(): void {
  window.addEventListener("error", ({ error, message }) => reportError(error ?? message, "window"));
  window.addEventListener("unhandledrejection", ({ reason }) => reportError(reason, "promise"));
}
