/** Has anything changed that a board shows? One cheap question, so that boards may ask it all day. Read-only. */
import { db } from "../db.server";

export interface BoardStamp {
  /** Another one whenever something on a board may look different. */
  stamp: string;
  /** Number of the newest submission; 0 while there is none. */
  newest: number;
}

/** The stamp, and the database's snapshot: while that is the same, nothing at all has been written. */
export interface BoardMoment extends BoardStamp {
  snapshot: string;
}

/**
 * Every change of a job is an event; holds, failed letters and confirmations that run out are not, so they are
 * looked at themselves, and so are the lab's few settings and names.
 */
export async function boardStamp(): Promise<BoardMoment> {
  const { rows } = await db().raw<{
    rows: [
      {
        events: number;
        held: string;
        failed: number;
        expired: number;
        facts: string;
        newest: number;
        snapshot: string;
      },
    ];
  }>(`
    SELECT (SELECT seq FROM event_chain) AS events,
           (SELECT count(*) || '.' || coalesce(sum(extract(epoch FROM locked_until)::bigint), 0)
              FROM jobs WHERE locked_until IS NOT NULL AND locked_until > now()) AS held,
           (SELECT count(*) FROM outbox WHERE state = 'failed') AS failed,
           (SELECT count(*) FROM jobs
              WHERE status = 'PENDING' AND NOT is_confirmation_expired AND confirm_token_expires < now()) AS expired,
           (SELECT coalesce(sum(hashtext(key || value::text)), 0) FROM settings)
              || '.' || (SELECT coalesce(sum(hashtext(name || is_active)), 0) FROM staff)
              || '.' || (SELECT coalesce(max(version), 0) FROM catalog_versions) AS facts,
           pg_current_snapshot()::text AS snapshot,
           coalesce((SELECT short_id FROM jobs ORDER BY created_at DESC, id DESC LIMIT 1), 0) AS newest`);
  const { events, held, failed, expired, facts, newest, snapshot } = rows[0];
  return { stamp: [events, held, failed, expired, facts].join("-"), newest, snapshot };
}
