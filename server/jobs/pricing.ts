/**
 * What a print costs. Whole cents in, whole cents out; grams to a hundredth, rates to a hundredth of a cent,
 * multiplied as integers so that no sum is ever off by a rounding of binary fractions. Pure: no I/O.
 */

/** The prices a job was approved with; kept on the job. */
export interface PriceSnapshot {
  catalog_version: number;
  material: string;
  material_name: string;
  price_per_gram_cents: number;
  minimum_charge_cents: number;
}

/** As much as a job or a row of the ledger holds, in cents. */
export const MOST_PRICE_CENTS = 2 ** 31 - 1;

/**
 * Price in cents: weight × price per gram, rounded half up to a cent, at least the minimum charge.
 * @param grams weight in g, to two decimals
 */
export function priceCents(
  grams: number,
  prices: Pick<PriceSnapshot, "price_per_gram_cents" | "minimum_charge_cents">,
): number {
  const hundredthsOfGram = Math.round(grams * 100);
  const hundredthsOfCent = Math.round(prices.price_per_gram_cents * 100);
  const cents = Math.floor((hundredthsOfGram * hundredthsOfCent + 5_000) / 10_000);
  return Math.max(prices.minimum_charge_cents, cents);
}

/** Print time rounded up to the next half hour. */
export function roundUpToHalfHour(hours: number): number {
  return Math.ceil(hours * 2 - 1e-9) / 2;
}

export { formatCents, formatGrams, formatHours, formatRate } from "../format";
