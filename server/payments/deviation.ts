/** How far a price is from its estimate, and when somebody has to say why. Pure: no I/O. */

/**
 * The difference in whole percent of the estimate, rounded away from zero: 1250 for 1000 is 25, 750 is -25.
 * @returns null without an estimate
 */
export function deviationPercent(price_cents: number, estimated_cents: number | null): number | null {
  if (estimated_cents === null || estimated_cents <= 0) return null;
  const difference = price_cents - estimated_cents;
  return Math.sign(difference) * Math.ceil((Math.abs(difference) * 100) / estimated_cents);
}

/** Is the difference more than this share of the estimate? Without an estimate there is nothing to explain. */
export function needsReason(
  price_cents: number,
  estimated_cents: number | null,
  most_percent: number,
): boolean {
  if (estimated_cents === null || estimated_cents <= 0) return false;
  return Math.abs(price_cents - estimated_cents) * 100 > estimated_cents * most_percent;
}

/** "30 % more than the estimate", or null when it is the same or there is none. */
export function deviationText(price_cents: number, estimated_cents: number | null): string | null {
  const percent = deviationPercent(price_cents, estimated_cents);
  if (!percent) return null;
  return `${Math.abs(percent)} % ${percent > 0 ? "more" : "less"} than the estimate`;
}
