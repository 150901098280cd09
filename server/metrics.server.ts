/**
 * What a process counts about itself while it works. prom-client keeps one registry a process, so Express's side and
 * the Remix bundle, two module graphs, count into the same numbers.
 */
import { Counter, Histogram, register } from "prom-client";

/** Upper bounds of the buckets of request times, in seconds. */
export const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** Requests above this many seconds are called slow. */
export const SLOW_SECONDS = 1;

const REQUESTS = "printdesk_http_request_seconds";
const BROWSER_ERRORS = "printdesk_browser_errors_total";

function requests(): Histogram<"route" | "status"> {
  return (
    (register.getSingleMetric(REQUESTS) as Histogram<"route" | "status"> | undefined) ??
    new Histogram({
      name: REQUESTS,
      help: "Time from a request's arrival to the end of its answer, by route and class of status.",
      labelNames: ["route", "status"],
      buckets: BUCKETS,
    })
  );
}

/**
 * Counts one request.
 * @param route "GET /dashboard/jobs/:id", of a known set, so that nobody can make the list grow
 */
export function countRequest(route: string, status: number, seconds: number): void {
  requests().observe({ route, status: `${Math.floor(status / 100)}xx` }, seconds);
}

/** Counts one error that a browser reported. */
export function countBrowserError(): void {
  const counter =
    (register.getSingleMetric(BROWSER_ERRORS) as Counter | undefined) ??
    new Counter({ name: BROWSER_ERRORS, help: "Errors that browsers reported." });
  counter.inc();
}

/** All requests of a route since the process started. */
export interface RouteCount {
  requests: number;
  /** Answered 4xx. */
  refused: number;
  /** Answered 5xx. */
  failed: number;
  slow: number;
  seconds: number;
  /** How many took at most `BUCKETS[i]` seconds; the last entry is all. */
  buckets: number[];
}

/** The counts by route, since the process started. */
export async function requestCounts(): Promise<Map<string, RouteCount>> {
  const counts = new Map<string, RouteCount>();
  for (const { metricName, labels, value } of (await requests().get()).values) {
    const { route, status, le } = labels as { route: string; status: string; le?: number | "+Inf" };
    const of = counts.get(route) ?? noRequests();
    counts.set(route, of);
    if (metricName?.endsWith("_sum")) of.seconds += value;
    else if (metricName?.endsWith("_count")) {
      of.requests += value;
      of.slow += value;
      if (status === "4xx") of.refused += value;
      if (status === "5xx") of.failed += value;
    } else {
      const at = le === "+Inf" ? BUCKETS.length : BUCKETS.indexOf(Number(le));
      of.buckets[at]! += value;
      if (Number(le) === SLOW_SECONDS) of.slow -= value;
    }
  }
  return counts;
}

const noRequests = (): RouteCount => ({
  requests: 0,
  refused: 0,
  failed: 0,
  slow: 0,
  seconds: 0,
  buckets: Array(BUCKETS.length + 1).fill(0) as number[],
});

/** What was added between two looks. */
export function since(
  now: Map<string, RouteCount>,
  before: Map<string, RouteCount>,
): Map<string, RouteCount> {
  const added = new Map<string, RouteCount>();
  for (const [route, count] of now) {
    const old = before.get(route) ?? noRequests();
    if (count.requests === old.requests) continue;
    added.set(route, {
      requests: count.requests - old.requests,
      refused: count.refused - old.refused,
      failed: count.failed - old.failed,
      slow: count.slow - old.slow,
      seconds: count.seconds - old.seconds,
      buckets: count.buckets.map((n, i) => n - old.buckets[i]!),
    });
  }
  return added;
}

/** The counts of several routes as one. */
export function together(counts: Iterable<RouteCount>): RouteCount {
  const sum = noRequests();
  for (const count of counts) {
    for (const key of ["requests", "refused", "failed", "slow", "seconds"] as const) sum[key] += count[key];
    count.buckets.forEach((n, i) => (sum.buckets[i]! += n));
  }
  return sum;
}

/**
 * The time within which a share of the requests was answered, in seconds, interpolated inside its bucket.
 * @param share 0.95 for the 95th percentile
 * @returns null without requests
 */
export function quantile({ buckets }: Pick<RouteCount, "buckets">, share: number): number | null {
  const all = buckets.at(-1)!;
  if (all === 0) return null;
  const wanted = share * all;
  const i = buckets.findIndex((n) => n >= wanted);
  if (i >= BUCKETS.length) return BUCKETS.at(-1)!;
  const below = i === 0 ? 0 : buckets[i - 1]!;
  const from = i === 0 ? 0 : BUCKETS[i - 1]!;
  return from + ((BUCKETS[i]! - from) * (wanted - below)) / Math.max(1, buckets[i]! - below);
}

/** Everything that is counted, in Prometheus' text form. */
export async function exposition(): Promise<{ type: string; text: string }> {
  requests();
  return { type: register.contentType, text: await register.metrics() };
}
