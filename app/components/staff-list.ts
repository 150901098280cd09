/** A place in the staff's list as an address, and how the list is laid out. Pure. */
import type { JobCard } from "@server/jobs/card.server";
import { type ListQuery, writeListQuery } from "@server/jobs/list";
import type { PartView } from "@server/parts/judge";

/** What a browser keeps of how it likes the list. */
export interface DeskChoices {
  view: "cards" | "table";
  /** At most this many columns of cards; a narrow screen has fewer. */
  columns: 1 | 2 | 3;
}

/** Where in the list somebody is; all of it is in the address. */
export interface ListPlace extends ListQuery {
  /** All cards show their details. */
  open: boolean;
}

/** The address of a place in the list. */
export function listHref(place: Partial<ListPlace> & Pick<ListQuery, "status">): string {
  const params = writeListQuery(place);
  if (place.open) params.set("details", "open");
  return `/dashboard?${params}`;
}

/** The same place on its first page: for everything that changes what is listed. */
export function firstPage(place: ListPlace, change: Partial<ListPlace>): string {
  return listHref({ ...place, page: 1, ...change });
}

/** The same place on paper, all of its pages. */
export function queueSheetHref(place: ListPlace): string {
  return `/dashboard/print/queue?${writeListQuery({ ...place, page: 1 })}`;
}

/** What narrows the list, in words; search aside from the filters. @param printers of the catalog in force */
export function filterWords(place: ListPlace, printers: readonly { id: string; name: string }[]): string[] {
  const { search, printer, method, discipline, from, to } = place;
  return [
    search && `search “${search}”`,
    printer && (printers.find(({ id }) => id === printer)?.name ?? printer),
    method,
    discipline,
    from && `submitted from ${from}`,
    to && `submitted to ${to}`,
    place.confirmation_expired && "confirmation expired",
    place.needs_attention && "needs attention",
    place.unclaimed && "unclaimed",
  ].filter((words): words is string => Boolean(words));
}

/** 1001 of at most 1000 counted → "1,000+". */
export function countText(n: number, most: number): string {
  return n > most ? `${most.toLocaleString("en-US")}+` : n.toLocaleString("en-US");
}

/** A job as a row of the table shows it. */
export type JobRow = Pick<
  JobCard,
  | "id"
  | "short_id"
  | "status"
  | "status_since"
  | "student_name"
  | "original_filename"
  | "printer_name"
  | "color_name"
  | "color_hex"
  | "cost_cents"
  | "is_new"
  | "confirmation_expired"
  | "failed_mails"
  | "locked_by"
> & {
  size_mm: PartView["size_mm"] | null;
  fits: PartView["fits"] | null;
};

export function asRow(job: JobCard): JobRow {
  return {
    id: job.id,
    short_id: job.short_id,
    status: job.status,
    status_since: job.status_since,
    student_name: job.student_name,
    original_filename: job.original_filename,
    printer_name: job.printer_name,
    color_name: job.color_name,
    color_hex: job.color_hex,
    cost_cents: job.cost_cents,
    is_new: job.is_new,
    confirmation_expired: job.confirmation_expired,
    failed_mails: job.failed_mails,
    locked_by: job.locked_by,
    size_mm: job.part?.size_mm ?? null,
    fits: job.part?.chosen?.fits ?? job.part?.fits ?? null,
  };
}
