/** What the page of one decision needs: the job, whether the step is possible now, and whether this page holds it. Read-only. */
import { db } from "../db.server";
import { isUuid } from "../ids";
import { settings } from "../settings/settings.server";
import { asCards, type JobCard } from "./card.server";
import { Job } from "./job.server";
import { type Desk, type HeldLock, jobNotFound } from "./lock.server";
import type { PriceSnapshot } from "./pricing";
import { allows, STATUS, step, type StepName } from "./states";

/** A job as a decision's page shows it. Times are UTC ISO 8601. */
export interface JobToDecide extends JobCard {
  stem: string;
  material: string;
  price_snapshot: PriceSnapshot | null;
  last_updated_by: string | null;
  updated_at: string;
  /** Why the step cannot be taken now, if it cannot. */
  obstacle: string | null;
}

/**
 * The id of an address, if it can be one.
 * @throws Refusal `not_found`
 */
export function requireJobId(id: string | undefined): string {
  if (!isUuid(id)) throw jobNotFound();
  return id;
}

/**
 * @param id the job's UUID
 * @param name the step that is being decided; "force-unlock" has no row in the table and needs a held lock
 * @throws Refusal `not_found`
 */
export async function jobToDecide(id: string, name: StepName | "force-unlock"): Promise<JobToDecide> {
  const job = await Job.query().findById(requireJobId(id));
  if (!job) throw jobNotFound();
  const [card] = await asCards([job]);
  return {
    ...card!,
    stem: job.stem,
    material: job.material,
    price_snapshot: job.price_snapshot,
    last_updated_by: job.last_updated_by,
    updated_at: job.updated_at.toISOString(),
    obstacle: name === "force-unlock" ? unheld(card!) : await obstacle(job, name),
  };
}

function unheld(card: JobCard): string | null {
  return card.locked_by ? null : "Nobody holds this job at the moment, so there is nothing to unlock.";
}

async function obstacle(job: Job, name: StepName): Promise<string | null> {
  const row = step(name);
  if (job.pruned_at) return "This job has been pruned; nothing more can be done with it.";
  if (!allows(name, job.status))
    return `“${row.label}” is not possible for a job that is ${STATUS[job.status].label}.`;
  if (!row.withinRevertWindow) return null;
  const { revert_minutes } = await settings();
  const { now } = (await db().raw<{ rows: [{ now: Date }] }>("SELECT now()")).rows[0];
  return now.getTime() - job.status_since.getTime() > revert_minutes * 60_000
    ? `This can only be reverted within ${revert_minutes} minutes. An administrator can change the status instead.`
    : null;
}

/** The lock with this key, if this desk holds it now. */
export async function heldLock(desk: Desk, jobId: string, lockKey: string): Promise<HeldLock | null> {
  if (!isUuid(lockKey)) return null;
  const row = (await db()("jobs")
    .where({ id: jobId, lock_key: lockKey, lock_session: desk.session_id })
    .whereRaw("locked_until > now()")
    .first("lock_key", "locked_until")) as HeldLock | undefined;
  return row ?? null;
}
