/**
 * Where every figure is read: sums of closed days, and the steps themselves for days that are open or marked as changed,
 * in one statement, so that both are of one moment.
 */
import { db } from "../../db.server";
import { settings } from "../../settings/settings.server";
import {
  GRAINS,
  MEASURE_COLUMNS,
  MEASURE_NAMES,
  MEASURES,
  type Dimension,
  type Grain,
  type Measure,
} from "./measures";
import type { Question } from "./question";

/** Bindings that `LIVE` and the conditions need. */
export interface Bounds extends Record<string, string> {
  zone: string;
  from: string;
  to: string;
  printer: string;
  discipline: string;
  staff: string;
}

/** The question as bindings. */
export async function boundsOf({ from, to, printer, discipline, staff }: Question): Promise<Bounds> {
  const { time_zone: zone } = await settings();
  return { zone, from, to, printer, discipline, staff };
}

/** CTEs: the days of the period with their first and last moment (`asked`), and those that must be read live (`live`). */
export const LIVE = `
  asked AS MATERIALIZED (
    SELECT d::date AS day, d AT TIME ZONE :zone AS a, (d + interval '1 day') AT TIME ZONE :zone AS b
    FROM generate_series(CAST(:from AS timestamp), CAST(:to AS timestamp), interval '1 day') AS d
  ), live AS MATERIALIZED (
    SELECT day, a, b FROM asked, report_state r
    WHERE r.zone <> :zone OR day >= r.through OR EXISTS (SELECT FROM report_changes c WHERE c.at >= a AND c.at < b)
  )`;

/** The period as moments, for what is read from steps alone. */
export const WITHIN =
  "at >= CAST(:from AS timestamp) AT TIME ZONE :zone AND at < (CAST(:to AS timestamp) + interval '1 day') AT TIME ZONE :zone";

/** What narrows steps or sums. */
export function narrowed(
  bounds: Bounds,
  names: readonly ("printer" | "discipline" | "staff")[],
  of = "",
): string {
  return names.map((name) => (bounds[name] ? ` AND ${of}${name} = :${name}` : "")).join("");
}

export type Sums<D extends Dimension> = Record<Measure, number> & Record<D, string> & { set: number };

/**
 * Sums of the period.
 * @param by the breakdowns wanted, each a list of dimensions of the grain; row.set says which one a row belongs to
 * @param bucket what `day` is cut to
 * @returns rows in no order; a dimension that a row is not broken down by is empty
 */
export async function sums<D extends Dimension>(
  question: Question,
  by: readonly (readonly D[])[],
  {
    grain,
    bucket = "day",
    staff = true,
  }: { grain?: Grain; bucket?: "day" | "week" | "month"; staff?: boolean } = {},
): Promise<Sums<D>[]> {
  const bounds = await boundsOf(staff ? question : { ...question, staff: "" });
  const chosen = grain ?? (bounds.staff ? 2 : 1);
  const kept: readonly Dimension[] = GRAINS[chosen];
  const names = (["printer", "discipline", "staff"] as const).filter((name) => bounds[name]);
  const fits = names.every((name) => kept.includes(name));
  const dims = [...new Set(by.flat())];
  const columns = [...new Set<Dimension>(["day", ...kept])];
  const first = dims.map((dim) => (dim === "day" ? `date_trunc('${bucket}', day)::date AS day` : dim));
  const select = ["day", ...kept].map((dim) => (dim === "day" ? "live.day" : `s.${dim}`)).join(", ");
  const sets = by.map((set) => `(${set.join(", ")})`).join(", ");
  const { rows } = await db().raw<{ rows: Record<string, unknown>[] }>(
    `WITH ${LIVE}, found AS (
       ${
         fits
           ? `SELECT ${columns.join(", ")}, ${MEASURE_NAMES.join(", ")} FROM report_days
         WHERE grain = ${chosen} AND day BETWEEN CAST(:from AS date) AND CAST(:to AS date) AND day NOT IN (SELECT day FROM live)
           ${kept.includes("staff") ? "" : "AND staff = ''"}${narrowed(bounds, names)}
       UNION ALL`
           : ""
       }
       SELECT ${select}, ${MEASURE_COLUMNS}
       FROM ${fits ? "live" : "asked live"} JOIN report_steps s ON s.at >= live.a AND s.at < live.b
       WHERE true${narrowed(bounds, names, "s.")}
       GROUP BY ${select}
     )
     SELECT ${dims.length ? `grouping(${dims.join(", ")})` : "0"} AS set, ${dims.map((dim) => (dim === "day" ? "to_char(day, 'YYYY-MM-DD') AS day" : dim)).join(", ")}${dims.length ? "," : ""}
       ${MEASURE_NAMES.map((name) => `sum(${name}) AS ${name}`).join(", ")}
     FROM (SELECT ${[...first, ...MEASURE_NAMES].join(", ")} FROM found) AS cut
     GROUP BY GROUPING SETS (${sets})`,
    bounds,
  );
  return rows.map((row) => rowOf(row, dims, by));
}

/** Numbers as numbers, and which of the sets a row belongs to. */
function rowOf<D extends Dimension>(
  row: Record<string, unknown>,
  dims: readonly D[],
  by: readonly (readonly D[])[],
): Sums<D> {
  const bits = Number(row.set);
  const set = by.findIndex((wanted) =>
    dims.every((dim, i) => wanted.includes(dim) === ((bits >> (dims.length - 1 - i)) & 1) < 1),
  );
  return {
    ...Object.fromEntries(dims.map((dim) => [dim, (row[dim] as string | null) ?? ""])),
    ...Object.fromEntries(MEASURE_NAMES.map((name) => [name, Number(row[name] ?? 0)])),
    set,
  } as Sums<D>;
}

/** Sums of nothing. */
export function noSums(): Record<Measure, number> {
  return Object.fromEntries(Object.keys(MEASURES).map((name) => [name, 0])) as Record<Measure, number>;
}
