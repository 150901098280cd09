/** Time passes for a lab: instead of faking the database's clock, everything it has written grows older. */
import type { Lab } from "./database";

/** Columns that hold a point in time, of every table that may be changed. (Events never change.) */
const TIMES: Record<string, string[]> = {
  jobs: [
    "status_since",
    "created_at",
    "updated_at",
    "consent_at",
    "student_confirmed_at",
    "confirm_token_expires",
    "confirmation_last_sent_at",
    "staff_viewed_at",
    "locked_until",
  ],
  confirm_tokens: ["created_at", "expires_at", "used_at", "replaced_at"],
  outbox: ["created_at", "next_at", "lease_until", "announced_at", "done_at"],
  mail_turns: ["at"],
  form_keys: ["created_at"],
  workstation_sessions: ["created_at", "expires_at", "ended_at"],
  heartbeats: ["started_at", "seen_at"],
  audits: ["started_at", "finished_at"],
  audit_findings: ["found_at", "confirmed_at", "resolved_at"],
};

/** Lets time pass in the lab's database. */
export async function passTime(lab: Lab, time: { hours?: number; minutes?: number; seconds?: number }) {
  const seconds = (time.hours ?? 0) * 3600 + (time.minutes ?? 0) * 60 + (time.seconds ?? 0);
  for (const [table, columns] of Object.entries(TIMES))
    await lab.owner(
      `UPDATE ${table} SET ${columns.map((c) => `${c} = ${c} - make_interval(secs => $1)`).join(", ")}`,
      [seconds],
    );
  await lab.owner("UPDATE rate_limits SET expire = expire - $1::bigint", [seconds * 1000]);
}
