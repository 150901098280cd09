import { inTransaction } from "../db.server";
import { appendEvent, SYSTEM } from "../events/append.server";

/**
 * Flags the requests whose link ran out unanswered, so that staff see them.
 * @returns how many were flagged now
 */
export async function expireConfirmations(): Promise<number> {
  return inTransaction(async (trx) => {
    const rows: { id: string }[] = await trx("jobs")
      .where({ status: "PENDING", is_confirmation_expired: false })
      .whereRaw("confirm_token_expires <= now()")
      .update({ is_confirmation_expired: true })
      .returning("id");
    for (const { id } of rows) await appendEvent(trx, SYSTEM, { type: "ConfirmationExpired", job_id: id });
    return rows.length;
  });
}
