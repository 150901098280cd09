/**
 * The mesh report beside what a lab would otherwise run: PrusaSlicer `--info`, `admesh` and `assimp info`, each as a
 * process of its own on the same files. `npm run bench -- mesh [--json]`; alone:
 * `node tests/bench/mesh.bench.mjs [--json] [--runs N] [--only b50,m50]`.
 * Wall time and peak resident memory, medians; results compared with what was generated.
 */
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { FILES, makeFiles } from "./mesh-files.mjs";

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const RUN_MS = 120_000;

/** What each program is asked, which endings it reads, and how its answer is read. */
const PEERS = [
  {
    name: "prusa-slicer",
    command: (file) => ["prusa-slicer", "--info", file],
    reads: ["stl", "obj", "3mf"],
    answer: (text) => ({
      triangles: number(text, /number_of_facets = +(\d+)/),
      size: ["x", "y", "z"].map((axis) => number(text, new RegExp(`size_${axis} = +(\\S+)`))),
      volume: number(text, /volume = +(\S+)/),
    }),
  },
  {
    name: "admesh",
    command: (file) => ["admesh", file],
    reads: ["stl"],
    answer: (text) => ({
      triangles: number(text, /Number of facets +: +(\d+)/),
      size: ["X", "Y", "Z"].map(
        (axis) =>
          number(text, new RegExp(`Max ${axis} = +([^\\s,]+)`)) -
          number(text, new RegExp(`Min ${axis} = +([^\\s,]+)`)),
      ),
      volume: number(text, /Volume +: +(\S+)/),
    }),
  },
  {
    name: "assimp",
    command: (file) => ["assimp", "info", file],
    reads: ["stl", "obj", "3mf"],
    answer: (text) => {
      const point = (name) =>
        text
          .match(new RegExp(`${name} point +\\(([^)]+)\\)`))?.[1]
          .split(" ")
          .map(Number) ?? [NaN, NaN, NaN];
      const [low, high] = [point("Minimum"), point("Maximum")];
      return { triangles: number(text, /Faces: +(\d+)/), size: high.map((v, k) => v - low[k]), volume: NaN };
    },
  },
];

/**
 * Goals: at most this times the peer in wall time; memory at most PrusaSlicer's. b50 lies in the order of a grid, which
 * admesh likes best; r50 and s50 in the order of scans and of sculpted or repaired meshes.
 */
const GOALS = {
  b1: {},
  b10: { "prusa-slicer": 1, assimp: 1 },
  b50: { "prusa-slicer": 1, admesh: 1, assimp: 1 },
  s50: { "prusa-slicer": 1, admesh: 1, assimp: 1 },
  r50: { "prusa-slicer": 1, admesh: 1, assimp: 1 },
  a50: { "prusa-slicer": 1, admesh: 1, assimp: 1 },
  o10: { "prusa-slicer": 1, assimp: 1 },
  o50: { "prusa-slicer": 1, assimp: 1 },
  m10: { "prusa-slicer": 1, assimp: 1 },
  m50: { "prusa-slicer": 1, assimp: 1 },
};

function number(text, pattern) {
  return Number(text.match(pattern)?.[1] ?? NaN);
}

/** Highest resident memory of a process, kB, from Linux; undefined elsewhere. */
function highWater(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  } catch {
    return undefined;
  }
}

const TIME = ["/usr/bin/time"].find((file) => fs.existsSync(file));

/** Runs a command. @returns wall seconds, peak memory in MB, what it printed; undefined when it is not installed */
function run([program, ...args], scratch) {
  const note = path.join(scratch, "rss");
  const [file, list] = TIME ? [TIME, ["-f", "%M", "-o", note, program, ...args]] : [program, args];
  return new Promise((resolve) => {
    const started = process.hrtime.bigint();
    const child = spawn(file, list, { cwd: scratch, stdio: ["ignore", "pipe", "pipe"], timeout: RUN_MS });
    let peak = 0;
    // Without GNU time the kernel's high-water mark is read while the process lives.
    const poll = TIME ? undefined : setInterval(() => (peak = Math.max(peak, highWater(child.pid) ?? 0)), 5);
    let text = "";
    child.stdout.on("data", (chunk) => (text += chunk));
    child.stderr.on("data", (chunk) => (text += chunk));
    child.on("error", () => resolve(undefined));
    child.on("close", (code) => {
      clearInterval(poll);
      const seconds = Number(process.hrtime.bigint() - started) / 1e9;
      if (TIME) peak = Number(fs.readFileSync(note, "utf8").trim().split("\n").at(-1));
      resolve({ seconds, megabytes: peak / 1024, text, code });
    });
  });
}

function installed(program) {
  return (process.env.PATH ?? "")
    .split(path.delimiter)
    .some((folder) => fs.existsSync(path.join(folder, program)));
}

function median(list) {
  const sorted = [...list].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function machine() {
  const [cpu] = os.cpus();
  return `${os.cpus().length} × ${cpu.model.trim()}, ${Math.round(os.totalmem() / 2 ** 30)} GiB, ${os.type()} ${os.release()}, Node ${process.versions.node}`;
}

/** How far an answer is from the truth, in words; "" when it is right. */
function difference(answer, truth, volumeTolerance) {
  const wrong = [];
  if (answer.triangles !== truth.triangles) wrong.push(`triangles ${answer.triangles} ≠ ${truth.triangles}`);
  const off = Math.max(...answer.size.map((mm, k) => Math.abs(mm - truth.size[k])));
  if (!(off <= 0.01)) wrong.push(`size off by ${off.toFixed(4)} mm`);
  const ratio = Math.abs(answer.volume / truth.volume - 1);
  if (ratio > volumeTolerance) wrong.push(`volume off by ${(ratio * 100).toFixed(3)} %`);
  return wrong.join(", ");
}

/**
 * Runs the bench.
 * @param say prints a line for people
 * @returns one record per measurement
 */
export async function bench({ runs = 5, only, say = console.log } = {}) {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "printdesk-bench-"));
  const rows = [];
  try {
    const names = only ?? Object.keys(FILES);
    say(`Machine: ${machine()}`);
    const command = path.join(scratch, "mesh.mjs");
    await build({
      absWorkingDir: root,
      entryPoints: ["scripts/mesh.ts"],
      outfile: command,
      bundle: true,
      packages: "external",
      format: "esm",
      platform: "node",
      target: "node20",
      logLevel: "error",
    });
    const peers = PEERS.filter((peer) => {
      const there = installed(peer.name);
      if (!there)
        say(
          `${peer.name} is not installed (Debian: ${peer.name === "assimp" ? "assimp-utils" : peer.name}), so there is no comparison with it.`,
        );
      return there;
    });
    if (!TIME) say("GNU time is not installed; memory is read from /proc while each process runs.");
    const made = await makeFiles(path.join(scratch, "files"), names);
    const wrong = [];
    for (const name of names) {
      const { file, bytes, truth, what } = made[name];
      const ending = file.split(".").at(-1);
      const programs = [
        {
          name: "ours",
          command: (f) => [process.execPath, command, f],
          answer: (text) => {
            const { triangles, size_mm, volume_mm3 } = JSON.parse(text.split("\n")[0]);
            return { triangles, size: size_mm, volume: volume_mm3 };
          },
        },
        ...peers.filter((peer) => peer.reads.includes(ending)),
      ];
      const results = new Map(programs.map((program) => [program.name, { seconds: [], megabytes: [] }]));
      // In turns, so that a busy moment of the machine hits all alike; the first round only warms the disk cache.
      for (let round = 0; round <= runs; round += 1)
        for (const program of programs) {
          const result = await run(program.command(file), scratch);
          const into = results.get(program.name);
          if (!result || result.code !== 0) into.failed = `ended with ${result?.code ?? "an error"}`;
          else if (round > 0) {
            into.seconds.push(result.seconds);
            into.megabytes.push(result.megabytes);
            if (round === 1)
              into.difference = difference(
                program.answer(result.text),
                truth,
                program.name === "ours" ? 0.001 : 0.005,
              );
          }
        }
      say(
        `\n${name}: ${what}, ${(bytes / 1e6).toFixed(1)} MB, ${truth.triangles.toLocaleString("en-US")} triangles`,
      );
      say(`  ${"".padEnd(14)}${"wall s".padStart(8)}${"MB".padStart(8)}   ours / it   result`);
      const ours = results.get("ours");
      for (const [program, result] of results) {
        if (result.failed || result.seconds.length === 0) {
          say(`  ${program.padEnd(14)} ${result.failed ?? "no result"}`);
          if (program === "ours") wrong.push(`${name}: ours ${result.failed}`);
          continue;
        }
        const wall = median(result.seconds);
        const memory = median(result.megabytes);
        const ratio =
          program === "ours"
            ? ""
            : `${(median(ours.seconds) / wall).toFixed(2)} / ${(median(ours.megabytes) / memory).toFixed(2)}`;
        say(
          `  ${program.padEnd(14)}${wall.toFixed(2).padStart(8)}${memory.toFixed(0).padStart(8)}   ${ratio.padEnd(11)}  ${result.difference || "agrees"}`,
        );
        if (program === "ours") {
          if (result.difference) wrong.push(`${name}: ${result.difference}`);
          continue;
        }
        const goal = GOALS[name]?.[program] ?? null;
        for (const [unit, mine, theirs, limit] of [
          ["s", median(ours.seconds), wall, goal],
          ["MB", median(ours.megabytes), memory, goal === null || program !== "prusa-slicer" ? null : 1],
        ])
          rows.push({
            bench: "mesh",
            case: `${name} ${unit === "s" ? "wall" : "memory"}`,
            ours: round(mine),
            peer: round(theirs),
            peer_name: program,
            unit,
            ratio: round(mine / theirs),
            goal: limit,
            higher_is_better: false,
          });
      }
    }
    const missed = rows.filter((row) => row.goal !== null && row.ratio > row.goal);
    say("");
    for (const row of missed)
      say(`Missed: ${row.case} is ${row.ratio} × ${row.peer_name}, the goal is ${row.goal}.`);
    for (const text of wrong) say(`Wrong: ${text}`);
    say(
      `${rows.filter((row) => row.goal !== null).length - missed.length} goals met, ${missed.length} missed, ${wrong.length} wrong results.`,
    );
    return { rows, missed, wrong };
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

function round(value) {
  return Number(value.toPrecision(4));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const value = (name) =>
    process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined;
  const json = process.argv.includes("--json");
  const { rows, wrong } = await bench({
    runs: Number(value("--runs") ?? 5),
    only: value("--only")?.split(","),
    say: json ? (line) => console.error(line) : console.log,
  });
  if (json) for (const row of rows) console.log(JSON.stringify(row));
  process.exitCode = wrong.length > 0 ? 1 : 0;
}
