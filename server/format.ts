/** Money, weight, print time and sizes as people read them. Pure: no I/O. */

/** 1234 → "$12.34". */
export function formatCents(cents: number): string {
  const sign = cents < 0 ? "-" : "";
  const abs = Math.abs(cents);
  return `${sign}$${Math.floor(abs / 100)}.${String(abs % 100).padStart(2, "0")}`;
}

/** What a gram costs, fractions of a cent included: 10 → "$0.10", 12.5 → "$0.125". */
export function formatRate(cents: number): string {
  return `$${(cents / 100).toFixed(4).replace(/0{1,2}$/, "")}`;
}

/** 25.5 → "25.5 g". */
export function formatGrams(grams: number): string {
  return `${Number(grams.toFixed(2))} g`;
}

/** 3.5 → "3.5 h". */
export function formatHours(hours: number): string {
  return `${Number(hours.toFixed(1))} h`;
}

/** "820 KB", "12.4 MB", "3.1 GB". */
export function formatBytes(bytes: number): string {
  const mb = bytes / 1_048_576;
  if (mb >= 1_024) return `${(mb / 1_024).toFixed(1)} GB`;
  if (mb >= 1) return `${mb < 10 ? mb.toFixed(1) : Math.round(mb)} MB`;
  return `${Math.max(1, Math.round(bytes / 1024))} KB`;
}

/** "820 KB", "12.4 MB", "3.2 TB": of a thousand, as disks are sold. */
export function formatSize(bytes: number): string {
  const units = ["bytes", "KB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : Number(value.toFixed(1))} ${units[unit]}`;
}
