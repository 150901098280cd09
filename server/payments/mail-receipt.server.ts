import type { z } from "zod";
import { inTransaction } from "../db.server";
import { Refusal } from "../errors";
import { appendEvent } from "../events/append.server";
import { claimFormKey } from "../form-keys.server";
import { letter } from "../jobs/letters";
import type { Desk } from "../jobs/lock.server";
import { AttributedSchema, GuardSchema } from "../jobs/schemas";
import { announceLater } from "../outbox/enqueue.server";
import { writeEffects } from "../outbox/outbox.server";
import { requireActiveStaff } from "../staff/staff.server";
import { Payment, Receipt } from "./payment.server";

export const MailReceiptSchema = AttributedSchema.extend({ form_key: GuardSchema.shape.form_key });

/**
 * Has a receipt mailed to the student. The same form sent twice mails it once.
 * @param number the receipt's number
 * @throws Refusal `invalid` on `staff_name`; `not_found`; `forbidden` (reason `voided`) when nothing on it counts any more
 */
export async function mailReceipt(
  desk: Desk,
  number: number,
  input: z.output<typeof MailReceiptSchema>,
): Promise<void> {
  const { form_key } = input;
  const name = await requireActiveStaff(input.staff_name);
  const ids = await inTransaction(async (trx) => {
    const receipt = await receiptByNumber(number, trx);
    if (!(await claimFormKey(trx, { guard: { form_key }, step: "mail-receipt", input: { number, name } })))
      return [];
    const payment = await Payment.query(trx)
      .where("receipt_id", receipt.id)
      .whereNull("voided_at")
      .orderBy("paid_ts")
      .first();
    if (!payment)
      throw new Refusal("forbidden", "Everything on this receipt is voided, so there is nothing to mail.", {
        reason: "voided",
      });
    const occasion = `${receipt.id}:${form_key ?? crypto.randomUUID()}`;
    const written = await writeEffects(trx, [
      letter("payment_receipt", payment.job_id, occasion, { payload: { receipt_id: receipt.id } }),
    ]);
    await appendEvent(
      trx,
      { name, workstation_id: desk.workstation_id },
      { type: "ReceiptMailed", job_id: payment.job_id, details: { receipt: receipt.number } },
    );
    return written;
  });
  announceLater(ids);
}

/** @throws Refusal `not_found` */
export async function receiptByNumber(
  number: number,
  on?: Parameters<typeof Receipt.query>[0],
): Promise<Receipt> {
  const receipt =
    Number.isInteger(number) && number > 0 && number < 2 ** 31
      ? await Receipt.query(on).findOne({ number })
      : undefined;
  if (!receipt) throw new Refusal("not_found", "There is no receipt with this number.");
  return receipt;
}
