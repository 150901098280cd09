/** Reminders: each letter once, however often and by however many workers the chore runs. */
import { inTransaction, type Trx } from "../db.server";
import { appendEvent, SYSTEM } from "../events/append.server";
import { announceLater } from "../outbox/enqueue.server";
import { writeEffects } from "../outbox/outbox.server";
import { settings } from "../settings/settings.server";
import { letter } from "./letters";

/** A reminder whose day passed longer ago than this, in days, is not sent any more: a later one will be. */
const TOO_LATE_DAYS = 5;
const AT_ONCE = 200;

/**
 * Reminds students whose link to confirm runs out soon: once for each link, and not before half its time is over.
 * @returns how many letters were written into the outbox
 */
export async function remindToConfirm(): Promise<number> {
  const { confirm_reminder_hours } = await settings();
  if (confirm_reminder_hours === 0) return 0;
  return writeReminders(async (trx) => {
    const { rows } = await trx.raw<{ rows: { job_id: string; token_id: string }[] }>(
      `SELECT t.job_id, t.id AS token_id FROM confirm_tokens t JOIN jobs j ON j.id = t.job_id
       WHERE t.used_at IS NULL AND t.replaced_at IS NULL AND j.status = 'PENDING'
         AND t.expires_at > now() AND t.expires_at <= now() + make_interval(hours => ?)
         AND now() >= t.created_at + (t.expires_at - t.created_at) / 2
         AND NOT EXISTS (SELECT FROM outbox o WHERE o.dedupe_key = 'mail:confirm-reminder:' || t.job_id || ':' || t.id)
       ORDER BY t.expires_at LIMIT ?
       FOR UPDATE OF j`,
      [confirm_reminder_hours, AT_ONCE],
    );
    return rows.map(({ job_id, token_id }) => ({
      effect: letter("confirm-reminder", job_id, token_id, { payload: { token_id } }),
      event: { type: "ConfirmationReminded", job_id },
    }));
  });
}

/**
 * Reminds students to collect: on each of the lab's days after the print was finished, the latest one that has come.
 * @returns how many letters were written into the outbox
 */
export async function remindToCollect(): Promise<number> {
  const { pickup_reminder_days } = await settings();
  if (pickup_reminder_days.length === 0) return 0;
  return writeReminders(async (trx) => {
    const { rows } = await trx.raw<{ rows: { id: string; status_since: Date; day: number }[] }>(
      `SELECT j.id, j.status_since, d.day FROM jobs j
       JOIN LATERAL (SELECT max(day) AS day FROM unnest(?::int[]) AS day
                     WHERE j.status_since <= now() - make_interval(days => day)) d ON d.day IS NOT NULL
       WHERE j.status = 'COMPLETED' AND j.status_since > now() - make_interval(days => d.day + ?)
         AND NOT EXISTS (SELECT FROM outbox o WHERE o.job_id = j.id AND o.kind = 'mail'
           AND o.payload @> jsonb_build_object('letter', 'pickup-reminder', 'day', d.day::text,
                 'since', (floor(extract(epoch FROM date_trunc('milliseconds', j.status_since)) * 1000))::bigint::text))
       ORDER BY j.status_since LIMIT ?
       FOR UPDATE OF j`,
      [pickup_reminder_days, TOO_LATE_DAYS, AT_ONCE],
    );
    return rows.map(({ id, status_since, day }) => {
      const since = String(status_since.getTime());
      return {
        effect: letter("pickup-reminder", id, `${since}:${day}`, { payload: { since, day: String(day) } }),
        event: { type: "PickupReminded", job_id: id, details: { days: day } },
      };
    });
  });
}

interface Reminder {
  effect: ReturnType<typeof letter>;
  event: Parameters<typeof appendEvent>[2];
}

/** Writes letters and events together; a letter that stands in the outbox already has its event too. */
async function writeReminders(find: (trx: Trx) => Promise<Reminder[]>): Promise<number> {
  let written = 0;
  for (;;) {
    const effects: string[] = [];
    const found = await inTransaction(async (trx) => {
      const reminders = await find(trx);
      const events: Reminder["event"][] = [];
      for (const { effect, event } of reminders) {
        const ids = await writeEffects(trx, [effect]);
        effects.push(...ids);
        if (ids.length) events.push(event);
      }
      for (const event of events) await appendEvent(trx, SYSTEM, event);
      return reminders.length;
    });
    announceLater(effects);
    written += effects.length;
    if (found < AT_ONCE || effects.length === 0) return written;
  }
}
