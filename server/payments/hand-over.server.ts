import type { z } from "zod";
import { invalidField } from "../errors";
import { advance } from "../jobs/advance.server";
import type { Job } from "../jobs/job.server";
import type { Desk } from "../jobs/lock.server";
import type { Guard, PickedUpSchema } from "../jobs/schemas";
import { requireActiveStaff } from "../staff/staff.server";
import { validPayments } from "./payment.server";

/**
 * Hands over a print that is paid already, or that costs nothing for a reason.
 * @throws Refusal as `advance`; `invalid` on `staff_name`, and on `reason` when there is no payment and no reason
 */
export async function handOver(
  desk: Desk,
  jobId: string,
  input: z.output<typeof PickedUpSchema>,
  guard: Guard,
): Promise<Job> {
  const name = await requireActiveStaff(input.staff_name);
  return advance(
    { name, workstation_id: desk.workstation_id },
    { job_id: jobId, step: "mark-picked-up", guard, desk, input },
    async ({ trx, job }) => {
      const paid = await validPayments(trx, job.id).resultSize();
      if (!paid && input.reason.length < 3)
        throw invalidField(
          "reason",
          "There is no payment for this job. Take the payment, or write why nothing is charged.",
        );
      return {
        details: {
          picked_up_by: input.picked_up_by,
          ...(paid ? { paid: true } : { no_charge_reason: input.reason }),
        },
      };
    },
  );
}
