/** What the next person at the desk must look at, whatever tab is open. Read-only. */
import { db } from "../db.server";
import { settings } from "../settings/settings.server";

/** A job to look at; `note` says what about it. */
export interface ToLookAt {
  id: string;
  short_id: number;
  note: string;
}

/** How many there are, and the first few of them. */
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
}

const SHOWN = 5;

/** The piles, the longest waiting first. */
export async function attention(): Promise<Attention> {
  const { unclaimed_days } = await settings();
  const [new_jobs, expired, failed_mails, unclaimed, locked] = await Promise.all([
    pile(
      `SELECT id, short_id, student_name AS note, created_at AS since FROM jobs
       WHERE status = 'UPLOADED' AND staff_viewed_at IS NULL`,
    ),
    pile(
      `SELECT id, short_id, student_name AS note, confirm_token_expires AS since FROM jobs
       WHERE status = 'PENDING' AND (is_confirmation_expired OR confirm_token_expires < now())`,
    ),
    pile(
      `SELECT j.id, j.short_id, string_agg(DISTINCT o.payload->>'letter', ', ') AS note, min(o.created_at) AS since
       FROM outbox o JOIN jobs j ON j.id = o.job_id WHERE o.kind = 'mail' AND o.state = 'failed' GROUP BY j.id`,
    ),
    pile(
      `SELECT id, short_id, student_name AS note, status_since AS since FROM jobs
       WHERE status = 'COMPLETED' AND status_since < now() - make_interval(days => ?)`,
      unclaimed_days,
    ),
    pile(
      `SELECT id, short_id, locked_by AS note, locked_until AS since FROM jobs WHERE locked_until > now()`,
    ),
  ]);
  return { new_jobs, expired, failed_mails, unclaimed, locked };
}

async function pile(query: string, ...values: number[]): Promise<Pile> {
  const { rows } = await db().raw<{ rows: (ToLookAt & { total: number })[] }>(
    `SELECT id, short_id, note, count(*) OVER () AS total FROM (${query}) AS piled ORDER BY since, short_id LIMIT ?`,
    [...values, SHOWN],
  );
  return {
    count: Number(rows[0]?.total ?? 0),
    first: rows.map(({ id, short_id, note }) => ({ id, short_id, note: note ?? "" })),
  };
}
