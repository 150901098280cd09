/** The database of a set, written into an empty one: the schema it had, its rows as they were, then the newest schema. */
import { createHash } from "node:crypto";
import { Writable } from "node:stream";
import { createGunzip } from "node:zlib";
import type pg from "pg";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";
import { migrateTo, migrateToLatest } from "../migrate.server";
import { copyText, patientClient, quote, tablesOf } from "./dump.server";
import type { BackedUpTable, Manifest } from "./manifest";
import type { ObjectStore } from "./objects.server";

/** What is in a database that something shall be restored into. */
export interface Occupied {
  /** Other connections to it: somebody is at work there. */
  connections: number;
  jobs: number;
  events: number;
  /** Are there tables at all? */
  tables: boolean;
}

/** Looks before anything is changed. */
export async function lookAtDatabase(ownerUrl: string): Promise<Occupied> {
  const client = await patientClient(ownerUrl);
  try {
    const one = async (sql: string) => Number((await client.query<{ n: string }>(sql)).rows[0]!.n);
    const connections = await one(
      "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'",
    );
    const tables = (await one("SELECT count(*) AS n FROM pg_tables WHERE schemaname = 'public'")) > 0;
    const ours = (await one("SELECT count(*) AS n FROM pg_tables WHERE schemaname = 'public' AND tablename IN ('jobs', 'events')")) === 2; // prettier-ignore
    return {
      connections,
      tables,
      jobs: ours ? await one("SELECT count(*) AS n FROM jobs") : 0,
      events: ours ? await one("SELECT count(*) AS n FROM events") : 0,
    };
  } finally {
    await client.end();
  }
}

/** Gives what is in the schema another name, so that nothing is lost. @returns the name */
export async function setDatabaseAside(ownerUrl: string, stamp: string): Promise<string> {
  const name = `before_restore_${stamp.toLowerCase().replaceAll(/[^0-9a-z]/g, "_")}`;
  const client = await patientClient(ownerUrl);
  try {
    await client.query("BEGIN");
    await client.query(`ALTER SCHEMA public RENAME TO ${quote(name)}`);
    await client.query("CREATE SCHEMA public");
    const { rows } = await client.query<{ extname: string }>(
      "SELECT extname FROM pg_extension x JOIN pg_namespace n ON n.oid = x.extnamespace WHERE n.nspname = $1",
      [name],
    );
    for (const { extname } of rows) await client.query(`ALTER EXTENSION ${quote(extname)} SET SCHEMA public`);
    await client.query("COMMIT");
    return name;
  } finally {
    await client.end();
  }
}

/** Loads the rows; all of them or none. */
export async function loadDatabase(
  ownerUrl: string,
  appRole: string | undefined,
  database: Manifest["database"],
  store: ObjectStore,
): Promise<void> {
  await migrateTo(ownerUrl, database.migrations);
  const client = await patientClient(ownerUrl);
  try {
    await client.query("BEGIN");
    const here = (await tablesOf(client)).map(({ name }) => name);
    const tables = database.tables.filter(({ name }) => here.includes(name));
    const names = tables.map(({ name }) => quote(name));
    // The log would number and chain its events anew; what was written is what counts.
    for (const name of names) await client.query(`ALTER TABLE ${name} DISABLE TRIGGER USER`);
    await client.query(`TRUNCATE ${names.join(", ")}`);
    for (const table of await inOrder(client, tables)) await copyIn(client, table, store);
    for (const name of names) await client.query(`ALTER TABLE ${name} ENABLE TRIGGER USER`);
    for (const { name, value, called } of database.sequences)
      await client.query("SELECT setval($1::regclass, $2, $3)", [quote(name), value, called]);
    await client.query("COMMIT");
    await client.query("ANALYZE");
  } finally {
    await client.end().catch(() => undefined);
  }
  await migrateToLatest({ ownerUrl, appRole });
}

/** Those that others point to come first. */
async function inOrder(client: pg.Client, tables: BackedUpTable[]): Promise<BackedUpTable[]> {
  const { rows } = await client.query<{ child: string; parent: string }>(
    "SELECT conrelid::regclass::text AS child, confrelid::regclass::text AS parent FROM pg_constraint WHERE contype = 'f' AND conrelid <> confrelid",
  );
  const left = new Map(tables.map((table) => [table.name, table]));
  const ordered: BackedUpTable[] = [];
  while (left.size) {
    const free = [...left.values()].filter(
      ({ name }) => !rows.some(({ child, parent }) => child === name && left.has(parent)),
    );
    if (!free.length) throw new Error("The tables point at each other in a circle.");
    for (const table of free) {
      ordered.push(table);
      left.delete(table.name);
    }
  }
  return ordered;
}

async function copyIn(client: pg.Client, table: BackedUpTable, store: ObjectStore): Promise<void> {
  const sql = `COPY ${quote(table.name)} (${table.columns.map(quote).join(", ")}) FROM STDIN`;
  const copy = client.query(copyFrom(sql));
  const gunzip = createGunzip();
  const loaded = new Promise<void>((resolve, reject) => {
    copy.on("finish", resolve).on("error", reject);
    gunzip.on("error", reject);
  });
  loaded.catch(() => undefined);
  gunzip.pipe(copy);
  const into = new Writable({
    write: (chunk, encoding, done) => void gunzip.write(chunk, encoding, done),
    final: (done) => void gunzip.end(done),
  });
  await Promise.all([
    store.get({ sha256: table.sha256, size: table.size, for: `table ${table.name}` }, into).catch((error) => {
      copy.destroy(error as Error);
      throw error;
    }),
    loaded,
  ]);
  if (copy.rowCount !== table.rows)
    throw new Error(`Table ${table.name} took ${copy.rowCount} rows of ${table.rows}.`);
}

/** Copies every table out again and compares it with the set. @returns what differs, in words */
export async function compareDatabase(ownerUrl: string, database: Manifest["database"]): Promise<string[]> {
  const client = await patientClient(ownerUrl);
  const differences: string[] = [];
  try {
    await client.query("SET synchronize_seqscans = off");
    for (const { name, columns, rows, text_sha256 } of database.tables) {
      const hash = createHash("sha256");
      const stream = client.query(copyTo(copyText(name, columns)));
      for await (const chunk of stream) hash.update(chunk as Buffer);
      if (stream.rowCount !== rows)
        differences.push(`Table ${name}: ${stream.rowCount} rows instead of ${rows}.`);
      else if (hash.digest("hex") !== text_sha256)
        differences.push(`Table ${name}: its rows are not the same.`);
    }
    return differences;
  } finally {
    await client.end();
  }
}
