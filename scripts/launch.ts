/**
 * The launcher behind `npm start`: prepares data folder, database and queue, runs the web and the
 * worker process, restarts what dies, and stops everything in the right order.
 */
import { createHmac } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { ConfigError, readConfig } from "@server/config.server";
import { migrateToLatest } from "@server/migrate.server";
import { seedExample } from "@server/seed.server";
import { APP_ROLE, startEmbeddedPostgres, type EmbeddedPostgres } from "./embedded-postgres";
import { type Env, environment, EXAMPLE_WORKSTATIONS, root, secretKey } from "./environment";
import { freePort, isAlive, StartError, tryPort } from "./processes";
import { QuirrelToken } from "./quirrel-token";
import { claim, type RunFile } from "./run-file";
import { LogFile, Supervised } from "./supervise";

const dev = process.argv.includes("--dev");
const DATABASE = "printdesk";

let terminal: LogFile | undefined;
function say(line: string): void {
  console.log(line);
  terminal?.write(`${new Date().toISOString()} ${line}`);
}

/** What is running; shutdown stops what it finds here, in this order reversed. */
const running: {
  runFile?: RunFile;
  postgres?: Promise<EmbeddedPostgres>;
  token?: QuirrelToken;
  quirrel?: Supervised;
  worker?: Supervised;
  web?: Supervised;
} = {};
let stopping: Promise<void> | undefined;
let stopRequestedAt = 0;

/** Web and worker first, so that what they do is finished; then the queue, the database last. */
function shutdown(): Promise<void> {
  stopping ??= (async () => {
    running.token?.stop();
    await Promise.all([running.web?.stop(), running.worker?.stop()]);
    await running.quirrel?.stop(3000);
    await running.postgres?.then((db) => db.stop()).catch((error: Error) => say(error.message));
    running.runFile?.release();
  })();
  return stopping;
}

async function exit(code: number): Promise<never> {
  await shutdown();
  process.exit(code);
}

function onSignal(): void {
  // npm and the shell may both pass on one Ctrl-C: what comes within a second is the same wish.
  const again = stopping !== undefined && Date.now() - stopRequestedAt > 1000;
  if (again) {
    say("Stopping now.");
    for (const child of [running.web, running.worker, running.quirrel]) child?.kill();
    return;
  }
  if (stopping) return;
  stopRequestedAt = Date.now();
  say("\nStopping … (Ctrl-C again forces it)");
  void exit(0);
}

/** Never returns once a stop was asked for: the signal's handler ends the process. */
async function checkpoint(): Promise<void> {
  if (stopping) await new Promise(() => {});
}

/** Level by level: Node's own `recursive` never returns below /proc, where nothing can be made. */
function makeFolder(folder: string): void {
  const missing: string[] = [];
  for (let at = folder; !fs.existsSync(at) && at !== path.dirname(at); at = path.dirname(at))
    missing.push(at);
  for (const level of missing.reverse()) fs.mkdirSync(level);
}

function writableFolder(name: string, folder: string): string {
  const full = path.resolve(root, folder);
  const probe = path.join(full, `.write-${process.pid}`);
  try {
    makeFolder(full);
    fs.writeFileSync(probe, "");
    fs.rmSync(probe);
  } catch (error) {
    throw new StartError(
      `The folder ${full} (${name}) cannot be written to (${(error as NodeJS.ErrnoException).code}). ` +
        `Give this user write permission there, or set ${name} to another folder.`,
    );
  }
  return full;
}

async function choosePort(host: string, wanted: string | undefined): Promise<number> {
  const port = Number(wanted || 3000);
  // Not a number: the configuration check says so.
  if (!Number.isInteger(port) || port < 0 || port > 65_535) return port;
  const result = await tryPort(port, host);
  if (typeof result === "number") return result;
  if (result === "EADDRINUSE")
    throw new StartError(
      `Port ${port} is already in use on ${host}. Stop the program that uses it, or choose another one: PORT=${port + 1} npm start`,
    );
  if (result === "EACCES")
    throw new StartError(
      `Port ${port} needs special rights; choose one above 1023, for example PORT=3000 npm start`,
    );
  throw new StartError(
    `Cannot listen on ${host}:${port} (${result}); HOST must be an address of this machine.`,
  );
}

const derive = (key: string, use: string) => createHmac("sha256", key).update(use).digest("hex");

/** Connects once to a database that somebody else runs. There is no fallback: it works or we say why. */
async function checkDatabase(name: string, databaseUrl: string): Promise<void> {
  let url: URL;
  try {
    url = new URL(databaseUrl);
  } catch {
    throw new StartError(
      `${name} is not a URL; it must look like postgres://user:password@host:5432/database.`,
    );
  }
  const where = `${url.hostname || "localhost"}:${url.port || 5432}`;
  const database = decodeURIComponent(url.pathname.slice(1));
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5000 });
  client.on("error", () => {});
  try {
    await client.connect();
    await client.query("select 1");
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    const reason = /password must be a string/.test(message)
      ? "asks for a password, and the URL holds none"
      : code?.startsWith("28")
        ? `refuses the user "${decodeURIComponent(url.username)}" or its password`
        : code === "3D000"
          ? `has no database "${database}"`
          : code && /^\d/.test(code)
            ? `answers: ${message}`
            : `cannot be reached (${code ?? message})`;
    throw new StartError(`The database server at ${where}, set by ${name}, ${reason}.`);
  } finally {
    // Not awaited: a server that does not answer must not hold us.
    void client.end().catch(() => {});
  }
}

async function waitHealthy(url: string, limitMs: number): Promise<boolean> {
  for (const end = Date.now() + limitMs; Date.now() < end && !stopping; await sleep(100)) {
    try {
      const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2000) });
      await response.body?.cancel();
      if (response.ok) return true;
    } catch {
      // not yet
    }
  }
  return false;
}

async function main(): Promise<void> {
  const env = environment();
  const production = env.APP_ENV === "production";

  const host = (env.HOST ??= "127.0.0.1");
  const port = await choosePort(host, env.PORT);
  env.PORT = String(port);
  const dataDir = (env.DATA_DIR = writableFolder("DATA_DIR", env.DATA_DIR ?? "data"));
  env.STORAGE_PATH = writableFolder("STORAGE_PATH", env.STORAGE_PATH ?? "storage");

  const localHost =
    host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "[::1]" : host.includes(":") ? `[${host}]` : host;
  running.runFile = await claim(path.join(dataDir, "run.json"), `http://${localHost}:${port}`);
  const logs = path.join(dataDir, "logs");
  terminal = new LogFile(path.join(logs, "launcher.log"));

  if (!production) {
    env.SECRET_KEY ??= secretKey(dataDir);
    env.WORKSTATIONS ??= JSON.stringify(EXAMPLE_WORKSTATIONS);
  }
  env.WORKER_HOST ??= "127.0.0.1";
  const ownWorkerPort = !env.WORKER_PORT;
  if (ownWorkerPort) env.WORKER_PORT = String(await freePort());

  // Checked before anything is started; the built-in database's URL is known only after its start.
  const ownDatabase = env.DATABASE_URL === undefined;
  const config = readConfig({ ...env, DATABASE_URL: env.DATABASE_URL ?? "postgres://built-in" });

  let ownerUrl: string;
  let appRole: string | undefined;
  const startPostgres = () => startEmbeddedPostgres({ dataDir, log: (line) => say(`database: ${line}`) });
  if (ownDatabase) {
    running.postgres = startPostgres();
    const db = await running.postgres;
    await checkpoint();
    await db.createDatabase(DATABASE);
    ownerUrl = db.ownerUrl(DATABASE);
    appRole = APP_ROLE;
    env.DATABASE_URL = db.appUrl(DATABASE);
    watchPostgres(db, startPostgres, env);
  } else {
    await checkDatabase("DATABASE_URL", env.DATABASE_URL!);
    ownerUrl = env.MIGRATION_DATABASE_URL ?? env.DATABASE_URL!;
    if (env.MIGRATION_DATABASE_URL) {
      await checkDatabase("MIGRATION_DATABASE_URL", ownerUrl);
      const user = decodeURIComponent(new URL(env.DATABASE_URL!).username);
      if (user && user !== decodeURIComponent(new URL(ownerUrl).username)) appRole = user;
    }
  }
  await checkpoint();

  await startQuirrel(env, dataDir, logs);
  const quirrelReady = running.token?.ready;

  const { applied } = await migrateToLatest({ ownerUrl, appRole }).catch((error: Error) => {
    throw new StartError(`The database could not be brought up to date: ${error.message}`);
  });
  if (applied.length) say(`database: ${applied.length} migration${applied.length > 1 ? "s" : ""} applied`);
  if (env.SEED_EXAMPLE ? env.SEED_EXAMPLE === "true" : !production) {
    const { seeded } = await seedExample(ownerUrl);
    if (seeded) say("database: filled with the example catalog and staff names");
  }
  await checkpoint();

  // Only a hint for a faster first delivery: without Quirrel the sweep does the work.
  if (quirrelReady) await Promise.race([quirrelReady, sleep(10_000, undefined, { ref: false })]);
  await checkpoint();

  const childEnv = (extra: Env = {}) => {
    const token = env.QUIRREL_TOKEN ?? running.token?.token;
    const rest: Env = { ...env };
    delete rest.MIGRATION_DATABASE_URL;
    return { ...rest, ...(token ? { QUIRREL_TOKEN: token } : {}), NODE_ENV: "production", ...extra };
  };
  const child = (name: "web" | "worker", extra?: Env, afterEarlyDeath?: () => Promise<void>) =>
    new Supervised({
      afterEarlyDeath,
      name,
      args: [path.join(root, "build", `${name}.mjs`)],
      env: () => childEnv(extra),
      cwd: root,
      logFile: path.join(logs, `${name}.log`),
      show: dev ? "all" : "warnings",
      say,
      onChange: noteChildren,
    });
  // A port of our own choice may have been taken by somebody else since.
  const newWorkerPort = async () => {
    if (await isFree(Number(env.WORKER_PORT), env.WORKER_HOST!)) return;
    const ownDoor = env.QUIRREL_BASE_URL === workerUrl(env);
    env.WORKER_PORT = String(await freePort());
    if (!ownDoor) return;
    env.QUIRREL_BASE_URL = workerUrl(env);
    running.web?.restart();
  };
  running.worker = child("worker", undefined, ownWorkerPort ? newWorkerPort : undefined);
  running.web = child("web", dev ? { PRINTDESK_DEV: "1", NODE_ENV: "development" } : undefined);
  running.worker.start();
  running.web.start();

  if (!(await waitHealthy(`http://${localHost}:${port}`, 60_000))) {
    await checkpoint();
    throw new StartError(`The web process does not answer; its log is ${path.join(logs, "web.log")}.`);
  }
  await checkpoint();
  announce(config.PUBLIC_URL, dataDir, production, env.WORKSTATIONS === JSON.stringify(EXAMPLE_WORKSTATIONS));
}

function noteChildren(): void {
  running.runFile?.note({
    web: running.web?.pid,
    worker: running.worker?.pid,
    quirrel: running.quirrel?.pid,
  });
}

/** Starts the database again when it ends by itself; clients reconnect, or restart if its port changed. */
function watchPostgres(first: EmbeddedPostgres, start: () => Promise<EmbeddedPostgres>, env: Env): void {
  let current = first;
  void (async () => {
    for (let pause = 500; ; await sleep(500, undefined, { ref: false })) {
      if (stopping) return;
      if (isAlive(current.pid)) continue;
      say("database: the server ended; starting it again");
      try {
        running.postgres = start();
        current = await running.postgres;
        pause = 500;
        if (env.DATABASE_URL !== current.appUrl(DATABASE)) {
          env.DATABASE_URL = current.appUrl(DATABASE);
          running.web?.restart();
          running.worker?.restart();
        }
      } catch (error) {
        say(`database: ${(error as Error).message}`);
        await sleep(pause, undefined, { ref: false });
        pause = Math.min(pause * 2, 10_000);
      }
    }
  })();
}

const isFree = async (port: number, host: string) => typeof (await tryPort(port, host)) === "number";

const workerUrl = (env: Env) => `http://${env.WORKER_HOST}:${env.WORKER_PORT}`;

/** Quirrel as a child of ours, in memory unless REDIS_URL is set; none when QUIRREL_API_URL names one. */
async function startQuirrel(env: Env, dataDir: string, logs: string): Promise<void> {
  const key = env.SECRET_KEY!;
  env.QUIRREL_ENCRYPTION_SECRET ??= derive(key, "quirrel encryption").slice(0, 32);
  env.QUIRREL_BASE_URL ??= workerUrl(env);
  const file = path.join(dataDir, "quirrel-token");
  if (env.QUIRREL_API_URL) {
    if (env.QUIRREL_TOKEN || !env.QUIRREL_PASSPHRASE) return;
    const apiUrl = env.QUIRREL_API_URL.replace(/\/+$/, "");
    watchToken(() => apiUrl, env.QUIRREL_PASSPHRASE, file, env);
    return;
  }
  const passphrase = derive(key, "quirrel passphrase");
  const server = path.join(root, "node_modules", "quirrel", "dist", "cjs", "src", "api", "main.js");
  if (!fs.existsSync(server)) {
    say("Quirrel is not installed; background work runs once a minute instead.");
    return;
  }
  let port = await freePort();
  await checkpoint();
  const apiUrl = () => `http://127.0.0.1:${port}`;
  env.QUIRREL_API_URL = apiUrl();
  const started = new Supervised({
    name: "quirrel",
    args: [server],
    // Through the environment, not as `--passphrase`: arguments can be read by every user.
    env: () => ({
      PATH: env.PATH,
      HOME: env.HOME,
      SystemRoot: env.SystemRoot,
      NODE_ENV: "production",
      HOST: "127.0.0.1",
      PORT: String(port),
      PASSPHRASES: passphrase,
      DISABLE_TELEMETRY: "1",
      ...(env.REDIS_URL ? { REDIS_URL: env.REDIS_URL } : {}),
    }),
    cwd: root,
    logFile: path.join(logs, "quirrel.log"),
    show: "none",
    say,
    onChange: () => {
      noteChildren();
      running.token?.check();
    },
    // Somebody else may have taken the port between our look and its start.
    afterEarlyDeath: async () => {
      if (await isFree(port, "127.0.0.1")) return;
      port = await freePort();
      env.QUIRREL_API_URL = apiUrl();
      running.web?.restart();
      running.worker?.restart();
    },
  });
  running.quirrel = started;
  started.start();
  watchToken(apiUrl, passphrase, file, env);
}

function watchToken(apiUrl: () => string, passphrase: string, file: string, env: Env): void {
  env.QUIRREL_TOKEN_FILE = file;
  running.token = new QuirrelToken({ apiUrl, passphrase, file, say });
  running.token.start();
}

function announce(url: string, dataDir: string, production: boolean, example: boolean): void {
  const lines = [
    "",
    "Printdesk is running.",
    "",
    `  Students    ${url}/submit`,
    `  Staff       ${url}/login`,
    ...(production ? [] : [`  Mailbox     ${url}/dev/mailbox   (mails stay here, none is sent)`]),
    `  Data        ${dataDir}`,
    ...(example
      ? [
          "",
          "  Example workstations (id / password):",
          ...EXAMPLE_WORKSTATIONS.map((w) => `    ${String(w.id).padEnd(12)} ${w.password}`),
        ]
      : []),
    "",
    "Ctrl-C stops everything.",
    "",
  ];
  for (const line of lines) console.log(line);
}

process.stdout.on("error", () => {}); // the terminal may be closed before we are
process.stderr.on("error", () => {});
process.on("SIGINT", onSignal);
process.on("SIGTERM", onSignal);
process.on("disconnect", onSignal); // scripts/start.mjs is gone
process.channel?.unref();
main().catch(async (error: Error) => {
  if (stopping) return;
  const known = error instanceof StartError || error instanceof ConfigError;
  console.error(`\nprintdesk: ${known ? error.message : (error.stack ?? String(error))}`);
  terminal?.write(`${new Date().toISOString()} ${error.stack}`);
  await exit(1);
});
