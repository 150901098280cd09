/** Times as people read them: in the lab's zone, the same on server and browser. Pure: no I/O. */

/** Making a formatter takes a hundred times as long as using it; a page has dozens of times in one zone. */
const FORMATS = new Map<string, Intl.DateTimeFormat>();

function formatIn(timeZone: string): Intl.DateTimeFormat {
  let format = FORMATS.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone,
      year: "numeric",
      month: "short",
      day: "numeric",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    if (FORMATS.size > 20) FORMATS.clear();
    FORMATS.set(timeZone, format);
  }
  return format;
}

/** "Nov 23, 2026, 14:05" in the given zone. Assembled from parts, so that every ICU version gives the same. */
export function formatDateTime(at: Date | string, timeZone: string): string {
  const part: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
  for (const { type, value } of formatIn(timeZone).formatToParts(new Date(at))) part[type] = value;
  return `${part.month} ${part.day}, ${part.year}, ${part.hour}:${part.minute}`;
}

/** "14:05" in the given zone. */
export function formatTime(at: Date | string, timeZone: string): string {
  return formatDateTime(at, timeZone).slice(-5);
}

/** How long ago: "just now", "5m ago", "3h 10m ago", "2d 4h ago". */
export function formatAge(at: Date | string, now: Date | string): string {
  const minutes = Math.floor((new Date(now).getTime() - new Date(at).getTime()) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes}m ago`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}h ${minutes % 60}m ago`;
  return `${Math.floor(hours / 24)}d ${hours % 24}h ago`;
}

/** The four ages of a waiting job: under 24 h, 48 h, 72 h, and above. */
export type AgeBand = "fresh" | "day" | "two-days" | "late";

export function ageBand(at: Date | string, now: Date | string): AgeBand {
  const hours = (new Date(now).getTime() - new Date(at).getTime()) / 3_600_000;
  if (hours < 24) return "fresh";
  if (hours < 48) return "day";
  return hours < 72 ? "two-days" : "late";
}
