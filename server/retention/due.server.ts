/** Which jobs are due. Read-only. */
import { db } from "../db.server";
import { Job } from "../jobs/job.server";
import type { Status } from "../jobs/states";
import { settings } from "../settings/settings.server";
import { RETENTION, type Retention } from "./kinds";

/** A job that is due. */
export interface DueJob {
  id: string;
  short_id: number;
  student_name: string;
  status: Status;
  /** Since when it has been in its status, ISO 8601. */
  since: string;
}

export interface DueList {
  count: number;
  days: number;
  automatic: boolean;
  jobs: DueJob[];
  page: number;
  pages: number;
}

const ON_A_PAGE = 25;

/** The jobs that are due, oldest first. @param at as of when; never later than now */
export function dueJobs(kind: Retention, days: number, at: Date = new Date()) {
  return Job.query()
    .whereIn("status", [...RETENTION[kind].from])
    .whereNull("pruned_at")
    .whereRaw("status_since <= least(now(), ?::timestamptz) - make_interval(days => ?)", [at, days])
    .orderBy(["status_since", "id"]);
}

/** A page of the jobs that are due, with how many there are. */
export async function dueList(kind: Retention, page = 1): Promise<DueList> {
  const lab = await settings();
  const days = lab[RETENTION[kind].days];
  const count = await dueJobs(kind, days).clearOrder().resultSize();
  const pages = Math.max(1, Math.ceil(count / ON_A_PAGE));
  const shown = Math.min(Math.max(1, page), pages);
  const jobs = await dueJobs(kind, days)
    .select("id", "short_id", "student_name", "status", "status_since")
    .offset((shown - 1) * ON_A_PAGE)
    .limit(ON_A_PAGE);
  return {
    count,
    days,
    automatic: lab[RETENTION[kind].automatic],
    jobs: jobs.map(({ id, short_id, student_name, status, status_since }) => ({
      id,
      short_id,
      student_name,
      status,
      since: status_since.toISOString(),
    })),
    page: shown,
    pages,
  };
}

/** Is this job still due? Asked under the job's lock, by the database's clock. */
export function isDue(job: Pick<Job, "status_since">, days: number, now: Date): boolean {
  return now.getTime() - job.status_since.getTime() >= days * 86_400_000;
}

/** The last runs that the log knows, newest first. */
export async function lastRuns(): Promise<{ kind: Retention; count: number; by: string; at: string }[]> {
  const rows = (await db()("events")
    .where("event_type", "AdminAction")
    .whereRaw("details->>'action' IN ('archive', 'prune')")
    .orderBy("timestamp", "desc")
    .limit(5)
    .select("details", "triggered_by", "timestamp")) as {
    details: { action: Retention; count: number };
    triggered_by: string;
    timestamp: Date;
  }[];
  return rows.map(({ details, triggered_by, timestamp }) => ({
    kind: details.action,
    count: details.count,
    by: triggered_by,
    at: timestamp.toISOString(),
  }));
}
