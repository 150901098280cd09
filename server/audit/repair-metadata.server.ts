import { Refusal } from "../errors";
import { entryAt } from "../files/inspect.server";
import { folderOf, writeMetadata } from "../files/store.server";
import { Job, JobFile, metadataOf } from "../jobs/job.server";
import type { Desk } from "../jobs/lock.server";
import { repairsFor } from "./kinds";
import { repair, type Repaired, type RepairInput, reportedJob } from "./repair.server";

/**
 * Writes a job's metadata.json anew from the database.
 * @throws Refusal `not_found` (reason `not_reported`), `forbidden` when the job's folder is missing, and as `repair`
 */
export async function repairMetadata(desk: Desk, input: RepairInput & { job_id: string }): Promise<Repaired> {
  const finding = await reportedJob(input.job_id, (f) => repairsFor(f).includes("repair-metadata"));
  return repair(desk, input, finding, async (now, trx) => {
    const job = await Job.query(trx).findById(now.job_id!).throwIfNotFound();
    const home = folderOf(job.status, job.stem);
    if ((await entryAt(home)).kind !== "folder")
      throw new Refusal(
        "forbidden",
        `The folder of job ${job.short_id} is missing, so there is no place for its metadata.json.`,
        { reason: "no_folder" },
      );
    await writeMetadata(home, metadataOf(job, await JobFile.query(trx).where("job_id", job.id)));
    return {
      how: "written anew from the database",
      event: {
        type: "AdminAction",
        job_id: job.id,
        details: { action: "repair-metadata", path: finding.path, fields: now.details.fields ?? [] },
      },
    };
  });
}
