/** Finds a Chromium for the browser tests, or gets one; every failed attempt says why. */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./setup.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const playwrightCli = path.join(root, "node_modules", "@playwright", "test", "cli.js");

function runs(file) {
  return spawnSync(file, ["--version"], { encoding: "utf8", timeout: 20_000 }).status === 0;
}

function onPath() {
  for (const folder of (process.env.PATH ?? "").split(path.delimiter))
    for (const name of NAMES) {
      const file = path.join(folder, name);
      if (fs.existsSync(file) && runs(file)) return file;
    }
  return undefined;
}

function playwrights() {
  const script = `import(${JSON.stringify(String(pathToFileURL(path.join(path.dirname(playwrightCli), "index.mjs"))))})
    .then((m) => console.log(m.chromium.executablePath()))`;
  const file = spawnSync(process.execPath, ["-e", script], { encoding: "utf8" }).stdout?.trim();
  return file && fs.existsSync(file) && runs(file) ? file : undefined;
}

function why(done) {
  if (done.error) return done.error.message;
  const lines = `${done.stdout ?? ""}\n${done.stderr ?? ""}`.split("\n").filter((line) => line.trim());
  return (
    lines.find((line) => /error|failed|unable/i.test(line))?.trim() ??
    lines.at(-1)?.trim() ??
    `code ${done.status}`
  );
}

/** A browser that is on this machine already, or undefined. */
export function findBrowser() {
  const given = process.env.CHROMIUM_PATH;
  if (given) {
    if (runs(given)) return given;
    console.error(`Browser: CHROMIUM_PATH is ${given}, which does not run.`);
  }
  return onPath() ?? playwrights();
}

/** Downloads or installs a browser; undefined when nothing worked. */
export function installBrowser() {
  console.log("Browser: none found on this machine; trying Playwright's download …");
  const download = spawnSync(process.execPath, [playwrightCli, "install", "chromium"], {
    cwd: root,
    encoding: "utf8",
    timeout: 300_000,
  });
  if (download.status === 0) {
    const file = playwrights();
    if (file) return file;
    console.error("Browser: the downloaded one does not run here (libraries are missing).");
  } else console.error(`Browser: the download failed: ${why(download)}`);

  if (process.getuid?.() !== 0 || spawnSync("apt-get", ["--version"]).status !== 0) {
    console.error(
      "Browser: cannot use the system's package manager (needs root and apt-get). Install chromium yourself.",
    );
    return undefined;
  }
  console.log("Browser: installing Debian's chromium …");
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  for (const args of [["update"], ["install", "-y", "--no-install-recommends", "chromium"]]) {
    const done = spawnSync("apt-get", args, { encoding: "utf8", timeout: 600_000, env });
    if (done.status !== 0) console.error(`Browser: apt-get ${args[0]} failed: ${why(done)}`);
  }
  return onPath();
}
