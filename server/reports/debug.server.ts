/** What whoever looks after the server wants to see beside the board. No secrets, no names of students. Read-only. */
import { config } from "../config.server";
import { db } from "../db.server";
import { health, type Health } from "../health/health.server";
import { settings } from "../settings/settings.server";

export interface DebugFacts {
  node: string;
  environment: string;
  catalog_version: number;
  schema: string;
  components: Health["components"];
  /** Outbox rows by kind and state. */
  outbox: { kind: string; state: string; n: number }[];
  /** Statements waiting for a lock in the database, and connections in use. */
  database: { connections: number; waiting: number };
}

/** Null in production unless the lab has switched the panel on. */
export async function debugFacts(): Promise<DebugFacts | null> {
  const { debug_panel } = await settings();
  if (config().production && !debug_panel) return null;
  const [{ components }, outbox, catalog, schema, { rows: activity }] = await Promise.all([
    health(),
    db()("outbox")
      .whereNot("state", "done")
      .groupBy("kind", "state")
      .orderBy(["kind", "state"])
      .select("kind", "state")
      .count("* as n"),
    db()("catalog_versions").max("version AS version").first(),
    db()("migrations").orderBy("id", "desc").first("name"),
    db().raw<{ rows: [{ connections: number; waiting: number }] }>(
      `SELECT count(*) AS connections, count(*) FILTER (WHERE wait_event_type = 'Lock') AS waiting
       FROM pg_stat_activity WHERE datname = current_database()`,
    ),
  ]);
  return {
    node: process.version,
    environment: config().APP_ENV,
    catalog_version: Number(catalog?.version ?? 0),
    schema: String(schema?.name ?? ""),
    components,
    outbox: outbox.map((row) => ({ kind: String(row.kind), state: String(row.state), n: Number(row.n) })),
    database: { connections: Number(activity[0].connections), waiting: Number(activity[0].waiting) },
  };
}
