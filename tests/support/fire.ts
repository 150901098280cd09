/** What a scripted lab can be hit with: seeded, so that a run can be repeated, and counted. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { System } from "./system";

/** Numbers from 0 to 1, the same for the same seed (mulberry32, Tommy Ettinger, public domain). */
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A Redis that is killed and comes back with what it had on disk. */
export class Redis {
  readonly url: string;
  private child: ChildProcess | undefined;
  private readonly folder = mkdtempSync(path.join(tmpdir(), "printdesk-redis-"));

  private constructor(private readonly port: number) {
    this.url = `redis://127.0.0.1:${port}`;
  }

  /** Null where no redis-server is installed. */
  static async begin(): Promise<Redis | null> {
    try {
      execFileSync("redis-server", ["--version"], { stdio: "ignore" });
    } catch {
      return null;
    }
    const port = await new Promise<number>((resolve) => {
      const server = createServer().listen(0, "127.0.0.1", () => {
        const { port } = server.address() as { port: number };
        server.close(() => resolve(port));
      });
    });
    const redis = new Redis(port);
    redis.start();
    await sleep(500);
    return redis;
  }

  start(): void {
    this.child = spawn(
      "redis-server",
      ["--port", String(this.port), "--bind", "127.0.0.1", "--dir", this.folder, "--appendonly", "yes"],
      { stdio: "ignore" },
    );
    this.child.on("error", () => undefined);
  }

  kill(): void {
    this.child?.kill("SIGKILL");
  }

  end(): void {
    this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A small file system for the storage, so that its disk can be filled; null where that is not allowed. */
export function smallDisk(megabytes: number): string | null {
  const folder = mkdtempSync(path.join(tmpdir(), "printdesk-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m,mode=1777`, "tmpfs", folder], {
      stdio: "ignore",
    });
    return folder;
  } catch {
    rmSync(folder, { recursive: true, force: true });
    return null;
  }
}

export function removeDisk(folder: string): void {
  execFileSync("umount", ["-l", folder]);
  rmSync(folder, { recursive: true, force: true });
}

/** A clock that can be moved for every process started with `env` (libfaketime); null where it is not installed. */
export function movableClock(): {
  env: Record<string, string>;
  move(seconds: number): void;
  end(): void;
} | null {
  const library = ["x86_64", "aarch64"]
    .map((cpu) => `/usr/lib/${cpu}-linux-gnu/faketime/libfaketime.so.1`)
    .find((file) => existsSync(file));
  if (!library) return null;
  const folder = mkdtempSync(path.join(tmpdir(), "printdesk-clock-"));
  const file = path.join(folder, "offset");
  const move = (seconds: number) => writeFileSync(file, `${seconds < 0 ? "-" : "+"}${Math.abs(seconds)}s\n`);
  move(0);
  return {
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_CACHE_DURATION: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
      DONT_FAKE_MONOTONIC: "1",
    },
    move,
    end: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** One of the things that happen to a lab. It is over when the promise is. */
export interface Blow {
  name: string;
  /** A process is ended by kill -9. */
  kill: boolean;
  strike(): Promise<void>;
}

/** What can be done to this system. @param web the second web process; it is started again where it was killed */
export function blowsOn(
  lab: System,
  about: {
    redis: Redis | null;
    disk: string | null;
    clock: ReturnType<typeof movableClock>;
    killSecondWeb: () => Promise<void>;
    roll: () => number;
  },
): Blow[] {
  const { redis, disk, clock, roll } = about;
  const kill = (name: "web" | "worker" | "quirrel" | "postgres"): Blow => ({
    name: `${name} killed`,
    kill: true,
    async strike() {
      try {
        lab.kill(name);
      } catch {
        // It is just being started again.
        throw new NotThere();
      }
    },
  });
  const smtp = (name: string, behaviour: Parameters<typeof lab.smtp.setBehaviour>[0]): Blow => ({
    name,
    kill: false,
    async strike() {
      lab.smtp.setBehaviour(behaviour);
      await sleep(3_000);
      lab.smtp.setBehaviour(undefined);
      lab.smtp.dropConnections();
    },
  });
  const blows = [
    kill("web"),
    kill("worker"),
    kill("quirrel"),
    kill("postgres"),
    { name: "second web killed", kill: true, strike: about.killSecondWeb },
    smtp("mail server hangs", ({ stage }) => (stage === "data" ? "stall" : undefined)),
    smtp("mail server refuses", ({ stage }) => (stage === "rcpt" ? 451 : undefined)),
    smtp("mail server hangs up", ({ stage }) => (stage === "mail" ? "drop" : undefined)),
  ];
  if (redis)
    blows.push({
      name: "Redis killed",
      kill: true,
      async strike() {
        redis.kill();
        await sleep(1_000 + roll() * 4_000);
        redis.start();
      },
    });
  if (disk)
    blows.push({
      name: "disk full",
      kill: false,
      async strike() {
        const filler = path.join(disk, ".filler");
        try {
          execFileSync("dd", ["if=/dev/zero", `of=${filler}`, "bs=1M"], { stdio: "ignore" });
        } catch {
          // That is what it is for.
        }
        await sleep(2_000);
        rmSync(filler, { force: true });
      },
    });
  if (clock)
    blows.push({
      name: "clock moved",
      kill: false,
      async strike() {
        clock.move(Math.round((roll() - 0.5) * 1_200));
        await sleep(3_000);
        clock.move(0);
      },
    });
  return blows;
}

/** The process was not running; nothing was done and nothing counts. */
export class NotThere extends Error {}
