/**
 * What a list of jobs can be asked for, as it stands in the address: page, API and forms share the words.
 * Pure: no I/O.
 */
import { isDay } from "../time";
import { isStatus, type Status } from "./states";

/** What a list can be sorted by. */
export const SORTS = {
  created: "Submitted",
  waiting: "In this status since",
  name: "Student",
  printer: "Printer",
} as const;
export type Sort = keyof typeof SORTS;

/** A place in the list. Empty texts and `false` ask for nothing. */
export interface ListQuery {
  status: Status;
  search: string;
  printer: string;
  method: string;
  discipline: string;
  /** First and last day of submission in the lab's time zone, "2026-11-24". */
  from: string;
  to: string;
  confirmation_expired: boolean;
  needs_attention: boolean;
  /** Finished and not collected for longer than the lab's setting says. */
  unclaimed: boolean;
  sort: Sort;
  dir: "asc" | "desc";
  page: number;
}

/** Which way a sort goes until somebody turns it round. */
export const FIRST_DIR: Record<Sort, ListQuery["dir"]> = {
  created: "desc",
  waiting: "asc",
  name: "asc",
  printer: "asc",
};

/** The filters beside status and search. */
export const FILTERS = [
  "printer",
  "method",
  "discipline",
  "from",
  "to",
  "confirmation_expired",
  "needs_attention",
  "unclaimed",
] as const;

/** Reads an address; what makes no sense there asks for nothing. */
export function readListQuery(params: URLSearchParams): ListQuery {
  const text = (name: string, most: number) =>
    (params.get(name) ?? "").replace(/\p{Cc}/gu, " ").trim().slice(0, most); // prettier-ignore
  const yes = (name: string) => ["true", "1", "yes", "on"].includes(params.get(name) ?? "");
  const day = (name: string) => (isDay(params.get(name) ?? "") ? params.get(name)! : "");
  const status = params.get("status")?.toUpperCase();
  const asked = params.get("sort") ?? "";
  const sort = (Object.hasOwn(SORTS, asked) ? asked : "created") as Sort;
  const dir = params.get("dir");
  return {
    status: isStatus(status) ? status : "UPLOADED",
    search: text("search", 100),
    printer: text("printer", 64),
    method: text("method", 64),
    discipline: text("discipline", 50),
    from: day("from"),
    to: day("to"),
    confirmation_expired: yes("confirmation_expired"),
    needs_attention: yes("needs_attention"),
    unclaimed: yes("unclaimed"),
    sort,
    dir: dir === "asc" || dir === "desc" ? dir : FIRST_DIR[sort],
    page: Math.min(Math.max(Math.trunc(Number(params.get("page"))) || 1, 1), 1_000_000),
  };
}

/** The address's parameters, without what is as it always is. */
export function writeListQuery(query: Partial<ListQuery> & { status: Status }): URLSearchParams {
  const params = new URLSearchParams({ status: query.status });
  for (const name of ["search", "printer", "method", "discipline", "from", "to"] as const)
    if (query[name]) params.set(name, query[name]);
  for (const name of ["confirmation_expired", "needs_attention", "unclaimed"] as const)
    if (query[name]) params.set(name, "true");
  if (query.sort && (query.sort !== "created" || query.dir !== FIRST_DIR.created))
    params.set("sort", query.sort);
  if (query.sort && query.dir && query.dir !== FIRST_DIR[query.sort]) params.set("dir", query.dir);
  if (query.page && query.page > 1) params.set("page", String(query.page));
  return params;
}

/** How many filters are set, search aside. */
export function filtersSet(query: Pick<ListQuery, (typeof FILTERS)[number]>): number {
  return FILTERS.filter((name) => query[name]).length;
}

/** Fewer letters than the index of three-letter pieces needs: only the newest jobs are looked through. */
export function isShortSearch(search: string): boolean {
  return search.split(/\s+/).every((word) => [...word].length < 3) && search !== "";
}
