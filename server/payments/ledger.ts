/** What the ledger can be asked for, as it stands in the address. Days are the lab's. Pure: no I/O. */

/** A place in the ledger. Empty texts ask for nothing. */
export interface LedgerQuery {
  /** First and last day in the lab's time zone, "2026-11-24". */
  from: string;
  to: string;
  /** Who took the money. */
  staff: string;
  /** The payment system, as the rows have it. */
  kind: string;
  /** The beginning of a transaction number, or the number of a job or a receipt. */
  search: string;
  page: number;
}

/** Is this a day of the calendar, written "2026-02-28"? */
export function isDay(text: string): boolean {
  if (!/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/.test(text)) return false;
  // A 30th of February would be read as a day in March.
  return new Date(`${text}T00:00Z`).toISOString().startsWith(text);
}

/** The day it is in a time zone. */
export function dayIn(at: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  })
    .formatToParts(at)
    .reduce<Record<string, string>>((all, { type, value }) => ({ ...all, [type]: value }), {});
  return `${parts.year}-${parts.month}-${parts.day}`;
}

/**
 * Reads an address; what makes no sense there asks for nothing. An address that says nothing means this month.
 * @param today the lab's day
 */
export function readLedgerQuery(params: URLSearchParams, today: string): LedgerQuery {
  const text = (name: string, most: number) =>
    (params.get(name) ?? "").replace(/\p{Cc}/gu, " ").trim().slice(0, most); // prettier-ignore
  const day = (name: string) => (isDay(params.get(name) ?? "") ? params.get(name)! : "");
  const silent = !["from", "to", "search"].some((name) => params.has(name));
  return {
    from: silent ? `${today.slice(0, 8)}01` : day("from"),
    to: day("to"),
    staff: text("staff", 100),
    kind: text("kind", 40),
    search: text("search", 50),
    page: Math.min(Math.max(Math.trunc(Number(params.get("page"))) || 1, 1), 1_000_000),
  };
}

/** The address of a place in the ledger. */
export function ledgerHref(query: Omit<LedgerQuery, "page"> & { page?: number }): string {
  const params = new URLSearchParams({ from: query.from, to: query.to });
  for (const name of ["staff", "kind", "search"] as const) if (query[name]) params.set(name, query[name]);
  if (query.page && query.page > 1) params.set("page", String(query.page));
  return `/payments?${params}`;
}
