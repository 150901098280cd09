/** One receipt with everything on it. Read-only. */
import { Job } from "../jobs/job.server";
import { OutboxRow, type OutboxState } from "../outbox/outbox.server";
import { receiptByNumber } from "./mail-receipt.server";
import { Payment } from "./payment.server";

/** Times are UTC ISO 8601, money in cents, weights in g. */
export interface ReceiptSheet {
  number: number;
  payment_system: string;
  txn_no: string;
  picked_up_by: string;
  issued_at: string;
  issued_by: string;
  student_name: string;
  student_email: string;
  /** What counts. */
  total_cents: number;
  lines: {
    id: string;
    job_id: string;
    short_id: number;
    file: string;
    material: string;
    grams: number;
    price_cents: number;
    voided_at: string | null;
    voided_by: string | null;
    void_reason: string | null;
    is_correction: boolean;
  }[];
  /** The letters that carried it, oldest first. */
  mails: { id: string; state: OutboxState; created_at: string }[];
}

/** @throws Refusal `not_found` */
export async function receiptSheet(number: number): Promise<ReceiptSheet> {
  const receipt = await receiptByNumber(number);
  const payments = await Payment.query().where("receipt_id", receipt.id).orderBy(["paid_ts", "id"]);
  const jobs = new Map(
    (await Job.query().findByIds(payments.map((p) => p.job_id))).map((job) => [job.id, job]),
  );
  const mails = await OutboxRow.query()
    .whereIn("job_id", [...jobs.keys()])
    .where("kind", "mail")
    .whereRaw("payload @> ?::jsonb", [JSON.stringify({ letter: "payment_receipt", receipt_id: receipt.id })])
    .orderBy("created_at");
  const student = jobs.get(payments[0]?.job_id ?? "");
  return {
    number: receipt.number,
    payment_system: receipt.payment_system,
    txn_no: receipt.txn_no,
    picked_up_by: receipt.picked_up_by,
    issued_at: receipt.issued_at.toISOString(),
    issued_by: receipt.issued_by,
    student_name: student?.student_name ?? "",
    student_email: student?.student_email ?? "",
    total_cents: payments.reduce((sum, p) => sum + (p.voided_at ? 0 : p.price_cents), 0),
    lines: payments
      .map((payment) => {
        const job = jobs.get(payment.job_id)!;
        return {
          id: payment.id,
          job_id: job.id,
          short_id: job.short_id,
          file: job.original_filename,
          material: `${job.material_name}, ${job.color_name}`,
          grams: payment.grams,
          price_cents: payment.price_cents,
          voided_at: payment.voided_at?.toISOString() ?? null,
          voided_by: payment.voided_by,
          void_reason: payment.void_reason,
          is_correction: payment.corrects !== null,
        };
      })
      .sort((a, b) => a.short_id - b.short_id),
    mails: mails.map(({ id, state, created_at }) => ({ id, state, created_at: created_at.toISOString() })),
  };
}
