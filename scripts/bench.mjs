/**
 * `npm run bench [-- NAME…] [--json] [--runs N]`: measures the product beside what a lab would otherwise use, in the same
 * run on the same machine. With `--json` standard output carries one JSON line per measurement, nothing else.
 * See docs/benches.md.
 */
import { spawnSync } from "node:child_process";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { checkNode, isBuilt, root } from "./setup.mjs";

/** Name → its program, and what else is bundled beside it. */
const BENCHES = {
  mesh: { "mesh-command": "scripts/mesh.ts" },
  thumbnails: {},
  sliced: {},
  upload: {},
  transition: {},
  "pages-while-drawing": {},
  export: {},
  fuzz: {},
  outbox: {},
  opener: {},
  analytics: {},
  load: { "load-clients": "tests/bench/load-clients.ts" },
  board: { "bare-remix-server": "tests/bench/bare-remix-server.ts" },
};
const all = Object.keys(BENCHES);

const args = process.argv.slice(2);
const chosen = args.filter((arg, i) => !arg.startsWith("--") && !takesValue(args[i - 1]));
const unknown = chosen.filter((name) => !all.includes(name));
if (unknown.length || args.includes("--help")) {
  if (unknown.length) console.error(`There is no bench called ${unknown.join(", ")}.`);
  console.error(`Usage: npm run bench [-- NAME…] [--json] [--runs N]\nNames: ${all.join(", ")}`);
  process.exit(unknown.length ? 2 : 0);
}

checkNode();
if (!isBuilt()) {
  const setup = pathToFileURL(path.join(root, "scripts", "setup.mjs")).href;
  const code = `const s = await import(${JSON.stringify(setup)}); s.ensureInstalled(); s.ensureBuilt();`;
  // Standard output is for the measurements.
  const done = spawnSync(process.execPath, ["--input-type=module", "-e", code], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (done.status !== 0) process.exit(done.status ?? 1);
}

const { build } = await import("esbuild");
for (const name of chosen.length ? chosen : all) {
  await build({
    absWorkingDir: root,
    entryPoints: { [name]: `tests/bench/${name}.bench.ts`, ...BENCHES[name] },
    outdir: "build/bench",
    entryNames: "[name]",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    packages: "external",
    format: "esm",
    platform: "node",
    target: "node20",
    logLevel: "error",
  });
  const program = path.join(root, "build", "bench", `${name}.mjs`);
  const passed = args.filter((arg) => !all.includes(arg));
  const done = spawnSync(process.execPath, [program, ...passed], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (done.status !== 0) {
    console.error(`The bench ${name} failed.`);
    process.exitCode = 1;
  }
}

function takesValue(option) {
  return option?.startsWith("--") && !["--json", "--help"].includes(option);
}
