import type { Knex } from "knex";
import { db } from "../db.server";
import { filesIn, folderOf } from "../files/store.server";
import { requireJobId } from "./decision.server";
import { Job, JobFile } from "./job.server";
import { jobNotFound } from "./lock.server";
import { brokenPreconditions, type Standing } from "./preconditions";
import { STATUSES, type Status } from "./states";

/** What is known of a job, as far as its statuses ask for it. */
export async function standingOf(job: Job, on: Knex = db()): Promise<Standing> {
  const [paid, original] = await Promise.all([
    on("payments").where({ job_id: job.id }).whereNull("voided_at").first("id"),
    JobFile.query(on).findOne({ job_id: job.id, role: "original" }),
  ]);
  const lying = await filesIn(folderOf(job.status, job.stem)).catch(() => []);
  return {
    status: job.status,
    has_price: job.cost_cents !== null,
    confirmed: job.student_confirmed,
    paid: paid !== undefined,
    file_there: original !== undefined && lying.some(({ name }) => name === original.name),
    has_reasons: job.reject_reasons !== null,
  };
}

/**
 * For each other status, what the job would lack there.
 * @throws Refusal `not_found`
 */
export async function brokenByStatus(id: string): Promise<{ status: Status; broken: string[] }[]> {
  const job = await Job.query().findById(requireJobId(id));
  if (!job) throw jobNotFound();
  const standing = await standingOf(job);
  return STATUSES.filter((status) => status !== job.status).map((status) => ({
    status,
    broken: brokenPreconditions(standing, status),
  }));
}
