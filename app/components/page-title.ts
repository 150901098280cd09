/**
 * Titles of pages. A form that was refused starts its title with "Error: ", so that a screen reader says so
 * first; `meta` sees loader data only, so the action leaves word for the loader of the same request.
 */
import type { Lab } from "./lab";

const refusedRequests = new WeakSet<object>();

/** In an action, before it answers with errors. */
export function markRefused(context: object): void {
  refusedRequests.add(context);
}

/** In the loader of the same page: did the action of this request refuse? */
export function wasRefused(context: object): boolean {
  return refusedRequests.has(context);
}

/** "Error: Request a 3D print – 3D Print Lab". `matches` is what `meta` gets. */
export function pageTitle(
  title: string,
  matches: readonly { id: string; data?: unknown }[],
  failed = false,
): string {
  const root = matches.find((match) => match.id === "root")?.data as { lab?: Lab } | undefined;
  return `${failed ? "Error: " : ""}${title} – ${root?.lab?.lab_name ?? "Printdesk"}`;
}

/** Pages that belong to one student stay out of search engines. */
export const NO_INDEX = { name: "robots", content: "noindex" };
