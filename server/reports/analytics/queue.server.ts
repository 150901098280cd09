/** How long the requests that wait now have waited in their status, in the four ages that the board colours. */
import { db } from "../../db.server";
import type { Status } from "../../jobs/states";
import type { AgeBand } from "../../time";
import type { Question } from "./question";

export const WAITING: readonly Status[] = ["UPLOADED", "PENDING", "READYTOPRINT", "PRINTING", "COMPLETED"];

export interface QueueAge {
  status: Status;
  ages: Record<AgeBand, number>;
  /** Since when the longest waiting one is there. */
  oldest: Date | null;
}

export async function queueAges({
  printer,
  discipline,
}: Pick<Question, "printer" | "discipline">): Promise<QueueAge[]> {
  type Row = Record<AgeBand, number> & { status: Status; oldest: Date };
  const { rows } = await db().raw<{ rows: Row[] }>(
    `SELECT status, min(status_since) AS oldest,
       count(*) FILTER (WHERE status_since > now() - interval '24 hours') AS fresh,
       count(*) FILTER (WHERE status_since <= now() - interval '24 hours' AND status_since > now() - interval '48 hours') AS day,
       count(*) FILTER (WHERE status_since <= now() - interval '48 hours' AND status_since > now() - interval '72 hours') AS "two-days",
       count(*) FILTER (WHERE status_since <= now() - interval '72 hours') AS late
     FROM jobs WHERE status = ANY (:waiting)${printer ? " AND printer = :printer" : ""}${discipline ? " AND discipline = :discipline" : ""}
     GROUP BY status`,
    { waiting: WAITING, printer, discipline },
  );
  const found = new Map(rows.map((row) => [row.status, row]));
  return WAITING.map((status) => {
    const row = found.get(status);
    const age = (band: AgeBand) => Number(row?.[band] ?? 0);
    return {
      status,
      ages: { fresh: age("fresh"), day: age("day"), "two-days": age("two-days"), late: age("late") },
      oldest: row?.oldest ?? null,
    };
  });
}
