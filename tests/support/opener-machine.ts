/** A workstation for the opener's programs: a storage with traps, a screen of its own, programs run to their end. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Verdict } from "../../sliceropener/verdicts";
import type { Trapped } from "./opener-links";

/** A folder for one test file. */
export function makeHome(): string {
  return fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "opener-machine-")));
}

/** Makes `storage` below `root`, with links that lead out of it and files that lie beside it. */
export function trappedStorage(root: string): Trapped {
  const base = path.join(root, "storage");
  const job = path.join(base, "Uploaded", "Job");
  fs.mkdirSync(job, { recursive: true });
  fs.mkdirSync(path.join(root, "storage-old"));
  const part = path.join(job, "part.stl");
  const outside = [
    path.join(root, "secret.stl"),
    path.join(root, "storage-old", "part.stl"),
    path.join(root, "storage.stl"),
  ];
  for (const file of [part, ...outside, path.join(job, "evil.exe"), path.join(job, "part")])
    fs.writeFileSync(file, "solid\n");
  fs.symlinkSync(outside[0]!, path.join(job, "link.stl"));
  fs.symlinkSync(root, path.join(base, "Uploaded", "up"));
  fs.symlinkSync("../../../storage-old", path.join(job, "old"));
  fs.symlinkSync("/", path.join(base, "root"));
  fs.symlinkSync("circle.stl", path.join(job, "circle.stl"));
  fs.symlinkSync("gone", path.join(job, "gone.stl"));
  fs.symlinkSync("/dev/null", path.join(job, "null.stl"));
  const leading_out = [
    path.join(job, "link.stl"),
    path.join(base, "Uploaded", "up", "secret.stl"),
    path.join(job, "old", "part.stl"),
    path.join(base, "root", outside[0]!),
    path.join(job, "circle.stl"),
    path.join(job, "gone.stl"),
    path.join(job, "null.stl"),
  ];
  return { windows: false, base, part, outside, leading_out, evil: "touch evil" };
}

/** The same storage as wine's drive shows it. @param root the folder that is the drive's root */
export function onDrive(at: Trapped, root: string, drive: string): Trapped {
  const there = (file: string) => `${drive}:${file.slice(root.length).replaceAll("/", "\\")}`;
  return {
    windows: true,
    base: there(at.base),
    part: there(at.part),
    outside: at.outside.map(there),
    leading_out: at.leading_out.map(there),
    evil: "calc.exe",
  };
}

/** A virtual screen. */
export async function startScreen(): Promise<{ display: string; stop(): void }> {
  const child: ChildProcess = spawn(
    "Xvfb",
    ["-displayfd", "1", "-screen", "0", "1200x800x24", "-nolisten", "tcp"],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  const number = await new Promise<string>((resolve, reject) => {
    child.stdout!.once("data", (data: Buffer) => resolve(String(data).trim()));
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`Xvfb ended with ${code}`)));
  });
  return { display: `:${number}`, stop: () => child.kill() };
}

export interface Ran {
  /** Null: it did not end by itself and was stopped. */
  code: number | null;
  out: string;
}

/** Runs a program to its end; one that hangs is stopped after a minute and has no code. */
export function runProgram(program: string, args: string[], env: Record<string, string>): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(
      program,
      args,
      { env: env as NodeJS.ProcessEnv, timeout: 60_000, killSignal: "SIGKILL" },
      (error, stdout) => {
        const code = error ? error.code : 0;
        resolve({ code: typeof code === "number" ? code : null, out: stdout });
      },
    );
  });
}

/** Does something with each, a few at a time; results in order. */
export async function several<T, R>(
  list: readonly T[],
  atOnce: number,
  work: (each: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < list.length) {
        const i = next++;
        results[i] = await work(list[i]!);
      }
    }),
  );
  return results;
}

/** Waits until a question has an answer. */
export async function eventually<T>(
  what: string,
  ask: () => T | Promise<T | null | undefined> | null | undefined,
): Promise<T> {
  for (let n = 0; n < 600; n += 1) {
    const answer = await ask();
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`waited in vain for ${what}`);
}

/** The log's lines, the older files first. */
export function readLog(
  file: string,
): { url: string; verdict: Verdict; real_path: string | null; slicer: string | null }[] {
  return [3, 2, 1, 0]
    .map((n) => (n ? `${file}.${n}` : file))
    .filter((each) => fs.existsSync(each))
    .flatMap((each) => fs.readFileSync(each, "utf8").trimEnd().split("\n"))
    .filter(Boolean)
    .map((line) => JSON.parse(line) as ReturnType<typeof readLog>[number]);
}

/** Presses keys in the window with this title, once it is there. @returns false when it never came */
export async function pressIn(title: string, keys: string[], env: Record<string, string>): Promise<void> {
  const id = await eventually(`the window “${title}”`, async () => {
    const { out } = await runProgram("xdotool", ["search", "--onlyvisible", "--name", title], env);
    return out.trim().split("\n")[0];
  });
  // Windows take no keys in their first moment.
  await new Promise((resolve) => setTimeout(resolve, 700));
  await runProgram("xdotool", ["windowfocus", id], env);
  for (const key of keys) await runProgram("xdotool", ["key", key], env);
}
