/** What a card tells beside the row itself: failed letters, notes, why a print came back, how long a step can be reverted. Read-only. */
import { db } from "../db.server";
import { settings } from "../settings/settings.server";
import type { Job } from "./job.server";
import { STATUSES, step, stepsFrom } from "./states";

/** A letter that gave up; `letter` is its name, `last_error` what the mail server or the network said. */
export interface FailedLetter {
  id: string;
  letter: string;
  last_error: string | null;
}

export interface NoteInShort {
  id: string;
  body: string;
  staff_name: string;
  workstation_id: string;
  created_at: string;
}

/** Times are UTC ISO 8601. */
export interface CardRecords {
  failed_mails: number;
  failed_letters: FailedLetter[];
  /** How many notes there are, how many characters they have in all, and the newest of them, newest first. */
  notes_count: number;
  notes_used: number;
  newest_notes: NoteInShort[];
  /** Why the last print failed, while the job waits for the next one. */
  print_failure: { reason: string; staff_name: string; at: string } | null;
  /** Until when the last step can be reverted, while it can. */
  revert_until: string | null;
}

/** Notes that a card shows; the job's page has them all. */
const NOTES_SHOWN = 3;

/** The records of each job, by its id. @param now the database's clock */
export async function cardRecords(rows: Job[], now: Date): Promise<Map<string, CardRecords>> {
  const ids = rows.map(({ id }) => id);
  const [failed, notes, failures, ends] = await Promise.all([
    failedLetters(ids),
    newestNotes(ids),
    printFailures(rows.filter(({ status }) => status === "READYTOPRINT").map(({ id }) => id)),
    revertEnds(rows, now),
  ]);
  return new Map(
    rows.map(({ id }) => {
      const letters = failed.filter(({ job_id }) => job_id === id);
      const own = notes.filter(({ job_id }) => job_id === id);
      const failure = failures.find(({ job_id }) => job_id === id);
      return [
        id,
        {
          failed_mails: letters.length,
          failed_letters: letters.map((row) => ({
            id: row.id,
            letter: row.letter ?? "",
            last_error: row.last_error,
          })),
          notes_count: own[0]?.count ?? 0,
          notes_used: own[0]?.used ?? 0,
          newest_notes: own.map((note) => ({
            id: note.id,
            body: note.body,
            staff_name: note.staff_name,
            workstation_id: note.workstation_id,
            created_at: note.created_at.toISOString(),
          })),
          print_failure: failure
            ? { reason: failure.reason ?? "", staff_name: failure.staff_name, at: failure.at.toISOString() }
            : null,
          revert_until: ends.get(id)?.toISOString() ?? null,
        },
      ];
    }),
  );
}

async function failedLetters(ids: string[]): Promise<(FailedLetter & { job_id: string })[]> {
  return db()("outbox")
    .whereIn("job_id", ids)
    .where({ kind: "mail", state: "failed" })
    .orderBy("created_at")
    .select("id", "job_id", "last_error", db().raw("payload->>'letter' AS letter"));
}

interface NoteRow extends Omit<NoteInShort, "created_at"> {
  job_id: string;
  created_at: Date;
  count: number;
  used: number;
}

async function newestNotes(ids: string[]): Promise<NoteRow[]> {
  const { rows } = await db().raw<{ rows: NoteRow[] }>(
    `SELECT * FROM (
       SELECT n.*, count(*) OVER job AS count, (sum(char_length(body)) OVER job)::int AS used,
              row_number() OVER (PARTITION BY job_id ORDER BY created_at DESC, id) AS nth
       FROM job_notes n WHERE job_id = ANY(?::uuid[]) WINDOW job AS (PARTITION BY job_id)
     ) AS noted WHERE nth <= ? ORDER BY job_id, nth`,
    [ids, NOTES_SHOWN],
  );
  return rows;
}

/** A job came back when the last change of its status was a failed print. */
async function printFailures(
  ids: string[],
): Promise<{ job_id: string; reason: string | null; staff_name: string; at: Date }[]> {
  if (ids.length === 0) return [];
  const { rows } = await db().raw<{
    rows: { job_id: string; reason: string | null; staff_name: string; at: Date }[];
  }>(
    `SELECT j.id AS job_id, last.details->>'reason' AS reason, last.triggered_by AS staff_name, last.timestamp AS at
     FROM unnest(?::uuid[]) AS j (id) CROSS JOIN LATERAL (
       SELECT event_type, details, triggered_by, timestamp FROM events
       WHERE job_id = j.id AND details->>'to' = ANY(?) ORDER BY id DESC LIMIT 1
     ) AS last WHERE last.event_type = ?`,
    [ids, [...STATUSES], step("mark-failed").event],
  );
  return rows;
}

/** When the time to revert ends, for the jobs that have a step to revert and are still in time. */
async function revertEnds(rows: Job[], now: Date): Promise<Map<string, Date>> {
  const revertible = rows.filter(({ status }) =>
    stepsFrom(status).some((name) => step(name).withinRevertWindow),
  );
  if (revertible.length === 0) return new Map();
  const { revert_minutes } = await settings();
  return new Map(
    revertible
      .map(
        ({ id, status_since }) => [id, new Date(status_since.getTime() + revert_minutes * 60_000)] as const,
      )
      .filter(([, end]) => end > now),
  );
}
