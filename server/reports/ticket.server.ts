/** What the ticket on a job's bag says. Read-only. */
import { config } from "../config.server";
import { asCards, type JobCard } from "../jobs/card.server";
import { requireJobId } from "../jobs/decision.server";
import { Job } from "../jobs/job.server";
import { jobNotFound } from "../jobs/lock.server";
import { type QrPath, qrPath } from "../qr";

export interface JobTicket {
  job: JobCard;
  /** The address of the job's page for staff, and its QR code. */
  url: string;
  qr: QrPath;
}

/** @param id the job's UUID @throws Refusal `not_found` */
export async function jobTicket(id: string | undefined): Promise<JobTicket> {
  const row = await Job.query().findById(requireJobId(id));
  if (!row) throw jobNotFound();
  const [job] = (await asCards([row])) as [JobCard];
  const url = `${config().PUBLIC_URL}/dashboard/jobs/${job.id}`;
  return { job, url, qr: qrPath(url) };
}
