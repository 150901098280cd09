import { folderOf, writeMetadata } from "../files/store.server";
import { Job, JobFile, metadataOf } from "../jobs/job.server";
import { lookAtJob } from "./look.server";

const AT_ONCE = 200;

/**
 * Writes anew every metadata.json that says something else than the database; for a restore, when nobody is at work.
 * A job whose folder or file is missing is left to the audit.
 * @returns how many were written
 */
export async function rewriteMetadata(): Promise<number> {
  let written = 0;
  for (let after = ""; ;) {
    const jobs = await Job.query()
      .where((q) => after && q.where("id", ">", after))
      .orderBy("id")
      .limit(AT_ONCE);
    for (const job of jobs) {
      const files = await JobFile.query().where("job_id", job.id);
      const suspects = await lookAtJob(job, files);
      if (!suspects.some(({ kind }) => kind === "metadata_drift")) continue;
      await writeMetadata(folderOf(job.status, job.stem), metadataOf(job, files));
      written++;
    }
    if (jobs.length < AT_ONCE) return written;
    after = jobs.at(-1)!.id;
  }
}
