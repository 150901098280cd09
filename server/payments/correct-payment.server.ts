import type { z } from "zod";
import type { Trx } from "../db.server";
import { invalidField } from "../errors";
import { advance } from "../jobs/advance.server";
import { pricesFor } from "../jobs/approve.server";
import type { Job } from "../jobs/job.server";
import type { Desk } from "../jobs/lock.server";
import type { CorrectPaymentSchema, Guard } from "../jobs/schemas";
import { settings } from "../settings/settings.server";
import { requireActiveStaff } from "../staff/staff.server";
import { claimNumber, issueReceipt, priceToTake } from "./issue-receipt.server";
import { sameNumber } from "./number-pattern";
import { Payment, Receipt, validPayments } from "./payment.server";
import { paymentOf } from "./void-payment.server";

/**
 * Writes a payment anew: with another weight, another number or another kind. The old row is voided and stays; the new
 * one says which it corrects. With the same number it stands on the same receipt, with another one on a new receipt.
 * A payment that was voided before can be written anew too, as long as nothing else was paid for the job.
 * @throws Refusal as `advance`; `invalid` on `staff_name`, `payment_id`, `payment_system` and `txn_no`
 */
export async function correctPayment(
  desk: Desk,
  jobId: string,
  input: z.output<typeof CorrectPaymentSchema>,
  guard: Guard,
): Promise<Job> {
  const name = await requireActiveStaff(input.staff_name);
  return advance(
    { name, workstation_id: desk.workstation_id },
    { job_id: jobId, step: "correct-payment", guard, desk, input },
    async ({ trx, job, now }) => {
      const old = await paymentOf(trx, job.id, input.payment_id);
      await requireCorrectable(trx, old);
      const price_cents = priceToTake(input.grams, job.price_snapshot ?? (await pricesFor(job, trx)));
      const asked = input.payment_system || old.payment_system;
      const unchanged =
        asked.toLowerCase() === old.payment_system.toLowerCase() &&
        sameNumber(input.txn_no) === sameNumber(old.txn_no);
      let on: Pick<Payment, "receipt_id" | "payment_system" | "txn_no">;
      let receipt: number | undefined;
      // Others of the visit may stand on it still; whoever voids the last of them waits for us, or we for them.
      const before = await Receipt.query(trx).findById(old.receipt_id).forUpdate();
      if (unchanged && before && !before.released_at) {
        const { receipt_id, payment_system, txn_no } = old;
        on = { receipt_id, payment_system, txn_no };
      } else {
        const payment_system = await claimNumber(trx, await settings(trx), asked, input.txn_no);
        const issued = await issueReceipt(trx, {
          payment_system,
          txn_no: input.txn_no,
          picked_up_by: old.picked_up_by,
          issued_at: now,
          issued_by: name,
          workstation_id: desk.workstation_id,
        });
        receipt = issued.number;
        on = { receipt_id: issued.id, payment_system, txn_no: input.txn_no };
      }
      // The new row first: a receipt that has always one that counts keeps its number.
      await Payment.query(trx).insert({
        job_id: job.id,
        ...on,
        grams: input.grams,
        price_cents,
        estimated_cents: job.cost_cents,
        deviation_reason: null,
        picked_up_by: old.picked_up_by,
        paid_ts: now,
        paid_by_staff: name,
        workstation_id: desk.workstation_id,
        corrects: old.id,
      });
      if (!old.voided_at)
        await old
          .$query(trx)
          .patch({ voided_at: now, voided_by: name, void_reason: `Corrected: ${input.reason}` });
      return {
        details: {
          payment_id: old.id,
          before: { grams: old.grams, price_cents: old.price_cents, payment_system: old.payment_system, txn_no: old.txn_no }, // prettier-ignore
          grams: input.grams,
          price_cents,
          payment_system: on.payment_system,
          txn_no: on.txn_no,
          ...(receipt ? { receipt } : {}),
          reason: input.reason,
        },
      };
    },
  );
}

async function requireCorrectable(trx: Trx, old: Payment): Promise<void> {
  if (await Payment.query(trx).findOne({ corrects: old.id }))
    throw invalidField(
      "payment_id",
      "This payment was corrected before. Correct the row that stands for it now.",
    );
  if (old.voided_at && (await validPayments(trx, old.job_id).resultSize()))
    throw invalidField(
      "payment_id",
      "This payment is voided, and the job has another one. Correct that one.",
    );
}
