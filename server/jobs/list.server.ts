/**
 * Lists and counts of jobs, quick at any size: every question is answered by an index, and what could grow
 * without bound is counted only so far. Read-only.
 */
import { db, inTransaction } from "../db.server";
import type { Settings } from "../settings/schema";
import { settings } from "../settings/settings.server";
import { asCards, type JobCard } from "./card.server";
import { Job } from "./job.server";
import { filtersSet, isShortSearch, type ListQuery, type Sort } from "./list";
import { STATUSES, type Status } from "./states";

/** Matches are counted up to here in each status; a page says "1,000+". */
export const MOST_COUNTED = 1_000;
/** A filtered list has at most this many jobs to leaf through. */
const MOST_LISTED = 10_000;
/** A search with one or two letters looks through this many of the newest jobs of a status. */
export const SHORT_SEARCH_JOBS = 500;

export interface JobList {
  jobs: JobCard[];
  /** How many there are; at least this many where `capped`. */
  total: number;
  capped: boolean;
  page: number;
  pages: number;
}

/** Columns of each sort, the id last so that no two jobs are equal. */
const ORDER: Record<Sort, string[]> = {
  created: ["created_at", "id"],
  waiting: ["status_since", "id"],
  name: ["lower(student_name)", "id"],
  printer: ["printer_name", "id"],
};

/** Jobs of every status are asked for with `null`. */
export type AnyListQuery = Omit<ListQuery, "status"> & { status: Status | null };

/**
 * One page of a list.
 * @param limit jobs per page, 1 to 100
 * @param counts what `countJobs` says to the same query, if it was asked already
 */
export async function listJobs(
  query: ListQuery,
  limit = 30,
  counts?: Record<Status, number>,
): Promise<JobList> {
  const { ids, ...place } = await listJobIds(query, limit, counts);
  const found = await Job.query()
    .findByIds(ids)
    .select("jobs.*", db().raw("now() AS read_at"))
    .castTo<(Job & { read_at: Date })[]>();
  const rows = new Map(found.map((job) => [job.id, job]));
  const jobs = ids.flatMap((id) => rows.get(id) ?? []);
  return { jobs: await asCards(jobs, jobs[0]?.read_at), ...place };
}

/** The same, as ids only, and of every status if wanted. */
export async function listJobIds(
  query: AnyListQuery,
  limit: number,
  counts?: Record<Status, number>,
): Promise<Omit<JobList, "jobs"> & { ids: string[] }> {
  const size = Math.min(Math.max(limit, 1), 100);
  const lab = await labOf(query);
  const { total, capped } = await totalOf(query, lab, counts);
  const pages = Math.max(1, Math.ceil(total / size));
  const page = Math.min(query.page, pages);
  // From whichever end is nearer: the last page costs no more than the first.
  const count = page === pages ? total - (page - 1) * size : size;
  const fromEnd = page > pages / 2 && !capped;
  const offset = fromEnd ? Math.max(0, total - (page - 1) * size - count) : (page - 1) * size;
  const dir = fromEnd === (query.dir === "asc") ? "desc" : "asc";
  const order = ORDER[query.sort].map((column) => `${column} ${dir}`).join(", ");
  const { text, values } = matches(query, query.status, lab);
  const piece = {
    text: `SELECT id FROM ${text} ORDER BY ${order} OFFSET ? LIMIT ?`,
    values: [...values, offset, count],
  };
  // A status and an order alone are read from their index anyway.
  const found = isPlain(query)
    ? (await db().raw<{ rows: { id: string }[] }>(piece.text, piece.values)).rows
    : await byIndex<{ id: string }>(piece);
  const ids = found.map(({ id }) => id);
  if (fromEnd) ids.reverse();
  return { ids, total, capped, page, pages };
}

/** How many jobs each status has: all of them, or those that match; never more than `MOST_COUNTED` + 1 then. */
export async function countJobs(query: Omit<ListQuery, "status">): Promise<Record<Status, number>> {
  const counts = Object.fromEntries(STATUSES.map((status) => [status, 0])) as Record<Status, number>;
  if (isPlain(query)) {
    const rows = await db()("job_counts").select("status").sum("n as n").groupBy("status");
    for (const { status, n } of rows as { status: Status; n: number }[]) counts[status] = Number(n);
    return counts;
  }
  const lab = await labOf(query);
  const each = STATUSES.map((status) => counting(matches(query, status, lab), MOST_COUNTED + 1, status));
  const rows = await byIndex<{ status: Status; n: number }>({
    text: each.map(({ text }) => text).join(" UNION ALL "),
    values: each.flatMap(({ values }) => values),
  });
  for (const { status, n } of rows) counts[status] = Number(n);
  return counts;
}

/** Adds the steps of the kept counts up, so that there are few of them. */
export async function addUpCounts(): Promise<void> {
  await db().raw(`
    WITH steps AS (DELETE FROM job_counts RETURNING status, n)
    INSERT INTO job_counts SELECT status, sum(n) FROM steps GROUP BY status HAVING sum(n) <> 0`);
}

/** Nothing is asked for but a status. */
function isPlain(query: Omit<ListQuery, "status">): boolean {
  return !query.search && filtersSet(query) === 0;
}

async function totalOf(
  query: AnyListQuery,
  lab: LabRules,
  counts?: Record<Status, number>,
): Promise<{ total: number; capped: boolean }> {
  const plain = isPlain(query);
  const counted = counts ?? (plain ? await countJobs(query) : undefined);
  const asked: readonly Status[] = query.status ? [query.status] : STATUSES;
  if (counted && (plain || asked.every((status) => counted[status] <= MOST_COUNTED)))
    return { total: asked.map((status) => counted[status]).reduce((a, b) => a + b), capped: false };
  const piece = counting(matches(query, query.status, lab), MOST_LISTED + 1, query.status ?? "any");
  const n = Number((await byIndex<{ n: number }>(piece))[0]!.n);
  return { total: Math.min(n, MOST_LISTED), capped: n > MOST_LISTED };
}

/** A piece of SQL with `?` for each of its values. */
interface Piece {
  text: string;
  values: (string | number)[];
}

/**
 * Runs a question for which every index stands ready. The planner would rather read a table from its start
 * when it hopes to have enough soon; at a million jobs that hope costs a second when it fails.
 */
async function byIndex<Row>({ text, values }: Piece): Promise<Row[]> {
  return inTransaction(async (trx) => {
    await trx.raw("SET LOCAL enable_seqscan = off");
    return (await trx.raw<{ rows: Row[] }>(text, values)).rows;
  });
}

/** Counts what matches, but never more than `most`. */
function counting({ text, values }: Piece, most: number, status: Status | "any"): Piece {
  return {
    text: `SELECT ?::text AS status, count(*) AS n FROM (SELECT 1 FROM ${text} LIMIT ?) AS matching`,
    values: [status, ...values, most],
  };
}

/** What a filter needs to know of the lab's settings. */
type LabRules = Pick<Settings, "time_zone" | "unclaimed_days">;

/** Days of a filter are the lab's; asked for only where there is such a filter. */
async function labOf({
  from,
  to,
  unclaimed,
}: Pick<ListQuery, "from" | "to" | "unclaimed">): Promise<LabRules> {
  return from || to || unclaimed ? settings() : { time_zone: "UTC", unclaimed_days: 0 };
}

/** Where the jobs of the list are, and what makes one of a status, or of any, belong to it: what follows FROM. */
function matches(
  query: Omit<ListQuery, "status">,
  status: Status | null,
  { time_zone: zone, unclaimed_days }: LabRules,
): Piece {
  const all: Piece[] = [status ? { text: "status = ?", values: [status] } : { text: "TRUE", values: [] }];
  const add = (text: string, ...values: (string | number)[]) => all.push({ text, values });
  const { search } = query;
  const number = numberIn(search);
  const from: Piece = { text: "jobs", values: [] };
  if (isShortSearch(search)) {
    from.text = `(SELECT * FROM (SELECT * FROM jobs ${status ? "WHERE status = ?" : ""} ORDER BY created_at DESC, id DESC LIMIT ?) AS newest
      ${number === null ? "" : "UNION SELECT * FROM jobs WHERE short_id = ?"}) AS jobs`;
    from.values = [...(status ? [status] : []), SHORT_SEARCH_JOBS, ...(number === null ? [] : [number])];
  }
  if (query.printer) add("printer = ?", query.printer);
  if (query.method) add("print_method = ?", query.method);
  if (query.discipline) add("discipline = ?", query.discipline);
  if (query.from) add("created_at >= (?::date)::timestamp AT TIME ZONE ?", query.from, zone);
  if (query.to) add("created_at < (?::date + 1)::timestamp AT TIME ZONE ?", query.to, zone);
  if (query.confirmation_expired)
    add("status = 'PENDING' AND (is_confirmation_expired OR confirm_token_expires < now())");
  if (query.unclaimed) add(UNCLAIMED, unclaimed_days);
  if (query.needs_attention) add(`id IN (${NEEDS_ATTENTION})`);
  if (search) {
    // Every word must be in name, email, class or file names; or the number is the job's own.
    const words = search.toLowerCase().split(/\s+/);
    const like = words.map((word) => `%${word.replace(/[\\%_]/g, "\\$&")}%`);
    const text = words.map(() => "search_text LIKE ?").join(" AND ");
    if (number === null) add(text, ...like);
    else add(`(${text} OR short_id = ?)`, ...like, number);
  }
  return {
    text: `${from.text} WHERE ${all.map(({ text }) => text).join(" AND ")}`,
    values: [from, ...all].flatMap(({ values }) => values),
  };
}

/** "#1042" or "1042": a job's own number. */
function numberIn(search: string): number | null {
  const digits = /^#?(\d{1,9})$/.exec(search)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** Ready and not collected for this many days. */
const UNCLAIMED = "status = 'COMPLETED' AND status_since < now() - make_interval(days => ?)";

/** Small sets, each with an index of its own; the piles on top of the list are the same. */
const NEEDS_ATTENTION = `
  SELECT id FROM jobs WHERE status = 'UPLOADED' AND staff_viewed_at IS NULL
  UNION SELECT id FROM jobs WHERE status = 'PENDING' AND (is_confirmation_expired OR confirm_token_expires < now())
  UNION SELECT id FROM jobs WHERE locked_until IS NOT NULL AND locked_until > now()
  UNION SELECT job_id FROM outbox WHERE kind = 'mail' AND state = 'failed' AND job_id IS NOT NULL
  UNION SELECT p.job_id FROM payments p JOIN jobs j ON j.id = p.job_id
    WHERE p.voided_at IS NOT NULL AND j.status = 'PAIDPICKEDUP' AND p.voided_at > j.status_since
      AND NOT EXISTS (SELECT FROM payments valid WHERE valid.job_id = j.id AND valid.voided_at IS NULL)`;
