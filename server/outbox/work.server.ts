/**
 * Working off the outbox. Whoever is told of a row (queue, sweep, staff) calls `workRow`; the claim
 * decides, so that a row runs once at a time and a dead worker's row comes back when its lease ends.
 */
import type { Knex } from "knex";
import { db } from "../db.server";
import { log } from "../log.server";
import { HORIZON_SECONDS } from "./enqueue.server";
import { OutboxRow } from "./outbox.server";

/** Seconds that a claim lasts; every handler ends well before. */
export const LEASE_SECONDS = 120;
/** Whoever held it is gone: the lease has ended, or ends later than any lease can (the clock went back). */
const LEFT = `(lease_until < now() OR lease_until > now() + interval '${2 * LEASE_SECONDS} seconds')`;
/** A row that has not succeeded after this long has failed for good and waits for a person. */
const GIVE_UP_HOURS = 48;
/** Waits between attempts, in seconds; the last one repeats. */
const BACK_OFF = [30, 60, 120, 300, 600, 1800, 3600];

/** What a handler may say with what it throws. */
interface Failure {
  /** `"permanent"`: no repetition can mend it, the row has failed. */
  kind: "permanent" | "temporary";
  /** Nothing was tried yet; come back then. Does not count as an attempt. */
  retryAfterSeconds: number;
}

/**
 * Does the work of one row; safe to run twice. `"overtaken"`: events made it needless, nothing was sent.
 * `"again"`: a part of long work is done and the rest is due at once, so that no run outlasts its lease.
 */
export type Handler = (row: OutboxRow) => Promise<void | "overtaken" | "again">;
export type Handlers = Record<string, Handler>;

/**
 * Claims a row and runs its handler.
 * @returns what became of it; "not-due" when somebody else has it, it is done, or its time has not come;
 * "again" when its handler wants to go on at once: whoever asked may announce it anew, else the sweep does
 */
export async function workRow(
  id: string,
  handlers: Handlers,
): Promise<"done" | "again" | "retry" | "failed" | "not-due"> {
  const [row] = await claim([id]);
  return row ? runRow(row, handlers) : "not-due";
}

/** Runs a claimed row's handler and says in the row what became of it. */
async function runRow(row: OutboxRow, handlers: Handlers): Promise<"done" | "again" | "retry" | "failed"> {
  try {
    const handler = handlers[row.kind];
    if (!handler) throw Object.assign(new Error(`Nobody handles "${row.kind}".`), { kind: "permanent" });
    const outcome = await handler(row);
    if (outcome === "overtaken") {
      await settle(row, { state: "cancelled", last_error: null });
      return "done";
    }
    if (outcome === "again") {
      // Progress was made, so earlier failures no longer count.
      const change = { state: "due", attempts: 0, next_at: db().fn.now(), announced_at: null };
      await settle(row, { ...change, last_error: null });
      return "again";
    }
  } catch (error) {
    return await putBack(row, error);
  }
  await done(row);
  return "done";
}

async function claim(ids: string[]): Promise<OutboxRow[]> {
  const rows = await db()("outbox")
    .whereIn("id", ids)
    .where((due) =>
      due
        .where((q) => q.where("state", "due").whereRaw("next_at <= now()"))
        .orWhere((q) => q.where("state", "running").whereRaw(LEFT)),
    )
    .update({
      state: "running",
      attempts: db().raw("attempts + 1"),
      lease_until: db().raw("now() + make_interval(secs => ?)", [LEASE_SECONDS]),
      lease_key: db().raw("gen_random_uuid()"),
    })
    .returning("*");
  return rows.map((row) => OutboxRow.fromDatabaseJson(row));
}

/** Rows that are done and wait while the statement before theirs is on its way; nobody waits for company. */
let finished: { row: OutboxRow; told: (error?: unknown) => void }[] = [];
let writing = false;

/** Marks a row as done, together with those that were done at the same moment. */
function done(row: OutboxRow): Promise<void> {
  return new Promise((resolve, reject) => {
    finished.push({ row, told: (error) => (error === undefined ? resolve() : reject(error as Error)) });
    if (!writing) void writeDone();
  });
}

async function writeDone(): Promise<void> {
  writing = true;
  while (finished.length) {
    const batch = finished;
    finished = [];
    try {
      await db()("outbox")
        .whereIn(
          ["id", "lease_key"],
          batch.map(({ row }) => [row.id, row.lease_key!]),
        )
        .update({
          state: "done",
          done_at: db().fn.now(),
          last_error: null,
          lease_until: null,
          lease_key: null,
        });
      for (const { told } of batch) told();
    } catch (error) {
      for (const { told } of batch) told(error ?? new Error("The row could not be marked as done."));
    }
  }
  writing = false;
}

async function putBack(row: OutboxRow, error: unknown): Promise<"retry" | "failed"> {
  const message = error instanceof Error ? error.message : String(error);
  const { kind, retryAfterSeconds } = error as Partial<Failure>;
  const permanent = kind === "permanent";
  const tooOld = Date.now() - row.created_at.getTime() > GIVE_UP_HOURS * 3_600_000;
  const failed = permanent || tooOld;
  const base = retryAfterSeconds ?? BACK_OFF[Math.min(row.attempts - 1, BACK_OFF.length - 1)]!;
  const wait = retryAfterSeconds ? base * (1 + Math.random() * 0.2) : base * (0.8 + Math.random() * 0.4);
  await settle(row, {
    state: failed ? "failed" : "due",
    last_error: message.slice(0, 500),
    next_at: db().raw("now() + make_interval(secs => ?)", [wait]),
    announced_at: null,
    ...(retryAfterSeconds ? { attempts: row.attempts - 1 } : {}),
  });
  log.warn(
    { outbox: row.id, kind: row.kind, attempt: row.attempts, failed, reason: message },
    failed ? "An effect has failed for good" : "An effect will be tried again",
  );
  return failed ? "failed" : "retry";
}

/** Ends our lease; a worker whose lease ran out and was taken over changes nothing. */
async function settle(row: OutboxRow, change: Record<string, unknown>): Promise<void> {
  await db()("outbox")
    .where({ id: row.id, lease_key: row.lease_key })
    .update({ ...change, lease_until: null, lease_key: null });
}

/** The rows that are due now, oldest first; `left`: a worker died over it. */
export async function dueRows(
  limit = 200,
): Promise<{ id: string; attempts: number; announced: boolean; left: boolean }[]> {
  // Two questions: each follows its index and leaves marks on the dead entries it meets, so that they are met once.
  // Asked with OR, every sweep goes through all that a busy lab has left since the last vacuum.
  const { rows } = await db().raw<{ rows: unknown }>(
    `SELECT id, attempts, announced, "left" FROM (
       (SELECT id, attempts, next_at, coalesce(announced_at > next_at, false) AS announced, false AS "left"
          FROM outbox WHERE state = 'due' AND next_at <= now() ORDER BY next_at LIMIT :limit)
       UNION ALL
       (SELECT id, attempts, next_at, coalesce(announced_at > next_at, false), true
          FROM outbox WHERE state = 'running' AND ${LEFT} ORDER BY lease_until LIMIT :limit)
     ) AS waiting ORDER BY next_at LIMIT :limit`,
    { limit },
  );
  return rows as Awaited<ReturnType<typeof dueRows>>;
}

/** Rows whose time is near and that nobody was told of, oldest first. */
async function nearRows(limit = 200): Promise<string[]> {
  const rows = await db()("outbox")
    .where("state", "due")
    .whereRaw("next_at > now() AND next_at <= now() + make_interval(secs => ?)", [HORIZON_SECONDS])
    .whereRaw("coalesce(announced_at < next_at, true)")
    .orderBy("next_at")
    .limit(limit)
    .select("id");
  return rows.map((row) => row.id as string);
}

/**
 * Looks for due rows and sees that they are worked off: announces those nobody was told of, and does
 * the rest itself: rows that were announced but have not been done, rows that a dead worker left, and all of
 * them when the queue is away.
 * @param announce tells the queue, and gives the ids it was told of
 */
export async function sweepOutbox(
  handlers: Handlers,
  announce: (ids: string[]) => Promise<string[]>,
): Promise<{ announced: number; worked: number }> {
  const near = await nearRows();
  const sum = { announced: near.length ? (await announce(near)).length : 0, worked: 0 };
  const seen = new Set<string>();
  for (const end = Date.now() + SWEEP_MS; Date.now() < end;) {
    const due = (await dueRows()).filter((row) => !seen.has(`${row.id} ${row.attempts}`));
    if (due.length === 0) break;
    // A row that stays due (announced just now, or held by somebody else) is not looked at twice.
    for (const row of due) seen.add(`${row.id} ${row.attempts}`);
    const fresh = due.filter((row) => !row.announced && !row.left).map((row) => row.id);
    const told = new Set(fresh.length ? await announce(fresh) : []);
    const mine = due.map((row) => row.id).filter((id) => !told.has(id));
    sum.announced += told.size;
    sum.worked += mine.length;
    await workRows(mine, handlers);
  }
  return sum;
}

/** Rows that one sweep works on at a time: a peer that never answers must not hold up all others. */
const LANES = 4;
/** A pile is worked off in one go, but the next sweep finds this one over. */
const SWEEP_MS = 50_000;

/** Rows that are claimed together. */
const CLAIMED = 32;
/** What has not been begun by then is given back: whatever is begun must end within the lease. */
const FRESH_MS = (LEASE_SECONDS * 1000) / 3;

/** Works off the rows side by side: one that takes long holds up no other. */
async function workRows(ids: string[], handlers: Handlers): Promise<void> {
  const ready: { row: OutboxRow; until: number }[] = [];
  let claiming: Promise<void> | null = null;
  const claimMore = async () => {
    const until = performance.now() + FRESH_MS;
    for (const row of await claim(ids.splice(0, CLAIMED))) ready.push({ row, until });
  };
  const lane = async () => {
    for (;;) {
      while (ready.length === 0 && (claiming || ids.length > 0))
        await (claiming ??= claimMore().finally(() => (claiming = null)));
      const next = ready.shift();
      if (!next) return;
      if (performance.now() < next.until) await runRow(next.row, handlers);
      else await settle(next.row, { state: "due", attempts: next.row.attempts - 1 });
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

/**
 * Makes one row due that its handler has put aside (`retryAfterSeconds`), the one whose time would come first.
 * @returns ids of what is due now: one, or none
 */
export async function callBack(kind: string): Promise<string[]> {
  const rows = await db()("outbox")
    .where({
      id: db()("outbox")
        .where({ kind, state: "due", attempts: 0 })
        .whereRaw("next_at > now()")
        .orderBy("next_at")
        .limit(1)
        .forUpdate()
        .skipLocked()
        .select("id"),
    })
    .update({ next_at: db().fn.now() })
    .returning("id");
  return rows.map((row) => row.id as string);
}

/** Puts a failed row back to work, at the wish of a person. */
export async function retryRow(id: string, on: Knex = db()): Promise<boolean> {
  const count = await on("outbox")
    .where({ id, state: "failed" })
    .update({ state: "due", next_at: db().fn.now(), announced_at: null, created_at: db().fn.now() });
  return count === 1;
}
