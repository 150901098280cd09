/** Leaving out the routes that cannot fit an address changes no answer. */
import type { ServerBuild } from "@remix-run/node";
import { matchRoutes } from "@remix-run/react";
import { describe, expect, test } from "vitest";
import { byAddress } from "../../server/web/fitting-routes";

type Listed = [id: string, path?: string, parentId?: string, index?: boolean];

const LISTED: Listed[] = [
  ["root", ""],
  ["home", undefined, "root", true],
  ["all", "*", "root"],
  ["frame", undefined, "root"],
  ["login", "login", "frame"],
  ["api", "api/v1/*", "root"],
  ["robots", "robots.txt", "root"],
  ["dashboard", "dashboard", "root", true],
  ["job", "dashboard/jobs/:id", "root", true],
  ["approve", "dashboard/jobs/:id/approve", "root"],
  ["queue", "dashboard/print/queue", "root"],
  ["admin", "admin", "root"],
  ["letters", "letters", "admin"],
  ["letter", ":kind", "letters"],
  ["month", "report/:month?/pdf", "root"],
  ["reference", ":reference/picture", "root"],
];
const routes = Object.fromEntries(
  LISTED.map(([id, path, parentId, index]) => [id, { id, path, parentId, index, module: {} }]),
);
const whole = { routes, assets: { routes, version: "1" } } as unknown as ServerBuild;

/** The routes that Remix would choose, outermost first. */
function chosen({ routes }: ServerBuild, path: string): string[] {
  const inside = (parentId?: string): object[] =>
    Object.values(routes)
      .filter((route) => route!.parentId === parentId)
      .map((route) => (route!.index ? { ...route } : { ...route, children: inside(route!.id) }));
  return (matchRoutes(inside() as never, path) ?? []).map(({ route }) => route.id!);
}

const WORDS = ["dashboard", "Dashboard", "jobs", "print", "queue", "approve", "login", "login.data", "api", "v1", "admin", "letters", "report", "pdf", "picture", "robots.txt", "toString", "__proto__", "%64ashboard", "_root.data", "__manifest", "a b", "", "é"]; // prettier-ignore

describe("a build without the routes that cannot fit", () => {
  const builds = new Set<ServerBuild>();
  const buildFor = byAddress(whole, (build) => (builds.add(build), build));

  test("answers every address as the whole one does", () => {
    const addresses = ["/", "//", "*"];
    for (const a of WORDS)
      for (const b of WORDS) {
        addresses.push(`/${a}`, `/${a}/${b}`, `/${a}/${b}/`);
        for (const c of ["7", "queue", "approve", "letters", "picture"]) addresses.push(`/${a}/${b}/${c}`, `/${a}/jobs/${b}/${c}`); // prettier-ignore
      }
    const wrong = addresses.filter(
      (path) => chosen(buildFor(path), path).join() !== chosen(whole, path).join(),
    );
    expect(wrong).toEqual([]);
    expect(chosen(buildFor("/dashboard/jobs/7/approve"), "/dashboard/jobs/7/approve")).toEqual(["root", "approve"]); // prettier-ignore
  });

  test("is one of a few, and has few routes", () => {
    expect(builds.size).toBeLessThanOrEqual(LISTED.length + 5);
    const kept = Object.keys(buildFor("/dashboard").routes);
    expect(kept).toEqual(["root", "home", "all", "frame", "dashboard"]);
    expect(Object.keys(buildFor("/dashboard").assets.routes)).toEqual(kept);
  });

  test("is the whole one where an address is written in another way or asks for the routes", () => {
    for (const path of ["/%64ashboard", "/__manifest", "/_root.data", "//dashboard"])
      expect(buildFor(path)).toBe(whole);
  });
});
