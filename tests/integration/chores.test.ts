/** The timetable: each planned time is kept once, by one worker; what is missed or interrupted is done later. */
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { tryLock } from "@server/chores/advisory.server";
import { choresPage, lastRuns } from "@server/chores/report.server";
import { requestChore } from "@server/chores/request-chore.server";
import { endAbandoned, runChore } from "@server/chores/run-chore.server";
import { db } from "@server/db.server";
import { SYSTEM } from "@server/events/append.server";
import { tidyRecords } from "@server/health/tidy.server";
import { Leader, nextTime } from "@workers/leader";
import type { Chore } from "@workers/chore";
import { timetable } from "@workers/schedule";
import { freshLab, type Lab } from "../support/database";
import { FRONT, STAFF } from "../support/desk";

let lab: Lab;
beforeAll(async () => {
  lab = await freshLab();
});
beforeEach(async () => {
  await db()("chore_runs").delete();
  await db()("chores").delete();
});

const runs = () => db()("chore_runs").orderBy("requested_at");
const wish = { by: SYSTEM };

/** A timetable of one chore that counts its runs. */
function counting(when: string, work?: () => Promise<string | void>) {
  const counter = { runs: 0 };
  const chore: Chore = {
    name: "count",
    title: "Count",
    about: "Counts.",
    when,
    run: async () => {
      counter.runs++;
      return work?.();
    },
  };
  return { counter, plan: async () => ({ chores: [chore], time_zone: "UTC" }) };
}

/** Ticks all of them every 100 ms, as their clocks would. */
async function tickFor(ms: number, ...leaders: Leader[]) {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(100))
    await Promise.all(leaders.map((leader) => leader.tick()));
}

test("the result of a run, its failure and who wanted it are written down", async () => {
  await runChore("count", wish, async () => ({ result: "3 things", facts: { things: 3 } }));
  expect(await lastRuns("count")).toMatchObject({
    last: { state: "done", result: "3 things", facts: { things: 3 }, started_by: "system", by_hand: true },
  });
  await runChore("count", { by: { name: STAFF, workstation_id: "front" } }, async () => {
    throw new Error("the disk is full");
  });
  const { last, last_good } = await lastRuns("count");
  expect(last).toMatchObject({ state: "failed", result: "the disk is full", started_by: STAFF });
  expect(last_good).toMatchObject({ result: "3 things" });
});

test("never two at a time, and a planned time is kept once", async () => {
  let at_once = 0;
  let most = 0;
  let done = 0;
  const work = async () => {
    most = Math.max(most, ++at_once);
    await sleep(50);
    at_once--;
    done++;
  };
  await Promise.all(Array.from({ length: 8 }, () => runChore("count", wish, work)));
  expect(most).toBe(1);
  const before = done;
  const slot = new Date("2026-11-24T03:00:00Z");
  for (let n = 0; n < 3; n++) await runChore("count", { ...wish, slot }, work);
  expect(done).toBe(before + 1);
});

test("of several workers one leads, and each planned time has one run", async () => {
  const { counter, plan } = counting("* * * * * *");
  const leaders = [new Leader(plan), new Leader(plan), new Leader(plan)];
  await tickFor(4_500, ...leaders);
  expect(leaders.filter((leader) => leader.leads)).toHaveLength(1);
  for (const leader of leaders) await leader.stop();
  const rows = await runs();
  expect(counter.runs).toBe(rows.length);
  expect(rows.length).toBeGreaterThanOrEqual(3);
  expect(new Set(rows.map(({ slot }) => slot.getTime())).size).toBe(rows.length);
  expect(rows.every(({ state }) => state === "done")).toBe(true);
});

test("when the leader's connection is cut, another one leads", async () => {
  const { plan } = counting("0 3 1 1 *");
  const [first, second] = [new Leader(plan), new Leader(plan)];
  await first.tick();
  await second.tick();
  expect([first.leads, second.leads]).toEqual([true, false]);
  await lab.owner(
    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = 730260 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
  );
  await tickFor(2_600, second);
  expect([first.leads, second.leads]).toEqual([false, true]);
  await first.stop();
  await second.stop();
});

test("a time that was missed while nobody led is made up for once", async () => {
  const { counter, plan } = counting("0 3 1 1 *");
  const leader = new Leader(plan);
  await leader.tick();
  await leader.stop();
  expect(counter.runs).toBe(0);
  await db().raw("UPDATE chores SET next_at = now() - interval '3 days'");
  const later = new Leader(plan);
  await tickFor(600, later);
  await later.stop();
  expect(counter.runs).toBe(1);
  const [chore] = await choresPage();
  expect(new Date(chore!.next_at!).getTime()).toBeGreaterThan(Date.now());
});

test("a run whose process died is told, and due again at once; after three it waits", async () => {
  const { counter, plan } = counting("0 3 1 1 *");
  const leader = new Leader(plan);
  await leader.tick();
  await leader.stop();
  const die = () =>
    db()("chore_runs").insert({
      chore: "count",
      state: "running",
      started_by: "system",
      workstation_id: "worker",
      started_at: db().fn.now(),
    });
  await die();
  const next = new Leader(plan);
  await tickFor(600, next);
  await next.stop();
  expect((await runs()).map(({ state }) => state)).toEqual(["interrupted", "done"]);
  expect(counter.runs).toBe(1);
  for (let n = 0; n < 3; n++) {
    await die();
    await endAbandoned();
  }
  const [{ next_at }] = await db()("chores").select("next_at");
  // The first two had it come again; with the third it waits for its time.
  await db()("chores").update({ next_at: new Date(Date.now() + 3_600_000) });
  await die();
  await endAbandoned();
  const [after] = await db()("chores").select("next_at");
  expect(next_at.getTime()).toBeLessThanOrEqual(Date.now());
  expect(after.next_at.getTime()).toBeGreaterThan(Date.now());
});

test("a run that is still at work somewhere is not taken for interrupted", async () => {
  let release: () => void = () => undefined;
  const working = runChore("count", wish, () => new Promise<void>((resolve) => (release = resolve)));
  await expect.poll(async () => (await runs()).length).toBe(1);
  expect(await endAbandoned()).toEqual([]);
  release();
  expect((await working)!.state).toBe("done");
});

test("staff have a chore done: attributed, in the log, once however often they press", async () => {
  const { counter, plan } = counting("0 3 1 1 *");
  const leader = new Leader(plan);
  await leader.tick();
  const press = (staff_name = STAFF, chore = "count") => requestChore(FRONT, { chore, staff_name });
  await expect(press("Nobody")).rejects.toMatchObject({ code: "invalid" });
  await expect(press(STAFF, "no-such\0")).rejects.toMatchObject({ code: "not_found" });
  const pressed = await Promise.allSettled([press(), press(), press()]);
  expect(pressed.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  for (const one of pressed)
    if (one.status === "rejected") expect(one.reason).toMatchObject({ code: "conflict" });
  await tickFor(400, leader);
  await leader.stop();
  expect(counter.runs).toBe(1);
  const [event] = await lab.owner("SELECT * FROM events ORDER BY id DESC LIMIT 1");
  expect(event).toMatchObject({
    event_type: "AdminAction",
    triggered_by: STAFF,
    details: { action: "chore-run", chore: "count" },
  });
  expect((await choresPage())[0]).toMatchObject({ busy: false, last: { by_hand: true, started_by: STAFF } });
});

test("the plan follows the table: new times, chores that are off, chores that are gone", async () => {
  const leads = async (chores: Chore[], time_zone = "UTC") => {
    const leader = new Leader(async () => ({ chores, time_zone }));
    await leader.tick();
    await leader.stop();
    return choresPage();
  };
  const one = (more: Partial<Chore> = {}): Chore => ({ name: "one", title: "One", about: "", when: "0 3 1 1 *", run: async () => undefined, ...more }); // prettier-ignore
  const [before] = await leads([one()]);
  const [same] = await leads([one()]);
  expect(same!.next_at).toBe(before!.next_at);
  const [moved] = await leads([one({ when: "0 4 1 1 *" })]);
  expect(moved!.next_at).not.toBe(before!.next_at);
  const [zoned] = await leads([one()], "America/Chicago");
  expect(Date.parse(zoned!.next_at!) - Date.parse(before!.next_at!)).toBe(6 * 3_600_000);
  const [off] = await leads([one({ off: "Set BACKUP_PATH." })]);
  expect(off).toMatchObject({ next_at: null, off_because: "Set BACKUP_PATH." });
  expect(await leads([one({ name: "two" })])).toMatchObject([{ name: "two" }]);
});

test("every chore of the real timetable has a sound time, and does its work on a fresh lab", async () => {
  const names = timetable().map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { name, when, off, run } of timetable()) {
    if (when) expect(nextTime(when, "America/Chicago", new Date()).getTime()).toBeGreaterThan(Date.now());
    if (off || !when) continue;
    const run_ = await runChore(name, wish, run);
    expect([name, run_!.state, run_!.result]).toEqual([name, "done", run_!.result]);
  }
});

test("what runs every minute keeps a day of runs, what runs daily a year", async () => {
  await db().raw(
    `INSERT INTO chore_runs (chore, slot, state, started_by, workstation_id, requested_at, started_at, finished_at)
     SELECT name, at, 'done', 'system', 'worker', at, at, at FROM (
       SELECT 'often' AS name, now() - n * interval '10 minutes' AS at FROM generate_series(1, 500) n
       UNION ALL SELECT 'daily', now() - n * interval '1 day' FROM generate_series(1, 500) n) made`,
  );
  await tidyRecords();
  const rows = await db()("chore_runs").select("chore").count("* as n").groupBy("chore").orderBy("chore");
  expect(rows.map(({ chore, n }) => [chore, Number(n)])).toEqual([
    ["daily", 399],
    ["often", 143],
  ]);
});

test("a lock ends with its holder's connection", async () => {
  const lock = (await tryLock("test"))!;
  expect(await tryLock("test")).toBeNull();
  expect(await tryLock("other").then((l) => l?.release())).toBeUndefined();
  await lock.release();
  expect(lock.held()).toBe(false);
  const again = await tryLock("test");
  expect(again).not.toBeNull();
  await again!.release();
});
