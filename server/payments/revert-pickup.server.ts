import { advance } from "../jobs/advance.server";
import type { Job } from "../jobs/job.server";
import type { Desk } from "../jobs/lock.server";
import type { Guard } from "../jobs/schemas";
import { requireActiveStaff } from "../staff/staff.server";
import { validPayments } from "./payment.server";

/**
 * Takes a hand-over back within the revert window; its payments are voided.
 * @throws Refusal as `advance`; `invalid` on `staff_name`
 */
export async function revertPickup(
  desk: Desk,
  jobId: string,
  input: { staff_name: string },
  guard: Guard,
): Promise<Job> {
  const name = await requireActiveStaff(input.staff_name);
  return advance(
    { name, workstation_id: desk.workstation_id },
    { job_id: jobId, step: "revert-pickup", guard, desk, input },
    async ({ trx, job, now }) => {
      const voided = await validPayments(trx, job.id);
      for (const payment of voided)
        await payment
          .$query(trx)
          .patch({ voided_at: now, voided_by: name, void_reason: "The pickup was reverted." });
      return {
        details: {
          voided_payments: voided.map(({ txn_no, price_cents }) => ({ txn_no, price_cents })),
        },
      };
    },
  );
}
