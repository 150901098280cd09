/** Pages come first: the worker's session and the drawing thread wait for the web process where processors are short. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { buildSync } from "esbuild";
import { expect, inject, test } from "vitest";

const autogroups = existsSync("/proc/self/autogroup");

/** Runs stepBack in a process and tells what became of its session. */
function run(detached: boolean): string {
  const file = path.join(inject("server").folder, `step-back-${detached}.mjs`);
  const code = `import { stepBack } from "./workers/step-back";
    import { existsSync, readFileSync } from "node:fs";
    const did = stepBack();
    const group = existsSync("/proc/self/autogroup") ? readFileSync("/proc/self/autogroup", "latin1") : "";
    console.log(JSON.stringify([did, /nice (-?\\d+)/.exec(group)?.[1] ?? null]));`;
  buildSync({
    stdin: { contents: code, resolveDir: process.cwd() },
    outfile: file,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
  });
  // A detached process leads a session of its own, as the launcher starts the worker.
  const program = `const { spawn } = require("node:child_process");
    spawn(process.execPath, [${JSON.stringify(file)}], { detached: ${detached}, stdio: "inherit" });`;
  return spawnSync(process.execPath, ["-e", program], { encoding: "utf8" }).stdout.trim();
}

test("a worker that leads its session lowers it, and only then", () => {
  expect(run(true)).toBe(autogroups ? '[true,"10"]' : "[false,null]");
  expect(run(false)).toMatch(/^\[false,(null|"0")\]$/);
});
