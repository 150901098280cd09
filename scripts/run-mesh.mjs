/** `npm run mesh`: builds what is missing (its words go to standard error), then runs build/mesh.mjs here. */
import { spawnSync } from "node:child_process";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { checkNode, isBuilt, root } from "./setup.mjs";

checkNode();
if (!isBuilt()) {
  const setup = pathToFileURL(path.join(root, "scripts", "setup.mjs")).href;
  const code = `const s = await import(${JSON.stringify(setup)}); s.ensureInstalled(); s.ensureBuilt();`;
  // Standard output carries JSON lines only.
  const done = spawnSync(process.execPath, ["--input-type=module", "-e", code], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (done.status !== 0) process.exit(done.status ?? 1);
}
const { main } = await import(pathToFileURL(path.join(root, "build", "mesh.mjs")).href);
process.exitCode = await main(process.argv.slice(2));
