/**
 * One run of a chore. Promises: never two at a time, in whatever process; a planned time is kept once; what was
 * begun and died is told as interrupted; who wanted it and what came of it is written down.
 */
import { hostname } from "node:os";
import { db } from "../db.server";
import type { Actor } from "../events/append.server";
import { log } from "../log.server";
import { tryLock } from "./advisory.server";
import { ChoreRun, type Outcome } from "./chore.server";

/** The work of a chore; a sentence or figures about it, or nothing to say. */
export type Work = (run: ChoreRun) => Promise<Outcome | string | void>;

/** How a run comes about: at its planned time, asked for on the page (`run_id`), or by a command. */
export interface Wish {
  by: Actor;
  slot?: Date;
  run_id?: string;
  /** Called when the run stands in the records and before it works. */
  begun?: () => Promise<void>;
}

/**
 * Runs a chore unless it is running already, or its planned time has been kept.
 * @returns the run as it ended, or null when there was nothing to do
 */
export async function runChore(chore: string, wish: Wish, work: Work): Promise<ChoreRun | null> {
  const lock = await tryLock(`chore:${chore}`);
  if (!lock) return null;
  try {
    // We hold the lock, so whoever began these is gone.
    await endInterrupted(chore);
    const run = await begin(chore, wish);
    await wish.begun?.();
    return run && (await finish(run, work));
  } finally {
    await lock.release();
  }
}

async function begin(chore: string, { by, slot, run_id }: Wish): Promise<ChoreRun | null> {
  const now = { state: "running", started_at: db().fn.now(), process: `${hostname()}:${process.pid}` };
  const [row] = run_id
    ? await db()("chore_runs").where({ id: run_id, state: "queued" }).update(now).returning("*")
    : await db()("chore_runs")
        .insert({ chore, slot: slot ?? null, started_by: by.name, workstation_id: by.workstation_id, ...now })
        .onConflict()
        .ignore()
        .returning("*");
  return row ? ChoreRun.fromDatabaseJson(row) : null;
}

async function finish(run: ChoreRun, work: Work): Promise<ChoreRun> {
  const { chore, started_by } = run;
  let end: { state: string; result: string | null; facts?: string };
  const started = Date.now();
  try {
    const outcome = await work(run);
    const said = typeof outcome === "object" ? outcome : { result: outcome ?? "" };
    end = { state: "done", result: said.result || null, facts: JSON.stringify(said.facts ?? {}) };
    log.debug({ chore, started_by, ms: Date.now() - started, result: said.result }, "A chore is done");
  } catch (err) {
    const facts = (err as { facts?: unknown }).facts;
    end = { state: "failed", result: sentenceOf(err), facts: JSON.stringify(facts ?? {}) };
    log.error({ err, chore, started_by }, "A chore failed");
  }
  const [row] = await db()("chore_runs")
    .where({ id: run.id, state: "running" })
    .update({ ...end, finished_at: db().fn.now() })
    .returning("*");
  return row ? ChoreRun.fromDatabaseJson(row) : run;
}

function sentenceOf(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.split("\n")[0]!.slice(0, 500);
}

async function endInterrupted(chore: string): Promise<number> {
  return db()("chore_runs").where({ chore, state: "running" }).update({
    state: "interrupted",
    finished_at: db().fn.now(),
    result: "It was interrupted; nothing was left half done, and it starts anew.",
  });
}

/** After this many interrupted runs one after the other a chore waits for its next planned time. */
const MOST_INTERRUPTED = 3;

/**
 * For a new leader: runs whose process is gone are told as interrupted, and due again at once.
 * @returns names of the chores that were interrupted
 */
export async function endAbandoned(): Promise<string[]> {
  const rows: { chore: string }[] = await db()("chore_runs").where("state", "running").select("chore");
  const ended: string[] = [];
  for (const { chore } of rows) {
    const lock = await tryLock(`chore:${chore}`);
    if (!lock) continue;
    try {
      if (!(await endInterrupted(chore))) continue;
      ended.push(chore);
      const last = await ChoreRun.query()
        .where({ chore })
        .orderBy("requested_at", "desc")
        .limit(MOST_INTERRUPTED);
      if (last.length < MOST_INTERRUPTED || last.some(({ state }) => state !== "interrupted"))
        await db()("chores")
          .where({ name: chore })
          .whereNotNull("next_at")
          .update({ next_at: db().raw("least(next_at, date_trunc('second', now()))") });
    } finally {
      await lock.release();
    }
  }
  return ended;
}
