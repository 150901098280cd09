/**
 * Who keeps the timetable. Of all workers one leads, by a lock that the database lets go of when its holder dies;
 * the others ask every few seconds. The plan stands in the database: what was due while nobody led is done by
 * the next leader, once.
 */
import cron from "node-cron";
import { type HeldLock, tryLock } from "@server/chores/advisory.server";
import { endAbandoned, runChore } from "@server/chores/run-chore.server";
import { db } from "@server/db.server";
import { SYSTEM } from "@server/events/append.server";
import { log } from "@server/log.server";
import type { Chore } from "./chore";

/** How long a worker that does not lead waits before it asks again, milliseconds. */
const ASK_MS = 2_000;

/** How old the plan may become, milliseconds. */
const PLAN_MS = 60_000;

/** The next planned time of a cron expression after `now`. */
export function nextTime(expression: string, timezone: string, now: Date): Date {
  const task = cron.createTask(expression, () => undefined, { timezone });
  try {
    const next = task.getNextRuns(5).find((time) => time > now);
    if (!next) throw new Error(`"${expression}" never comes.`);
    return next;
  } finally {
    void task.destroy();
  }
}

export class Leader {
  private lock: HeldLock | null = null;
  private asked = 0;
  private planned = 0;
  private ticking = false;
  private stopped = false;
  private readonly running = new Map<string, Promise<unknown>>();

  /** @param plan asked at each taking over and every minute: the chores and the zone of their times */
  constructor(private readonly plan: () => Promise<{ chores: Chore[]; time_zone: string }>) {}

  private chores: Chore[] = [];
  private timeZone = "UTC";

  get leads(): boolean {
    return this.lock?.held() ?? false;
  }

  /** Once a second: lead, if nobody does; begin what is due or asked for. */
  async tick(): Promise<void> {
    if (this.ticking || this.stopped) return;
    this.ticking = true;
    try {
      if (!this.leads && !(await this.takeOver())) return;
      if (Date.now() - this.planned > PLAN_MS) await this.makePlan();
      await this.beginDue();
      await this.beginQueued();
    } catch (err) {
      log.warn({ err }, "The timetable could not be looked at; it is tried again");
      if (!this.leads) this.lock = null;
    } finally {
      this.ticking = false;
    }
  }

  private async takeOver(): Promise<boolean> {
    if (Date.now() - this.asked < ASK_MS) return false;
    this.asked = Date.now();
    this.lock = await tryLock("leader");
    if (!this.lock) return false;
    try {
      await this.makePlan();
      const interrupted = await endAbandoned();
      log.info({ interrupted }, "This worker keeps the timetable now");
      return true;
    } catch (error) {
      await this.lock.release();
      this.lock = null;
      throw error;
    }
  }

  /** The lab may have changed its zone, or what is switched on; so the plan is made anew now and then. */
  private async makePlan(): Promise<void> {
    const { chores, time_zone } = await this.plan();
    this.chores = chores;
    this.timeZone = time_zone;
    await this.writePlan();
    this.planned = Date.now();
  }

  /** The plan in the database: a time that stands there and is not over, or was missed, stays. */
  private async writePlan(): Promise<void> {
    const now = await this.now();
    const rows = this.chores
      .filter((chore) => !chore.everywhere)
      .map((chore, position) => ({
        name: chore.name,
        position,
        title: chore.title,
        about: chore.about,
        cron: chore.when,
        time_zone: this.timeZone,
        off_because: chore.off ?? "",
        next_at: chore.when && !chore.off ? nextTime(chore.when, this.timeZone, now) : null,
      }));
    await db().transaction(async (trx) => {
      await trx("chores")
        .whereNotIn(
          "name",
          rows.map(({ name }) => name),
        )
        .delete();
      await trx("chores")
        .insert(rows)
        .onConflict("name")
        .merge({
          ...Object.fromEntries(
            ["position", "title", "about", "cron", "time_zone", "off_because"].map((c) => [c, trx.raw(`excluded.${c}`)]), // prettier-ignore
          ),
          next_at: trx.raw(
            `CASE WHEN chores.cron = excluded.cron AND chores.time_zone = excluded.time_zone AND excluded.next_at IS NOT NULL
             THEN coalesce(least(chores.next_at, excluded.next_at), excluded.next_at) ELSE excluded.next_at END`,
          ),
        });
    });
  }

  /** Through the leader's own connection: when that is gone, so is the lead. */
  private async ask<T>(sql: string, values: unknown[] = []): Promise<T[]> {
    const { rows } = await this.lock!.client.query(sql, values);
    return rows as T[];
  }

  private async now(): Promise<Date> {
    return (await this.ask<{ now: Date }>("SELECT now() AS now"))[0]!.now;
  }

  private async beginDue(): Promise<void> {
    const due = await this.ask<{ name: string; next_at: Date; now: Date }>(
      "SELECT name, next_at, now() AS now FROM chores WHERE next_at <= now() AND off_because = ''",
    );
    for (const { name, next_at, now } of due) {
      const chore = this.chores.find((c) => c.name === name);
      if (!chore?.when || this.running.has(name)) continue;
      const next = nextTime(chore.when, this.timeZone, now);
      this.start(chore, { slot: next_at, begun: () => this.planNext(name, next) });
    }
  }

  private async planNext(name: string, next: Date): Promise<void> {
    await db()("chores").where({ name }).where("next_at", "<", next).update({ next_at: next });
  }

  private async beginQueued(): Promise<void> {
    const queued = await this.ask<{ id: string; chore: string; started_by: string; workstation_id: string }>(
      "SELECT id, chore, started_by, workstation_id FROM chore_runs WHERE state = 'queued'",
    );
    for (const { id, chore: name, started_by, workstation_id } of queued) {
      const chore = this.chores.find((c) => c.name === name);
      if (!chore || this.running.has(name)) continue;
      this.start(chore, { run_id: id, by: { name: started_by, workstation_id } });
    }
  }

  private start(chore: Chore, wish: Partial<Parameters<typeof runChore>[1]>): void {
    const work = runChore(chore.name, { by: SYSTEM, ...wish }, chore.run)
      .catch((err) => log.error({ err, chore: chore.name }, "A chore could not be begun"))
      .finally(() => this.running.delete(chore.name));
    this.running.set(chore.name, work);
  }

  /** Ends the lead; waits a moment for what is running. What does not end in time counts as interrupted. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.race([
      Promise.allSettled(this.running.values()),
      new Promise((resolve) => setTimeout(resolve, 5_000).unref()),
    ]);
    await this.lock?.release();
  }
}
