/** What still has to be printed, beside what a day's printing gets done: how far behind each printer is. */
import { db } from "../../db.server";
import { namesOf } from "./names.server";
import { daysOf, type Question } from "./question";
import { sums } from "./rows.server";

export interface Capacity {
  id: string;
  name: string;
  /** Requests that are ready to print or printing now, and their hours as sliced. */
  waiting: number;
  waiting_hours: number;
  /** Hours of finished prints on an average day of the period. */
  hours_per_day: number;
  /** Days until nothing waits, at that pace; null when nothing was finished in the period. */
  days_to_clear: number | null;
}

/** Printers with something to print or something printed, the one that is furthest behind first. */
export async function capacity(question: Question): Promise<Capacity[]> {
  const { printer, discipline } = question;
  const [{ rows }, done, names] = await Promise.all([
    db().raw<{ rows: { printer: string; n: number; hours: number }[] }>(
      `SELECT printer, count(*) AS n, coalesce(sum(time_hours), 0) AS hours FROM jobs
       WHERE status IN ('READYTOPRINT','PRINTING')${printer ? " AND printer = :printer" : ""}${discipline ? " AND discipline = :discipline" : ""}
       GROUP BY printer`,
      { printer, discipline },
    ),
    sums(question, ["hours"], [["printer"]]),
    namesOf(),
  ]);
  const waiting = new Map(rows.map((row) => [row.printer, row]));
  const finished = new Map(done.map(({ printer, hours }) => [printer, hours]));
  const ids = [...new Set([...waiting.keys(), ...finished.keys()])].filter(
    (id) => waiting.has(id) || finished.get(id)! > 0,
  );
  return ids
    .map((id): Capacity => {
      const hours = Number(waiting.get(id)?.hours ?? 0);
      const perDay = (finished.get(id) ?? 0) / daysOf(question);
      return {
        id,
        name: names.printer(id),
        waiting: Number(waiting.get(id)?.n ?? 0),
        waiting_hours: hours,
        hours_per_day: perDay,
        days_to_clear: perDay > 0 ? hours / perDay : null,
      };
    })
    .sort((a, b) => b.waiting_hours - a.waiting_hours || a.id.localeCompare(b.id));
}
