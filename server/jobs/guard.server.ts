/**
 * What every change of a job passes first: the row is locked, a form posted twice is recognised, and
 * version, lock, status and time window are checked, in this order. Nothing has been changed when it refuses.
 */
import type { Trx } from "../db.server";
import { Refusal } from "../errors";
import { claimFormKey } from "../form-keys.server";
import { settings } from "../settings/settings.server";
import { Job } from "./job.server";
import { type Desk, isLocked, jobNotFound, requireLock } from "./lock.server";
import type { Guard } from "./schemas";
import { allows, STATUS, step, type StepName } from "./states";

/** One attempt to change a job. */
export interface Attempt {
  job_id: string;
  step: StepName;
  guard: Guard;
  /** The workstation session; absent for students and the system. */
  desk?: Desk;
  /** What the form said, to tell a repeated post from another one with the same key. */
  input?: unknown;
  /**
   * One press without a hold taken before: it is enough that nobody else holds the job. The transaction has
   * the row to itself, so that a second press waits for the first one and is recognised by its form key.
   */
  at_once?: boolean;
}

export interface Admitted {
  job: Job;
  /** The database's clock at the start of the transaction. */
  now: Date;
  /** This very form was done before: the caller changes nothing and answers as it did then. */
  repeated: boolean;
}

/**
 * Admits an attempt, or refuses it.
 * @throws Refusal `not_found`, `conflict` (reasons `stale`, `locked`), `forbidden` (`no_lock`, `pruned`,
 * `status`, `too_late`), `invalid` (`form_reused`)
 */
export async function admit(trx: Trx, attempt: Attempt): Promise<Admitted> {
  await holdFiles(trx, attempt.job_id);
  const job = await Job.query(trx).findById(attempt.job_id).forUpdate();
  if (!job) {
    if (await claimFormKey(trx, attempt)) throw jobNotFound();
    throw new Refusal("not_found", "This job and its files are deleted already.", { reason: "deleted" });
  }
  const now = (await trx.raw<{ rows: [{ now: Date }] }>("SELECT now()")).rows[0].now;
  if (!(await claimFormKey(trx, attempt))) return { job, now, repeated: true };

  const { guard, desk } = attempt;
  const row = step(attempt.step);
  if (guard.version !== undefined && guard.version !== job.version) throw stale(job);
  if (row.lock && !(attempt.at_once && !isLocked(job, now)))
    await requireLock(job, desk, guard.lock_key, now, trx);
  if (job.pruned_at)
    throw new Refusal(
      "forbidden",
      "This job has been pruned: its files and its student are gone, and nothing more can be done with it.",
      { reason: "pruned" },
    );
  if (!allows(attempt.step, job.status)) {
    throw new Refusal(
      "forbidden",
      `"${row.label}" is not possible for a job that is ${STATUS[job.status].label}. Look at the job again.`,
      { reason: "status", status: job.status },
    );
  }
  if (row.withinRevertWindow) {
    const { revert_minutes } = await settings(trx);
    if (now.getTime() - job.status_since.getTime() > revert_minutes * 60_000)
      throw new Refusal(
        "forbidden",
        `This can only be reverted within ${revert_minutes} minutes. An administrator can change the status instead.`,
        { reason: "too_late" },
      );
  }
  return { job, now, repeated: false };
}

/**
 * Marks this transaction as the one that moves the job's files. The sweep asks for the same mark before
 * it touches a folder, so it never cleans up behind somebody who is still at work.
 */
export async function holdFiles(trx: Trx, jobId: string): Promise<void> {
  await trx.raw("SELECT pg_advisory_xact_lock(7302604, hashtext(?))", [jobId]);
}

/** The same, without waiting: false when somebody is at work. */
export async function tryHoldFiles(trx: Trx, jobId: string): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: [{ held: boolean }] }>(
    "SELECT pg_try_advisory_xact_lock(7302604, hashtext(?)) AS held",
    [jobId],
  );
  return rows[0].held;
}

function stale(job: Job): Refusal {
  const who = job.last_updated_by ? ` by ${job.last_updated_by}` : "";
  return new Refusal(
    "conflict",
    `This job has changed${who} since you opened the page; it is now ${STATUS[job.status].label}. Nothing was done. Look at it again before you decide.`,
    { reason: "stale", status: job.status, version: job.version, changed_by: job.last_updated_by },
  );
}
