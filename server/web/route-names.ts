/** From an address to the pattern of its route: a known, small set of names, whatever is asked for. */
import type { ServerBuild } from "@remix-run/node";

interface Pattern {
  name: string;
  segments: string[];
  /** More is more exact. */
  weight: number;
}

/** Everything that is no page: built files and what lies in `public`. */
const ASSET = "(a file)";
/** Addresses that no route has. */
const UNKNOWN = "(unknown)";

/** Makes the namer from the routes of a build. @returns address → "/dashboard/jobs/:id" */
export function routeNamer(routes: ServerBuild["routes"]): (path: string) => string {
  const patterns = Object.values(routes)
    .flatMap((route) => {
      const path = fullPath(route!, routes);
      return path === "*" || !route!.module ? [] : [patternOf(path)];
    })
    .sort((a, b) => b.weight - a.weight);
  const splat = Object.values(routes).some((route) => route?.path === "*");
  return (path) => {
    const asked = path.replace(/\.data$/, "").replace(/^\/_root$/, "/");
    if (/^\/assets\//.test(asked)) return ASSET;
    const segments = asked.split("/").filter(Boolean);
    const found = patterns.find((pattern) => fits(pattern.segments, segments));
    if (found) return found.name;
    return /\.(svg|png|ico|txt|webmanifest)$/.test(asked) ? ASSET : splat ? UNKNOWN : ASSET;
  };
}

function fullPath(route: { path?: string; parentId?: string }, routes: ServerBuild["routes"]): string {
  const parent = route.parentId ? routes[route.parentId] : undefined;
  return [parent ? fullPath(parent, routes) : "", route.path ?? ""].filter(Boolean).join("/");
}

function patternOf(path: string): Pattern {
  const segments = path.split("/").filter(Boolean);
  const weight = segments.reduce((sum, part) => sum + (part === "*" ? 0 : part.startsWith(":") ? 2 : 3), 0);
  return { name: `/${segments.join("/")}`, segments, weight };
}

function fits(pattern: string[], asked: string[]): boolean {
  if (pattern.at(-1) === "*") {
    const fixed = pattern.slice(0, -1);
    return asked.length >= fixed.length && fits(fixed, asked.slice(0, fixed.length));
  }
  return (
    pattern.length === asked.length &&
    pattern.every((part, i) => part.startsWith(":") || part.toLowerCase() === asked[i]!.toLowerCase())
  );
}
