/** Money, weight and print time as people read them. Pure: no I/O. */

/** 1234 → "$12.34". */
export function formatCents(cents: number): string {
  const sign = cents < 0 ? "-" : "";
  const abs = Math.abs(cents);
  return `${sign}$${Math.floor(abs / 100)}.${String(abs % 100).padStart(2, "0")}`;
}

/** 25.5 → "25.5 g". */
export function formatGrams(grams: number): string {
  return `${Number(grams.toFixed(2))} g`;
}

/** 3.5 → "3.5 h". */
export function formatHours(hours: number): string {
  return `${Number(hours.toFixed(1))} h`;
}
