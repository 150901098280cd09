import { inTransaction, type Trx } from "../db.server";
import { Refusal } from "../errors";
import { type Actor, appendEvent } from "../events/append.server";
import { crashOnceSent, crashPoint } from "../files/crash.server";
import { entryAt } from "../files/inspect.server";
import { METADATA_FILE } from "../files/metadata";
import { extensionOf } from "../files/names";
import { commitFolder, folderOf, markForRemoval, removeFolder } from "../files/store.server";
import { holdFiles } from "../jobs/guard.server";
import { Job, JobFile, JobNote } from "../jobs/job.server";
import { isLocked, UNLOCKED } from "../jobs/lock.server";
import { STATUS, STATUSES } from "../jobs/states";
import { log } from "../log.server";
import { forgetParts, removePictures } from "../parts/forget.server";
import { isDue } from "./due.server";
import { eachDueJob, type RetentionDone, type RetentionRun } from "./each-job.server";
import { NOBODY } from "./kinds";

/**
 * Prunes the jobs that were filed away long enough ago: their files, notes and links are deleted, and who the
 * student was is taken out of the record. What was printed, what it cost and its payments stay, and a tombstone
 * in the log says who did it and why.
 * @param actor a member of staff, or `SYSTEM` for the night shift
 * @returns what became of each job, and how many are left
 */
export function pruneJobs(actor: Actor, run: RetentionRun = {}): Promise<RetentionDone> {
  return eachDueJob("prune", actor, run, (job, due) => pruneOne(actor, job.id, due));
}

/**
 * As with a deletion: the folders carry a mark before the commit and go after it, so that whatever stops us, a
 * job either has both its person and its files or neither once the next sweep has passed.
 */
async function pruneOne(actor: Actor, jobId: string, due: { days: number; reason: string }): Promise<void> {
  let folders: string[] = [];
  let deciding = true;
  try {
    const forgotten = await inTransaction(async (trx) => {
      await holdFiles(trx, jobId);
      const job = await Job.query(trx).findById(jobId).forUpdate();
      const { now } = (await trx.raw<{ rows: [{ now: Date }] }>("SELECT now()")).rows[0];
      if (!job || job.status !== "ARCHIVED" || job.pruned_at || !isDue(job, due.days, now))
        throw new Refusal("forbidden", "It is not due any more.");
      if (isLocked(job, now))
        throw new Refusal("conflict", `Somebody is at work on it: ${job.locked_by}.`, { reason: "locked" });
      folders = await foldersOf(job);
      crashPoint("prune:before-mark");
      for (const folder of folders) await markForRemoval(folder);
      crashPoint("prune:marked");
      const hashes = await forgetPerson(trx, job, now);
      const pictures = await forgetParts(trx, hashes);
      await appendEvent(trx, actor, {
        type: "JobDeleted",
        job_id: job.id,
        details: { short_id: job.short_id, from: job.status, pruned: true, reason: due.reason },
      });
      crashPoint("prune:before-commit");
      deciding = false;
      crashOnceSent("prune:commit-sent");
      return pictures;
    });
    crashPoint("prune:after-commit");
    for (const folder of folders)
      await removeFolder(folder, jobId).catch((err) =>
        log.warn({ err, job: jobId }, "A pruned job's folder stays; the sweep removes it"),
      );
    await removePictures(forgotten);
  } catch (error) {
    if (deciding) for (const folder of folders) await commitFolder(folder).catch(() => undefined);
    throw error;
  }
}

/** The job's folder, and whatever copies of it lie in other statuses' folders. @throws Refusal `unavailable` when the share is away */
async function foldersOf(job: Job): Promise<string[]> {
  if ((await entryAt(STATUS.ARCHIVED.folder)).kind !== "folder")
    throw new Refusal("unavailable", "The storage cannot be reached, so nothing was pruned. Check that it is mounted."); // prettier-ignore
  const found: string[] = [];
  for (const status of STATUSES) {
    const folder = folderOf(status, job.stem);
    if ((await entryAt(folder)).kind === "folder") found.push(folder);
  }
  return found;
}

/**
 * Takes the person out of every record of the job.
 * @returns the contents that the job had, by their hash
 */
async function forgetPerson(trx: Trx, job: Job, now: Date): Promise<string[]> {
  const files = await JobFile.query(trx).where("job_id", job.id);
  const stem = `Removed_${job.short_id}`;
  const display_name = `${stem}.${extensionOf(job.display_name)}`;
  const folder = folderOf(job.status, stem);
  await JobFile.query(trx).where("job_id", job.id).delete();
  await JobNote.query(trx).where("job_id", job.id).delete();
  await trx("confirm_tokens").where({ job_id: job.id }).delete();
  await trx("audit_findings").where({ job_id: job.id }).delete();
  await trx("outbox").where({ job_id: job.id, state: "due" }).update({ state: "cancelled" });
  await trx("outbox").where({ job_id: job.id }).update({ last_error: null });
  await Job.query(trx)
    .findById(job.id)
    .patch({
      ...UNLOCKED,
      student_name: NOBODY.name,
      student_email: NOBODY.email,
      class_number: NOBODY.class_number,
      stem,
      original_filename: display_name,
      display_name,
      file_path: `${folder}/${display_name}`,
      metadata_path: `${folder}/${METADATA_FILE}`,
      file_hash: "0".repeat(64),
      reject_reasons: job.reject_reasons && { ...job.reject_reasons, custom_reason: "" },
      pruned_at: now,
      version: job.version + 1,
      updated_at: now,
    });
  // After the job: the ledger takes this of a pruned job's payments only.
  await trx("payments").where({ job_id: job.id }).update({ picked_up_by: NOBODY.name });
  // A receipt for several jobs waits for the last of them.
  await trx("receipts")
    .whereIn("id", trx("payments").where({ job_id: job.id }).select("receipt_id"))
    .whereNotExists(
      trx("payments AS other")
        .join("jobs", "jobs.id", "other.job_id")
        .whereRaw("other.receipt_id = receipts.id AND jobs.pruned_at IS NULL"),
    )
    .update({ picked_up_by: NOBODY.name });
  return [...new Set([job.file_hash, ...files.map(({ sha256 }) => sha256)])];
}
