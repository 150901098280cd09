/** What the benches share: a median, a table, and one JSON line per measurement with `--json`. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import os from "node:os";
import path from "node:path";

export interface Measurement {
  bench: string;
  case: string;
  ours: number;
  /** null: the peer is not installed. */
  peer: number | null;
  peer_name: string;
  unit: string;
  /** ours / peer */
  ratio: number | null;
  /** The ratio to keep; null: for information. */
  goal: number | null;
  higher_is_better: boolean;
}

export const json = process.argv.includes("--json");
const runsAt = process.argv.indexOf("--runs");
export const runs = runsAt === -1 ? 5 : Number(process.argv[runsAt + 1]);

const measured: Measurement[] = [];

/** Adds a measurement; with `--json` it is printed at once. */
export function put(m: Omit<Measurement, "ratio" | "higher_is_better">): void {
  const ratio = m.peer === null ? null : m.ours / m.peer;
  const whole: Measurement = { ...m, ratio, higher_is_better: false };
  measured.push(whole);
  if (json) console.log(JSON.stringify(whole));
}

/** Prints all of a bench as a table, with the machine named. @param times measured how often @returns false when a goal was missed */
export function finish(title: string, times = runs): boolean {
  const round = (value: number | null) =>
    value === null ? "–" : value < 10 ? value.toFixed(2) : value.toFixed(0);
  const met = (m: Measurement) => m.ratio === null || m.goal === null || m.ratio <= m.goal;
  if (!json) {
    const cpu = os.cpus()[0]?.model.trim() ?? "?";
    console.log(
      `\n${title}\n${os.cpus().length} × ${cpu}, Node ${process.versions.node}; medians of ${times}\n`,
    );
    const rows = measured.map((m) => [
      m.case,
      `${round(m.ours)} ${m.unit}`,
      `${round(m.peer)} ${m.unit}`,
      m.peer_name,
      round(m.ratio),
      round(m.goal),
      m.ratio === null || m.goal === null ? "" : met(m) ? "met" : "MISSED",
    ]);
    const table = [["case", "ours", "beside", "what", "ratio", "goal", ""], ...rows];
    const widths = table[0]!.map((_, i) => Math.max(...table.map((row) => row[i]!.length)));
    for (const row of table)
      console.log(
        row
          .map((cell, i) => cell.padEnd(widths[i]!))
          .join("  ")
          .trimEnd(),
      );
  }
  return measured.every(met);
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

/** True when a program can be started by this name. */
export function installed(name: string): boolean {
  return (process.env.PATH ?? "").split(path.delimiter).some((folder) => existsSync(path.join(folder, name)));
}

/** Runs a program to its end: seconds and its largest process's memory in MB (null without GNU time). */
export function runProcess(
  command: string[],
  ok: () => boolean = () => true,
): { seconds: number; mb: number | null } {
  const time = existsSync("/usr/bin/time");
  const [program, ...args] = time ? ["/usr/bin/time", "-f", "%M", ...command] : command;
  const begun = performance.now();
  const done = spawnSync(program!, args, { encoding: "utf8", env: { ...process.env, NODE_OPTIONS: "" } });
  const seconds = (performance.now() - begun) / 1000;
  if (done.status !== 0 || !ok()) throw new Error(`${command.join(" ")}: ${done.status} ${done.stderr}`);
  return { seconds, mb: time ? Number(done.stderr.trim().split("\n").at(-1)) / 1024 : null };
}
