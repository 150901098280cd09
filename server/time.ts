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

/** The day in the given zone: "2026-11-24". */
export function dayIn(at: Date | string, timeZone: string): string {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat("en-US", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" })
      .formatToParts(new Date(at))
      .map((part) => [part.type, part.value]),
  );
  return `${parts.year}-${parts.month}-${parts.day}`;
}

/**
 * Is this a day of the calendar, written "2026-02-28"? A 30th of February would be read as a day in March; and the
 * year 0 is none to PostgreSQL.
 */
export function isDay(text: string): boolean {
  if (!/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/.test(text) || text < "0001") return false;
  return new Date(`${text}T00:00Z`).toISOString().startsWith(text);
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** "2026-11-24" → "Nov 24, 2026"; "Nov 24" without its year. */
export function formatDay(day: string, withYear = true): string {
  const [year, month, date] = day.split("-");
  return `${MONTHS[Number(month) - 1]} ${Number(date)}${withYear ? `, ${year}` : ""}`;
}

/** Minutes as people say them: "45 min", "3 h 20 min", "2 d 6 h". */
export function formatMinutes(minutes: number): string {
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
  if (days) return hours ? `${days} d ${hours} h` : `${days} d`;
  if (hours) return rest ? `${hours} h ${rest} min` : `${hours} h`;
  return `${rest} min`;
}
