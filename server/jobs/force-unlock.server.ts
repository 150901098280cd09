import type { z } from "zod";
import { inTransaction } from "../db.server";
import { Refusal } from "../errors";
import { appendEvent } from "../events/append.server";
import { requireActiveStaff } from "../staff/staff.server";
import { claimFormKey } from "../form-keys.server";
import { Job } from "./job.server";
import { type Desk, isLocked, jobNotFound, UNLOCKED } from "./lock.server";
import type { Guard, ReasonSchema } from "./schemas";

/**
 * Takes a job's lock away from whoever holds it. The job itself stays as it is, version included.
 * @throws Refusal `not_found`; `forbidden` (reason `not_locked`) when nobody holds it by now; `invalid` on `staff_name`
 */
export async function forceUnlock(
  desk: Desk,
  jobId: string,
  input: z.output<typeof ReasonSchema>,
  guard: Guard,
): Promise<void> {
  const name = await requireActiveStaff(input.staff_name);
  await inTransaction(async (trx) => {
    const job = await Job.query(trx).findById(jobId).forUpdate();
    if (!job) throw jobNotFound();
    if (!(await claimFormKey(trx, { guard, step: "force-unlock", job_id: jobId, input }))) return;
    const { now } = (await trx.raw<{ rows: [{ now: Date }] }>("SELECT now()")).rows[0];
    if (!isLocked(job, now))
      throw new Refusal(
        "forbidden",
        "Nobody holds this job any more; the lock has ended by itself. Nothing was changed.",
        { reason: "not_locked" },
      );
    await Job.query(trx).findById(jobId).patch(UNLOCKED);
    await appendEvent(
      trx,
      { name, workstation_id: desk.workstation_id },
      {
        type: "AdminAction",
        job_id: jobId,
        details: {
          action: "force-unlock",
          override: true,
          reason: input.reason,
          held_by: job.locked_by,
        },
      },
    );
  });
}
