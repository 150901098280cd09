/** Works through the jobs that are due, one after the other: one that is refused stops no other. */
import { inTransaction } from "../db.server";
import { Refusal } from "../errors";
import { type Actor, appendEvent } from "../events/append.server";
import type { Job } from "../jobs/job.server";
import { log } from "../log.server";
import { settings } from "../settings/settings.server";
import { dueJobs } from "./due.server";
import { MOST_AT_ONCE, RETENTION, type Retention } from "./kinds";

/** What became of one job. */
export interface RetainedJob {
  id: string;
  short_id: number;
  outcome: "done" | "refused";
  /** Why it was refused. */
  sentence?: string;
}

export interface RetentionRun {
  /** Why; stands in the log. The night shift says that it was due. */
  reason?: string;
  /** Days to go by instead of the setting's. */
  days?: number;
  /** Only what was due at this time already; now when not given. */
  at?: Date;
  /** Most jobs to work on. */
  limit?: number;
  /** Called after each job. */
  onEach?: (job: RetainedJob) => Promise<void>;
}

export interface RetentionDone {
  jobs: RetainedJob[];
  /** Jobs that are still due. */
  left: number;
}

/**
 * One transaction a job, and an event for the whole run at its end. Whatever stops it between two jobs leaves
 * nothing half-done; the next run goes on with the rest.
 */
export async function eachDueJob(
  kind: Retention,
  actor: Actor,
  run: RetentionRun,
  work: (job: Job, due: { days: number; reason: string }) => Promise<void>,
): Promise<RetentionDone> {
  const days = run.days ?? (await settings())[RETENTION[kind].days];
  const reason = run.reason ?? `Due after ${days} days`;
  const jobs: RetainedJob[] = [];
  for (const job of await dueJobs(kind, days, run.at).limit(run.limit ?? MOST_AT_ONCE)) {
    const result: RetainedJob = { id: job.id, short_id: job.short_id, outcome: "done" };
    try {
      await work(job, { days, reason });
    } catch (error) {
      result.outcome = "refused";
      if (error instanceof Refusal) result.sentence = error.message;
      else {
        log.error({ err: error, job: job.id }, "A job that is due could not be worked on");
        result.sentence = "The server could not do it. Look at the job, then try again.";
      }
    }
    jobs.push(result);
    await run.onEach?.(result);
  }
  const count = jobs.filter(({ outcome }) => outcome === "done").length;
  if (count)
    await inTransaction((trx) =>
      appendEvent(trx, actor, { type: "AdminAction", details: { action: kind, count, days, reason } }),
    );
  return { jobs, left: await dueJobs(kind, days, run.at).clearOrder().resultSize() };
}
