/**
 * Telling the queue. One of the two files that know Quirrel (the other is workers/queues.ts).
 * Never awaited by a request: the row is committed already, and when nobody hears, the sweep finds it.
 */
import { QuirrelClient } from "quirrel/client.cjs";
import { config } from "../config.server";
import { db } from "../db.server";
import { log } from "../log.server";
import { quirrelToken } from "./quirrel-token.server";

/** The queue's route below the worker's address. */
export const OUTBOX_ROUTE = "queues/outbox";
/** What is due later than this is announced when its time is near, so that the queue does not fill with letters of tomorrow; seconds. */
export const HORIZON_SECONDS = 90;
/** Quirrel's own client would wait some twenty seconds for a queue that is away. */
const LIMIT_MS = 2_000;

/** What travels through the queue: ids, nothing else. */
export interface WakeUp {
  outbox_id: string;
}

/**
 * Announces rows to the queue and notes that they were announced; those beyond the horizon are left to the sweep.
 * @returns the ids that the queue was told of; none when it could not be
 */
export async function announce(ids: string[]): Promise<string[]> {
  const { QUIRREL_API_URL, QUIRREL_BASE_URL, QUIRREL_ENCRYPTION_SECRET } = config();
  if (!ids.length || !QUIRREL_API_URL || !QUIRREL_BASE_URL) return [];
  try {
    const rows = await db()("outbox")
      .whereIn("id", ids)
      .where("state", "due")
      .whereRaw("next_at <= now() + make_interval(secs => ?)", [HORIZON_SECONDS])
      .select("id", "attempts", "next_at", db().raw("extract(epoch FROM now()) * 1000 AS now"));
    if (rows.length === 0) return [];
    const near = rows.map((row) => row.id as string);
    const client = new QuirrelClient<WakeUp>({
      route: OUTBOX_ROUTE,
      handler: async () => undefined,
      config: {
        quirrelBaseUrl: QUIRREL_API_URL,
        applicationBaseUrl: QUIRREL_BASE_URL,
        token: await quirrelToken(),
        encryptionSecret: QUIRREL_ENCRYPTION_SECRET,
      },
      fetch: (url, init) =>
        fetch(url as string, { ...(init as RequestInit), signal: AbortSignal.timeout(LIMIT_MS) }) as never,
    });
    await client.enqueueMany(
      rows.map((row) => ({
        payload: { outbox_id: row.id },
        // A wake-up that the queue lost blocks its id for ever, so each announcement has a new one.
        options: {
          id: `${row.id}-${row.attempts}-${Date.now()}`,
          delay: Math.max(1, Math.ceil(row.next_at.getTime() - Number(row.now)) + 50),
        },
      })),
    );
    await db()("outbox")
      .whereIn("id", near)
      .where("state", "due")
      .update({ announced_at: db().raw("greatest(now(), next_at) + interval '1 millisecond'") });
    return near;
  } catch (error) {
    log.warn({ err: error }, "The queue could not be told; the sweep will do it");
    return [];
  }
}

/** Announces without waiting; for use after a commit inside a request. */
export function announceLater(ids: string[]): void {
  if (ids.length) void announce(ids);
}
