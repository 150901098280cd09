/** What whoever looks after the server wants to see beside the board. No secrets, no names of students. Read-only. */
import { config } from "../config.server";
import { db } from "../db.server";
import { health, type Health } from "../health/health.server";
import type { Status } from "../jobs/states";
import { lastTestLetter } from "../outbox/test-letter.server";
import { settings } from "../settings/settings.server";
import { inQueue } from "./analytics/overview.server";

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
  if (!kept || Date.now() - kept.at > KEPT_MS) {
    const found = { at: Date.now(), facts: facts() };
    kept = found;
    found.facts.catch(() => {
      if (kept === found) kept = undefined;
    });
  }
  return kept.facts;
}

/** The panel stands below every list; looking everywhere takes longer than the list, so it is done now and then. */
const KEPT_MS = 2_000;
let kept: { at: number; facts: Promise<DebugFacts> } | undefined;

async function facts(): Promise<DebugFacts> {
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

/** What else a program that looks for a fault wants to know. */
export interface Diagnostics extends DebugFacts {
  timestamp: string;
  database_engine: string;
  job_counts: Record<Status, number>;
  mail: {
    /** False: letters go nowhere but into the mailbox of the pages, which only development has. */
    configured: boolean;
    security: string;
    sign_in: "none" | "password" | "oauth2";
    from: string;
    last_test: { state: string; requested_at: string } | null;
  };
}

/** The same facts at any time, for administrators; no secrets and no addresses of students. */
export async function diagnostics(): Promise<Diagnostics> {
  const { MAIL_SERVER, MAIL_SECURITY, MAIL_USERNAME, MAIL_OAUTH_CLIENT_ID, MAIL_FROM } = config();
  const [found, engine, job_counts, test] = await Promise.all([
    facts(),
    db().raw<{ rows: [{ engine: string }] }>("SELECT split_part(version(), ' on ', 1) AS engine"),
    inQueue({ printer: "", discipline: "" }),
    lastTestLetter(),
  ]);
  return {
    timestamp: new Date().toISOString(),
    ...found,
    database_engine: engine.rows[0].engine,
    job_counts,
    mail: {
      configured: MAIL_SERVER !== undefined,
      security: MAIL_SECURITY,
      sign_in: MAIL_OAUTH_CLIENT_ID ? "oauth2" : MAIL_USERNAME ? "password" : "none",
      from: MAIL_FROM,
      last_test: test && { state: test.state, requested_at: test.created_at },
    },
  };
}
