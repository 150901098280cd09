/**
 * Rotation: events that are old enough for their class leave the log. Promises: nothing is deleted before its export
 * is on disk, and the database finds in the export exactly what it deletes; the chain stays whole; a kill at any
 * moment leaves either the events or their export with its anchors.
 */
import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { config } from "../config.server";
import { db, inTransaction } from "../db.server";
import { crashPoint } from "../files/crash.server";
import { storageRefusal, writeAtomic } from "../files/disk.server";
import { appendEvent, SYSTEM } from "./append.server";
import { LOW, MEDIUM, ROTATED } from "./classes";

/** Events in one file. */
const A_FILE = 10_000;

/** A file that was written, and how many events left the log for it. */
export interface Rotated {
  file: string;
  events: number;
}

/** How many days events stay, by class. */
export interface DaysKept {
  high: number;
  medium: number;
  low: number;
}

/**
 * Exports and removes what is older than its class stays. A job that is still under way keeps all its events.
 * @throws Error when an event is not what the chain says; nothing of that file is removed then
 */
export async function rotateOlderThan(kept: DaysKept): Promise<Rotated[]> {
  const files: Rotated[] = [];
  for (;;) {
    const ids = await due(kept);
    if (ids.length === 0) return files;
    files.push(await rotate(ids));
    if (ids.length < A_FILE) return files;
  }
}

async function due({ high, medium, low }: DaysKept): Promise<number[]> {
  const shortest = Math.min(high, medium, low);
  const { rows } = await db().raw<{ rows: { id: number }[] }>(
    `SELECT id FROM events e
     WHERE timestamp < now() - make_interval(days => ?) AND event_type <> ?
       AND timestamp < now() - make_interval(days => CASE WHEN event_type = ANY (?::text[]) THEN ?::int
                                                          WHEN event_type = ANY (?::text[]) THEN ?::int ELSE ?::int END)
       AND NOT EXISTS (SELECT FROM jobs j WHERE j.id = e.job_id
                       AND j.status NOT IN ('PAIDPICKEDUP','REJECTED','ARCHIVED'))
     ORDER BY id LIMIT ?`,
    [shortest, ROTATED, [...LOW], low, [...MEDIUM], medium, high, A_FILE],
  );
  return rows.map(({ id }) => id);
}

async function rotate(ids: number[]): Promise<Rotated> {
  const { rows } = await db().raw<{ rows: { line: string }[] }>(
    "SELECT event_line(e) AS line FROM events e WHERE id = ANY (?) ORDER BY id",
    [ids],
  );
  const content = Buffer.from(rows.map(({ line }) => line).join(""), "utf8");
  const sha256 = createHash("sha256").update(content).digest("hex");
  const day = new Date().toISOString().slice(0, 10);
  const file = `events-${day}-${ids[0]}-${ids.at(-1)}-${sha256.slice(0, 8)}.jsonl`;
  const folder = config().EVENT_EXPORT_PATH;
  try {
    await mkdir(folder, { recursive: true });
    await writeAtomic(path.join(folder, file), content);
  } catch (error) {
    throw storageRefusal(error);
  }
  crashPoint("rotate:exported");
  return inTransaction(async (trx) => {
    const answer =
      await trx.raw<{ rows: [{ export_id: string; events: number; first_id: number; last_id: number; anchors: string }] }>( // prettier-ignore
        "SELECT * FROM rotate_events(?, ?, ?, ?)",
        [file, sha256, content.length, ids],
      );
    const { export_id, events, first_id, last_id, anchors } = answer.rows[0];
    await appendEvent(trx, SYSTEM, {
      type: ROTATED,
      details: { export_id, file, sha256, events, first_id, last_id, anchors },
    });
    crashPoint("rotate:deleted");
    return { file, events };
  });
}
