/** "Payment & Pickup": one print or several of one visit, and the corrections of the ledger. */
import { z } from "zod";
import { invalidField, Refusal } from "@server/errors";
import type { Desk } from "@server/jobs/lock.server";
import {
  CorrectPaymentSchema,
  type Guard,
  PaymentSchema,
  VisitSchema,
  VoidPaymentSchema,
} from "@server/jobs/schemas";
import { correctPayment } from "@server/payments/correct-payment.server";
import { checkOut, takePayment } from "@server/payments/take-payment.server";
import { voidPayment } from "@server/payments/void-payment.server";
import { Cents, JobSchema } from "@server/reports/job-object";
import { jobObjects } from "@server/reports/job-object.server";
import { decision } from "./decision";

type Visit = z.output<typeof VisitSchema>;

/** What a visit has left: the receipt, and its jobs with the one of the address first. */
const CheckoutSchema = z
  .object({
    receipt_number: z.int().positive(),
    total_cents: Cents.describe("What counts on the receipt."),
    jobs: z.array(JobSchema).describe("The job of the address first."),
  })
  .meta({ id: "Checkout", description: "Several prints that were paid together." });

export const paymentEndpoints = [
  decision({
    step: "payment",
    tag: "Payments",
    about:
      "The price follows from `grams` and the prices that the job was approved with. A transaction number is used once.",
    schema: PaymentSchema,
    run: takePayment,
  }),
  decision({
    step: "payment",
    path: "jobs/{job_id}/checkout",
    tag: "Payments",
    summary: "Take one payment for several prints",
    about:
      "What one student collects in one visit: one transaction, one receipt, and every print is paid and handed over, or none is. The job of the address needs the lock; those in `also` must be finished prints of the same student, as they were seen, and held by nobody. With 409 `companion` it is one of them that stands in the way: `details.refused_job` says which.",
    schema: VisitSchema,
    answer: CheckoutSchema,
    refuses: { 409: ["companion"] },
    run: visit,
    say: afterVisit,
  }),
  decision({
    step: "correct-payment",
    tag: "Payments",
    schema: CorrectPaymentSchema,
    run: correctPayment,
  }),
  decision({ step: "void-payment", tag: "Payments", schema: VoidPaymentSchema, run: voidPayment }),
];

async function visit(desk: Desk, jobId: string, input: Visit, guard: Guard) {
  if (input.also.some(({ id }) => id === jobId))
    throw invalidField("also", "The job of the address is taken in any case. Name only the others here.");
  try {
    return await checkOut(desk, jobId, input, guard);
  } catch (error) {
    throw inOurWords(error);
  }
}

/** The page's field for the others is called otherwise. */
function inOurWords(error: unknown): unknown {
  if (!(error instanceof Refusal) || !error.details.fields?.also_grams) return error;
  const { also_grams, ...fields } = error.details.fields;
  return new Refusal(error.code, error.message, {
    ...error.details,
    fields: { ...fields, also: also_grams },
  });
}

async function afterVisit(jobId: string, { also, txn_no }: Visit) {
  const jobs = await jobObjects([jobId, ...also.map(({ id }) => id)]);
  const payments = jobs.flatMap((job) => job.payments);
  const receipt_number = payments.find((payment) => payment.txn_no === txn_no)!.receipt_number;
  const counting = payments.filter((one) => one.receipt_number === receipt_number && one.voided_at === null);
  return { receipt_number, total_cents: counting.reduce((sum, one) => sum + one.price_cents, 0), jobs };
}
