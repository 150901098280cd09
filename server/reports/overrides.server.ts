/** The overrides that there were, and the job that somebody wants to put right. Read-only. */
import { db } from "../db.server";
import { asCards, type JobCard } from "../jobs/card.server";
import { Job } from "../jobs/job.server";
import { stepsFrom, type StepName } from "../jobs/states";
import { inactiveStaffNames } from "../staff/staff.server";

/** An override as the list shows it. The time is UTC ISO 8601. */
export interface Override {
  id: number;
  timestamp: string;
  event_type: string;
  details: Record<string, unknown>;
  triggered_by: string;
  workstation_id: string;
  inactive: boolean;
  job: { id: string; short_id: number } | null;
}

const ON_A_PAGE = 25;

/**
 * Newest first.
 * @param before only those with a smaller number
 * @returns a page, and where the next one begins (null: this is the last)
 */
export async function overrides(before: number | null): Promise<{ list: Override[]; older: number | null }> {
  const query = db()("events").whereRaw("jsonb_exists(details, 'override')");
  if (before !== null) query.where("id", "<", before);
  const rows = (await query
    .orderBy("id", "desc")
    .limit(ON_A_PAGE + 1)
    .select("id", "timestamp", "event_type", "details", "triggered_by", "workstation_id", "job_id")) as {
    id: number;
    timestamp: Date;
    event_type: string;
    details: Record<string, unknown>;
    triggered_by: string;
    workstation_id: string;
    job_id: string | null;
  }[];
  const shown = rows.slice(0, ON_A_PAGE);
  const [jobs, inactive] = await Promise.all([
    Job.query()
      .findByIds([...new Set(shown.flatMap(({ job_id }) => job_id ?? []))])
      .select("id", "short_id"),
    inactiveStaffNames(),
  ]);
  const byId = new Map(jobs.map(({ id, short_id }) => [id, { id, short_id }]));
  const list = shown.map(({ job_id, ...row }) => ({
    ...row,
    timestamp: row.timestamp.toISOString(),
    inactive: inactive.includes(row.triggered_by),
    job: (job_id && byId.get(job_id)) || null,
  }));
  return { list, older: rows.length > ON_A_PAGE ? list.at(-1)!.id : null };
}

/** A job that was found, with what an administrator may override now. */
export interface FoundJob extends JobCard {
  can: ("force-unlock" | "force-confirm" | "change-status" | "mark-failed")[];
}

const FOUND = 10;

/** Jobs by their number, or by a part of name, address or file; at most ten. */
export async function findToOverride(text: string): Promise<FoundJob[]> {
  const wanted = text.replaceAll("\0", "").trim().slice(0, 100);
  if (!wanted) return [];
  const jobs = /^\d{1,9}$/.test(wanted)
    ? await Job.query().where("short_id", Number(wanted))
    : await Job.query()
        .whereRaw("search_text LIKE ?", [`%${wanted.toLowerCase().replace(/[\\%_]/g, "\\$&")}%`])
        .orderBy("created_at", "desc")
        .limit(FOUND);
  const overriding: StepName[] = ["force-confirm", "change-status", "mark-failed"];
  const pruned = new Set(jobs.filter(({ pruned_at }) => pruned_at).map(({ id }) => id));
  return (await asCards(jobs)).map((card) => ({
    ...card,
    can: pruned.has(card.id)
      ? []
      : [
          ...(card.locked_by ? (["force-unlock"] as const) : []),
          ...(stepsFrom(card.status).filter((name) => overriding.includes(name)) as FoundJob["can"]),
        ],
  }));
}
