/** What the next person at the desk must look at, whatever tab is open. Read-only. */
import { db } from "../db.server";
import { MOST_COUNTED } from "../jobs/list.server";
import { settings } from "../settings/settings.server";

/** A job to look at; `note` says what about it. */
export interface ToLookAt {
  id: string;
  short_id: number;
  note: string;
}

/** How many there are (at most one more than are counted), and the first few of them. */
export interface Pile {
  count: number;
  first: ToLookAt[];
}

export interface Attention {
  new_jobs: Pile;
  expired: Pile;
  failed_mails: Pile;
  unclaimed: Pile;
  locked: Pile;
  /** Handed over, and the payment voided since: somebody owes it. */
  owed: Pile;
}

const SHOWN = 5;

/** The piles, the longest waiting first. Each is counted up to `MOST_COUNTED` + 1, so that none costs more than that. */
export async function attention(): Promise<Attention> {
  const { unclaimed_days } = await settings();
  const names = Object.keys(PILES) as (keyof Attention)[];
  const { rows } = await db().raw<{
    rows: (ToLookAt & { pile: keyof Attention; total: number })[];
  }>(
    names
      .map(
        (name) => `(
          SELECT '${name}' AS pile, id, short_id, note,
                 (SELECT count(*) FROM (SELECT 1 FROM (${PILES[name]}) AS all_of_it LIMIT ${MOST_COUNTED + 1}) AS counted) AS total
          FROM (${PILES[name]}) AS piled ORDER BY since, short_id LIMIT ${SHOWN})`,
      )
      .join(" UNION ALL "),
    { unclaimed_days },
  );
  const pile = (name: keyof Attention): Pile => {
    const own = rows.filter((row) => row.pile === name);
    return {
      count: Number(own[0]?.total ?? 0),
      first: own.map(({ id, short_id, note }) => ({ id, short_id, note: note ?? "" })),
    };
  };
  return {
    new_jobs: pile("new_jobs"),
    expired: pile("expired"),
    failed_mails: pile("failed_mails"),
    unclaimed: pile("unclaimed"),
    locked: pile("locked"),
    owed: pile("owed"),
  };
}

/** What lies on each pile; an index answers every one. */
const PILES: Record<keyof Attention, string> = {
  new_jobs: `SELECT id, short_id, student_name AS note, created_at AS since FROM jobs
    WHERE status = 'UPLOADED' AND staff_viewed_at IS NULL`,
  expired: `SELECT id, short_id, student_name AS note, confirm_token_expires AS since FROM jobs
    WHERE status = 'PENDING' AND is_confirmation_expired
    UNION ALL
    SELECT id, short_id, student_name, confirm_token_expires FROM jobs
    WHERE status = 'PENDING' AND NOT is_confirmation_expired AND confirm_token_expires < now()`,
  failed_mails: `SELECT j.id, j.short_id, string_agg(DISTINCT o.payload->>'letter', ', ') AS note, min(o.created_at) AS since
    FROM outbox o JOIN jobs j ON j.id = o.job_id WHERE o.kind = 'mail' AND o.state = 'failed' GROUP BY j.id`,
  unclaimed: `SELECT id, short_id, student_name AS note, status_since AS since FROM jobs
    WHERE status = 'COMPLETED' AND status_since < now() - make_interval(days => :unclaimed_days)`,
  locked: `SELECT id, short_id, locked_by AS note, locked_until AS since FROM jobs WHERE locked_until > now()`,
  owed: `SELECT j.id, j.short_id, j.student_name AS note, max(p.voided_at) AS since
    FROM payments p JOIN jobs j ON j.id = p.job_id
    WHERE p.voided_at IS NOT NULL AND j.status = 'PAIDPICKEDUP' AND p.voided_at > j.status_since
      AND NOT EXISTS (SELECT FROM payments valid WHERE valid.job_id = j.id AND valid.voided_at IS NULL)
    GROUP BY j.id`,
};
