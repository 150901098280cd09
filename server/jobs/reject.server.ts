import type { z } from "zod";
import { requireActiveStaff } from "../staff/staff.server";
import { advance } from "./advance.server";
import type { Job } from "./job.server";
import { letter } from "./letters";
import type { Desk } from "./lock.server";
import type { Guard, RejectSchema } from "./schemas";

/**
 * Rejects a request and mails the student why.
 * @throws Refusal as `advance`; `invalid` on `staff_name`
 */
export async function rejectJob(
  desk: Desk,
  jobId: string,
  input: z.output<typeof RejectSchema>,
  guard: Guard,
): Promise<Job> {
  const staff = await requireActiveStaff(input.staff_name);
  const why = { reasons: input.reasons, custom_reason: input.custom_reason };
  return advance(
    { name: staff, workstation_id: desk.workstation_id },
    { job_id: jobId, step: "reject", guard, desk, input },
    async ({ job, now }) => ({
      patch: { reject_reasons: why, staff_viewed_at: job.staff_viewed_at ?? now },
      details: why,
      effects: [letter("rejection", jobId, `v${job.version + 1}`)],
    }),
  );
}
