/**
 * How long each step took: median and ninetieth percentile. They are exact: of all waits, rounded down to what is shown, the
 * smallest that half (nine tenths) do not exceed. Whole closed weeks are read from their counts, the rest from the steps.
 */
import { db } from "../../db.server";
import { boundsOf, LIVE, narrowed, WITHIN } from "./rows.server";
import { WAITS } from "./roll-up.server";
import type { Question } from "./question";

/** The waits in the order of a job's way, by the step that ends them. */
export const WAIT_NAMES = ["review", "confirmed", "started", "completed", "picked_up", "total"] as const;
export type Wait = (typeof WAIT_NAMES)[number];

export interface LeadTime {
  wait: Wait;
  /** How many were measured. */
  n: number;
  /** Minutes, rounded down to what is shown; null when there is none. */
  median: number | null;
  p90: number | null;
}

export async function leadTimes(question: Question): Promise<LeadTime[]> {
  const bounds = await boundsOf(question);
  // Counts are kept for all, per printer and per discipline; two filters at once are few enough to be read one by one.
  const kept = !bounds.staff && !(bounds.printer && bounds.discipline);
  const waits = kept
    ? `WITH ${LIVE}, weeks AS (
       SELECT w.week FROM (SELECT date_trunc('week', day)::date AS week FROM asked GROUP BY 1 HAVING count(*) = 7) AS w, report_state r
       WHERE r.zone = :zone AND w.week + 7 <= r.through
         AND NOT EXISTS (SELECT FROM live l WHERE l.day BETWEEN w.week AND w.week + 6)
     ), single AS MATERIALIZED (
       SELECT a, b FROM asked WHERE date_trunc('week', day)::date NOT IN (SELECT week FROM weeks)
     ), waits AS (
       SELECT step, minutes, n FROM report_waits WHERE week IN (SELECT week FROM weeks) AND printer = :printer AND discipline = :discipline
       UNION ALL
       SELECT t.step, report_round(t.minutes), 1 FROM single JOIN report_steps s ON s.at >= single.a AND s.at < single.b,
         LATERAL (${WAITS}) AS t WHERE true${narrowed(bounds, ["printer", "discipline"], "s.")}
     )`
    : `WITH waits AS (
       SELECT t.step, report_round(t.minutes) AS minutes, 1 AS n FROM report_steps s, LATERAL (${WAITS}) AS t
       WHERE ${WITHIN}${narrowed(bounds, ["printer", "discipline", "staff"], "s.")}
     )`;
  const { rows } = await db().raw<{ rows: { step: Wait; n: number; median: number; p90: number }[] }>(
    `${waits}, counted AS (
       SELECT step, minutes, sum(n) AS n FROM waits GROUP BY step, minutes
     ), running AS (
       SELECT step, minutes, sum(n) OVER (PARTITION BY step ORDER BY minutes) AS up_to, sum(n) OVER (PARTITION BY step) AS n FROM counted
     )
     SELECT step, max(n) AS n, min(minutes) FILTER (WHERE up_to >= n * 0.5) AS median, min(minutes) FILTER (WHERE up_to >= n * 0.9) AS p90
     FROM running GROUP BY step`,
    bounds,
  );
  const found = new Map(rows.map((row) => [row.step, row]));
  return WAIT_NAMES.map((wait) => {
    const row = found.get(wait);
    return row
      ? { wait, n: Number(row.n), median: row.median, p90: row.p90 }
      : { wait, n: 0, median: null, p90: null };
  });
}
