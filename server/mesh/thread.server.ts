/**
 * Runs a program of this room in a thread of its own, with a time and a memory limit. However the thread
 * ends, the process that asked lives on and hears why. A thread that did well may be kept for the next piece of work.
 */
import { existsSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { Refusal, type RefusalCode, type RefusalDetails } from "../errors";

/** What a thread may cost. */
export interface ThreadLimits {
  /** Longest run, start included, milliseconds. */
  milliseconds: number;
  /** JavaScript objects of the thread, MB. */
  heapMb: number;
  /** Growth of the whole process while it runs (typed arrays lie outside the heap), MB. */
  growthMb: number;
}

export const THREAD_LIMITS: ThreadLimits = { milliseconds: 60_000, heapMb: 256, growthMb: 1024 };

/**
 * A program by its name, or as CommonJS source (tests). `NAME` is `server/mesh/NAME.server.ts` and is built to
 * `build/NAME.mjs`.
 */
export type ThreadProgram = { name: string } | { source: string };

/** What a program sends back, once. */
export type ThreadAnswer =
  { ok: unknown } | { refusal: { code: RefusalCode; message: string; details: RefusalDetails } };

/** Why a thread gave no answer. */
export class ThreadError extends Error {
  readonly reason: "timeout" | "memory" | "crash";

  constructor(reason: ThreadError["reason"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ThreadError";
    this.reason = reason;
  }
}

const WATCH_MS = 25;

/** A start costs a third of a second of a processor, several times what a small model needs. */
const KEPT = { most: 2, idleMs: 10_000, runs: 50, growthMb: 32 };

/** Threads that wait for more work, by the word they are kept under. */
const waiting = new Map<string, Worker[]>();
/** How often a kept thread has worked. */
const runs = new WeakMap<Worker, number>();

/**
 * Runs a program once.
 *
 * @param data what the program finds as `workerData`, or in a thread that was kept as a message
 * @param options.transfer buffers within `data` that are handed over instead of copied: the caller loses them
 * @param options.signal gives up; the promise then rejects with the signal's reason
 * @param options.keep keeps the thread for a while, for work of the same program under the same word
 * @returns what the program answered
 * @throws ThreadError `timeout`, `memory` or `crash`; Refusal when the program answered with one
 */
export async function runInThread<T>(
  program: ThreadProgram,
  data: unknown,
  options: Partial<ThreadLimits> & { transfer?: ArrayBuffer[]; signal?: AbortSignal; keep?: string } = {},
): Promise<T> {
  const { milliseconds, heapMb, growthMb } = { ...THREAD_LIMITS, ...options };
  const { transfer = [], signal, keep } = options;
  signal?.throwIfAborted();
  const code = "source" in program ? program.source : await load(program.name);
  const before = process.memoryUsage.rss();
  const grown = () => (process.memoryUsage.rss() - before) / 1024 / 1024;
  const known = keep === undefined ? undefined : waiting.get(keep)?.pop();
  const worker = known ?? start(code, data, heapMb, transfer);
  if (known) {
    known.ref();
    known.postMessage(data, transfer);
  }

  const stop = new AbortController();
  let answered = false;
  try {
    return await new Promise<T>((resolve, reject) => {
      const on = (event: string, listener: (value: unknown) => void) => {
        worker.on(event, listener);
        stop.signal.addEventListener("abort", () => worker.off(event, listener));
      };
      on("message", (message) => {
        answered = true;
        const answer = message as ThreadAnswer;
        if ("ok" in answer) resolve(answer.ok as T);
        else reject(new Refusal(answer.refusal.code, answer.refusal.message, answer.refusal.details));
      });
      on("messageerror", (error) => reject(crashed(error)));
      // An error may overtake an answer that was sent before it; with the thread's end, all it sent has come.
      let failed: ThreadError | undefined;
      on("error", (error) => (failed = crashed(error)));
      on("exit", (status) =>
        reject(failed ?? new ThreadError("crash", `The thread ended (${String(status)}) without an answer.`)),
      );
      const timer = setTimeout(
        () => reject(new ThreadError("timeout", `Not done after ${milliseconds} ms.`)),
        milliseconds,
      );
      const watch = setInterval(() => {
        if (grown() > growthMb) reject(new ThreadError("memory", `More than ${growthMb} MB were needed.`));
      }, WATCH_MS);
      stop.signal.addEventListener("abort", () => {
        clearTimeout(timer);
        clearInterval(watch);
      });
      signal?.addEventListener("abort", () => reject(signal.reason), { signal: stop.signal });
    });
  } finally {
    stop.abort();
    if (keep === undefined || !answered || grown() > KEPT.growthMb || !keepFor(keep, worker))
      await worker.terminate();
  }
}

function start(code: string | URL, data: unknown, heapMb: number, transferList: ArrayBuffer[]): Worker {
  const worker = new Worker(code, {
    eval: typeof code === "string",
    workerData: data,
    transferList,
    resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 },
    env: {},
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  worker.on("error", () => undefined); // whatever it still says while it ends
  worker.once("exit", () => leave(worker));
  worker.stdout.resume();
  worker.stderr.resume();
  return worker;
}

/** Keeps a thread that has answered. @returns whether it is kept: not when there are enough, or it has served long */
function keepFor(word: string, worker: Worker): boolean {
  const here = waiting.get(word) ?? [];
  waiting.set(word, here);
  const worked = (runs.get(worker) ?? 0) + 1;
  if (here.length >= KEPT.most || worked >= KEPT.runs) return false;
  runs.set(worker, worked);
  here.push(worker);
  // It holds up nobody who wants to end.
  worker.unref();
  setTimeout(() => {
    if (runs.get(worker) === worked && leave(worker)) void worker.terminate();
  }, KEPT.idleMs).unref();
  return true;
}

/** No longer waits. @returns whether it did */
function leave(worker: Worker): boolean {
  const here = [...waiting.values()].find((each) => each.includes(worker));
  here?.splice(here.indexOf(worker), 1);
  return here !== undefined;
}

function crashed(error: unknown): ThreadError {
  const { code, message } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  const memory =
    code === "ERR_WORKER_OUT_OF_MEMORY" ||
    (error instanceof RangeError &&
      /allocation failed|invalid (typed )?array (buffer )?length/i.test(message ?? ""));
  return memory
    ? new ThreadError("memory", "The thread ran out of memory.", { cause: error })
    : new ThreadError("crash", `The thread failed: ${message ?? String(error)}`, { cause: error });
}

/** Where `build/` is, seen from the worker or a command (in it) and from the pages (`build/remix/server/`). */
const PLACES = ["./", "../", "../../", "../../../"];

const bundles = new Map<string, Promise<string>>();

/**
 * The program as a file beside or above our own in `build/`; when we run from source, in tests, its source
 * bundled in memory, so that no test ever runs yesterday's build.
 */
async function load(name: string): Promise<string | URL> {
  if (!import.meta.url.endsWith(".ts")) {
    const places = PLACES.map((place) => new URL(`${place}${name}.mjs`, import.meta.url));
    const found = places.find((place) => existsSync(place));
    if (!found) throw new ThreadError("crash", `build/${name}.mjs is missing; build first.`);
    return found;
  }
  let bundle = bundles.get(name);
  if (!bundle)
    bundles.set(name, (bundle = bundleSource(new URL(`./${name}.server.ts`, import.meta.url).pathname)));
  return bundle;
}

async function bundleSource(entry: string): Promise<string> {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    external: ["esbuild"],
    write: false,
    format: "cjs",
    platform: "node",
    target: "node20",
    logLevel: "silent",
  });
  return outputFiles[0]!.text;
}
