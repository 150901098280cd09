/**
 * Who looked at a job's files: opening one in the slicer and downloading one are in the log. Nothing about the
 * job changes, so neither lock nor version is asked for.
 */
import { inTransaction, type Trx } from "../db.server";
import { Refusal } from "../errors";
import { appendEvent } from "../events/append.server";
import { isSafeFileName } from "../files/names";
import { filesIn, folderOf } from "../files/store.server";
import { requireActiveStaff } from "../staff/staff.server";
import { requireJobId } from "./decision.server";
import { Job } from "./job.server";
import { type Desk, jobNotFound } from "./lock.server";

export type FileAccess = "FileOpened" | "FileDownloaded";

/** A slicer that is slow to come up is clicked again: that is one opening. */
const ONE_EVENT_SECONDS = 60;

/**
 * Writes down that a workstation opened or downloaded a file of a job; again within a minute writes nothing.
 * @param staff_name who is thought to be at the workstation; anything but an active name leaves the workstation alone
 * @returns the file's path below the storage root
 * @throws Refusal `not_found` for an unknown job, or a name that is not in its folder; `unavailable` when the
 * storage cannot be read
 */
export async function noteFileAccess(
  desk: Desk,
  jobId: string,
  access: { type: FileAccess; file_name: string; staff_name?: string },
): Promise<string> {
  const { type, file_name } = access;
  const job = await Job.query().findById(requireJobId(jobId));
  if (!job) throw jobNotFound();
  const folder = folderOf(job.status, job.stem);
  const listed = isSafeFileName(file_name) && (await filesIn(folder)).some(({ name }) => name === file_name);
  if (!listed) throw new Refusal("not_found", "There is no such file in this job's folder.");
  const name = access.staff_name
    ? await requireActiveStaff(access.staff_name).catch((error: unknown) => {
        if (error instanceof Refusal) return null;
        throw error;
      })
    : null;
  await inTransaction(async (trx) => {
    if (await justWritten(trx, desk, jobId, access)) return;
    await appendEvent(
      trx,
      { name: name ?? desk.workstation_name, workstation_id: desk.workstation_id },
      { type, job_id: jobId, details: { file_name, ...(name ? {} : { by_workstation: true }) } },
    );
  });
  return `${folder}/${file_name}`;
}

/** Asked under a mark for this very access, so that two clicks at once do not both find nothing. */
async function justWritten(
  trx: Trx,
  desk: Desk,
  jobId: string,
  { type, file_name }: { type: FileAccess; file_name: string },
): Promise<boolean> {
  const mark = `${type} ${desk.workstation_id} ${jobId} ${file_name}`;
  await trx.raw("SELECT pg_advisory_xact_lock(7302608, hashtext(?))", [mark]);
  const { rows } = await trx.raw<{ rows: [{ found: boolean }] }>(
    `SELECT EXISTS (
       SELECT FROM events WHERE job_id = ? AND event_type = ? AND workstation_id = ? AND details->>'file_name' = ?
         AND timestamp > clock_timestamp() - make_interval(secs => ?)) AS found`,
    [jobId, type, desk.workstation_id, file_name, ONE_EVENT_SECONDS],
  );
  return rows[0].found;
}
