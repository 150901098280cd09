import { db } from "../db.server";

/** How long a form key is remembered, in days: nobody presses "back" and sends later than that. */
const FORM_KEY_DAYS = 7;

/** Runs of chores are kept this long, in days, and of each chore at least the newest ones. */
const RUN_DAYS = 400;
const RUNS_OF_EACH = 60;

/** Forgets what has served its time: old form keys, rate-limit counters that have run out, ended sessions, runs of chores. */
export async function tidyRecords(): Promise<void> {
  await db()("form_keys").whereRaw("created_at < now() - make_interval(days => ?)", [FORM_KEY_DAYS]).delete();
  await db()("rate_limits").where("expire", "<", Date.now()).delete();
  await db()("workstation_sessions").whereRaw("expires_at < now()").delete();
  // What runs every minute would fill the table; of such a chore a day is enough.
  await db().raw(
    `DELETE FROM chore_runs WHERE id IN (
       SELECT id FROM (SELECT r.id, r.requested_at, row_number() OVER (PARTITION BY chore ORDER BY requested_at DESC) AS n,
                         count(*) FILTER (WHERE requested_at > now() - interval '1 day') OVER (PARTITION BY chore) AS a_day
                       FROM chore_runs r WHERE state NOT IN ('queued','running')) aged
       WHERE n > ? AND (requested_at < now() - make_interval(days => ?)
         OR (a_day > 20 AND requested_at < now() - interval '1 day')))`,
    [RUNS_OF_EACH, RUN_DAYS],
  );
}
