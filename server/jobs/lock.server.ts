/**
 * One person decides about a job at a time. A lock is a random key handed to one page of one
 * workstation session; the database's clock ends it. Two tabs are two holders.
 */
import { randomUUID } from "node:crypto";
import type { Knex } from "knex";
import { db } from "../db.server";
import { Refusal } from "../errors";
import { isUuid } from "../ids";
import { settings } from "../settings/settings.server";
import { formatTime } from "../time";
import { Job } from "./job.server";

/** The workstation session that asks. */
export interface Desk {
  session_id: string;
  workstation_id: string;
  workstation_name: string;
}

/** A lock that the caller holds. */
export interface HeldLock {
  lock_key: string;
  locked_until: Date;
}

/**
 * Takes the lock of a job, or takes it over when it has run out.
 * @param staff_name the person's name when it is known already
 * @param withScript true when the page will send heartbeats (a short lock), false for a plain form
 * @throws Refusal `not_found`; `conflict` (reason `locked`, with `locked_by`, `locked_until`)
 */
export async function takeLock(
  desk: Desk,
  jobId: string,
  options: { staff_name?: string; withScript?: boolean } = {},
): Promise<HeldLock> {
  const { lock_minutes, lock_minutes_without_script } = await settings();
  const minutes = options.withScript ? lock_minutes : lock_minutes_without_script;
  const [row] = await db()("jobs")
    .where({ id: jobId })
    .where((free) => free.whereNull("lock_key").orWhereRaw("locked_until <= now()"))
    .update({
      lock_key: randomUUID(),
      lock_session: desk.session_id,
      locked_by: holderName(desk, options.staff_name),
      locked_until: db().raw("now() + make_interval(secs => ?)", [minutes * 60]),
    })
    .returning(["lock_key", "locked_until"]);
  if (row) return row as HeldLock;
  const job = await Job.query().findById(jobId);
  if (!job) throw jobNotFound();
  throw await lockedByOther(job);
}

/**
 * The heartbeat: keeps a lock that is still held.
 * @throws Refusal `not_found`; `conflict` when somebody else has it by now; `forbidden` (reason
 * `no_lock`) when it has run out
 */
export async function extendLock(
  desk: Desk,
  jobId: string,
  lockKey: string,
  staff_name?: string,
): Promise<HeldLock> {
  const { lock_minutes } = await settings();
  const [row] = await db()("jobs")
    .where({ id: jobId, lock_key: lockKey, lock_session: desk.session_id })
    .whereRaw("locked_until > now()")
    .update({
      // Never shortens the longer lock of a plain form.
      locked_until: db().raw("greatest(locked_until, now() + make_interval(secs => ?))", [lock_minutes * 60]),
      ...(staff_name ? { locked_by: holderName(desk, staff_name) } : {}),
    })
    .returning(["lock_key", "locked_until"]);
  if (row) return row as HeldLock;
  const job = await Job.query().findById(jobId);
  if (!job) throw jobNotFound();
  await requireLock(job, desk, lockKey, new Date());
  throw noLock();
}

/** Gives a lock back; does nothing when it is not held any more, or what is named is no lock. */
export async function releaseLock(desk: Desk, jobId: string, lockKey: string): Promise<void> {
  if (!isUuid(lockKey)) return;
  await db()("jobs").where({ id: jobId, lock_key: lockKey, lock_session: desk.session_id }).update(UNLOCKED);
}

/** The key of the hold that this very session has on a job now, if it has one. */
export async function ownLockKey(desk: Desk, jobId: string): Promise<string | undefined> {
  const row = (await db()("jobs")
    .where({ id: jobId, lock_session: desk.session_id })
    .whereRaw("locked_until > now()")
    .first("lock_key")) as { lock_key: string } | undefined;
  return row?.lock_key;
}

/** The columns of a job that nobody holds. */
export const UNLOCKED = { lock_key: null, lock_session: null, locked_by: null, locked_until: null } as const;

/** Is somebody holding this job at this moment of the database's clock? */
export function isLocked(job: Pick<Job, "locked_until">, now: Date): boolean {
  return job.locked_until !== null && job.locked_until > now;
}

/**
 * Checks that this desk holds the job with this key.
 * @throws Refusal `conflict` when somebody else holds it, `forbidden` (reason `no_lock`) when nobody does
 */
export async function requireLock(
  job: Pick<Job, "lock_key" | "lock_session" | "locked_by" | "locked_until">,
  desk: Desk | undefined,
  lockKey: string | undefined,
  now: Date,
  on: Knex = db(),
): Promise<void> {
  if (!isLocked(job, now)) throw noLock();
  if (!desk || job.lock_session !== desk.session_id || job.lock_key !== lockKey)
    throw await lockedByOther(job, on);
}

function holderName(desk: Desk, staffName?: string): string {
  return staffName ? `${staffName} (${desk.workstation_name})` : desk.workstation_name;
}

function noLock(): Refusal {
  return new Refusal(
    "forbidden",
    "Nobody is holding this job, or your hold on it ran out. Start again from the job's page, so that no two people decide at once.",
    { reason: "no_lock" },
  );
}

async function lockedByOther(
  job: Pick<Job, "locked_by" | "locked_until">,
  on: Knex = db(),
): Promise<Refusal> {
  const { time_zone } = await settings(on);
  const until = job.locked_until ? formatTime(job.locked_until, time_zone) : "";
  return new Refusal(
    "conflict",
    `This job is being edited by ${job.locked_by ?? "somebody else"} until ${until}. Wait, or ask them to finish; the lock ends by itself.`,
    { reason: "locked", locked_by: job.locked_by, locked_until: job.locked_until?.toISOString() },
  );
}

/** The answer for an unknown job. */
export function jobNotFound(): Refusal {
  return new Refusal("not_found", "There is no such job. It may have been deleted.");
}
