/** What the counter needs to know before money is taken. Read-only. */
import { pricesFor } from "../jobs/approve.server";
import { Job } from "../jobs/job.server";
import { isLocked, jobNotFound } from "../jobs/lock.server";
import type { PriceSnapshot } from "../jobs/pricing";
import { settings } from "../settings/settings.server";
import { type PaymentKind, paymentKinds } from "./kinds";
import { Payment } from "./payment.server";

/** How the lab takes money. */
export interface Till {
  kinds: PaymentKind[];
  /** A price further from the estimate than this needs a reason. */
  deviation_percent: number;
}

/** Another print that is ready for the same student. Money in cents, weight in g. */
export interface AlsoReady {
  id: string;
  short_id: number;
  version: number;
  original_filename: string;
  material_name: string;
  color_name: string;
  weight_g: number | null;
  cost_cents: number | null;
  prices: PriceSnapshot;
  /** Who holds it now: then it cannot be taken along. */
  locked_by: string | null;
}

/** At most this many are taken along in one visit. */
const MOST_ALSO = 20;

/** The lab's kinds of payment and its limit. */
export async function till(): Promise<Till> {
  const lab = await settings();
  return { kinds: paymentKinds(lab), deviation_percent: lab.price_deviation_percent };
}

/**
 * The prices a job was approved with; for one without, those in force.
 * @throws Refusal `not_found`; `forbidden` when its material has left the catalog
 */
export async function pricesOf(jobId: string): Promise<PriceSnapshot> {
  const job = await Job.query().findById(jobId);
  if (!job) throw jobNotFound();
  return job.price_snapshot ?? pricesFor(job);
}

/** What else is ready for the student of a job, oldest first. What has no price any more is left out. */
export async function alsoReady(jobId: string): Promise<AlsoReady[]> {
  const rows = await Job.query()
    .where({ status: "COMPLETED" })
    .whereRaw("lower(student_email) = (SELECT lower(student_email) FROM jobs WHERE id = ?)", [jobId])
    .whereNot({ id: jobId })
    .orderBy("status_since")
    .limit(MOST_ALSO);
  const now = new Date();
  const found: AlsoReady[] = [];
  for (const job of rows) {
    const prices = job.price_snapshot ?? (await pricesFor(job).catch(() => null));
    if (!prices) continue;
    const { id, short_id, version, original_filename, material_name, color_name, weight_g, cost_cents } = job;
    const locked_by = isLocked(job, now) ? job.locked_by : null;
    found.push({ id, short_id, version, original_filename, material_name, color_name, weight_g, cost_cents, prices, locked_by }); // prettier-ignore
  }
  return found;
}

/** A payment as the forms that void or correct it show it. Times are UTC ISO 8601. */
export interface PaymentToMend {
  id: string;
  payment_system: string;
  txn_no: string;
  grams: number;
  price_cents: number;
  paid_ts: string;
  voided: boolean;
}

/** The payments of a job that can be corrected, newest first: those that count, else the last one that was voided. */
export async function paymentsToMend(jobId: string): Promise<PaymentToMend[]> {
  const rows = await Payment.query()
    .where("job_id", jobId)
    .whereNotExists(Payment.query().alias("later").whereColumn("later.corrects", "payments.id"))
    .orderBy("paid_ts", "desc");
  const valid = rows.filter((row) => row.voided_at === null);
  return (valid.length ? valid : rows.slice(0, 1)).map((row) => ({
    id: row.id,
    payment_system: row.payment_system,
    txn_no: row.txn_no,
    grams: row.grams,
    price_cents: row.price_cents,
    paid_ts: row.paid_ts.toISOString(),
    voided: row.voided_at !== null,
  }));
}
