import { inTransaction } from "../db.server";
import { appendEvent } from "../events/append.server";
import { crashOnceSent, crashPoint } from "../files/crash.server";
import { commitFolder, folderOf, markForRemoval, removeFolder } from "../files/store.server";
import { log } from "../log.server";
import { requireActiveStaff } from "../staff/staff.server";
import { admit } from "./guard.server";
import { Job } from "./job.server";
import type { Desk } from "./lock.server";
import type { Guard } from "./schemas";

/**
 * Deletes a request and its files for good. A tombstone in the log keeps who, when, which and why.
 * @throws Refusal as `admit`
 */
export async function deleteJob(
  desk: Desk,
  jobId: string,
  input: { staff_name: string; reason: string },
  guard: Guard,
): Promise<{ short_id: number }> {
  const name = await requireActiveStaff(input.staff_name);
  let folder = "";
  let deciding = true;
  try {
    const shortId = await inTransaction(async (trx) => {
      const { job, repeated } = await admit(trx, { job_id: jobId, step: "delete", guard, desk, input });
      if (repeated) return job.short_id;
      folder = folderOf(job.status, job.stem);
      crashPoint("delete:before-mark");
      await markForRemoval(folder);
      crashPoint("delete:marked");
      await trx("outbox").where({ job_id: jobId, state: "due" }).update({ state: "cancelled" });
      await Job.query(trx).deleteById(jobId);
      await appendEvent(
        trx,
        { name, workstation_id: desk.workstation_id },
        {
          type: "JobDeleted",
          job_id: jobId,
          details: { short_id: job.short_id, from: job.status, file: job.display_name, reason: input.reason },
        },
      );
      crashPoint("delete:before-commit");
      deciding = false;
      crashOnceSent("delete:commit-sent");
      return job.short_id;
    });
    crashPoint("delete:after-commit");
    await removeFolder(folder, jobId).catch((err) =>
      log.warn({ err, job: jobId }, "A deleted job's folder stays; the sweep removes it"),
    );
    return { short_id: shortId };
  } catch (error) {
    if (folder && deciding) await commitFolder(folder).catch(() => undefined);
    throw error;
  }
}
