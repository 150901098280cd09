/** Has anything changed that a board shows? One cheap question, so that boards may ask it all day. Read-only. */
import { db } from "../db.server";

export interface BoardStamp {
  /** Another one whenever something on a board may look different. */
  stamp: string;
  /** Number of the newest submission; 0 while there is none. */
  newest: number;
}

/** Every change of a job is an event; holds and failed letters are not, so they are looked at themselves. */
export async function boardStamp(): Promise<BoardStamp> {
  const { rows } = await db().raw<{
    rows: [{ events: number; held: string; failed: number; newest: number }];
  }>(`
    SELECT (SELECT seq FROM event_chain) AS events,
           (SELECT count(*) || '.' || coalesce(sum(extract(epoch FROM locked_until)::bigint), 0)
              FROM jobs WHERE locked_until IS NOT NULL AND locked_until > now()) AS held,
           (SELECT count(*) FROM outbox WHERE state = 'failed') AS failed,
           coalesce((SELECT short_id FROM jobs ORDER BY created_at DESC, id DESC LIMIT 1), 0) AS newest`);
  const { events, held, failed, newest } = rows[0];
  return { stamp: `${events}-${held}-${failed}`, newest };
}
