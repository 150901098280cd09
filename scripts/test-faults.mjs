/**
 * `npm run test:faults [-- --rounds N] [--seed N]`: the whole set of fault tests. Every named point of a submission
 * (5 × N rounds), of seven changes (N rounds) and of the repair, then every file call failing in every way.
 * `npm test` runs a short set of the same tests.
 */
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { checkNode, ensureInstalled, root } from "./setup.mjs";

const option = (name, fallback) => {
  const at = process.argv.indexOf(name);
  return at === -1 ? fallback : Number(process.argv[at + 1]);
};
const rounds = option("--rounds", 10);
const seed = option("--seed", Math.floor(Math.random() * 1e6));
if (!(rounds >= 1) || !(seed >= 0)) {
  console.error("Usage: npm run test:faults [-- --rounds N] [--seed N]");
  process.exit(2);
}

checkNode();
ensureInstalled();
const folder = path.join("tests", "integration");
const files = fs
  .readdirSync(path.join(root, folder))
  .filter((name) => /^(crash|storage)-.*\.test\.ts$/.test(name))
  .map((name) => path.join(folder, name));
console.log(
  `${rounds} rounds, seed ${seed}; to repeat: npm run test:faults -- --rounds ${rounds} --seed ${seed}`,
);
const child = spawn(
  process.execPath,
  [path.join(root, "node_modules", "vitest", "vitest.mjs"), "run", ...files],
  {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, FAULT_ROUNDS: String(rounds), FAULT_SEED: String(seed) },
  },
);
child.on("exit", (code, signal) => {
  console.log(`Seed ${seed}${code === 0 ? "" : `; ended with ${signal ?? code}`}`);
  process.exitCode = code ?? 1;
});
