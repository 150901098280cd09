/** "System Monitoring & Diagnostics" of the API: the same measures as on the health page, as plain numbers. */
import { Refusal } from "../errors";
import { openAlerts } from "./alerts.server";
import { type CardState, worstOf } from "./cards";
import { type HistoryPoint, history, lastSamples, type RouteView, routesOf } from "./history.server";
import { measureDatabase, measureOutbox } from "./lab.server";
import { liveHealth, measuresNow } from "./live.server";
import { measureDisks, measureMachine, type Measures } from "./machine.server";

/** What the measures of a component begin with. */
const PARTS = {
  system: /^(cpu_|load_|memory_|disk_|data_disk_)/,
  database: /^database_/,
  queue: /^(queue_|workers$)/,
  mail: /^mail_/,
  storage: /^storage_/,
  application: /^(requests|refused|failed|slow|p50_ms|p95_ms|webs|web_.*)$/,
} as const;
export type Part = keyof typeof PARTS;

const only = (part: Part, measures: Measures): Measures =>
  Object.fromEntries(Object.entries(measures).filter(([key]) => PARTS[part].test(key)));

const WORD: Record<CardState, string> = {
  ok: "healthy",
  unknown: "unknown",
  warning: "degraded",
  critical: "unhealthy",
};

export interface MonitoringHealth {
  status: string;
  timestamp: string;
  components: Record<string, { status: string; message: string } & Record<string, unknown>>;
}

/** `GET /monitoring/health`: each component's state in a word and a sentence, with its measures. */
export async function monitoringHealth(): Promise<MonitoringHealth> {
  const { cards, measures } = await liveHealth();
  const part: Record<string, Part> = { database: "database", queue: "queue", mail: "mail", storage: "storage", pages: "application" }; // prettier-ignore
  return {
    status: WORD[worstOf(cards.filter(({ key }) => key !== "backup"))],
    timestamp: new Date().toISOString(),
    components: Object.fromEntries(
      cards.map(({ key, state, words }) => [
        key,
        { status: WORD[state], message: words, ...(part[key] && { metrics: only(part[key], measures) }) },
      ]),
    ),
  };
}

const stamped = <T extends object>(value: T) => ({ timestamp: new Date().toISOString(), ...value });

/** `GET /monitoring/metrics/system`: processors, memory and disks of the machine that answers. */
export async function systemMetrics() {
  return stamped({ system: { ...measureMachine(), ...(await measureDisks()) } });
}

/** `GET /monitoring/metrics/database` */
export async function databaseMetrics() {
  return stamped({ database: only("database", await measureDatabase()) });
}

/** `GET /monitoring/metrics/queue`: what waits, and for how long. */
export async function queueMetrics() {
  const measures = await measureOutbox();
  return stamped({ queue: only("queue", measures), mail: only("mail", measures) });
}

/** `GET /monitoring/metrics/storage`: bytes in all and by status folder, of the last count. */
export async function storageMetrics() {
  const { lab } = await lastSamples();
  return stamped({ storage: only("storage", lab) });
}

/** `GET /monitoring/metrics/application`: requests of the last minute, and the slowest and most failing routes of a day. */
export async function applicationMetrics(): Promise<
  { timestamp: string; application: Measures } & { slowest: RouteView[]; failing: RouteView[] }
> {
  const [{ web }, routes] = await Promise.all([lastSamples(), routesOf(24)]);
  return stamped({ application: web, ...routes });
}

/** `GET /monitoring/metrics/all` */
export async function allMetrics(): Promise<{ timestamp: string } & Record<Part, Measures>> {
  const measures = await measuresNow();
  const parts = Object.keys(PARTS) as Part[];
  return stamped(
    Object.fromEntries(parts.map((part) => [part, only(part, measures)])) as Record<Part, Measures>,
  );
}

/** Most points of a series. */
const POINTS = 96;

/**
 * `GET /monitoring/history?hours=24`
 * @param hours 1 to 336
 * @throws Refusal `invalid`
 */
export async function metricsHistory(
  hours: number,
): Promise<{ hours: number; minutes_per_point: number; points: HistoryPoint[] }> {
  if (!Number.isInteger(hours) || hours < 1 || hours > 336)
    throw new Refusal("invalid", "hours must be a whole number from 1 to 336.", {
      fields: { hours: ["Give a whole number from 1 to 336."] },
    });
  const minutes = Math.ceil((hours * 60) / POINTS);
  return { hours, minutes_per_point: minutes, points: await history(hours, minutes) };
}

/** `GET /monitoring/alerts`: those that stand. */
export async function monitoringAlerts() {
  const alerts = await openAlerts();
  return {
    alerts: alerts.map(({ id, kind, severity, message, raised_at, acknowledged_at, acknowledged_by }) => ({
      id,
      type: kind,
      severity,
      message,
      timestamp: raised_at,
      acknowledged_at,
      acknowledged_by,
    })),
  };
}
