/**
 * Weighs, takes the money and hands over: one print, or several of one visit with one transaction. Either every one
 * of them is paid and handed over, or none is.
 */
import type { z } from "zod";
import { type Change, type DecidingTogether, advanceTogether } from "../jobs/advance.server";
import { pricesFor } from "../jobs/approve.server";
import { formKeyFor } from "../form-keys.server";
import { Job } from "../jobs/job.server";
import { letter } from "../jobs/letters";
import type { Desk } from "../jobs/lock.server";
import type { AlsoTaken, Guard, PaymentSchema } from "../jobs/schemas";
import { askAll, invalidField, Refusal } from "../errors";
import type { Settings } from "../settings/schema";
import { settings } from "../settings/settings.server";
import { requireActiveStaff } from "../staff/staff.server";
import { deviationText, needsReason } from "./deviation";
import { claimNumber, issueReceipt, priceToTake } from "./issue-receipt.server";
import { Payment, Receipt } from "./payment.server";

/** What is said at the counter; `also` are other prints of the same student, each as it was seen. */
export type PaymentInput = z.output<typeof PaymentSchema> & { also?: AlsoTaken[] };

/** What was taken: the jobs after it, the one asked for first, and the receipt for all of them. */
export interface Taken {
  jobs: Job[];
  receipt_id: string;
  receipt_number: number;
}

/**
 * Takes the payment for a finished print and hands it over. The price comes from the weight on the scale (g)
 * and the prices that the job was approved with.
 * @throws Refusal as `checkOut`
 */
export async function takePayment(
  desk: Desk,
  jobId: string,
  input: PaymentInput,
  guard: Guard,
): Promise<Job> {
  return (await checkOut(desk, jobId, input, guard)).jobs[0]!;
}

/**
 * The same, with the receipt. Of the job itself the desk holds the lock; the others are taken at once, when nobody
 * holds them and they are as they were seen.
 * @throws Refusal as `advance`; `invalid` on `staff_name`, `payment_system`, `txn_no` (it does not fit the pattern, or
 * was used before) and `deviation_reason`; on `also_grams` when one of the others cannot be taken (then `conflict`,
 * reason `companion`, unless it belongs to somebody else)
 */
export async function checkOut(desk: Desk, jobId: string, input: PaymentInput, guard: Guard): Promise<Taken> {
  const name = await requireActiveStaff(input.staff_name);
  const others = (input.also ?? []).filter(({ id }) => id !== jobId);
  const grams = new Map([[jobId, input.grams], ...others.map((job) => [job.id, job.grams] as const)]);
  let receipt: { id: string; number: number } | undefined;
  const attempts = [
    { job_id: jobId, step: "payment" as const, guard, desk, input },
    ...others.map(({ id, version }) => ({
      job_id: id,
      step: "payment" as const,
      guard: { version, form_key: guard.form_key && formKeyFor(guard.form_key, id) },
      desk,
      input,
      at_once: true,
    })),
  ];
  try {
    const jobs = await advanceTogether(
      { name, workstation_id: desk.workstation_id },
      attempts,
      async (deciding) => {
        const { trx, jobs, now } = deciding;
        oneStudent(jobs);
        const lab = await settings(trx);
        // Whoever stands at the counter with both wrong hears of both.
        const [system, charges] = await askAll(
          () => claimNumber(trx, lab, input.payment_system, input.txn_no),
          () => charge(deciding, grams, input.deviation_reason ?? "", lab),
        );
        const issued = await issueReceipt(trx, {
          payment_system: system,
          txn_no: input.txn_no,
          picked_up_by: input.picked_up_by,
          issued_at: now,
          issued_by: name,
          workstation_id: desk.workstation_id,
        });
        const changes: Change[] = [];
        for (const { job, ...sums } of charges) {
          await Payment.query(trx).insert({
            job_id: job.id,
            receipt_id: issued.id,
            payment_system: system,
            ...sums,
            txn_no: input.txn_no,
            picked_up_by: input.picked_up_by,
            paid_ts: now,
            paid_by_staff: name,
            workstation_id: desk.workstation_id,
          });
          changes.push({
            details: {
              ...sums,
              payment_system: system,
              txn_no: input.txn_no,
              picked_up_by: input.picked_up_by,
              receipt: issued.number,
              ...(jobs.length > 1 ? { together_with: shortIds(jobs, job) } : {}),
            },
          });
        }
        if (lab.receipt_mail) changes[0]!.effects = [receiptLetter(jobs[0]!.id, issued.id, lab)];
        receipt = issued;
        return changes;
      },
    );
    const { id, number } = receipt ?? (await receiptBefore(jobId, input.txn_no));
    return { jobs, receipt_id: id, receipt_number: number };
  } catch (error) {
    throw await aboutCompanion(error, jobId);
  }
}

/** What the same form left when it was posted before. */
async function receiptBefore(jobId: string, txn_no: string): Promise<Receipt> {
  return Receipt.query()
    .whereIn("id", Payment.query().select("receipt_id").where({ job_id: jobId, txn_no }))
    .orderBy("number", "desc")
    .first()
    .throwIfNotFound();
}

/** The letter that follows by itself; it waits as long as the one that says "ready", so that a slip can be reverted unseen. */
function receiptLetter(jobId: string, receiptId: string, lab: Settings) {
  return letter("payment_receipt", jobId, receiptId, {
    payload: { receipt_id: receiptId },
    delay_seconds: lab.completion_mail_delay_minutes * 60,
  });
}

function oneStudent(jobs: Job[]): void {
  const [first, ...others] = jobs;
  const stranger = others.find(
    (job) => job.student_email.toLowerCase() !== first!.student_email.toLowerCase(),
  );
  if (stranger)
    throw invalidField(
      "also_grams",
      `Job ${stranger.short_id} belongs to another student. Nothing was taken. Take its payment by itself.`,
    );
}

/** What each job costs by its weight. @throws Refusal `invalid` on `deviation_reason` */
async function charge(
  { trx, jobs }: DecidingTogether,
  grams: Map<string, number>,
  reason: string,
  lab: Settings,
) {
  const charges = [];
  const far: string[] = [];
  for (const job of jobs) {
    const weight = grams.get(job.id)!;
    const price_cents = priceToTake(weight, job.price_snapshot ?? (await pricesFor(job, trx)));
    const deviates = needsReason(price_cents, job.cost_cents, lab.price_deviation_percent);
    if (deviates) far.push(`job ${job.short_id} costs ${deviationText(price_cents, job.cost_cents)}`);
    charges.push({
      job,
      grams: weight,
      price_cents,
      estimated_cents: job.cost_cents,
      deviation_reason: deviates ? reason : null,
    });
  }
  if (far.length && reason.length < 3)
    throw invalidField(
      "deviation_reason",
      `Write why ${far.join(" and ")}. Was it weighed with its supports, or printed another way?`,
    );
  return charges;
}

const shortIds = (jobs: Job[], but: Job) =>
  jobs.filter(({ id }) => id !== but.id).map(({ short_id }) => short_id);

/** A companion's refusal is about this form, not about the job that is open. */
async function aboutCompanion(error: unknown, jobId: string): Promise<unknown> {
  if (!(error instanceof Refusal)) return error;
  const { refused_job, reason } = error.details;
  if (typeof refused_job !== "string" || refused_job === jobId || reason === "form_reused") return error;
  const job = await Job.query().findById(refused_job);
  const text = `Nothing was taken, because of ${job ? `job ${job.short_id}` : "one of the other jobs"}: ${error.message}`;
  return new Refusal("conflict", text, {
    ...error.details,
    reason: "companion",
    fields: { also_grams: [text] },
  });
}
