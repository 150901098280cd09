/** Samples read back: the last one, and a day as points of a chart. */
import { db } from "../db.server";
import type { Measures } from "./machine.server";

/** The web processes of one minute as one: counts and memory add up, of the times the worst counts. */
export function webTotals(samples: readonly Measures[]): Measures {
  if (!samples.length) return {};
  const sum = (key: string) => samples.reduce((total, one) => total + (one[key] ?? 0), 0);
  const worst = (key: string) => Math.max(...samples.map((one) => one[key] ?? -1));
  const totals: Measures = {
    webs: samples.length,
    requests: sum("requests"),
    refused: sum("refused"),
    failed: sum("failed"),
    slow: sum("slow"),
    web_rss_bytes: sum("rss_bytes"),
    web_cpu_percent: sum("process_cpu_percent"),
    web_loop_delay_ms: worst("loop_delay_ms"),
  };
  if (worst("p95_ms") >= 0) Object.assign(totals, { p50_ms: worst("p50_ms"), p95_ms: worst("p95_ms") });
  return totals;
}

/** How a measure of several minutes becomes one point: the rest is the mean. */
const HIGHEST = [
  "queue_due",
  "queue_oldest_seconds",
  "mail_retrying",
  "p95_ms",
  "database_ms",
  "web_loop_delay_ms",
];
const SUMMED = ["requests", "refused", "failed", "slow"];

export interface HistoryPoint {
  /** Start of the point's time, UTC ISO 8601. */
  at: string;
  data: Measures;
}

/**
 * The samples of the last hours, thinned to points of equal length, from the first sample on. A point without a sample
 * has no data.
 * @param minutes length of a point
 * @param only these measures; all when not given
 */
export async function history(
  hours: number,
  minutes: number,
  only?: readonly string[],
): Promise<HistoryPoint[]> {
  const { rows } = await db().raw<{ rows: { point: Date; at: Date; kind: string; data: Measures }[] }>(
    `SELECT to_timestamp(floor(extract(epoch FROM at) / (:minutes * 60)) * :minutes * 60) AS point, at, kind, data
     FROM metric_samples
     WHERE kind IN ('lab','web') AND at > now() - make_interval(hours => :hours)
     ORDER BY at`,
    { hours, minutes },
  );
  // First the processes of a minute, then the minutes of a point.
  const points = new Map<string, Map<number, { lab: Measures; web: Measures[] }>>();
  for (const { point, at, kind, data } of rows) {
    const key = point.toISOString();
    const of = points.get(key) ?? new Map();
    points.set(key, of);
    const minute = of.get(at.getTime()) ?? { lab: {}, web: [] };
    of.set(at.getTime(), minute);
    if (kind === "lab") minute.lab = data;
    else minute.web.push(data);
  }
  const times = [...points.keys()].map((at) => Date.parse(at));
  const step = minutes * 60_000;
  const count = times.length ? (Math.max(...times) - Math.min(...times)) / step + 1 : 0;
  return Array.from({ length: count }, (_, i) => {
    const at = new Date(Math.min(...times) + i * step).toISOString();
    const of = [...(points.get(at)?.values() ?? [])];
    return {
      at,
      data: onePoint(
        of.map(({ lab, web }) => ({ ...lab, ...webTotals(web) })),
        only,
      ),
    };
  });
}

function onePoint(minutes: Measures[], only?: readonly string[]): Measures {
  const point: Measures = {};
  for (const key of only ?? new Set(minutes.flatMap((one) => Object.keys(one)))) {
    const values = minutes.flatMap((one) => (one[key] === undefined ? [] : [one[key]]));
    if (!values.length) continue;
    const sum = values.reduce((a, b) => a + b, 0);
    point[key] = HIGHEST.includes(key)
      ? Math.max(...values)
      : SUMMED.includes(key)
        ? sum
        : Math.round((sum / values.length) * 100) / 100;
  }
  return point;
}

/** The newest sample of the shared parts that is no older than ten minutes, and the web processes of the last full minutes. */
export async function lastSamples(): Promise<{ lab: Measures; web: Measures }> {
  const lab = await db()("metric_samples")
    .where({ kind: "lab" })
    .whereRaw("at > now() - interval '10 minutes'")
    .orderBy("at", "desc")
    .first("data");
  const web = await db()("metric_samples")
    .distinctOn("process")
    .where({ kind: "web" })
    .whereRaw("at > now() - interval '3 minutes'")
    .orderBy([{ column: "process" }, { column: "at", order: "desc" }])
    .select("process", "data");
  return {
    lab: (lab?.data as Measures | undefined) ?? {},
    web: webTotals(web.map((row) => row.data as Measures)),
  };
}

/** What a route cost, of all web processes together. */
export interface RouteView {
  route: string;
  requests: number;
  refused: number;
  failed: number;
  slow: number;
  /** Mean time of an answer. */
  mean_ms: number;
}

/** The routes of the last hours that were slowest in the mean, and those that failed most. */
export async function routesOf(
  hours: number,
  limit = 10,
): Promise<{ slowest: RouteView[]; failing: RouteView[] }> {
  const rows = (await db()("route_hours")
    .whereRaw("hour > now() - make_interval(hours => ?)", [hours])
    .groupBy("route")
    .select(
      "route",
      db().raw(
        `sum(requests)::int AS requests, sum(refused)::int AS refused, sum(failed)::int AS failed, sum(slow)::int AS slow,
         round((sum(total_ms) / greatest(sum(requests), 1))::numeric, 1)::float8 AS mean_ms`,
      ),
    )) as RouteView[];
  const slowest = [...rows].sort((a, b) => b.mean_ms - a.mean_ms).slice(0, limit);
  const failing = rows
    .filter(({ failed }) => failed > 0)
    .sort((a, b) => b.failed - a.failed)
    .slice(0, limit);
  return { slowest, failing };
}
