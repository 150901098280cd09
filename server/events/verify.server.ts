/**
 * Walks the whole chain, link by link, from the first event to the head: each event gives its hash and hangs on the one
 * before; what has left the log is an anchor that a rotation in the log accounts for, and a file that is still what it was.
 */
import path from "node:path";
import { config } from "../config.server";
import { db } from "../db.server";
import { codeOf, hashFile } from "../files/disk.server";
import type { ExportProblem, Gap } from "./chain";
import { ROTATED } from "./classes";

/** Links looked at by one statement: memory and statements stay small however long the log is. */
const BATCH = 20_000;
const ORIGIN = "0".repeat(64);

/** What a check found. `rotated`: events that have left the log for files. */
export interface ChainCheck {
  checked: number;
  rotated: number;
  gap: Gap | null;
}

/**
 * Recomputes the whole chain in the database.
 * @param batch links that one statement looks at
 * @returns how many events were checked and the first thing that is wrong, or null when every link holds
 */
export async function verifyChain(batch = BATCH): Promise<ChainCheck> {
  // In one snapshot, so that what is appended meanwhile is no gap.
  return db().transaction(
    async (trx) => {
      const ask = async <T>(sql: string, values: unknown[] = []) =>
        (await trx.raw<{ rows: T[] }>(sql, values as never)).rows;
      const [first] =
        await ask<{ below: number | null; covered: number | null; rotated: number; head: number; head_hash: string }> // prettier-ignore
        (
          `SELECT (SELECT min(id) FROM events WHERE id < 1) AS below,
           (SELECT min(e.id) FROM event_anchors a JOIN events e ON e.id BETWEEN a.from_id AND a.to_id) AS covered,
           (SELECT coalesce(sum(to_id - from_id + 1), 0) FROM event_anchors) AS rotated,
           coalesce((SELECT seq FROM event_chain), 0) AS head, (SELECT hash FROM event_chain) AS head_hash`,
        );
      const { below, covered, head, head_hash } = first!;
      const rotated = Number(first!.rotated);
      let checked = 0;
      const found = (gap: Gap | null): ChainCheck => ({ checked, rotated, gap });
      const forged = await forgedAnchor(ask);
      if (below !== null) return found({ event_id: below, problem: "inserted" });
      let after = { id: 0, hash: ORIGIN };
      for (;;) {
        const [row] = await ask<BatchRow>(STEP, [
          after.id,
          batch,
          after.id,
          batch,
          batch,
          after.id,
          after.hash,
        ]);
        checked += Number(row!.events);
        if (row!.problem) return found(firstOf(gapOf(row!), forged, covered));
        if (Number(row!.links) === 0) break;
        after = { id: Number(row!.last_id), hash: row!.last_hash! };
      }
      if (forged !== null || covered !== null) return found(firstOf(null, forged, covered));
      if (after.id > head) return found({ event_id: head + 1, problem: "inserted" });
      if (after.id < head) return found({ event_id: after.id + 1, to: head, problem: "missing" });
      return found(after.hash === head_hash ? null : { event_id: head, problem: "head" });
    },
    { isolationLevel: "repeatable read", readOnly: true },
  );
}

interface BatchRow {
  events: number;
  links: number;
  last_id: number | null;
  last_hash: string | null;
  problem: "edited" | "broken" | "missing" | "inserted" | null;
  from_id: number | null;
  before_id: number | null;
}

const STEP = `
  WITH batch AS (
    SELECT * FROM (
      (SELECT id AS from_id, id AS to_id, prev_hash, hash, event_digest(e) AS digest FROM events e
         WHERE id > ? ORDER BY id LIMIT ?)
      UNION ALL
      (SELECT from_id, to_id, prev_hash, hash, NULL FROM event_anchors WHERE from_id > ? ORDER BY from_id LIMIT ?)
    ) links ORDER BY from_id, to_id LIMIT ?
  ), chained AS (
    SELECT *, lag(to_id, 1, ?::bigint) OVER w AS before_id, lag(hash, 1, ?::text) OVER w AS before_hash
    FROM batch WINDOW w AS (ORDER BY from_id, to_id)
  ), judged AS (
    SELECT *, CASE WHEN from_id <= before_id THEN 'inserted'
                   WHEN from_id > before_id + 1 THEN 'missing'
                   WHEN digest <> hash THEN 'edited'
                   WHEN prev_hash <> before_hash THEN 'broken' END AS problem
    FROM chained
  )
  SELECT count(*) FILTER (WHERE j.digest IS NOT NULL) AS events, count(j.from_id) AS links, max(j.to_id) AS last_id,
         (array_agg(j.hash ORDER BY j.from_id DESC, j.to_id DESC))[1] AS last_hash, bad.problem, bad.from_id, bad.before_id
  FROM (SELECT true) one LEFT JOIN judged j ON true LEFT JOIN (SELECT problem, from_id, before_id FROM judged WHERE problem IS NOT NULL ORDER BY from_id LIMIT 1) bad ON true
  GROUP BY bad.problem, bad.from_id, bad.before_id`;

function gapOf({ problem, from_id, before_id }: BatchRow): Gap {
  const at = Number(from_id);
  const before = Number(before_id);
  if (problem === "missing") return { event_id: before + 1, to: at - 1, problem };
  // The first event hangs on nothing: whoever changed that link changed the first event.
  if (problem === "broken") return { event_id: Math.max(before, 1), problem: "rewritten" };
  return { event_id: at, problem: problem as "edited" | "inserted" };
}

/** Of several findings the one with the lowest number. */
function firstOf(gap: Gap | null, forged: number | null, covered: number | null): Gap {
  const all: Gap[] = [
    ...(covered !== null ? [{ event_id: covered, problem: "inserted" as const }] : []),
    ...(forged !== null ? [{ event_id: forged, problem: "forged-anchor" as const }] : []),
    ...(gap ? [gap] : []),
  ];
  return all.reduce((a, b) => (b.event_id < a.event_id ? b : a));
}

/** The first anchor of an export that the log does not tell of in the same words, or null. */
async function forgedAnchor(
  ask: <T>(sql: string, values?: unknown[]) => Promise<T[]>,
): Promise<number | null> {
  const [row] = await ask<{ from_id: number | null }>(
    `SELECT min(a.from_id) AS from_id FROM event_anchors a JOIN event_exports x ON x.id = a.export_id
     WHERE NOT EXISTS (SELECT FROM events e WHERE e.event_type = ?
       AND e.details->>'export_id' = x.id::text AND e.details->>'file' = x.file AND e.details->>'sha256' = x.sha256
       AND e.details->>'anchors' = anchors_digest(x.id))`,
    [ROTATED],
  );
  return row!.from_id;
}

/** Reads every export again. @returns those that are missing or not what they were */
export async function verifyExports(): Promise<ExportProblem[]> {
  const problems: ExportProblem[] = [];
  const rows: { file: string; sha256: string }[] = await db()("event_exports").orderBy("first_id").select("file", "sha256"); // prettier-ignore
  for (const { file, sha256 } of rows) {
    try {
      if ((await hashFile(path.join(config().EVENT_EXPORT_PATH, file))) !== sha256)
        problems.push({ file, problem: "changed" });
    } catch (error) {
      if (codeOf(error) !== "ENOENT") throw error;
      problems.push({ file, problem: "missing" });
    }
  }
  return problems;
}

/** The whole check: the chain and the files. */
export async function verifyLog(): Promise<ChainCheck & { exports: ExportProblem[] }> {
  return { ...(await verifyChain()), exports: await verifyExports() };
}
