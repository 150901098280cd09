/** From measures to what a person reads: a card per component, with a state in words and its facts. Pure: no I/O. */
import { formatSize } from "../format";
import type { Settings } from "../settings/schema";
import { formatAge } from "../time";
import { levelOf, ruleOf, type Severity } from "./rules";

export type CardState = "ok" | "unknown" | Severity;

export interface HealthCard {
  key: string;
  title: string;
  state: CardState;
  /** The state in a sentence. */
  words: string;
  facts: { label: string; value: string }[];
}

/** How the last run of a chore ended; null when it never ran. */
export interface ChoreNote {
  state: string;
  at: string;
  result: string;
}

type Measures = Record<string, number | undefined>;

const percent = (value: number | undefined) => (value === undefined ? "" : `${Math.round(value)} %`);
const ms = (value: number | undefined) =>
  value === undefined ? "" : `${value < 10 ? Number(value.toFixed(1)) : Math.round(value)} ms`;
const count = (value: number | undefined) => (value === undefined ? "" : value.toLocaleString("en-US"));
const size = (value: number | undefined) => (value === undefined ? "" : formatSize(value));

/** What each card judges, what it says when all is well, and what it shows. */
interface CardRow {
  key: string;
  title: string;
  rules: string[];
  /** A measure without which the card knows nothing. */
  needs: string;
  well: string;
  facts: (m: Measures, s: Settings, now: Date) => [string, string][];
}

const CARDS: readonly CardRow[] = [
  {
    key: "database",
    title: "Database",
    rules: ["database_slow", "database_connections"],
    needs: "database_ms",
    well: "Answers.",
    facts: (m) => [
      ["Answers within", ms(m.database_ms)],
      ["Connections", `${count(m.database_connections)} of ${count(m.database_connections_max)}`],
      ["Size", size(m.database_bytes)],
    ],
  },
  {
    key: "queue",
    title: "Queue",
    rules: ["queue_away", "queue_waiting"],
    needs: "queue_due",
    well: "Work is done as it comes.",
    facts: (m) => [
      ["Due now", count(m.queue_due)],
      ["Planned for later", count(m.queue_later)],
      ["Failed for good", count(m.queue_failed)],
    ],
  },
  {
    key: "worker",
    title: "Worker",
    rules: ["worker_silent"],
    needs: "workers",
    well: "On duty.",
    facts: (m) => [["Heard within half a minute", count(m.workers)]],
  },
  {
    key: "mail",
    title: "Mail",
    rules: ["mail_refused"],
    needs: "mail_retrying",
    well: "Letters go out.",
    facts: (m, _, now) => [
      [
        "Last letter taken",
        m.mail_last_seconds === undefined || m.mail_last_seconds < 0
          ? "never"
          : formatAge(new Date(now.getTime() - m.mail_last_seconds * 1000), now),
      ],
      ["In the last hour", count(m.mail_hour)],
      ["Waiting for another try", count(m.mail_retrying)],
      ["Failed for good", count(m.mail_failed)],
    ],
  },
  {
    key: "storage",
    title: "Storage",
    rules: ["storage_away", "storage_full"],
    needs: "storage_ok",
    well: "Can be written to.",
    facts: (m, s) => [
      ["Used", size(m.storage_bytes)],
      ["Quota", s.storage_quota_gb > 0 ? size(s.storage_quota_gb * 1e9) : "none"],
      ["Files", count(m.storage_files)],
    ],
  },
  {
    key: "disk",
    title: "Disk",
    rules: ["disk_full"],
    needs: "disk_percent",
    well: "There is room.",
    facts: (m) => [
      ["Used", percent(m.disk_percent)],
      ["Free for the storage", size(m.disk_free_bytes)],
      ["Free for the data folder", size(m.data_disk_free_bytes)],
    ],
  },
  {
    key: "memory",
    title: "Memory",
    rules: ["memory_high"],
    needs: "memory_percent",
    well: "There is enough.",
    facts: (m) => [
      ["Used", `${size(m.memory_used_bytes)} of ${size(m.memory_bytes)}`],
      ["Web processes", size(m.web_rss_bytes)],
    ],
  },
  {
    key: "cpu",
    title: "Processors",
    rules: ["cpu_high"],
    needs: "cpu_percent",
    well: "No load that lasts.",
    facts: (m) => [
      ["Busy", percent(m.cpu_percent)],
      ["Processors", count(m.cpu_count)],
      ["Load (1 minute)", m.load_1 === undefined ? "" : m.load_1.toFixed(2)],
    ],
  },
  {
    key: "pages",
    title: "Pages",
    rules: ["requests_failing", "requests_slow"],
    needs: "requests",
    well: "Answered well.",
    facts: (m) => [
      ["Requests in a minute", count(m.requests)],
      ["19 of 20 within", ms(m.p95_ms)],
      ["Failed", count(m.failed)],
      ["Web processes", count(m.webs)],
    ],
  },
];

const WORST: Record<CardState, number> = { ok: 0, unknown: 1, warning: 2, critical: 3 };

/** A rule that waits longer than this many minutes is about what lasts: a single look says nothing. */
const AT_ONCE_MINUTES = 3;

/**
 * The cards in their order. What was not measured is said to be unknown, never to be well.
 * @param open the kinds of the alerts that stand
 */
export function cardsOf(
  m: Measures,
  settings: Settings,
  now: Date,
  open: readonly string[] = [],
): HealthCard[] {
  return CARDS.map(({ key, title, rules, needs, well, facts }) => {
    if (m[needs] === undefined)
      return { key, title, state: "unknown", words: "Not measured yet.", facts: [] };
    let state: CardState = "ok";
    let words = well;
    for (const rule of rules.map((kind) => ruleOf(kind)!)) {
      const value = rule.value(m, settings);
      const lasts = rule.minutes <= AT_ONCE_MINUTES || open.includes(rule.kind);
      const level = lasts ? levelOf(rule, value, settings) : null;
      if (!level || WORST[level] <= WORST[state]) continue;
      state = level;
      words = rule.say(value!);
    }
    return {
      key,
      title,
      state,
      words,
      facts: facts(m, settings, now).filter(([, value]) => value !== "").map(([label, value]) => ({ label, value })), // prettier-ignore
    };
  });
}

/** Backups are old after a day and a half, restore tests after a quarter of a year. */
const OLD_HOURS = { backup: 36, drill: 24 * 92 };

/** The card about backups: the last one, and the last time that one was restored to see whether it can be. */
export function backupCard(backup: ChoreNote | null, drill: ChoreNote | null, now: Date): HealthCard {
  const old = (note: ChoreNote, hours: number) => now.getTime() - Date.parse(note.at) > hours * 3_600_000;
  const told = (note: ChoreNote | null) =>
    note ? `${note.state === "done" ? "" : "failed, "}${formatAge(note.at, now)}` : "never";
  const problem =
    (!backup && "No backup has been made yet.") ||
    (backup && backup.state !== "done" && "The last backup failed.") ||
    (backup && old(backup, OLD_HOURS.backup) && "The last backup is more than a day and a half old.") ||
    (!drill && "No backup has been restored for a test yet.") ||
    (drill && drill.state !== "done" && "The last restore test failed.") ||
    (drill && old(drill, OLD_HOURS.drill) && "The last restore test is more than three months old.");
  const bad = problem && (backup?.state === "failed" || drill?.state === "failed");
  return {
    key: "backup",
    title: "Backups",
    state: bad ? "critical" : problem ? "warning" : "ok",
    words: problem || "Made, and tried out.",
    facts: [
      { label: "Last backup", value: told(backup) },
      { label: "Last restore test", value: told(drill) },
    ],
  };
}

/** The worst of several states. */
export const worstOf = (cards: readonly HealthCard[]): CardState =>
  cards.reduce<CardState>((worst, { state }) => (WORST[state] > WORST[worst] ? state : worst), "ok");
