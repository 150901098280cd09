/** A price, a transaction number, checked and taken, and the receipt that carries them. */
import type { Trx } from "../db.server";
import { invalidField } from "../errors";
import type { Settings } from "../settings/schema";
import { MOST_PRICE_CENTS, priceCents, type PriceSnapshot } from "../jobs/pricing";
import { kindNamed, paymentKinds } from "./kinds";
import { matchesPattern, patternExample, sameNumber } from "./number-pattern";
import { Receipt } from "./payment.server";

/**
 * Checks that a number can be a new transaction of a kind, and keeps others from taking it until the end. Another way
 * to write a number (in capitals, with a space) is the same number.
 * @param kind a name from the settings; the lab's main system when not given
 * @returns the kind's name as the settings write it
 * @throws Refusal `invalid` on `payment_system` or `txn_no`
 */
export async function claimNumber(
  trx: Trx,
  lab: Settings,
  kind: string | undefined,
  txn_no: string,
): Promise<string> {
  const { name, pattern } = requireKind(lab, kind);
  requirePattern(name, pattern, txn_no);
  // Two desks with one number wait for each other here; the second is told, not the database's error.
  await trx.raw("SELECT pg_advisory_xact_lock(7302606, hashtext(?))", [sameNumber(txn_no)]);
  const used = await Receipt.query(trx)
    .whereNull("released_at")
    .whereRaw("lower(payment_system) = lower(?) AND lower(replace(txn_no, ' ', '')) = lower(?)", [
      name,
      sameNumber(txn_no),
    ])
    .first();
  if (used)
    throw invalidField(
      "txn_no",
      `The ${name} number ${txn_no} was already used for another payment (receipt ${used.number}). Check the receipt.`,
    );
  return name;
}

/**
 * What a weight (g) costs, when it is a sum that can be taken.
 * @throws Refusal `invalid` on `grams`
 */
export function priceToTake(grams: number, prices: PriceSnapshot): number {
  const cents = priceCents(grams, prices);
  if (cents > MOST_PRICE_CENTS)
    throw invalidField("grams", "At this job’s price per gram that is more money than can be taken. Check the weight."); // prettier-ignore
  return cents;
}

function requireKind(lab: Settings, kind: string | undefined) {
  const found = kindNamed(paymentKinds(lab), kind);
  if (!found) throw invalidField("payment_system", "Choose how it was paid from the list.");
  return found;
}

function requirePattern(name: string, pattern: string, txn_no: string): void {
  if (!matchesPattern(txn_no, pattern))
    throw invalidField(
      "txn_no",
      `This is no ${name} number: it looks like ${patternExample(pattern)}. Check the receipt, or how it was paid.`,
    );
}

/** Writes a receipt; its number is the next of the sequence. */
export async function issueReceipt(
  trx: Trx,
  row: Pick<
    Receipt,
    "payment_system" | "txn_no" | "picked_up_by" | "issued_at" | "issued_by" | "workstation_id"
  >,
): Promise<{ id: string; number: number }> {
  const { id, number } = await Receipt.query(trx).insert(row).returning(["id", "number"]);
  return { id, number };
}
