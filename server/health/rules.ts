/**
 * What counts as trouble. One table: a measure, from which value on, for how long, and how it is said. Cards,
 * alerts and letters read it. Pure: no I/O.
 */
import type { Settings } from "../settings/schema";

export type Severity = "warning" | "critical";

type Measures = Record<string, number | undefined>;

export interface Rule {
  kind: string;
  /** Title of the alert. */
  title: string;
  /** The value that is judged; undefined where it was not measured. */
  value: (measures: Measures, settings: Settings) => number | undefined;
  /** From which value on it is a warning, and critical. */
  warning?: (settings: Settings) => number;
  critical?: (settings: Settings) => number;
  /** So many minutes in a row, to raise and to clear. */
  minutes: number;
  /** What is the matter and what to do, in a sentence or two. */
  say: (value: number) => string;
}

/** Below this share of the lowest limit the trouble is over; between the two nothing changes. */
const CLEAR_SHARE = 0.9;
/** After so many minutes without a value an open alert ends. */
export const NOTHING_MINUTES = 15;
/** Too few requests say nothing about a share of errors. */
const FEW_REQUESTS = 20;

const no = (ok: number | undefined) => (ok === undefined ? undefined : 1 - ok);
const one = () => 1;
const percent = (value: number) => `${Math.round(value)} %`;

export const RULES: readonly Rule[] = [
  {
    kind: "database_slow",
    title: "The database is slow",
    value: (m) => m.database_ms,
    warning: (s) => s.database_alert_ms,
    minutes: 3,
    say: (value) =>
      `The database took ${Math.round(value)} ms for the simplest question. Look at what else its machine is doing.`,
  },
  {
    kind: "database_connections",
    title: "The database is running out of connections",
    value: (m) => share(m.database_connections, m.database_connections_max),
    warning: () => 90,
    minutes: 3,
    say: (value) =>
      `${percent(value)} of the database's connections are in use. Lower DATABASE_POOL, or let the server have more.`,
  },
  {
    kind: "worker_silent",
    title: "No worker is on duty",
    value: (m) => (m.workers === undefined ? undefined : Number(m.workers < 1)),
    critical: one,
    minutes: 2,
    say: () =>
      "No worker has reported: letters, pictures and clean-ups wait. Start it again; everything that waits will then be done.",
  },
  {
    kind: "queue_away",
    title: "The queue does not answer",
    value: (m) => no(m.queue_ok),
    warning: one,
    minutes: 3,
    say: () =>
      "The queue cannot be reached. Nothing is lost: work is found by the sweep every minute, a little later than usual.",
  },
  {
    kind: "queue_waiting",
    title: "Work is waiting too long",
    value: (m) => (m.queue_oldest_seconds === undefined ? undefined : m.queue_oldest_seconds / 60),
    warning: (s) => s.queue_alert_minutes,
    critical: (s) => s.queue_alert_minutes * 4,
    minutes: 2,
    say: (value) =>
      `The oldest effect that is due has waited for ${Math.round(value)} minutes. Look at the worker and its log.`,
  },
  {
    kind: "mail_refused",
    title: "Letters do not go out",
    value: (m) => m.mail_retrying,
    warning: (s) => s.mail_alert_letters,
    minutes: 3,
    say: (value) =>
      `The mail server did not take ${value} ${value === 1 ? "letter" : "letters"}; they are tried again for 48 hours. Look at the last error on a job's page, and at the MAIL variables.`,
  },
  {
    kind: "storage_away",
    title: "The storage cannot be written to",
    value: (m) => no(m.storage_ok),
    critical: one,
    minutes: 2,
    say: () =>
      "The storage cannot be reached or written to: nothing can be submitted or moved. Look at the share and its rights.",
  },
  {
    kind: "storage_full",
    title: "The storage is filling up",
    value: (m, s) => (s.storage_quota_gb > 0 ? share(m.storage_bytes, s.storage_quota_gb * 1e9) : undefined),
    warning: (s) => s.storage_warn_percent,
    critical: (s) => s.storage_alert_percent,
    minutes: 1,
    say: (value) =>
      `The files take ${percent(value)} of the storage quota. At 100 % new files are refused: archive and prune old jobs, or raise the quota.`,
  },
  {
    kind: "disk_full",
    title: "The disk is filling up",
    value: (m) => (m.disk_percent === undefined ? m.data_disk_percent : Math.max(m.disk_percent, m.data_disk_percent ?? 0)), // prettier-ignore
    warning: (s) => s.disk_warn_percent,
    critical: (s) => s.disk_alert_percent,
    minutes: 2,
    say: (value) =>
      `${percent(value)} of the disk below the storage or the data folder is used. Make room before it is full.`,
  },
  {
    kind: "memory_high",
    title: "Memory is short",
    value: (m) => m.memory_percent,
    warning: (s) => s.memory_alert_percent,
    minutes: 5,
    say: (value) => `${percent(value)} of the machine's memory is in use.`,
  },
  {
    kind: "cpu_high",
    title: "The processors are busy",
    value: (m) => m.cpu_percent,
    warning: (s) => s.cpu_alert_percent,
    minutes: 10,
    say: (value) => `The processors have been busy for ten minutes, with ${percent(value)} just now.`,
  },
  {
    kind: "requests_failing",
    title: "Pages are failing",
    value: (m) => ((m.requests ?? 0) < FEW_REQUESTS ? undefined : share(m.failed, m.requests)),
    warning: (s) => s.errors_alert_percent,
    critical: (s) => s.errors_alert_percent * 4,
    minutes: 2,
    say: (value) =>
      `${percent(value)} of the requests ended in an error of ours. The list of failing pages and the log say which.`,
  },
  {
    kind: "requests_slow",
    title: "Pages are slow",
    value: (m) => ((m.requests ?? 0) < FEW_REQUESTS ? undefined : m.p95_ms),
    warning: (s) => s.slow_alert_ms,
    minutes: 5,
    say: (value) => `One request in twenty took longer than ${Math.round(value)} ms.`,
  },
];

/** The rule of a kind; alerts of kinds that are no more keep their own words. */
export const ruleOf = (kind: string): Rule | undefined => RULES.find((rule) => rule.kind === kind);

function share(part: number | undefined, whole: number | undefined): number | undefined {
  return part === undefined || !whole ? undefined : (part / whole) * 100;
}

/** How bad a single value is. */
export function levelOf(rule: Rule, value: number | undefined, settings: Settings): Severity | null {
  if (value === undefined) return null;
  if (rule.critical && value >= rule.critical(settings)) return "critical";
  return rule.warning && value >= rule.warning(settings) ? "warning" : null;
}

/**
 * Raise, clear, or leave as it is? A value must stay beyond its limit for the rule's minutes to raise an alert, and
 * clearly below it for as long to end it, so that one which dances around its limit tells once.
 * @param values of the last minutes, newest first
 * @param open how bad the open alert of this kind is, if there is one
 * @returns the severity to raise (or to raise it to), "clear", or null
 */
export function judge(
  rule: Rule,
  values: readonly (number | undefined)[],
  open: Severity | null,
  settings: Settings,
): Severity | "clear" | null {
  // Nothing to judge any more: the limit was taken away, or nobody comes.
  if (open && values.length >= NOTHING_MINUTES && values.every((value) => value === undefined))
    return "clear";
  const last = values.slice(0, rule.minutes);
  if (last.length < rule.minutes || last.some((value) => value === undefined)) return null;
  const known = last as number[];
  const all = (limit: ((settings: Settings) => number) | undefined) =>
    limit !== undefined && known.every((value) => value >= limit(settings));
  const level: Severity | null = all(rule.critical) ? "critical" : all(rule.warning) ? "warning" : null;
  if (open === null) return level;
  if (open === "warning" && level === "critical") return "critical";
  const lowest = Math.min(rule.warning?.(settings) ?? Infinity, rule.critical?.(settings) ?? Infinity);
  return known.every((value) => value < lowest * CLEAR_SHARE) ? "clear" : null;
}
