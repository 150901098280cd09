/** What the ledger can be asked for, as it stands in the address. Days are the lab's. Pure: no I/O. */
import { isDay } from "../time";

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
