/**
 * `npm run test:faults [-- --rounds N] [--kills N] [--seed N]`: the whole set of fault tests. Every named point of a
 * submission (5 × N rounds), of seven changes (N rounds) and of the repair, then every file call failing in every way;
 * then a scripted lab at full speed while its processes are killed (200 times unless told otherwise).
 * `npm test` runs a short set of the same tests.
 */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { checkNode, ensureInstalled, root } from "./setup.mjs";

const option = (name, fallback) => {
  const at = process.argv.indexOf(name);
  return at === -1 ? fallback : Number(process.argv[at + 1]);
};
const rounds = option("--rounds", 10);
const kills = option("--kills", 200);
const seed = option("--seed", Math.floor(Math.random() * 1e6));
if (!(rounds >= 0) || !(kills >= 0) || !(seed >= 0)) {
  console.error("Usage: npm run test:faults [-- --rounds N] [--kills N] [--seed N]");
  process.exit(2);
}

checkNode();
ensureInstalled();
const folder = path.join("tests", "integration");
const files = fs
  .readdirSync(path.join(root, folder))
  .filter((name) => /^(crash|storage)-.*\.test\.ts$/.test(name))
  .map((name) => path.join(folder, name));
console.log(`To repeat: npm run test:faults -- --rounds ${rounds} --kills ${kills} --seed ${seed}`);
const env = {
  ...process.env,
  FAULT_ROUNDS: String(rounds),
  FAULT_KILLS: String(kills),
  FAULT_SEED: String(seed),
};
const run = (...args) => spawnSync(process.execPath, args, { cwd: root, stdio: "inherit", env }).status ?? 1;
const bin = (name, file) => path.join(root, "node_modules", name, file);

let failed = 0;
if (rounds > 0) failed ||= run(bin("vitest", "vitest.mjs"), "run", ...files);
if (kills > 0) {
  failed ||= run(path.join(root, "scripts", "build.mjs"));
  failed ||= run(bin("@playwright/test", "cli.js"), "test", "under-fire");
}
console.log(`Seed ${seed}${failed === 0 ? "" : "; failed"}`);
process.exitCode = failed;
