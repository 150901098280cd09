/**
 * Runs a program of this room in a thread of its own, with a time and a memory limit. However the thread
 * ends, the process that asked lives on and hears why.
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

/**
 * Runs a program once.
 *
 * @param data what the program finds as `workerData`
 * @param options.transfer buffers within `data` that are handed over instead of copied: the caller loses them
 * @param options.signal gives up; the promise then rejects with the signal's reason
 * @returns what the program answered
 * @throws ThreadError `timeout`, `memory` or `crash`; Refusal when the program answered with one
 */
export async function runInThread<T>(
  program: ThreadProgram,
  data: unknown,
  options: Partial<ThreadLimits> & { transfer?: ArrayBuffer[]; signal?: AbortSignal } = {},
): Promise<T> {
  const { milliseconds, heapMb, growthMb } = { ...THREAD_LIMITS, ...options };
  options.signal?.throwIfAborted();
  const code = "source" in program ? program.source : await load(program.name);
  const before = process.memoryUsage.rss();
  const worker = new Worker(code, {
    eval: typeof code === "string",
    workerData: data,
    transferList: options.transfer ?? [],
    resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 },
    env: {},
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  worker.on("error", () => undefined); // whatever it still says while it ends
  worker.stdout.resume();
  worker.stderr.resume();

  let timer: NodeJS.Timeout | undefined;
  let watch: NodeJS.Timeout | undefined;
  let abort: (() => void) | undefined;
  try {
    return await new Promise<T>((resolve, reject) => {
      worker.once("message", (answer: ThreadAnswer) => {
        if ("ok" in answer) resolve(answer.ok as T);
        else reject(new Refusal(answer.refusal.code, answer.refusal.message, answer.refusal.details));
      });
      worker.once("messageerror", (error) => reject(crashed(error)));
      // An error may overtake an answer that was sent before it; with the thread's end, all it sent has come.
      let failed: ThreadError | undefined;
      worker.once("error", (error) => (failed = crashed(error)));
      worker.once("exit", (status) =>
        reject(failed ?? new ThreadError("crash", `The thread ended (${status}) without an answer.`)),
      );
      timer = setTimeout(
        () => reject(new ThreadError("timeout", `Not done after ${milliseconds} ms.`)),
        milliseconds,
      );
      watch = setInterval(() => {
        if (process.memoryUsage.rss() - before > growthMb * 1024 * 1024)
          reject(new ThreadError("memory", `More than ${growthMb} MB were needed.`));
      }, WATCH_MS);
      abort = () => reject(options.signal!.reason);
      options.signal?.addEventListener("abort", abort);
    });
  } finally {
    clearTimeout(timer);
    clearInterval(watch);
    if (abort) options.signal?.removeEventListener("abort", abort);
    await worker.terminate();
  }
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
