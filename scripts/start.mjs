/** `npm start`, `npm run dev`: installs and builds what is missing, then hands over to the launcher. */
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { checkNode, ensureBuilt, ensureInstalled, fail, root } from "./setup.mjs";

checkNode();
try {
  ensureInstalled();
  ensureBuilt();
} catch (error) {
  const denied = ["EACCES", "EPERM", "EROFS"].includes(error.code);
  fail(denied ? `${error.path} cannot be written to; give this user write permission there.` : error.message);
}

// An own process group: the terminal's Ctrl-C reaches the launcher once, through us. The channel
// tells it when we are gone, however we went.
const child = spawn(process.execPath, [path.join(root, "build", "launch.mjs"), ...process.argv.slice(2)], {
  cwd: root,
  stdio: ["inherit", "inherit", "inherit", "ipc"],
  detached: process.platform !== "win32",
});
// A launcher that hangs must not be immortal: the third wish ends it by force.
let wishes = 0;
for (const name of ["SIGINT", "SIGTERM"])
  process.on(name, () => child.kill((wishes += 1) > 2 ? "SIGKILL" : name));
child.on("error", (error) => fail(`the launcher could not be started: ${error.message}`));
child.on("exit", (code, signal) => process.exit(code ?? (signal ? 1 : 0)));

// npm runs us below a shell that does not pass signals on: whoever stops npm means us. Both are
// known by their numbers; when either has gone, our line of parents changes.
function parents() {
  try {
    const stat = fs.readFileSync(`/proc/${process.ppid}/stat`, "utf8");
    return `${process.ppid} ${stat.slice(stat.lastIndexOf(")") + 4).split(" ")[0]}`;
  } catch {
    return String(process.ppid);
  }
}
if (process.env.npm_lifecycle_event && process.platform !== "win32") {
  const first = parents();
  const timer = setInterval(() => {
    if (parents() === first) return;
    clearInterval(timer);
    child.kill("SIGTERM");
  }, 300);
}
