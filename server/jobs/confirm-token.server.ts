/** Links to confirm: one live link per job, good once, for a set number of hours. */
import { randomUUID } from "node:crypto";
import type { Knex } from "knex";
import { BaseModel, db, type Trx } from "../db.server";
import { Refusal } from "../errors";
import type { Job } from "./job.server";
import { letter } from "./letters";
import type { Effect } from "../outbox/effect";
import { hashToken, referenceFor, tokenFor, tokenIdFrom } from "./sign.server";

/** A link that was given out; the link itself is not stored. */
export class ConfirmToken extends BaseModel {
  static override tableName = "confirm_tokens";

  declare id: string;
  declare job_id: string;
  declare token_hash: string;
  declare created_at: Date;
  declare expires_at: Date;
  declare used_at: Date | null;
  declare replaced_at: Date | null;
}

/**
 * Makes a new link for a job; an earlier one stops working.
 * @returns the columns to set on the job, and the approval letter as an effect
 */
export async function issueToken(
  trx: Trx,
  job: Pick<Job, "id">,
  now: Date,
  hours: number,
): Promise<{ patch: Partial<Job>; effect: Effect }> {
  await retireTokens(trx, job.id, now);
  const id = randomUUID();
  const expires_at = new Date(now.getTime() + hours * 3_600_000);
  await ConfirmToken.query(trx).insert({
    id,
    job_id: job.id,
    token_hash: hashToken(tokenFor(id)),
    expires_at,
  });
  return {
    patch: {
      confirm_token_expires: expires_at,
      is_confirmation_expired: false,
      confirmation_last_sent_at: now,
    },
    effect: letter("approval", job.id, id, { payload: { token_id: id } }),
  };
}

/** Ends a job's live link, if it has one. */
export async function retireTokens(trx: Trx, jobId: string, now: Date): Promise<void> {
  await ConfirmToken.query(trx)
    .where({ job_id: jobId })
    .whereNull("used_at")
    .whereNull("replaced_at")
    .patch({ replaced_at: now });
}

/**
 * Finds a live link.
 * @throws Refusal `not_found` for a link we never made, `gone` (reason `expired`, `used`, `replaced`, with
 * the job's `reference`) for one that is over
 */
export async function requireLiveToken(token: string, on: Knex = db()): Promise<ConfirmToken> {
  const id = tokenIdFrom(token);
  const row = id && (await ConfirmToken.query(on).findOne({ id, token_hash: hashToken(token) }));
  if (!row)
    throw new Refusal(
      "not_found",
      "This confirmation link is not valid. Use the link in the newest mail from us.",
    );
  const { now } = (await on.raw<{ rows: [{ now: Date }] }>("SELECT now()")).rows[0];
  const reason = row.used_at
    ? "used"
    : row.replaced_at
      ? "replaced"
      : row.expires_at <= now
        ? "expired"
        : null;
  if (reason) throw new Refusal("gone", OVER[reason], { reason, reference: referenceFor(row.job_id) });
  return row;
}

/** The link that a job has now; null when it has none. Whoever holds it can answer in the student's place. */
export async function liveToken(jobId: string): Promise<string | null> {
  const row = await ConfirmToken.query()
    .where({ job_id: jobId })
    .whereNull("used_at")
    .whereNull("replaced_at")
    .first();
  return row ? tokenFor(row.id) : null;
}

const OVER = {
  used: "This confirmation link was already used.",
  replaced: "A newer confirmation link has been sent. Use the one in the newest mail from us.",
  expired: "This confirmation link has expired.",
} as const;
