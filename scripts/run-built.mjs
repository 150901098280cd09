/**
 * `node scripts/run-built.mjs NAME …`: builds what is missing (its words go to standard error), then runs
 * build/NAME.mjs here with the rest of the arguments.
 */
import { spawnSync } from "node:child_process";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { checkNode, isBuilt, root } from "./setup.mjs";

const [name, ...args] = process.argv.slice(2);
checkNode();
if (!isBuilt()) {
  const setup = pathToFileURL(path.join(root, "scripts", "setup.mjs")).href;
  const code = `const s = await import(${JSON.stringify(setup)}); s.ensureInstalled(); s.ensureBuilt();`;
  // Standard output is the program's own: JSON lines, a hash.
  const done = spawnSync(process.execPath, ["--input-type=module", "-e", code], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (done.status !== 0) process.exit(done.status ?? 1);
}
const program = path.join(root, "build", `${name}.mjs`);
process.argv.splice(1, process.argv.length - 1, program, ...args);
await import(pathToFileURL(program).href);
