import type { z } from "zod";
import { invalidField } from "../errors";
import { advance } from "../jobs/advance.server";
import { pricesFor } from "../jobs/approve.server";
import type { Job } from "../jobs/job.server";
import type { Desk } from "../jobs/lock.server";
import { priceCents } from "../jobs/pricing";
import type { Guard, PaymentSchema } from "../jobs/schemas";
import { settings } from "../settings/settings.server";
import { requireActiveStaff } from "../staff/staff.server";
import { Payment } from "./payment.server";

/**
 * Takes the payment for a finished print and hands it over. The price comes from the weight on the scale (g)
 * and the prices that the job was approved with.
 * @throws Refusal as `advance`; `invalid` on `staff_name`, and on `txn_no` when the number was used before
 */
export async function takePayment(
  desk: Desk,
  jobId: string,
  input: z.output<typeof PaymentSchema>,
  guard: Guard,
): Promise<Job> {
  const name = await requireActiveStaff(input.staff_name);
  return advance(
    { name, workstation_id: desk.workstation_id },
    { job_id: jobId, step: "payment", guard, desk, input },
    async ({ trx, job, now }) => {
      const { payment_system } = await settings(trx);
      // Two desks with one number wait for each other here; the second is told, not the database's error.
      await trx.raw("SELECT pg_advisory_xact_lock(7302606, hashtext(?))", [input.txn_no.toLowerCase()]);
      const used = await Payment.query(trx)
        .whereNull("voided_at")
        .whereRaw("lower(payment_system) = lower(?) AND lower(txn_no) = lower(?)", [
          payment_system,
          input.txn_no,
        ])
        .first();
      if (used)
        throw invalidField(
          "txn_no",
          `The ${payment_system} number ${input.txn_no} was already used for another payment. Check the receipt.`,
        );
      const prices = job.price_snapshot ?? (await pricesFor(job, trx));
      const price_cents = priceCents(input.grams, prices);
      await Payment.query(trx).insert({
        job_id: job.id,
        payment_system,
        grams: input.grams,
        price_cents,
        txn_no: input.txn_no,
        picked_up_by: input.picked_up_by,
        paid_ts: now,
        paid_by_staff: name,
        workstation_id: desk.workstation_id,
      });
      return {
        details: {
          grams: input.grams,
          price_cents,
          payment_system,
          txn_no: input.txn_no,
          estimated_cents: job.cost_cents,
        },
      };
    },
  );
}
