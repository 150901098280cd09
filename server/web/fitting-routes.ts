/**
 * Remix 2 compares an address with every route of the build, several times per request. Here the routes that cannot
 * fit an address are left out beforehand, and each set that is left gets a handler of its own.
 */
import type { ServerBuild } from "@remix-run/node";

type Route = { id: string; path?: string; parentId?: string };

/**
 * Makes one thing (a request handler) for each set of routes that can fit an address.
 * @param make called once per set, when it is first asked for
 * @returns path → what was made from a build that answers this path as the whole one does
 */
export function byAddress<T>(whole: ServerBuild, make: (build: ServerBuild) => T): (path: string) => T {
  const all = Object.values(whole.routes) as Route[];
  const routes = all.map((route) => ({ id: route.id, words: wordsOf(route, whole.routes) }));
  const made = new Map<string, T>();
  return (path) => {
    const asked = path.replace(/\.data$/, "").toLowerCase().split("/").filter(Boolean); // prettier-ignore
    // Written in another way, or asking for the routes themselves: all of them.
    const any = path.includes("%") || path.includes("//") || asked[0]?.startsWith("_");
    const fitting = any ? routes : routes.filter(({ words }) => canFit(words, asked));
    const key = fitting.map(({ id }) => id).join(" ");
    if (!made.has(key)) made.set(key, make(any ? whole : only(whole, fitting)));
    return made.get(key)!;
  };
}

/** Whether a route is the page of an address or of one above it. Behind an optional word anything may stand. */
function canFit(words: string[], asked: string[]): boolean {
  const optional = words.findIndex((word) => word.endsWith("?"));
  const sure = optional < 0 ? words : words.slice(0, optional);
  return sure.every((word, i) => word === "*" || word.startsWith(":") || word.toLowerCase() === asked[i]);
}

function only(whole: ServerBuild, fitting: { id: string }[]): ServerBuild {
  const kept = new Set<string>();
  for (const { id } of fitting)
    for (let at: Route | undefined = whole.routes[id]; at; at = parentOf(at, whole.routes)) kept.add(at.id);
  const pick = <T>(all: Record<string, T>) =>
    Object.fromEntries(Object.entries(all).filter(([id]) => kept.has(id)));
  return {
    ...whole,
    routes: pick(whole.routes) as ServerBuild["routes"],
    assets: { ...whole.assets, routes: pick(whole.assets.routes) },
  };
}

/** The words of a route's whole path: `dashboard`, `jobs`, `:id`. */
function wordsOf(route: Route, routes: ServerBuild["routes"]): string[] {
  const parent = parentOf(route, routes);
  return [...(parent ? wordsOf(parent, routes) : []), ...(route.path ?? "").split("/").filter(Boolean)];
}

function parentOf({ parentId }: Route, routes: ServerBuild["routes"]): Route | undefined {
  return parentId ? (routes[parentId] as Route) : undefined;
}
