/** What was taken, and how far the estimates were from the scale. Voided payments never were. */
import { bucketOf, bucketsOf, type Bucket, type Question } from "./question";
import { noSums, sums } from "./rows.server";

export interface EstimateError {
  /** Payments with a weight beside an estimate. */
  compared: number;
  estimated_grams: number;
  weighed_grams: number;
  /** Weighed over estimated, less one: 0.05 says that prints weigh 5 % more than estimated. Null without any. */
  bias: number | null;
  /** The distances added up, as a share of the estimates. */
  off: number | null;
  /** Share of the payments whose weight was within a tenth of the estimate. */
  close: number | null;
  /** Finished prints with a known start: hours as sliced, hours between "printing" and "complete". */
  clocked: number;
  sliced_hours: number;
  clocked_hours: number;
}

export interface Money {
  bucket: Bucket;
  starts: string[];
  cents_by_bucket: number[];
  cents: number;
  paid: number;
  /** Cents per payment, rounded; null without any. */
  average_cents: number | null;
  grams: number;
  estimates: EstimateError;
}

/** What `estimateError` needs. */
export const COMPARED = [
  "compared",
  "compared_estimate",
  "compared_grams",
  "compared_off",
  "compared_close",
  "clocked",
  "clocked_hours",
  "clocked_minutes",
] as const;
const SUMMED = ["cents", "paid", "paid_grams", ...COMPARED] as const;

export async function moneyReport(question: Question): Promise<Money> {
  const bucket = bucketOf(question);
  const starts = bucketsOf(question, bucket);
  const rows = await sums(question, SUMMED, [[], ["day"]], { bucket });
  const all = rows.find(({ set }) => set === 0) ?? noSums(SUMMED);
  const points = new Map(rows.filter(({ set }) => set === 1).map((row) => [row.day, row.cents]));
  return {
    bucket,
    starts,
    cents_by_bucket: starts.map((start) => points.get(start) ?? 0),
    cents: all.cents,
    paid: all.paid,
    average_cents: all.paid ? Math.round(all.cents / all.paid) : null,
    grams: all.paid_grams,
    estimates: estimateError(all),
  };
}

/** From the sums of a period. */
export function estimateError(all: Record<(typeof COMPARED)[number], number>): EstimateError {
  const share = (part: number, of: number) => (of > 0 ? part / of : null);
  const bias = share(all.compared_grams, all.compared_estimate);
  return {
    compared: all.compared,
    estimated_grams: all.compared_estimate,
    weighed_grams: all.compared_grams,
    bias: bias === null ? null : bias - 1,
    off: share(all.compared_off, all.compared_estimate),
    close: share(all.compared_close, all.compared),
    clocked: all.clocked,
    sliced_hours: all.clocked_hours,
    clocked_hours: all.clocked_minutes / 60,
  };
}
