/** The timetable for people: each chore with its last run and its next. Read-only. */
import { db } from "../db.server";
import { ChoreRun, type RunState } from "./chore.server";

/** A run as pages show it; times are ISO 8601. */
export interface RunView {
  id: string;
  state: RunState;
  started_by: string;
  by_hand: boolean;
  at: string;
  /** Milliseconds from begin to end. */
  took_ms: number | null;
  result: string | null;
  facts: Record<string, unknown>;
}

export interface ChoreView {
  name: string;
  title: string;
  about: string;
  /** The cron expression; null: only by a command. */
  cron: string | null;
  time_zone: string;
  off_because: string;
  next_at: string | null;
  busy: boolean;
  last: RunView | null;
  /** The last that came to a good end, when the last did not. */
  last_good: RunView | null;
}

function view(run: ChoreRun): RunView {
  return {
    id: run.id,
    state: run.state,
    started_by: run.started_by,
    by_hand: run.slot === null,
    at: (run.started_at ?? run.requested_at).toISOString(),
    took_ms: run.started_at && run.finished_at ? run.finished_at.getTime() - run.started_at.getTime() : null,
    result: run.result,
    facts: run.facts,
  };
}

/** The last run of a chore, and the last good one. */
export async function lastRuns(chore: string): Promise<{ last: RunView | null; last_good: RunView | null }> {
  const newest = () => ChoreRun.query().where({ chore }).orderBy("requested_at", "desc").first();
  const [last, good] = await Promise.all([newest(), newest().where("state", "done")]);
  return { last: last ? view(last) : null, last_good: good ? view(good) : null };
}

/** Every chore in the timetable's order. */
export async function choresPage(): Promise<ChoreView[]> {
  const { rows } = await db().raw<{ rows: Record<string, unknown>[] }>(`
    SELECT c.*, to_jsonb(l) AS last, to_jsonb(g) AS good
    FROM chores c
    LEFT JOIN LATERAL (SELECT * FROM chore_runs r WHERE r.chore = c.name ORDER BY requested_at DESC LIMIT 1) l ON true
    LEFT JOIN LATERAL (SELECT * FROM chore_runs r WHERE r.chore = c.name AND state = 'done' AND l.state <> 'done'
                       ORDER BY requested_at DESC LIMIT 1) g ON true
    ORDER BY c.position`);
  return rows.map((row) => {
    const last = row.last ? view(fromJson(row.last)) : null;
    return {
      name: row.name as string,
      title: row.title as string,
      about: row.about as string,
      cron: row.cron as string | null,
      time_zone: row.time_zone as string,
      off_because: row.off_because as string,
      next_at: row.next_at ? (row.next_at as Date).toISOString() : null,
      busy: last?.state === "queued" || last?.state === "running",
      last,
      last_good: row.good ? view(fromJson(row.good)) : null,
    };
  });
}

/** A row that came as JSON has its times as text. */
function fromJson(value: unknown): ChoreRun {
  const run = value as ChoreRun;
  const date = (text: unknown) => (text === null ? null : new Date(text as string));
  return {
    ...run,
    slot: date(run.slot),
    requested_at: new Date(run.requested_at),
    started_at: date(run.started_at),
    finished_at: date(run.finished_at),
  } as ChoreRun;
}
