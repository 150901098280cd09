import { db } from "../db.server";

/** How long a form key is remembered, in days: nobody presses "back" and sends later than that. */
const FORM_KEY_DAYS = 7;

/** Forgets what has served its time: old form keys, rate-limit counters that have run out, ended sessions. */
export async function tidyRecords(): Promise<void> {
  await db()("form_keys").whereRaw("created_at < now() - make_interval(days => ?)", [FORM_KEY_DAYS]).delete();
  await db()("rate_limits").where("expire", "<", Date.now()).delete();
  await db()("workstation_sessions").whereRaw("expires_at < now()").delete();
}
