/**
 * A sample a minute: each process tells how it is, and the worker (or, while none is on duty, a web process) how the
 * shared parts are. The database's clock names the minute.
 */
import { hostname } from "node:os";
import { db } from "../db.server";
import { log } from "../log.server";
import { quantile, requestCounts, type RouteCount, since, together } from "../metrics.server";
import { settings } from "../settings/settings.server";
import { watchForAlerts } from "./alerts.server";
import { workerSeen } from "./health.server";
import { measureLab } from "./lab.server";
import { measureProcess, type Measures } from "./machine.server";
import { beat } from "./heartbeat.server";
import { measureStorageUse } from "./storage-use.server";

/** The shared parts' row. */
const LAB = "lab";

const me = (kind: string) => `${kind}:${hostname()}:${process.pid}`;

/** The worker's minute: itself, the shared parts, and whether something needs a person. */
export async function sampleWorker(): Promise<void> {
  await keep(me("worker"), "worker", measureProcess());
  const use = await measureStorageUse().catch((err) => {
    log.warn({ err }, "The storage could not be counted");
    return {};
  });
  await keep(LAB, "lab", { ...(await measureLab()), ...use });
  await watchForAlerts();
}

let counted = new Map<string, RouteCount>();

/** A web process's minute. */
export async function sampleWeb(): Promise<void> {
  const now = await requestCounts();
  const added = since(now, counted);
  const all = together(added.values());
  const p50 = quantile(all, 0.5);
  const p95 = quantile(all, 0.95);
  await beat("web");
  await keep(me("web"), "web", {
    ...measureProcess(),
    requests: all.requests,
    refused: all.refused,
    failed: all.failed,
    slow: all.slow,
    ...(p50 !== null && p95 !== null && { p50_ms: Math.round(p50 * 1000), p95_ms: Math.round(p95 * 1000) }),
  });
  await keepRoutes(added);
  // Only now: a minute that could not be written is told with the next one.
  counted = now;
  if (!(await workerSeen())) await keep(LAB, "lab", await measureLab());
  await watchForAlerts();
}

async function keep(process: string, kind: string, data: Measures): Promise<void> {
  await db()("metric_samples")
    .insert({ process, kind, at: db().raw("date_trunc('minute', now(), 'UTC')"), data: JSON.stringify(data) })
    // Two workers, or a tick that came late: the later look counts.
    .onConflict(["process", "at"])
    .merge();
}

async function keepRoutes(added: Map<string, RouteCount>): Promise<void> {
  // One order for all processes, so that two never wait for each other in a circle.
  const rows = [...added].sort(([a], [b]) => (a < b ? -1 : 1));
  if (!rows.length) return;
  const sum = (name: string) => db().raw("?? + ??", [`route_hours.${name}`, `excluded.${name}`]);
  await db()("route_hours")
    .insert(
      rows.map(([route, { requests, refused, failed, slow, seconds }]) => ({
        hour: db().raw("date_trunc('hour', now(), 'UTC')"),
        route,
        requests,
        refused,
        failed,
        slow,
        total_ms: seconds * 1000,
      })),
    )
    .onConflict(["hour", "route"])
    .merge({
      requests: sum("requests"),
      refused: sum("refused"),
      failed: sum("failed"),
      slow: sum("slow"),
      total_ms: sum("total_ms"),
    });
}

/** Removes samples, counts of routes and ended alerts that are older than the lab wants to keep them. */
export async function tidySamples(): Promise<void> {
  const { metrics_days } = await settings();
  const old = (column: string, days: number) =>
    db().raw("?? < now() - make_interval(days => ?)", [column, days]);
  await db()("metric_samples").where(old("at", metrics_days)).delete();
  await db()("route_hours").where(old("hour", metrics_days)).delete();
  // What went wrong is worth a year.
  await db()("alerts").whereNotNull("cleared_at").where(old("cleared_at", 365)).delete();
}

const MINUTE_MS = 60_000;
const STARTED = Symbol.for("printdesk.sampling");

/** Starts a web process's samples, once; they end with the process. A database that is away is no reason to complain each minute. */
export function startSampling(): void {
  const here = globalThis as { [STARTED]?: boolean };
  if (here[STARTED]) return;
  here[STARTED] = true;
  let away = false;
  let busy = false;
  setInterval(() => {
    if (busy) return;
    busy = true;
    sampleWeb()
      .then(
        () => (away = false),
        (err) => {
          if (!away) log.warn({ err }, "A sample could not be kept");
          away = true;
        },
      )
      .finally(() => (busy = false));
  }, MINUTE_MS).unref();
}
