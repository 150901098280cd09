/** A letter of the outbox, to be looked at. Read-only. */
import { isUuid } from "../ids";
import { showJobLetter } from "../jobs/send-letter.server";
import type { Letter } from "../mail/letter";
import { OutboxRow } from "../outbox/outbox.server";
import { writeReceipt } from "../payments/send-receipt.server";
import { settings } from "../settings/settings.server";

export interface LetterShown {
  to: string;
  letter: Letter;
  /** False when events have overtaken it, so that it would not be sent any more. */
  would_be_sent: boolean;
}

/**
 * The letter of an outbox row as it would be written now: the link that only the student may use is not in it.
 * @returns null when there is no such letter any more
 */
export async function showLetter(outboxId: string): Promise<LetterShown | null> {
  const row = isUuid(outboxId) ? await OutboxRow.query().findOne({ id: outboxId, kind: "mail" }) : undefined;
  if (!row) return null;
  if (row.payload.letter !== "payment_receipt") return showJobLetter(row);
  const written = await writeReceipt(row, await settings());
  return written && { to: written.to.address, letter: written.letter, would_be_sent: true };
}
