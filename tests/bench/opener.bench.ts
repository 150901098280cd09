/**
 * The slicer opener: from the click to the slicer's process, beyond what Node itself takes to start; PrusaSlicer really
 * opened; how large the programs are. `npm run bench -- opener`. Linux x64.
 */
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { finish, installed, median, option, put, say } from "./table";

const RUNS = Number(option("--runs") ?? 20);
const home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "printdesk-bench-")));
const build = spawnSync(process.execPath, ["scripts/build-opener.mjs", "--if-changed"], { encoding: "utf8" });
if (build.status !== 0) say(build.stderr.trim());
const builds = (
  JSON.parse(fs.readFileSync("build/opener/builds.json", "utf8")) as {
    builds: { platform: string; program: { size_bytes: number }; zip: { size_bytes: number } }[];
  }
).builds;

try {
  const job = path.join(home, "storage", "Uploaded", "Job");
  fs.mkdirSync(job, { recursive: true });
  const model = path.join(job, "part.stl");
  fs.writeFileSync(model, tetrahedron());
  const program = path.join(home, "SlicerOpener");
  fs.copyFileSync("build/opener/linux-x64/SlicerOpener", program);
  fs.chmodSync(program, 0o755);
  const link = `print3d://open?path=${encodeURIComponent(model)}`;
  const configure = (slicer: string) =>
    fs.writeFileSync(
      path.join(home, "config.ini"),
      `[main]\nAUTHORITATIVE_STORAGE_BASE_PATH = ${home}/storage\nDIALOGS = none\n[slicer_a]\nname = A\npath = ${slicer}\nextensions = .stl\n`,
    );

  // A slicer that does nothing but say when it began. Its own start is the same below bare Node.
  const slicer = path.join(home, "slicer");
  fs.writeFileSync(slicer, `#!/bin/sh\ndate +%s%N > "${home}/begun.part" && mv "${home}/begun.part" "${home}/begun"\n`, { mode: 0o755 }); // prettier-ignore
  const bare = path.join(home, "bare.cjs");
  fs.writeFileSync(bare, `require("child_process").spawn(${JSON.stringify(slicer)}, [${JSON.stringify(model)}], { detached: true, stdio: "ignore" }).on("spawn", () => process.exit(0));`); // prettier-ignore
  configure(slicer);
  const ours: number[] = [];
  const node: number[] = [];
  for (let n = 0; n <= RUNS; n += 1) {
    const one = await untilBegun(program, [link]);
    const other = await untilBegun(process.execPath, [bare]);
    if (n === 0) continue; // warm
    ours.push(one);
    node.push(other);
  }
  say(
    `click to slicer: ${median(ours).toFixed(0)} ms; bare Node starting the same: ${median(node).toFixed(0)} ms`,
  );
  put({
    bench: "opener",
    case: "click to slicer process, beyond bare Node",
    ours: Math.max(0, median(ours) - median(node)),
    peer: 300,
    peer_name: "300 ms",
    unit: "ms",
    goal: 1,
  });
  put({ bench: "opener", case: "click to slicer process", ours: median(ours), peer: median(node), peer_name: "bare Node", unit: "ms", goal: null }); // prettier-ignore
  for (const { platform, program, zip } of builds) {
    put({ bench: "opener", case: `program, ${platform}`, ours: program.size_bytes / 1e6, peer: null, peer_name: "", unit: "MB", goal: null }); // prettier-ignore
    put({ bench: "opener", case: `ZIP, ${platform}`, ours: zip.size_bytes / 1e6, peer: null, peer_name: "", unit: "MB", goal: null }); // prettier-ignore
  }
  if (installed("prusa-slicer") && installed("Xvfb", "xvfb") && installed("xdotool")) await openPrusaSlicer();

  /** PrusaSlicer on a screen of its own, given the file, until its main window is there. */
  async function openPrusaSlicer(): Promise<void> {
    // It ends at once without a locale of its language; one is made for it alone.
    const locales = path.join(home, "locales");
    fs.mkdirSync(locales);
    spawnSync("localedef", ["-i", "en_US", "-f", "UTF-8", path.join(locales, "en_US.UTF-8")]);
    if (!fs.existsSync(path.join(locales, "en_US.UTF-8")))
      return say("PrusaSlicer needs a locale (Debian package locales), so it was not opened.");
    configure("/usr/bin/prusa-slicer");
    const screen = spawn("Xvfb", ["-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const display = await new Promise<string>((resolve) =>
      screen.stdout.once("data", (data: Buffer) => resolve(`:${String(data).trim()}`)),
    );
    const env = { ...process.env, DISPLAY: display, HOME: home, XDG_CONFIG_HOME: path.join(home, ".config"), LOCPATH: locales, LANG: "en_US.UTF-8" }; // prettier-ignore
    const begun = performance.now();
    let child: number | undefined;
    try {
      const done = spawnSync(program, [link], { env, encoding: "utf8" });
      if (done.status !== 0) throw new Error(`the opener ended with ${done.status}: ${done.stdout}`);
      child = await find(() => processWith(model));
      const started = performance.now();
      await find(() => windowTitled(/based on Slic3r/, env));
      put({ bench: "opener", case: "PrusaSlicer opened with the file: its window is there", ours: (performance.now() - begun) / 1000, peer: (started - begun) / 1000, peer_name: "its process there", unit: "s", goal: null }); // prettier-ignore
    } finally {
      if (child) process.kill(child, "SIGKILL");
      screen.kill();
    }
  }
} finally {
  fs.rmSync(home, { recursive: true, force: true, maxRetries: 5 });
}
finish("The slicer opener", `medians of ${RUNS}`);

/** Milliseconds from starting a program until the slicer below it has begun. */
async function untilBegun(program: string, args: string[]): Promise<number> {
  const record = path.join(home, "begun");
  fs.rmSync(record, { force: true });
  const begun = performance.timeOrigin + performance.now();
  const done = spawnSync(program, args, { encoding: "utf8" });
  if (done.status !== 0)
    throw new Error(`${program} ended with ${done.status}: ${done.stdout}${done.stderr}`);
  await find(() => fs.existsSync(record));
  return Number(fs.readFileSync(record, "utf8")) / 1e6 - begun;
}

async function find<T>(ask: () => T | undefined | false): Promise<T> {
  for (let n = 0; n < 12_000; n += 1) {
    const answer = ask();
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error("waited a minute in vain");
}

/** The process that was given this file as an argument. */
function processWith(file: string): number | undefined {
  return fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) => {
      try {
        const words = fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
        return words.includes(file) && /prusa/i.test(words[0]!);
      } catch {
        return false;
      }
    });
}

function windowTitled(title: RegExp, env: NodeJS.ProcessEnv): boolean {
  const ids = spawnSync("xdotool", ["search", "--onlyvisible", "--name", "."], {
    env,
    encoding: "utf8",
  }).stdout;
  return ids
    .trim()
    .split("\n")
    .filter(Boolean)
    .some((id) => title.test(spawnSync("xdotool", ["getwindowname", id], { env, encoding: "utf8" }).stdout));
}

/** Four triangles, 20 mm. */
function tetrahedron(): Buffer {
  const points = [[0, 0, 0], [20, 0, 0], [0, 20, 0], [0, 0, 20]]; // prettier-ignore
  const faces = [[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]]; // prettier-ignore
  const bytes = Buffer.alloc(84 + 50 * faces.length);
  bytes.writeUInt32LE(faces.length, 80);
  faces.forEach((face, i) =>
    face.forEach((point, j) =>
      points[point]!.forEach((value, k) => bytes.writeFloatLE(value, 84 + 50 * i + 12 + 12 * j + 4 * k)),
    ),
  );
  return bytes;
}
