import { Refusal } from "../errors";
import type { Actor } from "../events/append.server";
import { advance } from "../jobs/advance.server";
import { isLocked } from "../jobs/lock.server";
import { isDue } from "./due.server";
import { eachDueJob, type RetentionDone, type RetentionRun } from "./each-job.server";

/**
 * Files away the jobs that were picked up or rejected long enough ago, files and all. A job that changes
 * meanwhile, that somebody holds, or whose storage refuses stays as it is and is named with why.
 * @param actor a member of staff, or `SYSTEM` for the night shift
 * @returns what became of each job, and how many are left
 */
export function archiveJobs(actor: Actor, run: RetentionRun = {}): Promise<RetentionDone> {
  return eachDueJob("archive", actor, run, async (found, { days, reason }) => {
    await advance(
      actor,
      { job_id: found.id, step: "archive", guard: { version: found.version } },
      async ({ job, now }) => {
        if (isLocked(job, now))
          throw new Refusal("conflict", `Somebody is at work on it: ${job.locked_by}.`, { reason: "locked" });
        if (!isDue(job, days, now)) throw new Refusal("forbidden", "It is not due any more.");
        return { details: { reason } };
      },
    );
  });
}
