/** Is everything up? Short questions with short limits, no secrets in the answers. */
import { config } from "../config.server";
import { db } from "../db.server";
import { storageAnswers } from "../files/store.server";

export type ComponentState = "ok" | "error";

/** The public health answer; `timestamp` is UTC ISO 8601. */
export interface Health {
  status: "ok" | "error";
  timestamp: string;
  components: {
    database: ComponentState;
    workers: ComponentState;
    queue: ComponentState;
    storage: ComponentState;
    details?: string;
  };
}

/** A worker that has not been heard of for this long, in seconds, counts as gone. */
export const SILENT_AFTER_SECONDS = 30;
const LIMIT_MS = 2_000;

/** Can the database answer, within two seconds? */
export async function databaseAnswers(): Promise<boolean> {
  return within(db().raw("SELECT 1"));
}

/**
 * Looks at database, workers and queue. The queue being away is told but is no failure of the service:
 * the sweep does its work.
 */
export async function health(): Promise<Health> {
  const [database, queue, storage] = await Promise.all([databaseAnswers(), queueAnswers(), storageIsThere()]);
  const workers = database && (await workerSeen());
  const details = [
    database ? "" : "Could not reach the database.",
    workers ? "" : "No worker has reported within half a minute.",
    storage ? "" : "The storage cannot be reached or written to.",
    queue ? "" : "The queue does not answer; mails go out with the next sweep.",
  ].filter(Boolean);
  const ok = (up: boolean): ComponentState => (up ? "ok" : "error");
  return {
    status: ok(database && workers && storage),
    timestamp: new Date().toISOString(),
    components: {
      database: ok(database),
      workers: ok(workers),
      queue: ok(queue),
      storage: ok(storage),
      ...(details.length ? { details: details.join(" ") } : {}),
    },
  };
}

/** Can files be written, asked with the same limit? A share that hangs does not answer. */
export async function storageIsThere(): Promise<boolean> {
  return within(
    storageAnswers().then((there) => {
      if (!there) throw new Error("not there");
    }),
  );
}

/** Has a worker been heard of within half a minute? False when the database cannot say. */
export async function workerSeen(): Promise<boolean> {
  try {
    const row = await db()("heartbeats")
      .where("kind", "worker")
      .whereRaw("seen_at > now() - make_interval(secs => ?)", [SILENT_AFTER_SECONDS])
      .first("process");
    return row !== undefined;
  } catch {
    return false;
  }
}

/** Does the queue answer, within two seconds? */
export async function queueAnswers(): Promise<boolean> {
  const url = config().QUIRREL_API_URL;
  if (!url) return false;
  return within(
    fetch(`${url}/health`, { signal: AbortSignal.timeout(LIMIT_MS) }).then((answer) => {
      if (!answer.ok) throw new Error("not well");
    }),
  );
}

async function within(question: PromiseLike<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  try {
    await Promise.race([
      question,
      new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error("too slow")), LIMIT_MS);
      }),
    ]);
    return true;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
