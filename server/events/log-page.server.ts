/** What the page about the log shows: its head, its size, and the files that events have left for. Read-only. */
import { db } from "../db.server";

export interface ExportView {
  file: string;
  events: number;
  size_bytes: number;
  sha256: string;
  first_at: string;
  last_at: string;
  exported_at: string;
}

export interface LogPage {
  /** Number and hash of the newest event: what a check from outside is compared with. */
  head: { seq: number; hash: string };
  /** Events that stand in the log, and those that have left. */
  events: number;
  rotated: number;
  oldest_at: string | null;
  exports: ExportView[];
  exports_total: number;
}

const SHOWN = 50;

export async function logPage(): Promise<LogPage> {
  const [[head], [anchored], oldest, exports, total] = await Promise.all([
    db()("event_chain").select("seq", "hash"),
    db()("event_anchors").select(db().raw("coalesce(sum(to_id - from_id + 1), 0) AS n")),
    db()("events").orderBy("id").first("timestamp"),
    db()("event_exports").orderBy("exported_at", "desc").orderBy("last_id", "desc").limit(SHOWN),
    db()("event_exports").count("* as n").first(),
  ]);
  const rotated = Number(anchored.n);
  return {
    head: { seq: head.seq, hash: head.hash },
    events: head.seq - rotated,
    rotated,
    oldest_at: oldest ? (oldest.timestamp as Date).toISOString() : null,
    exports: exports.map((row) => ({
      file: row.file,
      events: row.events,
      size_bytes: row.size_bytes,
      sha256: row.sha256,
      first_at: row.first_at.toISOString(),
      last_at: row.last_at.toISOString(),
      exported_at: row.exported_at.toISOString(),
    })),
    exports_total: Number(total!.n),
  };
}
