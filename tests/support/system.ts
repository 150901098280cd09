/** The whole built product, running for a test: launcher, database, queue, web, worker, and a real SMTP peer. */
import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import type { ParsedMail } from "mailparser";
import { startSmtp, type TestSmtp } from "./smtp";

export interface System {
  url: string;
  storage: string;
  dataDir: string;
  smtp: TestSmtp;
  /** The owner's connection to its database. */
  databaseUrl: string;
  /** Runs SQL as the owner and gives the rows. */
  sql<T = Record<string, unknown>>(query: string, values?: unknown[]): Promise<T[]>;
  /** Changes a setting of the lab. */
  setting(key: string, value: unknown): Promise<void>;
  /** Waits for the letter with these words in its subject to this address; a later one than `after`. */
  letter(to: string, subject: RegExp, after?: number): Promise<ParsedMail>;
  /** The job's folder as it lies on disk: status folder, and what is in it. */
  folder(shortId: number): Promise<{ status: string; stem: string; names: string[] }>;
  metadata(shortId: number): Promise<Record<string, unknown>>;
  log(): string;
  /** One more web process on the same database and storage. @param settings environment of its own */
  anotherWeb(settings?: Record<string, string>): Promise<{ url: string; stop(): void }>;
  /** One more worker on the same database and storage, with its own output. */
  anotherWorker(): Promise<{ pid: number; output(): string; kill(): void }>;
  /** Pulls the plug of one process. */
  kill(name: "web" | "worker" | "quirrel" | "postgres"): void;
  stop(): Promise<void>;
}

/** Starts it on free ports, in folders of its own. Needs `npm run build` before. */
export async function startSystem(env: Record<string, string> = {}): Promise<System> {
  // Between choosing a free port and taking it somebody else may; then another is chosen.
  for (let tries = 1; ; tries++) {
    try {
      return await start(env);
    } catch (error) {
      if (tries === 3 || !/already in use|EADDRINUSE/.test(String(error))) throw error;
    }
  }
}

async function start(env: Record<string, string>): Promise<System> {
  const home = await mkdtemp(path.join(tmpdir(), "printdesk-journey-"));
  const storage = env.STORAGE_PATH ?? path.join(home, "storage");
  const dataDir = path.join(home, "data");
  const smtp = await startSmtp();
  const mail = {
    MAIL_SERVER: "127.0.0.1",
    MAIL_PORT: String(smtp.port),
    MAIL_SECURITY: "none",
    MAIL_FROM: "lab@example.edu",
    // The limit has tests of its own; here nobody waits for the next minute.
    MAIL_LETTERS_A_MINUTE: "10000",
  };
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const output: string[] = [];
  const launcher = spawn(process.execPath, ["build/launch.mjs"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      NODE_ENV: "production",
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      APP_ENV: "test",
      SEED_EXAMPLE: "true",
      PORT: String(port),
      DATA_DIR: dataDir,
      STORAGE_PATH: storage,
      OPENER_DIR: path.join(dataDir, "opener"),
      WORKSTATIONS: JSON.stringify(WORKSTATIONS),
      ...mail,
      OUTBOX_SWEEP_CRON: "*/2 * * * * *",
      METRICS_CRON: "*/10 * * * * *",
      ...env,
    },
  });
  // Whoever ends by an error takes it along: a lab that nobody stops works on beside all that is measured later.
  const orphaned = () => launcher.kill("SIGTERM");
  process.once("exit", orphaned);
  launcher.once("exit", () => process.off("exit", orphaned));
  launcher.stdout.on("data", (chunk) => output.push(String(chunk)));
  launcher.stderr.on("data", (chunk) => output.push(String(chunk)));
  const logs = () => `${output.join("")}\n${readLogs(dataDir)}`;
  try {
    await until(
      () => output.join("").includes("Printdesk is running"),
      60_000,
      "the system to start",
      launcher,
    );
  } catch (error) {
    launcher.kill("SIGTERM");
    const said = `${String(error)}\n${logs()}`;
    await smtp.close();
    throw new Error(said);
  }
  let pool: { url: string; to: pg.Pool } | undefined;
  /** A test may kill the server below us; it comes back, on another port where somebody has taken its own meanwhile. */
  const query = async (text: string, values?: unknown[]) => {
    const url = databaseUrl(dataDir, "printdesk_owner");
    if (pool?.url !== url) {
      void pool?.to.end();
      pool = { url, to: new pg.Pool({ connectionString: url, max: 2 }) };
      pool.to.on("error", () => undefined);
    }
    return pool.to.query(text, values);
  };
  /** Processes beside the launcher's own. */
  const more: ChildProcess[] = [];
  const system: System = {
    url,
    storage,
    dataDir,
    smtp,
    get databaseUrl() {
      return databaseUrl(dataDir, "printdesk_owner");
    },
    sql: async (text, values) => (await query(text, values)).rows as never,
    setting: async (key, value) => {
      await query(
        "INSERT INTO settings (key, value, updated_by) VALUES ($1, $2, 'test') ON CONFLICT (key) DO UPDATE SET value = $2",
        [key, JSON.stringify(value)],
      );
    },
    letter: async (to, subject, after = 0) => {
      const find = () =>
        smtp.messages
          .slice(after)
          .find((mail) => subject.test(mail.subject ?? "") && JSON.stringify(mail.to ?? "").includes(to));
      await until(() => find() !== undefined, 20_000, `a letter ${subject} to ${to}`);
      return find()!;
    },
    folder: async (shortId) => {
      const places: { status: string; stem: string; names: string[] }[] = [];
      for (const status of await readdir(storage)) {
        if (status.startsWith(".")) continue;
        for (const stem of await readdir(path.join(storage, status)))
          if (stem.endsWith(`_${shortId}`) || stem === String(shortId))
            places.push({ status, stem, names: (await readdir(path.join(storage, status, stem))).sort() });
      }
      if (places.length !== 1)
        throw new Error(`Job ${shortId} lies in ${places.length} folders: ${JSON.stringify(places)}`);
      return places[0]!;
    },
    metadata: async (shortId) => {
      const { status, stem } = await system.folder(shortId);
      return JSON.parse(await readFile(path.join(storage, status, stem, "metadata.json"), "utf8"));
    },
    anotherWeb: async (settings = {}) => {
      const more = await freePort();
      const logFile = fs.openSync(path.join(dataDir, "logs", `web-${more}.log`), "a");
      const web = spawn(process.execPath, ["build/web.mjs"], {
        stdio: ["ignore", logFile, logFile],
        env: {
          NODE_ENV: "production",
          PATH: process.env.PATH,
          APP_ENV: "test",
          DATABASE_URL: databaseUrl(dataDir, "printdesk_app"),
          SECRET_KEY: fs.readFileSync(path.join(dataDir, "secret.key"), "utf8").trim(),
          WORKSTATIONS: JSON.stringify(WORKSTATIONS),
          PORT: String(more),
          DATA_DIR: dataDir,
          STORAGE_PATH: storage,
          ...settings,
        },
      });
      fs.closeSync(logFile);
      const moreUrl = `http://localhost:${more}`;
      await until(
        async () => (await fetch(`${moreUrl}/readyz`).catch(() => null))?.ok === true,
        20_000,
        "another web process",
        web,
      );
      return { url: moreUrl, stop: () => void web.kill("SIGKILL") };
    },
    anotherWorker: async () => {
      const lines: string[] = [];
      const worker = spawn(process.execPath, ["build/worker.mjs"], {
        stdio: ["ignore", "pipe", "pipe"],
        env: {
          NODE_ENV: "production",
          PATH: process.env.PATH,
          APP_ENV: "test",
          DATABASE_URL: databaseUrl(dataDir, "printdesk_app"),
          SECRET_KEY: fs.readFileSync(path.join(dataDir, "secret.key"), "utf8").trim(),
          WORKSTATIONS: JSON.stringify(WORKSTATIONS),
          WORKER_PORT: String(await freePort()),
          DATA_DIR: dataDir,
          STORAGE_PATH: storage,
          ...mail,
          OUTBOX_SWEEP_CRON: "*/2 * * * * *",
          ...env,
        },
      });
      worker.stdout.on("data", (chunk) => lines.push(String(chunk)));
      worker.stderr.on("data", (chunk) => lines.push(String(chunk)));
      more.push(worker);
      await until(() => lines.join("").includes("on duty"), 30_000, "another worker", worker);
      return { pid: worker.pid!, output: () => lines.join(""), kill: () => void worker.kill("SIGKILL") };
    },
    log: logs,
    kill: (name) => process.kill(pidOf(dataDir, name), "SIGKILL"),
    stop: async () => {
      for (const process_ of more) process_.kill("SIGKILL");
      await pool?.to.end();
      const gone = new Promise((resolve) => launcher.once("exit", resolve));
      launcher.kill("SIGTERM");
      await gone;
      await smtp.close();
      await rm(home, { recursive: true, force: true });
    },
  };
  return system;
}

/** The example's workstations, said here so that a second web process knows the same ones. */
export const WORKSTATIONS = [
  ["front-desk", "Front Desk"],
  ["print-room", "Print Room"],
  ["back-office", "Back Office"],
].map(([id, name]) => ({ id, name, password: `${id}-demo`, storage_path: "Z:\\storage" }));

function databaseUrl(dataDir: string, role: "printdesk_owner" | "printdesk_app"): string {
  const cluster = JSON.parse(fs.readFileSync(path.join(dataDir, "postgres.json"), "utf8")) as {
    port: number;
    ownerPassword: string;
    appPassword: string;
  };
  const password = role === "printdesk_owner" ? cluster.ownerPassword : cluster.appPassword;
  return `postgres://${role}:${password}@127.0.0.1:${cluster.port}/printdesk`;
}

function pidOf(dataDir: string, name: string): number {
  if (name === "postgres")
    return Number(fs.readFileSync(path.join(dataDir, "postgres", "postmaster.pid"), "utf8").split("\n")[0]);
  const { children } = JSON.parse(fs.readFileSync(path.join(dataDir, "run.json"), "utf8")) as {
    children: { name: string; pid: number }[];
  };
  return children.find((child) => child.name === name)!.pid;
}

function readLogs(dataDir: string): string {
  const folder = path.join(dataDir, "logs");
  if (!fs.existsSync(folder)) return "";
  return fs
    .readdirSync(folder)
    .filter((name) => name.startsWith("web") || name.startsWith("worker"))
    .map((name) => `--- ${name}\n${fs.readFileSync(path.join(folder, name), "utf8").slice(-4000)}`)
    .join("\n");
}

/** Waits until something is true. */
export async function until(
  truth: () => boolean | Promise<boolean>,
  ms: number,
  what: string,
  process_?: ChildProcess,
): Promise<void> {
  const end = Date.now() + ms;
  while (!(await truth())) {
    if (process_ && process_.exitCode !== null)
      throw new Error(`The process ended while waiting for ${what}.`);
    if (Date.now() > end) throw new Error(`Waited ${ms} ms in vain for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
