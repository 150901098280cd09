/**
 * The one writer of status. Promises: the row, its event, its effects and its files change together or
 * not at all; the table of states decides what may happen; effects leave only after the commit.
 *
 * Order: admit → decide → stage the folder → update the row → write effects → append the event →
 * commit → remove the old folder → announce.
 */
import { inTransaction, type Trx } from "../db.server";
import { Refusal } from "../errors";
import { appendEvent, type Actor } from "../events/append.server";
import { crashOnceSent, crashPoint } from "../files/crash.server";
import { folderOf, removeSource, stageMove, type Staged } from "../files/store.server";
import { METADATA_FILE } from "../files/metadata";
import { log } from "../log.server";
import { announceLater } from "../outbox/enqueue.server";
import type { Effect } from "../outbox/effect";
import { writeEffects } from "../outbox/outbox.server";
import { recordFiles } from "./files.server";
import { formReused } from "../form-keys.server";
import { admit, type Admitted, type Attempt, holdFiles } from "./guard.server";
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

/** The same for a verb that takes several jobs along at once. */
export interface DecidingTogether {
  trx: Trx;
  /** In the order of the attempts. */
  jobs: Job[];
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
  const [job] = await advanceTogether(actor, [attempt], async ({ trx, jobs, now }) => [
    await decide({ trx, job: jobs[0]!, now }),
  ]);
  return job!;
}

/** A job on its way through one step. */
interface Move {
  attempt: Attempt;
  job: Job;
  change: Change;
  next: JobRow;
  /** Its folder before, when it leaves it. */
  from: string;
  staged?: Staged;
  pictures: Effect[];
}

/**
 * Takes a step for several jobs, all or nothing. Jobs are locked in the order of their ids, and every event comes
 * after the last job, so that two such transactions never wait for each other.
 * @param decide returns one change per job, in the order of the attempts; may throw a Refusal
 * @returns the jobs after the step (as they are, when the same form was posted before)
 * @throws Refusal as `advance`; of several jobs, its `details.refused_job` is the id of the one that refused
 */
export async function advanceTogether(
  actor: Actor,
  attempts: Attempt[],
  decide: (deciding: DecidingTogether) => Promise<Change[]>,
): Promise<Job[]> {
  const moves: Move[] = [];
  let deciding = true;
  const effectIds: string[] = [];
  try {
    const jobs = await inTransaction(async (trx) => {
      const { jobs, now, repeated } = await admitAll(trx, attempts);
      if (repeated) return jobs;
      crashPoint("advance:before-intent");
      const changes = await decide({ trx, jobs, now });
      for (const [n, attempt] of attempts.entries()) {
        const move: Move = {
          attempt,
          job: jobs[n]!,
          change: changes[n]!,
          next: plain(jobs[n]!),
          from: "",
          pictures: [],
        };
        moves.push(move);
        await stage(trx, actor, move, now);
      }
      crashPoint("advance:before-update");
      for (const { job, next, change, pictures } of moves) {
        await Job.query(trx).findById(job.id).patch(changed(job, next));
        effectIds.push(...(await writeEffects(trx, [...(change.effects ?? []), ...pictures])));
      }
      for (const { attempt, job, change, next } of moves) {
        const row = step(attempt.step);
        await appendEvent(trx, actor, {
          type: row.event,
          job_id: job.id,
          details: {
            ...(next.status === job.status ? {} : { from: job.status, to: next.status }),
            ...(row.override ? { override: true } : {}),
            ...change.details,
          },
        });
      }
      crashPoint("advance:before-commit");
      deciding = false;
      crashOnceSent("advance:commit-sent");
      return moves.map(({ next }) => Job.fromDatabaseJson({ ...next }));
    });
    crashPoint("advance:after-commit");
    for (const { staged, from, job } of moves) if (staged) await tidy(job.id, from, staged.folder);
    crashPoint("advance:before-wake-up");
    announceLater(effectIds);
    return jobs;
  } catch (error) {
    // Before the commit was asked for it cannot have happened, so the new folders go. Afterwards only
    // the database knows; both folders stay, and the sweep removes the one it does not name.
    if (deciding)
      for (const { staged } of moves)
        await staged?.discard().catch((err) => log.error({ err }, "A staged folder stays behind"));
    throw error;
  }
}

/** Admits all of them, locked in one order whoever asks. */
async function admitAll(trx: Trx, attempts: Attempt[]) {
  const admitted = new Map<string, Admitted>();
  for (const attempt of [...attempts].sort((a, b) => (a.job_id < b.job_id ? -1 : 1)))
    try {
      admitted.set(attempt.job_id, await admit(trx, attempt));
    } catch (error) {
      if (error instanceof Refusal && attempts.length > 1) error.details.refused_job = attempt.job_id;
      throw error;
    }
  const all = attempts.map(({ job_id }) => admitted.get(job_id)!);
  const repeated = all.filter((one) => one.repeated).length;
  if (repeated > 0 && repeated < all.length) throw formReused();
  return { jobs: all.map(({ job }) => job), now: all[0]!.now, repeated: repeated > 0 };
}

/** Works out the row that a job will have, and builds its new folder beside the old one. */
async function stage(trx: Trx, actor: Actor, move: Move, now: Date): Promise<void> {
  const { attempt, job, change, next } = move;
  const row = step(attempt.step);
  const to = row.to === "chosen" ? change.to! : ((row.to ?? job.status) as Status);
  const moves = to !== job.status;
  const files = moves || change.authoritative ? await recordFiles(trx, job, change.authoritative) : [];
  crashPoint("advance:decided");
  Object.assign(next, change.patch, UNLOCKED);
  next.version = job.version + 1;
  next.updated_at = now;
  if (actor.name !== "system") next.last_updated_by = actor.name;
  if (moves) {
    next.status = to;
    next.status_since = now;
    move.from = folderOf(job.status, job.stem);
    const folder = folderOf(to, job.stem);
    next.file_path = `${folder}/${change.authoritative ?? baseName(job.file_path)}`;
    next.metadata_path = `${folder}/${METADATA_FILE}`;
    move.staged = await stageMove(move.from, folder, metadataOf(next, files));
  }
  const toPrint = change.authoritative && files.find(({ role }) => role === "authoritative");
  if (toPrint) move.pictures.push(pictureEffect(job.id, toPrint.sha256));
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
