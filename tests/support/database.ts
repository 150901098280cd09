/** A lab of one's own for a test file: a cloned database, a storage, a data folder, a configuration. */
import { type ChildProcess, fork } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { inject } from "vitest";
import { readConfig, useConfig } from "@server/config.server";
import { closeDb } from "@server/db.server";
import type { RefusalCode, RefusalDetails } from "@server/errors";
import { prepareStorage } from "@server/files/store.server";
import type { plays } from "./desk";
import { closeAfterFile } from "./each-file";
import { withDatabase } from "./global-setup";

const project = fileURLToPath(new URL("../..", import.meta.url));

export interface Lab {
  /** Environment of a process that works in this lab. */
  env: Record<string, string>;
  ownerUrl: string;
  appUrl: string;
  appRole: string;
  /** Absolute path of the storage root. */
  storage: string;
  dataDir: string;
  /** Runs SQL as the owner of the tables, who may do what the application may not. */
  owner<T = Record<string, unknown>>(sql: string, values?: unknown[]): Promise<T[]>;
  /** Changes this process's configuration; what is not named stays as the lab was opened. */
  configure(env?: Record<string, string>): void;
  /** Writes settings as an administrator would. */
  set(settings: Record<string, unknown>): Promise<void>;
}

/** Three workstations; their passwords are their ids with "-pass". */
export const WORKSTATIONS = ["front", "back", "office"].map((id) => ({
  id,
  name: `${id[0]!.toUpperCase()}${id.slice(1)} computer`,
  password: `${id}-pass`,
  admin: id !== "back",
}));

/** Opens a lab and makes it this process's; it is closed when the file ends. */
export async function freshLab(env: Record<string, string> = {}): Promise<Lab> {
  const server = inject("server");
  const ownerUrl = await cloneDatabase(server.template);
  const database = new URL(ownerUrl).pathname.slice(1);
  const folder = fs.mkdtempSync(path.join(server.folder, "lab-"));
  const lab: Lab = {
    env: {
      APP_ENV: "test",
      DATABASE_URL: withDatabase(server.appUrl, database),
      SECRET_KEY: randomBytes(32).toString("base64url"),
      WORKSTATIONS: JSON.stringify(WORKSTATIONS),
      STORAGE_PATH: path.join(folder, "storage"),
      DATA_DIR: path.join(folder, "data"),
      PUBLIC_URL: "https://print.example.edu",
      MAIL_SECURITY: "none",
      MAIL_TIMEOUT_SECONDS: "2",
      LOG_LEVEL: "silent",
      ...env,
    },
    ownerUrl,
    appUrl: withDatabase(server.appUrl, database),
    appRole: server.appRole,
    storage: path.join(folder, "storage"),
    dataDir: path.join(folder, "data"),
    owner: (sql, values) => query(ownerUrl, sql, values),
    configure: (more = {}) => useConfig(readConfig({ ...lab.env, ...more })),
    async set(settings) {
      for (const [key, value] of Object.entries(settings))
        await lab.owner(
          `INSERT INTO settings (key, value, updated_by) VALUES ($1, $2, 'test')
           ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
          [key, JSON.stringify(value)],
        );
    },
  };
  await closeDb();
  lab.configure();
  fs.mkdirSync(lab.storage, { recursive: true });
  await prepareStorage();
  closeAfterFile(async () => {
    await closeDb();
    fs.rmSync(folder, { recursive: true, force: true });
  });
  return lab;
}

/** An own database without tables, for the tests of the migrations. */
export async function emptyDatabase(): Promise<{ ownerUrl: string; appUrl: string; appRole: string }> {
  const { appUrl, appRole } = inject("server");
  const ownerUrl = await cloneDatabase("template1");
  return { ownerUrl, appUrl: withDatabase(appUrl, new URL(ownerUrl).pathname.slice(1)), appRole };
}

async function cloneDatabase(template: string): Promise<string> {
  const server = inject("server");
  const name = `${server.prefix}_${randomUUID().slice(0, 8)}`;
  await query(server.ownerUrl, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  return withDatabase(server.ownerUrl, name);
}

/** One statement on a connection of its own. */
export async function query<T = Record<string, unknown>>(
  url: string,
  sql: string,
  values?: unknown[],
): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql, values)).rows as T[];
  } finally {
    await client.end();
  }
}

/** What another process answers: the verb's result, or how it said no. */
export type Answer =
  | { ok: true; value: unknown }
  | { ok: false; name: string; code: RefusalCode | ""; message: string; details: RefusalDetails };

/** A second application: a process of its own, with its own pool, on the lab's database and storage. */
export interface Instance {
  process: ChildProcess;
  /** Asks it to do one of the plays of desk.ts. Rejects when the process dies before it answers. */
  ask(play: keyof typeof plays, ...args: unknown[]): Promise<Answer>;
  /** Resolves with the signal that ended it, or null. */
  ended: Promise<NodeJS.Signals | null>;
  stop(): Promise<void>;
}

/** Starts a second application in the lab. */
export async function startInstance(lab: Lab, env: Record<string, string> = {}): Promise<Instance> {
  const child = fork(await bundledProgram(), {
    env: { PATH: process.env.PATH, ...lab.env, ...env } as unknown as NodeJS.ProcessEnv,
    serialization: "advanced",
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const waiting = new Map<number, { resolve(answer: Answer): void; reject(error: Error): void }>();
  let count = 0;
  const ended = new Promise<NodeJS.Signals | null>((resolve) => {
    child.once("exit", (_, signal) => {
      for (const { reject } of waiting.values()) reject(new Error(`the process ended (${signal})`));
      resolve(signal);
    });
  });
  const ready = new Promise<void>((resolve) => {
    child.on("message", (message: { id: number; answer: Answer } | "ready") => {
      if (message === "ready") return resolve();
      waiting.get(message.id)?.resolve(message.answer);
      waiting.delete(message.id);
    });
  });
  const stop = async () => {
    child.kill("SIGKILL");
    await ended;
  };
  closeAfterFile(stop);
  await Promise.race([ready, ended.then((signal) => Promise.reject(new Error(`did not start (${signal})`)))]);
  return {
    process: child,
    ended,
    stop,
    ask: (play, ...args) =>
      new Promise((resolve, reject) => {
        const id = ++count;
        waiting.set(id, { resolve, reject });
        child.send({ id, play, args });
      }),
  };
}

/** desk.ts and the whole server behind it as one program; bundled once in a run. */
async function bundledProgram(): Promise<string> {
  const { folder } = inject("server");
  const file = path.join(folder, "instance.mjs");
  if (fs.existsSync(file)) return file;
  const { build } = await import("esbuild");
  const fresh = path.join(folder, `instance-${randomUUID()}.mjs`);
  await build({
    absWorkingDir: project,
    stdin: { contents: 'import { serve } from "./tests/support/desk"; serve();', resolveDir: project },
    outfile: fresh,
    bundle: true,
    packages: "external",
    format: "esm",
    platform: "node",
    target: "node20",
    logLevel: "error",
  });
  const modules = path.join(folder, "node_modules");
  if (!fs.existsSync(modules)) {
    const link = path.join(folder, `modules-${randomUUID()}`);
    fs.symlinkSync(path.join(project, "node_modules"), link);
    fs.renameSync(link, modules);
  }
  fs.renameSync(fresh, file);
  return file;
}
