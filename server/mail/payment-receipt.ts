/** "Your receipt": what was paid for which prints, in one transaction. Pure: no I/O. */
import { formatCents, formatGrams } from "../format";
import { facts, greeting, labTime, type Letter } from "./letter";
import { COMMON_BLOCKS, COMMON_VALUES, type LetterSettings } from "./parts";
import { type Wording, writeLetter, type LetterKind } from "./wording";

/** One print on the receipt; money in cents, weight in g. */
export interface ReceiptLine {
  short_id: number;
  file: string;
  grams: number;
  price_cents: number;
}

/** What was paid, with what, and by whom it was collected. */
export interface ReceiptFacts {
  number: number;
  student_name: string;
  issued_at: Date;
  payment_system: string;
  txn_no: string;
  picked_up_by: string;
  lines: ReceiptLine[];
}

export const PAYMENT_RECEIPT: LetterKind = {
  title: "Receipt of the payment",
  when: "A print was paid and handed over, and the student wants the receipt by mail.",
  wording: {
    subject: "Receipt {number}: {total} for your {prints}",
    body: `# Receipt {number}

{greeting}

Thank you. This is what was paid and handed over:

{lines}

{facts}

> If something here is wrong, please answer this letter or come to the lab, and bring the receipt's number.`,
  },
  placeholders: {
    values: {
      number: "the receipt's number",
      total: "what was paid in all",
      prints: "“3D print”, or “3D prints” when there are several",
      lab_name: COMMON_VALUES.lab_name,
      payment_system: "what was paid with",
    },
    blocks: {
      greeting: COMMON_BLOCKS.greeting,
      lines: "each print with its weight and price",
      facts: "the table with the total, the transaction's number, when, and who picked up",
    },
    needed: ["number", "lines", "facts"],
  },
};

/** The receipt of a payment. */
export function paymentReceipt(
  receipt: ReceiptFacts,
  settings: Pick<LetterSettings, "lab_name" | "time_zone">,
  wording: Wording = PAYMENT_RECEIPT.wording,
): Letter {
  const total = formatCents(receipt.lines.reduce((sum, { price_cents }) => sum + price_cents, 0));
  const items = receipt.lines.map(
    ({ short_id, file, grams, price_cents }) =>
      `Request ${short_id}, ${file}: ${formatGrams(grams)}, ${formatCents(price_cents)}`,
  );
  const table = facts([
    ["Total", total],
    ["Paid with", receipt.payment_system],
    ["Number", receipt.txn_no],
    ["Paid", labTime(receipt.issued_at, settings.time_zone)],
    ["Picked up by", receipt.picked_up_by],
  ]);
  return writeLetter(wording, {
    values: {
      number: String(receipt.number),
      total,
      prints: receipt.lines.length === 1 ? "3D print" : "3D prints",
      lab_name: settings.lab_name,
      payment_system: receipt.payment_system,
    },
    blocks: { greeting: [greeting(receipt)], lines: [{ kind: "list", items }], facts: [table] },
  });
}
