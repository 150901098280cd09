/**
 * PostgreSQL's own archive of the database in a set, beside the tables as COPY gives them: a way back that needs
 * nothing of ours. A restore does not need it; where pg_dump is missing or too old, the set says so.
 */
import { execFile, spawn } from "node:child_process";
import { Transform } from "node:stream";
import { promisify } from "node:util";
import { config } from "../config.server";
import { log } from "../log.server";
import type { Manifest } from "./manifest";
import type { ObjectStore } from "./objects.server";

type PgDump = NonNullable<Manifest["database"]["pg_dump"]>;

/** pg_dump ended badly; its words stay in the log, for they may quote rows. */
class PgDumpFailed extends Error {}

/**
 * Stores an archive (`pg_dump --format=custom`) of what the snapshot sees.
 * @param server_version as PostgreSQL counts: 180004
 * @param snapshot exported by a transaction that stays open meanwhile
 * @param withoutRows tables whose rows are left out
 */
export async function pgDumpInto(
  store: ObjectStore,
  server_version: number,
  snapshot: string,
  withoutRows: Iterable<string>,
): Promise<{ entry: PgDump; written: number }> {
  const missing = (why: string) => ({ entry: { missing: why }, written: 0 });
  const found = await versionOf(config().PG_DUMP);
  if ("missing" in found) return missing(found.missing);
  const major = Math.floor(server_version / 10_000);
  if (found.major < major)
    return missing(`${found.version} is here, and a server of version ${major} needs at least pg_dump ${major}.`); // prettier-ignore
  try {
    const { sha256, size, written } = await store.put(() => archive(snapshot, withoutRows));
    return { entry: { made_by: found.version, sha256, size }, written };
  } catch (error) {
    // A full disk is no fault of pg_dump's: then there is no backup at all.
    if (!(error instanceof PgDumpFailed)) throw error;
    log.error({ err: error }, "pg_dump failed; the set is made without its archive");
    return missing(`${found.version} failed; the log says why.`);
  }
}

/** "pg_dump (PostgreSQL) 18.4 (Debian …)" → its name, version and major version. */
async function versionOf(program: string): Promise<{ version: string; major: number } | { missing: string }> {
  try {
    const { stdout } = await promisify(execFile)(program, ["--version"], { timeout: 10_000 });
    const [, version, major] = /^pg_dump \(PostgreSQL\) ((\d+)[\w.]*)/.exec(stdout) ?? [];
    if (version) return { version: `pg_dump ${version}`, major: Number(major) };
    return { missing: `${program} does not say that it is pg_dump.` };
  } catch (error) {
    const gone = (error as NodeJS.ErrnoException).code === "ENOENT";
    return { missing: gone ? `${program} is not installed here.` : `${program} does not start.` };
  }
}

/** The archive as a stream that ends well only when pg_dump did. */
function archive(snapshot: string, withoutRows: Iterable<string>): Transform {
  const child = spawn(
    config().PG_DUMP,
    [
      "--format=custom",
      "--no-password",
      // What restores have put aside is nobody's any more, and not ours to read. (Only --schema would leave out extensions.)
      "--exclude-schema=before_restore_*",
      "--lock-wait-timeout=60s",
      `--snapshot=${snapshot}`,
      ...[...withoutRows].map((name) => `--exclude-table-data=public.${name}`),
    ],
    { stdio: ["ignore", "pipe", "pipe"], env: environment() },
  );
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said = `${said}${chunk.toString("utf8")}`.slice(-2_000)));
  const ended = new Promise<Error | null>((resolve) => {
    child.once("error", (error) => resolve(new PgDumpFailed(error.message)));
    child.once("close", (code) => resolve(code === 0 ? null : new PgDumpFailed(`${code}: ${said.trim()}`)));
  });
  const out = new Transform({
    transform(chunk: Buffer, _, done) {
      done(null, chunk);
    },
    flush(done) {
      void ended.then(done);
    },
    destroy(error, done) {
      // Nobody reads on: the disk is full, or we are stopped.
      child.kill();
      done(error);
    },
  });
  child.stdout.on("error", (error) => out.destroy(error));
  return child.stdout.pipe(out);
}

function environment(): NodeJS.ProcessEnv {
  const { PATH, NODE_ENV } = process.env;
  return { PATH, NODE_ENV, LC_ALL: "C", ...connection() };
}

/** Where the database is, for libpq: in the environment, because arguments can be read by every user. */
function connection(): Record<string, string> {
  const url = new URL(config().DATABASE_URL);
  const one = (name: string, value: string | null) => (value ? { [name]: decodeURIComponent(value) } : {});
  return {
    ...one("PGHOST", url.searchParams.get("host") ?? url.hostname.replace(/^\[|\]$/g, "")),
    ...one("PGPORT", url.port),
    ...one("PGUSER", url.username),
    ...one("PGPASSWORD", url.password),
    ...one("PGDATABASE", url.pathname.slice(1)),
    ...one("PGSSLMODE", url.searchParams.get("sslmode")),
    ...one("PGSSLROOTCERT", url.searchParams.get("sslrootcert")),
  };
}
