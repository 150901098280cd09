/**
 * What must still happen after a commit. A row is written in the transaction of the change it follows
 * from, so it exists exactly when the change does. The table is the memory; the queue is only an alarm clock.
 */
import { BaseModel, type Trx } from "../db.server";
import type { Effect } from "./effect";

export type OutboxState = "due" | "running" | "done" | "failed" | "cancelled";

/** One effect: kind says which handler, payload carries ids only. */
export class OutboxRow extends BaseModel {
  static override tableName = "outbox";
  static override jsonAttributes = ["payload"];

  declare id: string;
  declare kind: string;
  declare job_id: string | null;
  declare payload: Record<string, string>;
  declare dedupe_key: string | null;
  declare state: OutboxState;
  declare attempts: number;
  declare next_at: Date;
  declare lease_until: Date | null;
  declare lease_key: string | null;
  declare announced_at: Date | null;
  declare last_error: string | null;
  declare created_at: Date;
  declare done_at: Date | null;
}

/**
 * Writes effects in the caller's transaction.
 * @returns ids of the rows written, to be announced after the commit
 */
export async function writeEffects(trx: Trx, effects: Effect[]): Promise<string[]> {
  const ids: string[] = [];
  for (const effect of effects) {
    const row = await trx("outbox")
      .insert({
        kind: effect.kind,
        job_id: effect.job_id ?? null,
        payload: JSON.stringify(effect.payload ?? {}),
        dedupe_key: effect.dedupe_key ?? null,
        next_at: trx.raw("now() + make_interval(secs => ?)", [effect.delay_seconds ?? 0]),
      })
      .onConflict("dedupe_key")
      .ignore()
      .returning("id");
    if (row[0]) ids.push(row[0].id as string);
  }
  return ids;
}

/**
 * Cancels effects of a job that have not happened yet.
 * @param match.since only those written at this time or later
 * @returns how many were cancelled before anybody tried, and how many may have happened: done, under way,
 * or tried before (the other side may have got it even though we never heard)
 */
export async function cancelEffects(
  trx: Trx,
  match: { kind: string; job_id: string; payload: Record<string, string>; since: Date },
): Promise<{ cancelled: number; too_late: number }> {
  const these = () =>
    OutboxRow.query(trx)
      .where({ kind: match.kind, job_id: match.job_id })
      .where("created_at", ">=", match.since)
      .whereRaw("payload @> ?::jsonb", [JSON.stringify(match.payload)]);
  const late = await these().whereIn("state", ["done", "running"]).resultSize();
  const cancelled = await these().where({ state: "due", attempts: 0 }).patch({ state: "cancelled" });
  const tried = await these().where("state", "due").patch({ state: "cancelled" });
  return { cancelled, too_late: late + tried };
}
