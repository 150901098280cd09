import { db } from "../db.server";

/** Where the chain breaks first, or null when every link holds. */
export type ChainGap = { event_id: number; problem: "missing" | "changed" | "head" } | null;

/**
 * Recomputes the whole chain in the database.
 * @returns how many events were checked and the first gap: a number that is missing, an event whose
 * content or link does not match its hash, or where the head and the last event part
 */
export async function verifyChain(): Promise<{ checked: number; gap: ChainGap }> {
  const result = await db().raw<{
    rows: [
      {
        checked: number;
        changed: number | null;
        missing: number | null;
        last: number;
        head: number;
        head_ok: boolean;
      },
    ];
  }>(`
    WITH chained AS (
      SELECT e.id, e.hash, event_digest(e) AS digest, e.prev_hash,
             lag(e.hash) OVER (ORDER BY e.id) AS before_hash, lag(e.id) OVER (ORDER BY e.id) AS before_id
      FROM events e
    )
    SELECT count(*) AS checked,
           min(id) FILTER (WHERE hash <> digest OR (before_hash IS NOT NULL AND before_id = id - 1 AND prev_hash <> before_hash)
                             OR (before_id IS NULL AND id = 1 AND prev_hash <> repeat('0', 64))) AS changed,
           min(coalesce(before_id, 0) + 1) FILTER (WHERE coalesce(before_id, 0) <> id - 1) AS missing,
           coalesce(max(id), 0) AS last,
           coalesce((SELECT seq FROM event_chain), 0) AS head,
           (SELECT seq FROM event_chain) = coalesce(max(id), 0)
             AND ((SELECT seq FROM event_chain) = 0 OR (SELECT hash FROM event_chain) =
                  (SELECT hash FROM events ORDER BY id DESC LIMIT 1)) AS head_ok
    FROM chained`);
  const row = result.rows[0];
  const first = Math.min(row.changed ?? Infinity, row.missing ?? Infinity);
  if (first !== Infinity)
    return {
      checked: row.checked,
      gap: { event_id: first, problem: first === row.missing ? "missing" : "changed" },
    };
  if (!row.head_ok) {
    // Cut off at the end, added behind the chain's back, or (equally long) the last one rewritten.
    const event_id = row.head === row.last ? row.last : Math.min(row.head, row.last) + 1;
    return { checked: row.checked, gap: { event_id, problem: "head" } };
  }
  return { checked: row.checked, gap: null };
}
