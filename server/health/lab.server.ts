/** How the shared parts are: database, queue, worker, mail. Counts and ages, no names. */
import { config } from "../config.server";
import { db } from "../db.server";
import { queueAnswers, SILENT_AFTER_SECONDS, storageIsThere } from "./health.server";
import { measureDisks, measureMachine, type Measures } from "./machine.server";

/** Counts that the database gives in one question each; ages in seconds, -1 for "never". */
export async function measureDatabase(): Promise<Measures> {
  const started = process.hrtime.bigint();
  await db().raw("SELECT 1");
  const database_ms = Math.round(Number(process.hrtime.bigint() - started) / 1e5) / 10;
  const { rows } = await db().raw<{ rows: Measures[] }>(
    `SELECT
       (SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database()) AS database_connections,
       current_setting('max_connections')::int AS database_connections_max,
       pg_database_size(current_database())::float8 AS database_bytes,
       (SELECT count(*)::int FROM heartbeats WHERE kind = 'worker'
          AND seen_at > now() - make_interval(secs => :silent)) AS workers`,
    { silent: SILENT_AFTER_SECONDS },
  );
  return { database_ms, ...rows[0]! };
}

/** What waits in the outbox, and how the mail fares. */
export async function measureOutbox(): Promise<Measures> {
  const { rows } = await db().raw<{ rows: Measures[] }>(
    `SELECT
       count(*) FILTER (WHERE state = 'due' AND next_at <= now())::int AS queue_due,
       count(*) FILTER (WHERE state = 'due' AND next_at > now())::int AS queue_later,
       count(*) FILTER (WHERE state = 'running')::int AS queue_running,
       count(*) FILTER (WHERE state = 'failed')::int AS queue_failed,
       coalesce(extract(epoch FROM now() - min(next_at) FILTER (WHERE state = 'due' AND next_at <= now())), 0)::int
         AS queue_oldest_seconds,
       -- Tried and not taken, and it will be tried again: the mail server's trouble, not an address's.
       count(*) FILTER (WHERE kind IN ('mail','alert') AND state = 'due' AND attempts > 0 AND last_error IS NOT NULL)::int
         AS mail_retrying,
       count(*) FILTER (WHERE kind = 'mail' AND state = 'failed')::int AS mail_failed,
       (SELECT coalesce(extract(epoch FROM now() - max(done_at)), -1)::int FROM outbox
          WHERE kind = 'mail' AND state = 'done') AS mail_last_seconds,
       (SELECT count(*)::int FROM outbox WHERE kind = 'mail' AND state = 'done'
          AND done_at > now() - interval '1 hour') AS mail_hour
     FROM (
       -- What is done is nearly all of it; each of these has an index of its own.
       SELECT state, kind, next_at, attempts, last_error FROM outbox WHERE state = 'due'
       UNION ALL SELECT state, kind, next_at, attempts, last_error FROM outbox WHERE state = 'running'
       UNION ALL SELECT state, kind, next_at, attempts, last_error FROM outbox WHERE state = 'failed'
     ) AS open`,
  );
  return rows[0]!;
}

/** Everything that all processes share, measured now. What cannot be measured is left out or 0 for "not ok". */
export async function measureLab(): Promise<Measures> {
  const [database, outbox, queue, storage, disks] = await Promise.all([
    measureDatabase(),
    measureOutbox(),
    config().QUIRREL_API_URL ? queueAnswers() : null,
    storageIsThere(),
    measureDisks(),
  ]);
  return {
    ...database,
    ...outbox,
    // Set up without a queue, nothing is missing: the sweep does the work.
    ...(queue !== null && { queue_ok: Number(queue) }),
    storage_ok: Number(storage),
    ...disks,
    ...measureMachine(),
  };
}
