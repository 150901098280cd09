/** What each member of staff did, as the log says it; people who have left are named too. */
import { db } from "../../db.server";
import { boundsOf, LIVE } from "./rows.server";
import type { Question } from "./question";

export interface StaffActivity {
  staff: { name: string; is_active: boolean; total: number; events: Record<string, number> }[];
  /** Kinds of events that occur, the most frequent first. */
  events: string[];
}

/** Entries of the log by name and kind; of one name where asked. Printer and discipline do not narrow it. */
export async function staffActivity(question: Question): Promise<StaffActivity> {
  const bounds = await boundsOf(question);
  const only = bounds.staff ? " AND staff = :staff" : "";
  const { rows } = await db().raw<{ rows: { staff: string; event_type: string; n: number }[] }>(
    `WITH ${LIVE}, found AS (
       SELECT staff, event_type, n FROM report_staff_days
       WHERE day BETWEEN CAST(:from AS date) AND CAST(:to AS date) AND day NOT IN (SELECT day FROM live)${only}
       UNION ALL
       -- By time first: one name has a great part of the whole log.
       SELECT triggered_by, event_type, count(*) FROM live, LATERAL
         (SELECT triggered_by, event_type FROM events e WHERE e.timestamp >= live.a AND e.timestamp < live.b OFFSET 0) AS entries
       WHERE triggered_by NOT IN ('student','system')${only.replace("staff =", "triggered_by =")}
       GROUP BY triggered_by, event_type
     )
     SELECT staff, event_type, sum(n) AS n FROM found GROUP BY staff, event_type`,
    bounds,
  );
  const active = new Map(
    (await db()("staff").select("name", "is_active")).map((row) => [row.name, row.is_active]),
  );
  const people = new Map<string, Record<string, number>>();
  const kinds = new Map<string, number>();
  for (const { staff, event_type, n } of rows) {
    people.set(staff, { ...people.get(staff), [event_type]: Number(n) });
    kinds.set(event_type, (kinds.get(event_type) ?? 0) + Number(n));
  }
  return {
    staff: [...people]
      .map(([name, events]) => ({
        name,
        is_active: active.get(name) ?? false,
        total: Object.values(events).reduce((sum, n) => sum + n, 0),
        events,
      }))
      .sort((a, b) => b.total - a.total || a.name.localeCompare(b.name)),
    events: [...kinds].sort(([a, m], [b, n]) => n - m || a.localeCompare(b)).map(([kind]) => kind),
  };
}
