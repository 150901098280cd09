/** "Your receipt": what was paid for which prints, in one transaction. Pure: no I/O. */
import { formatCents, formatGrams } from "../format";
import { facts, greeting, labTime, type Letter } from "./letter";

/** One print on the receipt; money in cents, weight in g. */
export interface ReceiptLine {
  short_id: number;
  file: string;
  grams: number;
  price_cents: number;
}

/** What the letter says beside the prints. */
export interface ReceiptFacts {
  number: number;
  student_name: string;
  issued_at: Date;
  payment_system: string;
  txn_no: string;
  picked_up_by: string;
  lines: ReceiptLine[];
  time_zone: string;
}

/** The receipt of a payment. */
export function paymentReceipt(receipt: ReceiptFacts): Letter {
  const total = receipt.lines.reduce((sum, { price_cents }) => sum + price_cents, 0);
  return {
    subject: `Receipt ${receipt.number}: ${formatCents(total)} for your 3D ${receipt.lines.length === 1 ? "print" : "prints"}`,
    blocks: [
      { kind: "heading", text: `Receipt ${receipt.number}` },
      greeting(receipt),
      { kind: "paragraph", text: "Thank you. This is what was paid and handed over:" },
      {
        kind: "list",
        items: receipt.lines.map(
          ({ short_id, file, grams, price_cents }) =>
            `Request ${short_id}, ${file}: ${formatGrams(grams)}, ${formatCents(price_cents)}`,
        ),
      },
      facts([
        ["Total", formatCents(total)],
        ["Paid with", receipt.payment_system],
        ["Number", receipt.txn_no],
        ["Paid", labTime(receipt.issued_at, receipt.time_zone)],
        ["Picked up by", receipt.picked_up_by],
      ]),
      {
        kind: "note",
        text: "If something here is wrong, please answer this letter or come to the lab, and bring the receipt's number.",
      },
    ],
  };
}
