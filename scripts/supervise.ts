/** Child processes that are kept running, and the files their output goes to. */
import { spawn, type ChildProcess } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

const MAX_LOG_BYTES = 10_000_000;
const WARN = 40;
/** Who ends this soon could not even open its port. */
const EARLY_MS = 10_000;

/** Lines into a file of at most 10 MB, with two older ones kept beside it. */
export class LogFile {
  private fd: number;
  private size: number;

  constructor(readonly file: string) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    this.fd = fs.openSync(file, "a", 0o600);
    this.size = fs.fstatSync(this.fd).size;
  }

  write(line: string): void {
    try {
      if (this.size > MAX_LOG_BYTES) this.rotate();
      this.size += fs.writeSync(this.fd, `${line}\n`);
    } catch {
      // A full disk must not take the supervisor down.
    }
  }

  private rotate(): void {
    fs.closeSync(this.fd);
    if (fs.existsSync(`${this.file}.1`)) fs.renameSync(`${this.file}.1`, `${this.file}.2`);
    fs.renameSync(this.file, `${this.file}.1`);
    this.fd = fs.openSync(this.file, "a", 0o600);
    this.size = 0;
  }
}

export interface SupervisedOptions {
  name: string;
  args: string[];
  /** Asked at each start, because ports and tokens may have changed since. */
  env: () => Record<string, string | undefined>;
  cwd: string;
  logFile: string;
  /** "warnings" shows what matters on the terminal, "all" everything, "none" nothing. */
  show: "warnings" | "all" | "none";
  say: (line: string) => void;
  /** Called after each start and each end of a process. */
  onChange?: () => void;
  /** Awaited before a start that follows an early death: whatever was chosen for it may be chosen anew. */
  afterEarlyDeath?: () => Promise<void>;
}

// Ends a child whose launcher is gone, even by kill -9: the channel between them breaks then. It is
// loaded before the child's own code, so a child needs to know nothing of it. Unref: the channel
// alone must not keep a finished process alive.
const WATCH_PARENT =
  "data:text/javascript," +
  encodeURIComponent(
    `process.on("disconnect",()=>{setTimeout(()=>process.exit(1),10000).unref();process.kill(process.pid,"SIGTERM")});` +
      `process.channel?.unref()`,
  );

/** A Node program that is started again, with growing pauses, whenever it ends by itself. */
export class Supervised {
  private child: ChildProcess | undefined;
  private stopped = false;
  private pause = 500;
  private timer: NodeJS.Timeout | undefined;
  private readonly log: LogFile;
  /** How often it ended by itself. */
  deaths = 0;

  constructor(private readonly options: SupervisedOptions) {
    this.log = new LogFile(options.logFile);
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  start(): void {
    const { name, args, env, cwd, say, onChange } = this.options;
    const startedAt = Date.now();
    // An own process group: the terminal's Ctrl-C reaches only the launcher, which knows the order.
    const child = spawn(process.execPath, ["--enable-source-maps", "--import", WATCH_PARENT, ...args], {
      cwd,
      env: env() as NodeJS.ProcessEnv,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      detached: process.platform !== "win32",
      windowsHide: true,
    });
    this.child = child;
    this.read(child.stdout!, false);
    this.read(child.stderr!, true);
    child.once("error", (error) => say(`${name}: ${error.message}`));
    child.once("close", (code, signalName) => {
      this.child = undefined;
      onChange?.();
      if (this.stopped) return;
      this.deaths++;
      const early = Date.now() - startedAt < EARLY_MS;
      if (Date.now() - startedAt > 30_000) this.pause = 500;
      say(
        `${name} ended (${signalName ?? `code ${code}`}); starting it again in ${this.pause / 1000} s. ` +
          `Its log: ${this.options.logFile}`,
      );
      this.timer = setTimeout(() => void this.again(early), this.pause);
      this.pause = Math.min(this.pause * 2, 10_000);
    });
    onChange?.();
  }

  private async again(early: boolean): Promise<void> {
    const { name, say, afterEarlyDeath } = this.options;
    if (early) await afterEarlyDeath?.().catch((error: Error) => say(`${name}: ${error.message}`));
    if (!this.stopped) this.start();
  }

  /** Asks it to end so that it is started again with a new environment. */
  restart(): void {
    this.child?.kill("SIGTERM");
  }

  /** SIGTERM, then SIGKILL for the whole group after the limit. */
  async stop(limitMs = 10_000): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    const child = this.child;
    if (!child) return;
    const gone = new Promise<void>((resolve) => child.once("close", () => resolve()));
    child.kill("SIGTERM");
    if ((await Promise.race([gone.then(() => true), sleep(limitMs, false, { ref: false })])) === false)
      this.kill();
    await gone;
  }

  kill(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    const pid = this.child?.pid;
    if (!pid) return;
    try {
      process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
    } catch {
      // already gone
    }
  }

  private read(stream: Readable, isError: boolean): void {
    const { name, show, say } = this.options;
    readline.createInterface({ input: stream, crlfDelay: Infinity }).on("line", (line) => {
      const entry = parse(line);
      // Quirrel's heartbeat lines would only fill the file.
      if (entry && entry.level < 20) return;
      this.log.write(line);
      if (show === "all") say(`${name}: ${line}`);
      else if (show === "warnings" && (entry ? entry.level >= WARN : isError && line.trim() !== ""))
        say(`${name}: ${entry ? describe(entry) : line}`);
    });
  }
}

interface Entry {
  level: number;
  msg?: string;
  err?: { message?: string };
}

function parse(line: string): Entry | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const entry = JSON.parse(line) as Entry;
    return typeof entry.level === "number" ? entry : undefined;
  } catch {
    return undefined;
  }
}

function describe(entry: Entry): string {
  const parts = [entry.level >= 50 ? "error:" : "warning:", entry.msg];
  if (entry.err?.message && entry.err.message !== entry.msg) parts.push(`(${entry.err.message})`);
  // The entry was one line; what is shown of it stays one, and moves no cursor.
  return parts
    .filter(Boolean)
    .join(" ")
    .replace(/\p{Cc}+/gu, " ");
}
