import { sendLetter } from "@server/jobs/send-letter.server";
import type { Handler } from "@server/outbox/work.server";
import { sendReceipt } from "@server/payments/send-receipt.server";

/** `mail` rows: writes and sends one letter. */
export const sendLetterTask: Handler = (row) =>
  row.payload.letter === "payment_receipt" ? sendReceipt(row) : sendLetter(row);
