/**
 * The one writer of status. Promises: the row, its event, its effects and its files change together or
 * not at all; the table of states decides what may happen; effects leave only after the commit.
 *
 * Order: admit → decide → stage the folder → update the row → write effects → append the event →
 * commit → remove the old folder → announce.
 */
import { inTransaction, type Trx } from "../db.server";
import { appendEvent, type Actor } from "../events/append.server";
import { crashOnceSent, crashPoint } from "../files/crash.server";
import { folderOf, removeSource, stageMove, type Staged } from "../files/store.server";
import { METADATA_FILE } from "../files/metadata";
import { log } from "../log.server";
import { announceLater } from "../outbox/enqueue.server";
import type { Effect } from "../outbox/effect";
import { writeEffects } from "../outbox/outbox.server";
import { recordFiles } from "./files.server";
import { admit, type Attempt, holdFiles } from "./guard.server";
import { Job, type JobRow, metadataOf } from "./job.server";
import { UNLOCKED } from "./lock.server";
import { pictureEffect } from "./make-picture.server";
import { step, type Status } from "./states";

/** What a verb decides to change. */
export interface Change {
  /** Columns other than status, folder and lock. */
  patch?: Partial<JobRow>;
  /** The new status of a step whose table row says `"chosen"`. */
  to?: Status;
  /** What the event tells beside who, when and from where to where. */
  details?: Record<string, unknown>;
  /** What must happen after the commit. */
  effects?: Effect[];
  /** Name of the file in the job's folder that will be printed, when it changes. */
  authoritative?: string;
}

/** What a verb may look at while it decides; it is alone with the job. */
export interface Deciding {
  trx: Trx;
  job: Job;
  now: Date;
}

/**
 * Takes one step of the table for one job.
 * @param decide checks what only this verb knows and returns the change; may throw a Refusal
 * @returns the job after the step (as it is, when the same form was posted before)
 * @throws Refusal as `admit`, as `decide`, and `unavailable` when the storage refuses
 */
export async function advance(
  actor: Actor,
  attempt: Attempt,
  decide: (deciding: Deciding) => Promise<Change>,
): Promise<Job> {
  let staged: Staged | undefined;
  let from = "";
  let deciding = true;
  const effectIds: string[] = [];
  try {
    const job = await inTransaction(async (trx) => {
      const { job, now, repeated } = await admit(trx, attempt);
      if (repeated) return job;
      crashPoint("advance:before-intent");
      const change = await decide({ trx, job, now });
      const row = step(attempt.step);
      const to = row.to === "chosen" ? change.to! : ((row.to ?? job.status) as Status);
      const moves = to !== job.status;
      const files = moves || change.authoritative ? await recordFiles(trx, job, change.authoritative) : [];
      crashPoint("advance:decided");
      const next: JobRow = { ...plain(job), ...change.patch, ...UNLOCKED };
      next.version = job.version + 1;
      next.updated_at = now;
      if (actor.name !== "system") next.last_updated_by = actor.name;
      if (moves) {
        next.status = to;
        next.status_since = now;
        from = folderOf(job.status, job.stem);
        const folder = folderOf(to, job.stem);
        next.file_path = `${folder}/${change.authoritative ?? baseName(job.file_path)}`;
        next.metadata_path = `${folder}/${METADATA_FILE}`;
        staged = await stageMove(from, folder, metadataOf(next, files));
      }
      crashPoint("advance:before-update");
      await Job.query(trx).findById(job.id).patch(changed(job, next));
      const toPrint = change.authoritative && files.find(({ role }) => role === "authoritative");
      const pictures = toPrint ? [pictureEffect(job.id, toPrint.sha256)] : [];
      effectIds.push(...(await writeEffects(trx, [...(change.effects ?? []), ...pictures])));
      await appendEvent(trx, actor, {
        type: row.event,
        job_id: job.id,
        details: {
          ...(moves ? { from: job.status, to } : {}),
          ...(row.override ? { override: true } : {}),
          ...change.details,
        },
      });
      crashPoint("advance:before-commit");
      deciding = false;
      crashOnceSent("advance:commit-sent");
      return Job.fromDatabaseJson({ ...next });
    });
    crashPoint("advance:after-commit");
    if (staged) await tidy(job.id, from, staged.folder);
    crashPoint("advance:before-wake-up");
    announceLater(effectIds);
    return job;
  } catch (error) {
    // Before the commit was asked for it cannot have happened, so the new folder goes. Afterwards only
    // the database knows; both folders stay, and the sweep removes the one it does not name.
    if (staged && deciding)
      await staged.discard().catch((err) => log.error({ err }, "A staged folder stays behind"));
    throw error;
  }
}

/**
 * Empties the old folder, holding the job's files, so that nobody takes it for a leftover meanwhile. Failing is
 * no failure of the step: the sweep will do it.
 */
async function tidy(jobId: string, from: string, to: string): Promise<void> {
  try {
    const kept = await inTransaction(async (trx) => {
      await holdFiles(trx, jobId);
      return removeSource(from, to);
    });
    if (kept.length) log.info({ job: jobId, kept }, "Files saved during a move were taken along");
  } catch (err) {
    log.warn({ err, job: jobId }, "The old folder could not be emptied; the sweep will");
  }
}

function plain(job: Job): JobRow {
  return { ...(job as JobRow) };
}

function changed(before: Job, after: JobRow): Partial<JobRow> {
  return Object.fromEntries(
    Object.entries(after).filter(([key, value]) => before[key as keyof JobRow] !== value),
  ) as Partial<JobRow>;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
