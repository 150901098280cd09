import { Refusal } from "../errors";
import { entryAt } from "../files/inspect.server";
import { folderOf, removeSource } from "../files/store.server";
import { Job } from "../jobs/job.server";
import type { Desk } from "../jobs/lock.server";
import { refuseIfNeeded } from "./needed.server";
import { repair, type Repaired, type RepairInput, reportedPath } from "./repair.server";

/**
 * Deletes a second copy of a job's folder. Nothing is lost by it: a file that the job's own folder lacks, or
 * has with other content, is taken over there.
 * @param input.file_path the folder that an audit reported, or a file in it; the folder goes as a whole
 * @throws Refusal `forbidden` (reason `only_copy`) when the job's own folder is missing, else as `deleteOrphanedFile`
 */
export async function deleteStaleFile(
  desk: Desk,
  input: RepairInput & { file_path: string },
): Promise<Repaired> {
  const finding = await reportedPath("stale_file", input.file_path);
  return repair(desk, input, finding, async (now, trx) => {
    const job = await Job.query(trx).findById(now.job_id!).forUpdate().throwIfNotFound();
    const home = folderOf(job.status, job.stem);
    if ((await entryAt(home)).kind !== "folder")
      throw new Refusal(
        "forbidden",
        `${finding.path} is the only copy that job ${job.short_id} has, so it cannot be deleted. Move it to its place instead.`,
        { reason: "only_copy" },
      );
    await refuseIfNeeded(trx, finding.path);
    const kept = await removeSource(finding.path, home);
    return {
      how: kept.length
        ? `deleted; ${kept.length === 1 ? "one file" : `${kept.length} files`} taken over into ${home}`
        : "deleted",
      event: {
        type: "FileDeleted",
        job_id: job.id,
        details: {
          file_path: finding.path,
          kind: "stale_file",
          files: now.details.files ?? 0,
          bytes: now.details.bytes ?? 0,
          ...(kept.length && { taken_over: kept }),
        },
      },
    };
  });
}
