import type { z } from "zod";
import type { Trx } from "../db.server";
import { invalidField } from "../errors";
import { advance } from "../jobs/advance.server";
import type { Job } from "../jobs/job.server";
import type { Desk } from "../jobs/lock.server";
import type { Guard, VoidPaymentSchema } from "../jobs/schemas";
import { requireActiveStaff } from "../staff/staff.server";
import { Payment } from "./payment.server";

/**
 * Voids one payment of a job that was handed over. The row stays, struck, with the reason; the job stays picked up,
 * and while nothing else was paid for it, what is owed is shown to staff.
 * @throws Refusal as `advance`; `invalid` on `staff_name`, and on `payment_id` when it is none of the job's or voided already
 */
export async function voidPayment(
  desk: Desk,
  jobId: string,
  input: z.output<typeof VoidPaymentSchema>,
  guard: Guard,
): Promise<Job> {
  const name = await requireActiveStaff(input.staff_name);
  return advance(
    { name, workstation_id: desk.workstation_id },
    { job_id: jobId, step: "void-payment", guard, desk, input },
    async ({ trx, job, now }) => {
      const payment = await paymentOf(trx, job.id, input.payment_id);
      if (payment.voided_at)
        throw invalidField("payment_id", "This payment is voided already. Look at the job again.");
      await payment.$query(trx).patch({ voided_at: now, voided_by: name, void_reason: input.reason });
      const { payment_system, txn_no, price_cents } = payment;
      return {
        details: { payment_id: payment.id, payment_system, txn_no, price_cents, reason: input.reason },
      };
    },
  );
}

/** A payment of this very job. @throws Refusal `invalid` on `payment_id` */
export async function paymentOf(trx: Trx, jobId: string, paymentId: string): Promise<Payment> {
  const payment = await Payment.query(trx).findOne({ id: paymentId, job_id: jobId });
  if (!payment)
    throw invalidField("payment_id", "There is no such payment for this job. Choose one of the list.");
  return payment;
}
