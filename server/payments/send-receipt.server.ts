/** Writes and sends a receipt when its outbox row comes up. Safe to run twice: same text, same Message-ID. */
import { config } from "../config.server";
import { Job } from "../jobs/job.server";
import { frameOf, type Letter } from "../mail/letter";
import { messageIdOf } from "../mail/links";
import { paymentReceipt } from "../mail/payment-receipt";
import { sendMail } from "../mail/transport.server";
import { wordingOf } from "../mail/wording.server";
import type { OutboxRow } from "../outbox/outbox.server";
import type { Settings } from "../settings/schema";
import { settings } from "../settings/settings.server";
import { Payment, Receipt } from "./payment.server";

/**
 * The handler of `mail` rows whose letter is `payment_receipt`. What was voided meanwhile is not on it; when
 * everything was, none is sent.
 * @throws MailError; its `kind` tells the outbox whether to try again
 */
export async function sendReceipt(row: OutboxRow): Promise<void | "overtaken"> {
  const lab = await settings();
  const written = await writeReceipt(row, lab);
  if (!written) return "overtaken";
  await sendMail({
    ...written,
    messageId: messageIdOf(row.id, config().PUBLIC_URL),
    frame: frameOf(lab),
  });
}

/**
 * The receipt of an outbox row in the wording in force.
 * @returns null when there is nothing left to write, or nobody to write to
 */
export async function writeReceipt(
  row: OutboxRow,
  lab: Settings,
): Promise<{ to: { name: string; address: string }; letter: Letter } | null> {
  const receipt = await Receipt.query().findById(row.payload.receipt_id ?? "");
  if (!receipt || receipt.released_at) return null;
  const payments = await Payment.query()
    .where("receipt_id", receipt.id)
    .whereNull("voided_at")
    .orderBy("paid_ts");
  const jobs = new Map(
    (await Job.query().findByIds(payments.map((p) => p.job_id))).map((job) => [job.id, job]),
  );
  const student = jobs.get(row.job_id ?? "") ?? jobs.get(payments[0]?.job_id ?? "");
  if (!student || student.pruned_at) return null;
  const { number, issued_at, payment_system, txn_no, picked_up_by } = receipt;
  const lines = payments
    .map(({ job_id, grams, price_cents }) => ({
      short_id: jobs.get(job_id)!.short_id,
      file: jobs.get(job_id)!.original_filename,
      grams,
      price_cents,
    }))
    .sort((a, b) => a.short_id - b.short_id);
  const { student_name } = student;
  const about = { number, student_name, issued_at, payment_system, txn_no, picked_up_by, lines };
  return {
    to: { name: student_name, address: student.student_email },
    letter: paymentReceipt(about, lab, await wordingOf("payment_receipt")),
  };
}
