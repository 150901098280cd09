import { Refusal } from "../errors";
import { entryAt } from "../files/inspect.server";
import { folderOf, putBack, removeSource, writeMetadata } from "../files/store.server";
import { Job, JobFile, metadataOf } from "../jobs/job.server";
import type { Desk } from "../jobs/lock.server";
import { repairsFor } from "./kinds";
import { folderElsewhere } from "./look.server";
import { repair, type Repaired, type RepairInput, reportedJob } from "./repair.server";

/**
 * Moves a job's files into the folder of its status in the database. Several folders become one; nothing that
 * lies in any of them is lost.
 * @throws Refusal `not_found` (reason `not_reported`), `forbidden` (`in_the_way`), and as `repair`
 */
export async function repairLocation(desk: Desk, input: RepairInput & { job_id: string }): Promise<Repaired> {
  const finding = await reportedJob(input.job_id, (f) => repairsFor(f).includes("repair-location"));
  return repair(desk, input, finding, async (now, trx) => {
    const job = await Job.query(trx).findById(now.job_id!).forUpdate().throwIfNotFound();
    const home = folderOf(job.status, job.stem);
    const moved: string[] = [];
    for (let other = await folderElsewhere(job); other; other = await folderElsewhere(job)) {
      const { kind } = await entryAt(home);
      if (kind !== "none" && kind !== "folder")
        throw new Refusal(
          "forbidden",
          `A file or a link stands where the folder of job ${job.short_id} belongs (${home}). Remove it by hand on the server, then try again.`,
          { reason: "in_the_way" },
        );
      if (kind === "none") await putBack(other, home, job.id);
      else await removeSource(other, home);
      moved.push(other);
      // What could not be emptied (somebody saves there right now) is the next audit's.
      if ((await entryAt(other)).kind === "folder") break;
    }
    await writeMetadata(home, metadataOf(job, await JobFile.query(trx).where("job_id", job.id)));
    return {
      how: `moved to ${home}`,
      wholePlace: true,
      event: {
        type: "AdminAction",
        job_id: job.id,
        details: { action: "repair-location", from: moved, to: home },
      },
    };
  });
}
