/** The database in one snapshot: every table as COPY gives it, gzipped, and what the files are compared with. */
import { createHash } from "node:crypto";
import { Transform } from "node:stream";
import { createGzip } from "node:zlib";
import pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { config } from "../config.server";
import type { Status } from "../jobs/states";
import type { BackedUpTable, Manifest } from "./manifest";
import type { ObjectStore } from "./objects.server";
import { pgDumpInto } from "./pg-dump.server";

/** Tables whose rows mean nothing on another day: who is logged in, who is alive, how often somebody tried. */
const WITHOUT_ROWS = new Set(["heartbeats", "mail_turns", "rate_limits", "workstation_sessions"]);
/** Knex's own; made by the migrations themselves. */
const NOT_OURS = new Set(["migrations", "migrations_lock"]);

/** A job as the snapshot knows it, with the files that must lie in its folder. */
export interface SnapshotJob {
  id: string;
  short_id: number;
  stem: string;
  status: Status;
  version: number;
  files: { name: string; sha256: string; role: string }[];
}

export interface Dump {
  database: Manifest["database"];
  jobs: SnapshotJob[];
  written: number;
}

/** A connection without the limits of the pages: a table may take its time. */
export async function patientClient(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, keepAlive: true });
  // Said by the query that it breaks.
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

/** Dumps the database into the store. */
export async function dumpDatabase(store: ObjectStore): Promise<Dump> {
  const client = await patientClient(config().DATABASE_URL);
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    await client.query("SET LOCAL synchronize_seqscans = off");
    const ask = async <T>(sql: string) => (await client.query(sql)).rows as T[];
    const migrations = await ask<{ name: string }>("SELECT name FROM migrations ORDER BY id");
    const [head] = await ask<{ seq: number; hash: string }>("SELECT seq, hash FROM event_chain");
    const [version] = await ask<{ n: string }>("SELECT current_setting('server_version_num') AS n");
    const sequences = await ask<{ name: string; value: string | null; start: string }>(
      "SELECT sequencename AS name, last_value AS value, start_value AS start FROM pg_sequences WHERE schemaname = 'public' AND sequencename NOT LIKE 'migrations%' ORDER BY 1",
    );
    const jobs = await ask<SnapshotJob>(
      `SELECT j.id, j.short_id, j.stem, j.status, j.version,
         coalesce((SELECT jsonb_agg(jsonb_build_object('name', f.name, 'sha256', f.sha256, 'role', f.role)) FROM job_files f WHERE f.job_id = j.id), '[]') AS files
       FROM jobs j`,
    );
    const tables: BackedUpTable[] = [];
    let written = 0;
    for (const { name, columns } of await tablesOf(client)) {
      if (NOT_OURS.has(name)) continue;
      const table = await copyOut(client, store, name, columns, !WITHOUT_ROWS.has(name));
      tables.push(table.table);
      written += table.written;
    }
    const [snapshot] = await ask<{ id: string }>("SELECT pg_export_snapshot() AS id");
    const { entry: pg_dump, written: more } = await pgDumpInto(store, Number(version!.n), snapshot!.id, WITHOUT_ROWS); // prettier-ignore
    await client.query("COMMIT");
    return {
      database: {
        server_version: Number(version!.n),
        migrations: migrations.map(({ name }) => name),
        head: { seq: Number(head!.seq), hash: head!.hash },
        tables,
        pg_dump,
        sequences: sequences.map(({ name, value, start }) => ({
          name,
          value: Number(value ?? start),
          called: value !== null,
        })),
      },
      jobs,
      written: written + more,
    };
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The tables of the schema with the columns that can be written. */
export async function tablesOf(client: pg.Client): Promise<{ name: string; columns: string[] }[]> {
  const { rows } = await client.query<{ name: string; columns: string[] }>(
    `SELECT c.relname AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
     WHERE n.nspname = 'public' AND c.relkind = 'r' GROUP BY c.relname ORDER BY c.relname`,
  );
  return rows;
}

/** The COPY of a table's rows. */
export const copyText = (name: string, columns: string[], rows = true): string =>
  rows
    ? `COPY ${quote(name)} (${columns.map(quote).join(", ")}) TO STDOUT`
    : `COPY (SELECT ${columns.map(quote).join(", ")} FROM ${quote(name)} WHERE false) TO STDOUT`;

/** A name as SQL takes it. */
export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

async function copyOut(
  client: pg.Client,
  store: ObjectStore,
  name: string,
  columns: string[],
  rows: boolean,
) {
  const hash = createHash("sha256");
  const stream = copyTo(copyText(name, columns, rows));
  const { sha256, size, written } = await store.put(() => {
    const measured = new Transform({
      transform(chunk: Buffer, _, done) {
        hash.update(chunk);
        done(null, chunk);
      },
    });
    const gzip = createGzip();
    // An error anywhere must reach the end of the line, where it is awaited.
    stream.on("error", (error) => gzip.destroy(error));
    return client.query(stream).pipe(measured).pipe(gzip);
  });
  const table = { name, columns, rows: stream.rowCount, text_sha256: hash.digest("hex"), sha256, size };
  return { table, written };
}
