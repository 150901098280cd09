/**
 * Where every figure is read: sums of closed days, and the steps themselves for days that are open or marked as changed,
 * in one statement, so that both are of one moment.
 */
import { db } from "../../db.server";
import { settings } from "../../settings/settings.server";
import { type Dimension, GRAINS, type Grain, type Measure, MEASURES } from "./measures";
import type { Bucket, Question } from "./question";

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

export type Sums<D extends Dimension, M extends Measure> = Record<M, number> &
  Record<D, string> & { set: number };

/**
 * Sums of the period.
 * @param measures what is summed
 * @param by the breakdowns wanted, each a list of dimensions of the grain; row.set says which one a row belongs to
 * @param options.grain which sums are read; staff and everything but courses when not given
 * @param options.bucket what `day` is cut to
 * @param options.staff false leaves the question's staff out
 * @returns rows in no order; a dimension that a row is not broken down by is empty
 */
export async function sums<M extends Measure, D extends Dimension = never>(
  question: Question,
  measures: readonly M[],
  by: readonly (readonly D[])[],
  { grain, bucket = "day", staff = true }: { grain?: Grain; bucket?: Bucket; staff?: boolean } = {},
): Promise<Sums<D, M>[]> {
  const bounds = await boundsOf(staff ? question : { ...question, staff: "" });
  const chosen = grain ?? (bounds.staff ? 2 : 1);
  const names = FILTERS.filter((name) => bounds[name]);
  // Where the sums are not kept by what narrows the question, few enough steps are left to be read one by one.
  const kept = names.every((name) => (GRAINS[chosen] as readonly Dimension[]).includes(name));
  const dims = [...new Set(by.flat())];
  const rows = await read(kept ? keptSums(chosen, dims, measures, bounds) : stepSums(dims, measures, bounds), dims, measures, by, bucket, bounds); // prettier-ignore
  return rows.map((row) => rowOf(row, dims, measures, by));
}

const FILTERS = ["printer", "discipline", "staff"] as const;
const over = (measures: readonly Measure[]) =>
  measures.map((name) => `${MEASURES[name]} AS ${name}`).join(", ");

/** SQL: the closed days' sums, and the open days' from their steps. */
function keptSums(
  grain: Grain,
  dims: readonly Dimension[],
  measures: readonly Measure[],
  bounds: Bounds,
): string {
  const columns = ["day", ...dims.filter((dim) => dim !== "day")];
  const live = columns.map((dim) => (dim === "day" ? "live.day" : `s.${dim}`)).join(", ");
  const everybody = (GRAINS[grain] as readonly Dimension[]).includes("staff") ? "" : " AND staff = ''";
  return `WITH ${LIVE}, found AS (
       SELECT ${[...columns, ...measures].join(", ")} FROM report_days
       WHERE grain = ${grain}${everybody} AND day BETWEEN CAST(:from AS date) AND CAST(:to AS date) AND day NOT IN (SELECT day FROM live)
         ${narrowed(bounds, FILTERS)}
       UNION ALL
       SELECT ${live}, ${over(measures)} FROM live JOIN report_steps s ON s.at >= live.a AND s.at < live.b
       WHERE true${narrowed(bounds, FILTERS, "s.")} GROUP BY ${live}
     )`;
}

/** SQL: the same from the steps alone. */
function stepSums(dims: readonly Dimension[], measures: readonly Measure[], bounds: Bounds): string {
  const day = "CAST(s.at AT TIME ZONE :zone AS date)";
  const columns = dims.map((dim) => (dim === "day" ? `${day} AS day` : `s.${dim}`));
  const groups = dims.map((_, i) => i + 1).join(", ");
  return `WITH found AS (
       SELECT ${[...columns, over(measures)].join(", ")} FROM report_steps s
       WHERE ${WITHIN}${narrowed(bounds, FILTERS, "s.")}${groups && ` GROUP BY ${groups}`}
     )`;
}

async function read(
  found: string,
  dims: readonly Dimension[],
  measures: readonly Measure[],
  by: readonly (readonly Dimension[])[],
  bucket: Bucket,
  bounds: Bounds,
): Promise<Record<string, unknown>[]> {
  const cut = dims.map((dim) => (dim === "day" ? `CAST(date_trunc('${bucket}', day) AS date) AS day` : dim));
  const shown = dims.map((dim) => (dim === "day" ? "to_char(day, 'YYYY-MM-DD') AS day" : dim));
  const { rows } = await db().raw<{ rows: Record<string, unknown>[] }>(
    `${found}
     SELECT ${[dims.length ? `grouping(${dims.join(", ")}) AS bits` : "0 AS bits", ...shown, ...measures.map((name) => `sum(${name}) AS ${name}`)].join(", ")}
     FROM (SELECT ${[...cut, ...measures].join(", ")} FROM found) AS cut
     GROUP BY GROUPING SETS (${by.map((set) => `(${set.join(", ")})`).join(", ")})`,
    bounds,
  );
  return rows;
}

/** Numbers as numbers, and which of the sets a row belongs to. */
function rowOf<D extends Dimension, M extends Measure>(
  row: Record<string, unknown>,
  dims: readonly D[],
  measures: readonly M[],
  by: readonly (readonly D[])[],
): Sums<D, M> {
  // A bit for each dimension, the first the highest: set where the row is not broken down by it.
  const bits = Number(row.bits);
  const broken = (i: number) => ((bits >> (dims.length - 1 - i)) & 1) === 0;
  const set = by.findIndex((wanted) => dims.every((dim, i) => wanted.includes(dim) === broken(i)));
  return {
    ...Object.fromEntries(dims.map((dim) => [dim, (row[dim] as string | null) ?? ""])),
    ...Object.fromEntries(measures.map((name) => [name, Number(row[name] ?? 0)])),
    set,
  } as Sums<D, M>;
}

/** Sums of nothing. */
export function noSums<M extends Measure>(measures: readonly M[]): Record<M, number> {
  return Object.fromEntries(measures.map((name) => [name, 0])) as Record<M, number>;
}
