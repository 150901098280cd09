/** What the analytics are asked: a period of the lab's days and what narrows it. It stands in the address. Pure: no I/O. */

/** The longest period that is answered at once, in days: two years. */
export const MOST_DAYS = 732;

export interface Term {
  name: string;
  /** First day of the year's term, as "08-20". */
  starts: string;
}

export interface Question {
  /** First and last day, both included: "2026-11-24". */
  from: string;
  to: string;
  /** How the period was chosen: "30", "term", "last-term" or "custom". */
  period: string;
  /** Catalog id; empty: all. */
  printer: string;
  discipline: string;
  /** A name of the staff list, active or not; empty: everybody. */
  staff: string;
}

/** Periods that end today, in days. */
export const PERIODS = ["7", "30", "90", "365"] as const;
const DEFAULT = "30";

/** "Fall 08-20" → its name and first day. Lines that say nothing else are left out. */
export function termsFrom(lines: readonly string[]): Term[] {
  return lines
    .map((line) => /^(.+?)\s+(\d\d-\d\d)$/.exec(line.trim()))
    .filter((match) => match !== null)
    .map(([, name, starts]) => ({ name: name!, starts: starts! }))
    .sort((a, b) => a.starts.localeCompare(b.starts));
}

/** A day so many days later. */
export function addDays(day: string, days: number): string {
  const at = new Date(`${day}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

/** How many days a period has, both ends included. */
export function daysOf({ from, to }: Pick<Question, "from" | "to">): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000) + 1;
}

/** The term that a day lies in, with its first and last day; null when the lab has no terms. */
export function termAt(
  day: string,
  terms: readonly Term[],
): { name: string; from: string; to: string } | null {
  const year = Number(day.slice(0, 4));
  const starts = [year - 1, year, year + 1].flatMap((y) =>
    terms.map((term) => ({ name: `${term.name} ${y}`, from: `${y}-${term.starts}` })),
  );
  const nth = starts.findLastIndex(({ from }) => from <= day);
  const [here, next] = [starts[nth], starts[nth + 1]];
  return here && next ? { ...here, to: addDays(next.from, -1) } : null;
}

/**
 * Reads the question from an address. `days=30` and "all" are understood too, as the API says them. What makes no sense
 * is left out; a period that is too long keeps its end.
 * @param today the lab's day
 */
export function readQuestion(params: URLSearchParams, today: string, terms: readonly Term[]): Question {
  const named = (name: string, most = 100) => {
    const value = (params.get(name) ?? "").replaceAll("\0", "").trim();
    return value === "all" || value.length > most ? "" : value;
  };
  const period = readPeriod(params, today, terms);
  return {
    ...period,
    // Nothing has happened yet on the days to come.
    to: period.from <= today && period.to > today ? today : period.to,
    printer: named("printer"),
    discipline: named("discipline"),
    staff: named("staff"),
  };
}

function readPeriod(params: URLSearchParams, today: string, terms: readonly Term[]) {
  const period = params.get("period") ?? params.get("days") ?? (params.get("from") ? "custom" : DEFAULT);
  const term = period.endsWith("term") ? termAt(today, terms) : null;
  if (period === "term" && term) return { period, from: term.from, to: term.to };
  if (period === "last-term" && term) {
    const last = termAt(addDays(term.from, -1), terms)!;
    return { period, from: last.from, to: last.to };
  }
  if (period === "custom") {
    const [a, b] = [day(params.get("from")), day(params.get("to"))];
    if (a || b) {
      const [from, to] = [a ?? b!, b ?? (a! > today ? a! : today)].sort() as [string, string];
      const first = addDays(to, 1 - MOST_DAYS);
      return { period, from: from < first ? first : from, to };
    }
  }
  const days = /^\d{1,4}$/.test(period) ? Math.min(MOST_DAYS, Math.max(1, Number(period))) : Number(DEFAULT);
  return { period: String(days), from: addDays(today, 1 - days), to: today };
}

/** A day that exists, or null. */
function day(text: string | null): string | null {
  if (!text || !/^(?:19|20)\d\d-\d\d-\d\d$/.test(text)) return null;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text) ? text : null;
}

/** The question as parameters of an address; what is not asked is left out. */
export function questionParams(question: Question, change: Partial<Question> = {}): URLSearchParams {
  const asked = { ...question, ...change };
  const params = new URLSearchParams({ period: asked.period });
  if (asked.period === "custom") {
    params.set("from", asked.from);
    params.set("to", asked.to);
  }
  for (const name of ["printer", "discipline", "staff"] as const)
    if (asked[name]) params.set(name, asked[name]);
  return params;
}

/** A stretch of the period that is one point of a chart. */
export type Bucket = "day" | "week" | "month";

/** As fine as can still be read: days for a quarter of a year, weeks for a year, then months. */
export function bucketOf(question: Pick<Question, "from" | "to">): Bucket {
  const days = daysOf(question);
  return days <= 92 ? "day" : days <= 371 ? "week" : "month";
}

/** The bucket that a day lies in, by its first day (weeks begin on Monday). */
export function bucketStart(day: string, bucket: Bucket): string {
  if (bucket === "day") return day;
  if (bucket === "month") return `${day.slice(0, 7)}-01`;
  return addDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));
}

/** Every bucket of a period in order. The first and the last may reach beyond it; only days of the period count. */
export function bucketsOf(question: Pick<Question, "from" | "to">, bucket: Bucket): string[] {
  const starts: string[] = [];
  for (let at = question.from; at <= question.to; at = addDays(at, 1)) {
    const start = bucketStart(at, bucket);
    if (starts.at(-1) !== start) starts.push(start);
  }
  return starts;
}
