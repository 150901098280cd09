/**
 * The mesh report beside what a lab would otherwise run: PrusaSlicer `--info`, `admesh` and `assimp info`, each as a
 * process of its own on the same files; results compared with what was generated. `npm run bench -- mesh [--only b50,m50]`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { FILES, makeFiles } from "./mesh-files.mjs";
import { finish, installed, median, option, put, type Ran, runProcess, runs, say } from "./table";

interface Answer {
  triangles: number;
  size: number[];
  volume: number;
}
interface Program {
  name: string;
  debian?: string;
  command(file: string): string[];
  reads: string[];
  answer(text: string): Answer;
  /** How far its volume may be off: PrusaSlicer and admesh sum in single precision. */
  tolerance: number;
}

const number = (text: string, pattern: RegExp) => Number(pattern.exec(text)?.[1] ?? NaN);

const OURS: Program = {
  name: "ours",
  command: (file) => [process.execPath, path.resolve("build/bench/mesh-command.mjs"), file],
  reads: ["stl", "obj", "3mf"],
  answer: (text) => {
    const { triangles, size_mm, volume_mm3 } = JSON.parse(text.split("\n")[0]!);
    return { triangles, size: size_mm, volume: volume_mm3 };
  },
  tolerance: 0.001,
};

const PEERS: Program[] = [
  {
    name: "prusa-slicer",
    command: (file) => ["prusa-slicer", "--info", file],
    reads: ["stl", "obj", "3mf"],
    answer: (text) => ({
      triangles: number(text, /number_of_facets = +(\d+)/),
      size: ["x", "y", "z"].map((axis) => number(text, new RegExp(`size_${axis} = +(\\S+)`))),
      volume: number(text, /volume = +(\S+)/),
    }),
    tolerance: 0.005,
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
    tolerance: 0.005,
  },
  {
    name: "assimp",
    debian: "assimp-utils",
    command: (file) => ["assimp", "info", file],
    reads: ["stl", "obj", "3mf"],
    answer: (text) => {
      const point = (name: string) =>
        new RegExp(`${name} point +\\(([^)]+)\\)`).exec(text)?.[1]!.split(" ").map(Number) ?? [NaN, NaN, NaN];
      const [low, high] = [point("Minimum"), point("Maximum")];
      return { triangles: number(text, /Faces: +(\d+)/), size: high.map((v, k) => v - low[k]!), volume: NaN };
    },
    tolerance: 0.005,
  },
];

/** From 10 MB up at most PrusaSlicer's and assimp's wall time, at 50 MB admesh's too; memory at most PrusaSlicer's. */
function goalOf(file: string, peer: string): number | null {
  if (file === "b1" || (peer === "admesh" && !file.endsWith("50"))) return null;
  return 1;
}

/** How far an answer is from the truth, in words; "" when it is right. */
function difference(answer: Answer, truth: Answer, tolerance: number): string {
  const wrong = [];
  if (answer.triangles !== truth.triangles) wrong.push(`triangles ${answer.triangles} ≠ ${truth.triangles}`);
  const off = Math.max(...answer.size.map((mm, k) => Math.abs(mm - truth.size[k]!)));
  if (!(off <= 0.01)) wrong.push(`size off by ${off.toFixed(4)} mm`);
  const ratio = Math.abs(answer.volume / truth.volume - 1);
  if (ratio > tolerance) wrong.push(`volume off by ${(ratio * 100).toFixed(3)} %`);
  return wrong.join(", ");
}

const folder = mkdtempSync(path.join(tmpdir(), "printdesk-bench-"));
try {
  const peers = PEERS.filter(({ name, debian }) => installed(name, debian));
  const names = option("--only")?.split(",") ?? Object.keys(FILES);
  say("Making the files …");
  const made = (await makeFiles(folder, names)) as Record<
    string,
    { file: string; what: string; bytes: number; truth: Answer }
  >;
  for (const name of names) {
    const { file, what, bytes, truth } = made[name]!;
    const programs = [OURS, ...peers.filter(({ reads }) => reads.includes(file.split(".").at(-1)!))];
    const results = new Map<string, Ran[]>(programs.map((program) => [program.name, []]));
    // In turns, so that a busy moment of the machine hits all alike; the first round only warms the disk cache.
    for (let round = 0; round <= runs; round++)
      for (const program of programs) {
        const ran = runProcess(program.command(file));
        if (round > 0) results.get(program.name)!.push(ran);
      }
    say(`${name}: ${what}, ${(bytes / 1e6).toFixed(1)} MB, ${truth.triangles} triangles`);
    for (const { name: program, answer, tolerance } of programs) {
      const wrong = difference(answer(results.get(program)![0]!.text), truth, tolerance);
      say(`  ${program}: ${wrong || "agrees with what was generated"}`);
      if (wrong && program === "ours") process.exitCode = 1;
    }
    const of = (program: string, pick: (ran: Ran) => number | null) =>
      median(results.get(program)!.map((ran) => pick(ran) ?? NaN));
    for (const peer of programs.slice(1)) {
      const goal = goalOf(name, peer.name);
      const common = { bench: "mesh", peer_name: peer.name };
      const seconds = (ran: Ran) => ran.seconds;
      const memory = (ran: Ran) => ran.mb;
      put({
        ...common,
        case: `${name} wall`,
        ours: of("ours", seconds),
        peer: of(peer.name, seconds),
        unit: "s",
        goal,
      });
      if (results.get("ours")![0]!.mb !== null)
        put({
          ...common,
          case: `${name} memory`,
          ours: of("ours", memory),
          peer: of(peer.name, memory),
          unit: "MB",
          goal: peer.name === "prusa-slicer" ? goal : null,
        });
    }
    if (programs.length === 1)
      put({ bench: "mesh", case: `${name} wall`, ours: of("ours", (ran) => ran.seconds), peer: null, peer_name: "–", unit: "s", goal: null }); // prettier-ignore
  }
  finish("Mesh report: a new process each");
} finally {
  rmSync(folder, { recursive: true, force: true });
}
