/** The list on paper: every job of a filter up to what a lab would print, with its sums. Read-only. */
import type { JobCard } from "../jobs/card.server";
import type { ListQuery } from "../jobs/list";
import { listJobs } from "../jobs/list.server";

/** At most this many jobs on one sheet: about a dozen pages. */
export const MOST_ON_SHEET = 500;

export interface QueueSheet {
  jobs: JobCard[];
  /** How many the filter has; at least this many where `capped`. */
  total: number;
  capped: boolean;
  /** Sums of the jobs on the sheet: grams and hours. */
  weight_g: number;
  time_hours: number;
}

/** @param query the filter and order; its page counts for nothing */
export async function queueSheet(query: ListQuery): Promise<QueueSheet> {
  // A job that moves from one page to the next while they are read stands on the sheet once.
  const jobs = new Map<string, JobCard>();
  let total = 0;
  let capped = false;
  for (let page = 1, pages = 1; page <= pages && jobs.size < MOST_ON_SHEET; page++) {
    const list = await listJobs({ ...query, page }, 100);
    ({ total, capped, pages } = list);
    for (const job of list.jobs) jobs.set(job.id, job);
  }
  const shown = [...jobs.values()].slice(0, MOST_ON_SHEET);
  return {
    jobs: shown,
    total: Math.max(total, shown.length),
    capped,
    weight_g: shown.reduce((sum, job) => sum + (job.weight_g ?? 0), 0),
    time_hours: shown.reduce((sum, job) => sum + (job.time_hours ?? 0), 0),
  };
}
