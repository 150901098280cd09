/** The figures that stand at the top: how much came in and went out, what waits, how long it takes, how full the storage is. */
import { db } from "../../db.server";
import { STATUSES, type Status } from "../../jobs/states";
import { settings } from "../../settings/settings.server";
import { noSums, sums } from "./rows.server";
import type { Question } from "./question";

const OPEN: readonly Status[] = ["UPLOADED", "PENDING", "READYTOPRINT", "PRINTING", "COMPLETED"];

export interface Overview {
  submitted: number;
  approved: number;
  rejected: number;
  completed: number;
  picked_up: number;
  failed: number;
  /** Mean from request to finished print, in minutes; null without finished prints. */
  turnaround_minutes: number | null;
  cents: number;
  paid: number;
}

const SUMMED = [
  "submitted",
  "approved",
  "rejected",
  "completed",
  "picked_up",
  "failed",
  "turned_round",
  "turnaround_minutes",
  "cents",
  "paid",
] as const;

/** Counts of the period. */
export async function overview(question: Question): Promise<Overview> {
  const [all = noSums(SUMMED)] = await sums(question, SUMMED, [[]]);
  // What students do is nobody's on the staff list.
  const [everybody = noSums(SUMMED)] = question.staff
    ? await sums(question, ["submitted"], [[]], { staff: false })
    : [all];
  return {
    submitted: everybody.submitted,
    approved: all.approved,
    rejected: all.rejected,
    completed: all.completed,
    picked_up: all.picked_up,
    failed: all.failed,
    turnaround_minutes: all.turned_round ? Math.floor(all.turnaround_minutes / all.turned_round) : null,
    cents: all.cents,
    paid: all.paid,
  };
}

/** How many requests are in each status that waits for something, now; of a printer or a discipline where asked. */
export async function inQueue({
  printer,
  discipline,
}: Pick<Question, "printer" | "discipline">): Promise<Record<Status, number>> {
  const rows =
    printer || discipline
      ? await db()("jobs")
          .whereIn("status", OPEN as string[])
          .modify((query) => {
            if (printer) query.where({ printer });
            if (discipline) query.where({ discipline });
          })
          .groupBy("status")
          .select("status", db().raw("count(*) AS n"))
      : await db()("job_counts").groupBy("status").select("status", db().raw("sum(n) AS n"));
  const found = new Map(rows.map(({ status, n }: { status: Status; n: number }) => [status, Number(n)]));
  return Object.fromEntries(STATUSES.map((status) => [status, found.get(status) ?? 0])) as Record<
    Status,
    number
  >;
}

export interface StorageUse {
  /** Of the jobs' files, each once, as of `at`; null until the night shift has looked. */
  bytes: number;
  files: number;
  /** Null: the lab has set none. */
  limit_bytes: number | null;
  at: Date | null;
}

/** How much the jobs' files take, beside the lab's limit. */
export async function storageUse(): Promise<StorageUse> {
  const [{ storage_quota_gb }, state] = await Promise.all([
    settings(),
    db()("report_state").first("storage_bytes", "storage_files", "storage_at"),
  ]);
  return {
    bytes: Number(state.storage_bytes),
    files: Number(state.storage_files),
    limit_bytes: storage_quota_gb > 0 ? storage_quota_gb * 1e9 : null,
    at: state.storage_at,
  };
}
