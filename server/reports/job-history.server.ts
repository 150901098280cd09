/** What the log tells about one job, page by page, narrowed to a kind if wanted. Read-only. */
import { db } from "../db.server";
import { EVENT_KIND_NAMES, type EventKind, KIND_RULES } from "../events/kinds";
import { requireJobId } from "../jobs/decision.server";
import { STATUSES } from "../jobs/states";
import { inactiveStaffNames } from "../staff/staff.server";

/** An event as the history shows it. The time is UTC ISO 8601. */
export interface HistoryEvent {
  id: number;
  timestamp: string;
  event_type: string;
  details: Record<string, unknown>;
  triggered_by: string;
  workstation_id: string;
  /** Whoever did it is not active any more. */
  inactive: boolean;
}

export interface JobHistory {
  kind: EventKind | null;
  /** Newest first. */
  events: HistoryEvent[];
  /** How many there are of each kind, and in all. */
  counts: Record<EventKind | "all", number>;
  /** This page begins here: only events with a smaller number. Null on the first page. */
  before: number | null;
  /** Where the next page begins, or null when this is the last one. */
  older: number | null;
}

const EVENTS_PER_PAGE = 50;

/**
 * @param jobId the job's UUID
 * @param place the kind, and the event's number that the page begins below, or how many newer ones are passed over
 * @throws Refusal `not_found` when the address cannot be a job's; an unknown job has no events
 */
export async function jobHistory(
  jobId: string,
  place: { kind?: EventKind | null; before?: number | null; skip?: number } = {},
  perPage = EVENTS_PER_PAGE,
): Promise<JobHistory> {
  const { kind = null, before = null, skip = 0 } = place;
  const page = db()("events").where({ job_id: requireJobId(jobId) });
  if (kind) page.whereRaw(...condition(kind));
  if (before !== null) page.where("id", "<", before);
  const [rows, counts, inactive] = await Promise.all([
    page
      .orderBy("id", "desc")
      .offset(skip)
      .limit(perPage + 1)
      .select("id", "timestamp", "event_type", "details", "triggered_by", "workstation_id") as Promise<
      (Omit<HistoryEvent, "timestamp" | "inactive"> & { timestamp: Date })[]
    >,
    countKinds(jobId),
    inactiveStaffNames(),
  ]);
  const events = rows.slice(0, perPage).map((row) => ({
    ...row,
    timestamp: row.timestamp.toISOString(),
    inactive: inactive.includes(row.triggered_by),
  }));
  return { kind, events, counts, before, older: rows.length > perPage ? events.at(-1)!.id : null };
}

async function countKinds(jobId: string): Promise<JobHistory["counts"]> {
  const parts = EVENT_KIND_NAMES.map((kind) => ({ kind, where: condition(kind) }));
  const { rows } = await db().raw<{ rows: [JobHistory["counts"]] }>(
    `SELECT count(*) AS "all", ${parts
      .map(({ kind, where: [sql] }) => `count(*) FILTER (WHERE ${sql}) AS ${kind}`)
      .join(", ")} FROM events WHERE job_id = ?`,
    [...parts.flatMap(({ where: [, values] }) => values), jobId],
  );
  return rows[0];
}

/** A kind's rule as SQL about a row of `events`. */
function condition(kind: EventKind): [sql: string, values: string[]] {
  const { types = [], detail, moves, by } = KIND_RULES[kind];
  const sql: string[] = [];
  const values: string[] = [];
  for (const type of types) {
    sql.push("event_type = ?");
    values.push(type);
  }
  if (detail) {
    sql.push("jsonb_exists(details, ?)");
    values.push(detail);
  }
  if (moves) {
    sql.push(`details->>'to' IN (${STATUSES.map(() => "?").join(", ")})`);
    values.push(...STATUSES);
  }
  if (by) {
    sql.push("triggered_by = ?");
    values.push(by);
  }
  return [`(${sql.join(" OR ")})`, values];
}
