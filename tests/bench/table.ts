/**
 * What the benches share: the machine's name, medians, a table for people, and with `--json` one line per
 * measurement on standard output (words for people then go to standard error). Goals are shown, never asserted.
 */
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

/** The value after an option of the command line. */
export function option(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at === -1 ? undefined : process.argv[at + 1];
}

export const json = process.argv.includes("--json");
export const runs = Number(option("--runs") ?? 5);

const measured: Measurement[] = [];

/** Prints a line for people. */
export function say(text: string): void {
  if (json) console.error(text);
  else console.log(text);
}

/** Adds a measurement; with `--json` it is printed at once. */
export function put(
  m: Omit<Measurement, "ratio" | "higher_is_better"> & { higher_is_better?: boolean },
): void {
  const digits = (value: number) => Number(value.toPrecision(4));
  const { bench, case: what, peer_name, unit, goal, higher_is_better = false } = m;
  const ours = digits(m.ours);
  const peer = m.peer === null ? null : digits(m.peer);
  const ratio = m.peer === null ? null : digits(m.ours / m.peer);
  const whole = { bench, case: what, ours, peer, peer_name, unit, ratio, goal, higher_is_better };
  measured.push(whole);
  if (json) console.log(JSON.stringify(whole));
}

function verdict({ ratio, goal, higher_is_better }: Measurement): string {
  if (ratio === null || goal === null) return "";
  return (higher_is_better ? ratio >= goal : ratio <= goal) ? "met" : "MISSED";
}

/** "2 × Some CPU, 24 GiB, Linux 6.1, Node 20.20.2" */
export function machine(): string {
  const model = os.cpus()[0]?.model.trim() ?? "unknown processor";
  const memory = Math.round(os.totalmem() / 2 ** 30);
  return `${os.availableParallelism()} × ${model}, ${memory} GiB, ${os.type()} ${os.release()}, Node ${process.versions.node}`;
}

/** Says all of a bench as a table, with the machine named. @param how what the figures are: "medians of 5" */
export function finish(title: string, how = `medians of ${runs}`): void {
  const round = (value: number | null) =>
    value === null ? "–" : Math.abs(value) < 10 ? value.toFixed(2) : value.toFixed(0);
  say(`\n${title}\n${machine()}; ${how}; load ${os.loadavg()[0]!.toFixed(1)} at the end\n`);
  const rows = measured.map((m) => [
    m.case,
    `${round(m.ours)} ${m.unit}`,
    m.peer === null ? "–" : `${round(m.peer)} ${m.unit}`,
    m.peer_name,
    round(m.ratio),
    m.goal === null ? "" : `${m.higher_is_better ? "≥" : "≤"} ${m.goal}`,
    verdict(m),
  ]);
  const table = [["case", "ours", "beside", "what", "ratio", "goal", ""], ...rows];
  const widths = table[0]!.map((_, i) => Math.max(...table.map((row) => row[i]!.length)));
  for (const row of table)
    say(
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join("  ")
        .trimEnd(),
    );
}

/** The middle value. */
export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The value that this share of all do not exceed. @param share 0.99 for the p99 */
export function quantile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!;
}

/** True when a program can be started by this name; else says which Debian package has it. */
export function installed(name: string, debian = name): boolean {
  const there = (process.env.PATH ?? "")
    .split(path.delimiter)
    .some((folder) => existsSync(path.join(folder, name)));
  if (!there) say(`${name} is not installed (Debian package ${debian}), so there is no comparison with it.`);
  return there;
}

/** A process that ran to its end. */
export interface Ran {
  seconds: number;
  /** Peak memory of its largest process, MB; null without GNU time (Debian package time). */
  mb: number | null;
  text: string;
}

/** Runs a program to its end. @throws when it fails, or `ok` says that it did nothing */
export function runProcess(command: string[], ok: () => boolean = () => true): Ran {
  const time = existsSync("/usr/bin/time");
  const [program, ...args] = time ? ["/usr/bin/time", "-f", "%M", ...command] : command;
  const begun = performance.now();
  const done = spawnSync(program!, args, {
    encoding: "utf8",
    timeout: 300_000,
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  const seconds = (performance.now() - begun) / 1000;
  if (done.status !== 0 || !ok()) throw new Error(`${command.join(" ")}: ${done.status} ${done.stderr}`);
  const mb = time ? Number(done.stderr.trim().split("\n").at(-1)) / 1024 : null;
  return { seconds, mb, text: done.stdout + done.stderr };
}
