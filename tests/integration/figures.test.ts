/**
 * Every figure of the analytics beside a query of its own over jobs, log and ledger, on a generated year with both changes of
 * the clock: as the night shift leaves it, before it has come, and right after jobs change, go back, are voided, deleted or pruned.
 */
import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { db } from "@server/db.server";
import { verifyChain } from "@server/events/verify.server";
import { courseReport } from "@server/reports/analytics/courses.server";
import { leadTimes, WAIT_NAMES } from "@server/reports/analytics/lead-times.server";
import { moneyReport } from "@server/reports/analytics/money.server";
import { inQueue, overview, storageUse } from "@server/reports/analytics/overview.server";
import { printerReport } from "@server/reports/analytics/printers.server";
import { bucketOf, bucketsOf, type Question } from "@server/reports/analytics/question";
import { queueAges } from "@server/reports/analytics/queue.server";
import { rejections } from "@server/reports/analytics/rejections.server";
import { rollUp } from "@server/reports/analytics/roll-up.server";
import { staffActivity } from "@server/reports/analytics/staff-activity.server";
import { studentReport } from "@server/reports/analytics/students.server";
import { termReport } from "@server/reports/analytics/term-report.server";
import { trends } from "@server/reports/analytics/trends.server";
import { dayIn } from "@server/time";
import { freshLab, type Lab } from "../support/database";
import { drive, FRONT, lockFor, submitCube, take, VERBS } from "../support/desk";
import { own, readAnew, steps } from "../support/figures";
import { addPast } from "../support/past";

let lab: Lab;
let zone = "America/Chicago";
let today = "";

/** Questions that meet every way of reading: day, week and month points, each filter, filters together, nothing at all. */
const asked = (): Question[] => {
  const q = (from: string, to: string, more: Partial<Question> = {}): Question => ({
    ...{ period: "custom", from, to, printer: "", discipline: "", staff: "" },
    ...more,
  });
  const [y, prusa] = ["2025-11-25", "prusa_mk4s"];
  return [
    q(y, today),
    q("2025-10-20", today),
    q("2026-03-01", "2026-03-31"),
    q("2026-10-25", "2026-11-08", { printer: prusa }),
    q("2026-03-08", "2026-03-08"),
    q(y, today, { printer: prusa }),
    q(y, today, { discipline: "Art" }),
    q(y, today, { discipline: "Art", printer: prusa }),
    q(y, today, { staff: "Jane Doe" }),
    q("2026-01-15", today, { staff: "Robin Vale", printer: "formlabs_form3", discipline: "Engineering" }),
    q("2026-11-16", today, { staff: "Sam Rivera" }),
    q("2020-01-01", "2020-02-01"),
  ];
};

/** The whole year, across the change of the clock, with two filters, with a name: after every change, without the patience for all. */
const some = () => [0, 3, 7, 9].map((i) => asked()[i]!);

const named = ({ from, to, printer, discipline, staff }: Question) => [from, to, printer, discipline, staff].filter(Boolean).join(" "); // prettier-ignore

/** Compares every figure of these questions with the independent queries. */
async function compareAll(questions = asked()): Promise<void> {
  await readAnew(lab);
  for (const q of questions) {
    const found = await steps(lab, q, zone);
    const every = q.staff ? await steps(lab, { ...q, staff: "" }, zone) : found;
    const of = (step: string) => found.filter((row) => row.step === step);
    const total = (rows: typeof found, value: (row: (typeof found)[number]) => number | null) =>
      Math.round(rows.reduce((sum, row) => sum + (value(row) ?? 0), 0) * 1000) / 1000;
    const turned = of("completed").filter(({ total_minutes }) => total_minutes !== null);
    const what = named(q);

    expect(await overview(q), what).toEqual({
      submitted: every.filter(({ step }) => step === "submitted").length,
      approved: of("approved").length,
      rejected: of("rejected").length,
      completed: of("completed").length,
      picked_up: of("picked_up").length,
      failed: of("failed").length,
      turnaround_minutes: turned.length
        ? Math.floor(total(turned, (row) => row.total_minutes) / turned.length)
        : null,
      cents: total(of("paid"), ({ cents }) => cents),
      paid: of("paid").length,
    });

    const bucket = bucketOf(q);
    const starts = bucketsOf(q, bucket);
    const at = (rows: typeof found, start: string) => rows.filter((row) => row[bucket] === start);
    expect(await trends(q), what).toEqual({
      bucket,
      starts,
      submitted: starts.map((start) => at(every, start).filter(({ step }) => step === "submitted").length),
      approved: starts.map((start) => at(of("approved"), start).length),
      completed: starts.map((start) => at(of("completed"), start).length),
      failed: starts.map((start) => at(of("failed"), start).length),
      turnaround_minutes: starts.map((start) => {
        const here = at(turned, start);
        return here.length ? Math.floor(total(here, (row) => row.total_minutes) / here.length) : null;
      }),
      cents: starts.map((start) => total(at(of("paid"), start), ({ cents }) => cents)),
      paid: starts.map((start) => at(of("paid"), start).length),
    });

    const waits = await leadTimes(q);
    expect(waits.map(({ wait }) => wait)).toEqual(WAIT_NAMES);
    expect(waits, what).toEqual(await own.waits(lab, q, zone));

    const printers = await printerReport(q);
    const ids = [...new Set([...of("completed"), ...of("failed")].map(({ printer }) => printer))].sort();
    expect(printers.printers.map(({ id }) => id).sort(), what).toEqual(ids);
    for (const use of printers.printers) {
      const mine = of("completed").filter(({ printer }) => printer === use.id);
      expect(use, what).toMatchObject({
        completed: mine.length,
        failed: of("failed").filter(({ printer }) => printer === use.id).length,
        hours: total(mine, ({ hours }) => hours),
        grams: total(mine, ({ grams }) => grams),
        by_bucket: starts.map((start) => total(at(mine, start), ({ hours }) => hours)),
      });
    }
    for (const use of printers.materials) {
      const mine = of("completed").filter(({ material }) => material === use.id);
      expect([use.completed, use.grams, use.by_bucket], what).toEqual([
        mine.length,
        total(mine, ({ grams }) => grams),
        starts.map((start) => total(at(mine, start), ({ grams }) => grams)),
      ]);
    }
    expect(
      total(printers.materials as never[], ({ grams }) => grams),
      what,
    ).toBe(total(of("completed"), ({ grams }) => grams));

    expect(await rejections(q), what).toEqual(await own.rejections(lab, q, zone));
    const money = await moneyReport(q);
    expect(money, what).toMatchObject({
      cents_by_bucket: starts.map((start) => total(at(of("paid"), start), ({ cents }) => cents)),
      cents: total(of("paid"), ({ cents }) => cents),
      paid: of("paid").length,
      grams: total(of("paid"), ({ grams }) => grams),
      average_cents: of("paid").length
        ? Math.round(total(of("paid"), ({ cents }) => cents) / of("paid").length)
        : null,
    });
    expect(round(money.estimates), what).toEqual(round(await own.estimates(lab, q, zone)));

    const { disciplines, courses, courses_total } = await courseReport(q, 1000);
    expect([...disciplines].sort(byName), what).toEqual(own.shares(found, every, "discipline"));
    expect([...courses].sort(byName), what).toEqual(own.shares(found, every, "course"));
    expect(courses_total).toBe(courses.length);

    expect(await staffActivity(q), what).toEqual(await own.staff(lab, q, zone));
    if (!q.staff) expect(await studentReport(q), what).toEqual(await own.students(lab, q, zone));
    expect(await inQueue(q), what).toMatchObject(await own.queue(lab, q));
    expect(
      (await queueAges(q)).map(({ status, ages }) => ({ status, ...ages })),
      what,
    ).toEqual(await own.ages(lab, q));
  }
}

const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
/** Shares are quotients; the ninth digit is not a figure. */
const round = (figures: object) => Object.fromEntries(Object.entries(figures).map(([key, value]) => [key, typeof value === "number" ? Number(value.toFixed(9)) : value])); // prettier-ignore

beforeAll(async () => {
  lab = await freshLab();
  await lab.owner(
    "INSERT INTO staff (name, is_active, deactivated_at) VALUES ('Robin Vale', false, now()), ('Dana Osei', true, NULL)",
  );
  await lab.owner("CREATE TABLE kept_jobs AS SELECT * FROM jobs WHERE false");
  today = dayIn(new Date(), zone);
  const made = await addPast(lab.ownerUrl, { jobs: 900, days: 400, zone, seed: 7 });
  expect(made.jobs).toBeGreaterThan(800);
  expect(made.events).toBeGreaterThan(5 * made.jobs);
});

describe("the generated year", () => {
  test("has a chain that verifies, and the log goes on from it", async () => {
    expect((await verifyChain()).gap).toBeNull();
    await submitCube();
    expect((await verifyChain()).gap).toBeNull();
  });

  test("spans both changes of the clock, with steps on those days", async () => {
    const [found] = await lab.owner<{ hours: number[] }>(
      `SELECT array_agg(DISTINCT extract(epoch FROM ((d + 1)::timestamp AT TIME ZONE $1) - (d::timestamp AT TIME ZONE $1)) / 3600)::int[] AS hours
       FROM (SELECT DISTINCT (at AT TIME ZONE $1)::date AS d FROM report_steps) AS days`,
      [zone],
    );
    expect(found!.hours).toEqual([23, 24, 25]);
  });
});

describe("the figures equal an independent query", () => {
  test("before the night shift has come: everything is read live", async () => {
    await compareAll();
  }, 120_000);

  test("from the sums of closed days, and the steps of this one", async () => {
    await rollUp();
    const [closed] = await lab.owner<{ days: number }>(
      "SELECT count(DISTINCT day) AS days FROM report_days WHERE grain = 1",
    );
    expect(Number(closed!.days)).toBeGreaterThan(150);
    await compareAll();
    // A second time there is nothing to do.
    const before = await lab.owner(
      "SELECT * FROM report_days ORDER BY grain, day, staff, printer, discipline, material, course",
    );
    await rollUp();
    expect(await lab.owner("SELECT * FROM report_days ORDER BY grain, day, staff, printer, discipline, material, course")).toEqual(before); // prettier-ignore
  }, 120_000);

  test("right after jobs move, fail, go back, are paid, voided, declined and deleted", async () => {
    await drive(await submitCube({ color: "black" }), "COMPLETED");
    const paid = await drive(await submitCube(), "PAIDPICKEDUP");
    await take("revert-pickup", paid.id);
    const printing = await drive(await submitCube(), "PRINTING");
    await take("mark-failed", printing.id);
    await take(
      "reject",
      (await submitCube({ print_method: "Resin", color: "resin-black", printer: "formlabs_form3" })).id,
    );
    const mistake = await submitCube();
    await VERBS.delete(FRONT, mistake, await lockFor(FRONT, mistake.id));
    await compareAll(some());
  }, 120_000);

  test("right after the past changes: a void, an override, another course, a prune", async () => {
    const [old] = await lab.owner<{ id: string }>("SELECT id FROM payments WHERE voided_at IS NULL AND paid_ts < now() - interval '90 days' ORDER BY paid_ts LIMIT 1"); // prettier-ignore
    await lab.owner("UPDATE payments SET voided_at = now(), voided_by = 'Jane Doe', void_reason = 'Wrong card.' WHERE id = $1", [old!.id]); // prettier-ignore
    const [archived, changed, pruned] = await lab.owner<{ id: string }>(
      `SELECT id FROM jobs j WHERE status = 'ARCHIVED' AND created_at > now() - interval '300 days'
       AND NOT EXISTS (SELECT FROM payments p WHERE p.job_id = j.id) ORDER BY created_at LIMIT 3`,
    );
    // A repair: an archived job goes back before its decision, and what it had been through never was.
    await lab.owner("UPDATE jobs SET status = 'PENDING' WHERE id = $1", [archived!.id]);
    await lab.owner(
      "INSERT INTO events (job_id, event_type, triggered_by, workstation_id, details) VALUES ($1, 'AdminAction', 'Jane Doe', 'front', '{\"from\":\"ARCHIVED\",\"to\":\"UPLOADED\"}')",
      [archived!.id],
    );
    await lab.owner("UPDATE jobs SET class_number = ' new  course 1 ', printer = 'prusa_xl', weight_g = 77.7 WHERE id = $1", [changed!.id]); // prettier-ignore
    const everything = asked()[0]!;
    const counted = [await overview(everything), await studentReport(everything)];
    await lab.owner("INSERT INTO kept_jobs SELECT * FROM jobs WHERE id = $1", [pruned!.id]);
    await lab.owner("DELETE FROM jobs WHERE id = $1", [pruned!.id]);
    // A year's figures do not shrink when its jobs are pruned.
    expect([await overview(everything), await studentReport(everything)]).toEqual(counted);
    const marks = async () => Number((await lab.owner("SELECT count(*) AS n FROM report_changes"))[0]!.n);
    expect(await marks()).toBeGreaterThan(3);
    await compareAll(some());
    await rollUp();
    expect(await marks()).toBe(0);
    await compareAll(some());
  }, 180_000);

  test("and the steps that the triggers kept are those that the log, read from its beginning, gives", async () => {
    const read = () =>
      lab.owner(
        `SELECT job_id, step, at, staff, printer, discipline, course, method, material, student, first_request, minutes, total_minutes,
           grams, hours, cents, estimated_grams, array(SELECT unnest(reasons) ORDER BY 1) AS reasons, payment_id
         FROM report_steps ORDER BY job_id, step, at`,
      );
    const kept = await read();
    await lab.owner("CALL report_rebuild_steps()");
    expect(await read()).toEqual(kept);
  });

  test("after the lab's zone has changed, before and after the sums are made anew", async () => {
    zone = "Asia/Kathmandu";
    today = dayIn(new Date(), zone);
    await lab.set({ time_zone: zone });
    await compareAll(some());
    await rollUp();
    expect(await lab.owner("SELECT zone FROM report_state")).toEqual([{ zone }]);
    await compareAll(some());
  }, 180_000);

  test("a change that commits while the sums are made stays marked", async () => {
    const client = await db().transaction();
    const [row] = await lab.owner<{ id: string; at: Date }>("SELECT id, at FROM report_steps WHERE step = 'completed' AND at < now() - interval '20 days' ORDER BY at LIMIT 1"); // prettier-ignore
    await client.raw("UPDATE report_steps SET grams = grams + 1 WHERE id = ?", [row!.id]);
    await rollUp();
    await client.commit();
    expect(await lab.owner("SELECT at FROM report_changes")).toEqual([{ at: row!.at }]);
    const day = dayIn(row!.at, zone);
    const q = { ...asked()[0]!, from: day, to: day };
    const sum = async () => (await printerReport(q)).materials.reduce((all, { grams }) => all + grams, 0);
    const [kept] = await lab.owner<{ grams: number }>("SELECT sum(grams)::float AS grams FROM report_steps WHERE step = 'completed' AND (at AT TIME ZONE $1)::date = $2", [zone, day]); // prettier-ignore
    expect(await sum()).toBeCloseTo(kept!.grams, 6);
    await rollUp();
    expect(await sum()).toBeCloseTo(kept!.grams, 6);
  });
});

test("the term report says what the pages say", async () => {
  const q = { ...asked()[0]!, from: "2026-08-20", to: today };
  const report = await termReport(q);
  const [all, courses, why, money, students] = await Promise.all([overview(q), courseReport(q, 10), rejections(q), moneyReport(q), studentReport(q)]); // prettier-ignore
  expect(report).toMatchObject({
    submitted: all.submitted,
    completed: all.completed,
    cents: all.cents,
    disciplines: courses.disciplines,
    courses: courses.courses,
    rejections: why,
    estimates: money.estimates,
    students: students.students,
  });
  expect(report.courses.length).toBe(10);
  await readAnew(lab);
  expect(report.unclaimed).toEqual(await own.unclaimed(lab, q, zone, 14));
  await lab.set({ unclaimed_days: 1 });
  expect((await termReport(q)).unclaimed).toEqual(await own.unclaimed(lab, q, zone, 1));
});

test("storage is the jobs' files, each once, however many roles a file has", async () => {
  const before = await storageUse();
  await submitCube();
  await rollUp();
  const after = await storageUse();
  expect(after.bytes - before.bytes).toBe(684);
  expect(after.files - before.files).toBe(1);
  expect(after.limit_bytes).toBeNull();
  await lab.set({ storage_quota_gb: 2.5 });
  expect((await storageUse()).limit_bytes).toBe(2_500_000_000);
});

test("students have names only where asked, and pruned ones have none", async () => {
  const q = asked()[0]!;
  expect((await studentReport(q)).most.every(({ name }) => name === null)).toBe(true);
  const { most } = await studentReport(q, { names: true });
  expect(most.filter(({ name }) => name !== null).length).toBeGreaterThan(5);
  const email = `gone.${randomUUID()}@example.edu`;
  const job = await drive(await submitCube({ student_email: email }), "REJECTED");
  await lab.owner("UPDATE jobs SET status = 'ARCHIVED' WHERE id = $1", [job.id]);
  await lab.owner("DELETE FROM jobs WHERE id = $1", [job.id]);
  expect(await lab.owner("SELECT * FROM report_students WHERE email = $1", [email])).toEqual([]);
  expect(await lab.owner("SELECT step FROM report_steps WHERE job_id = $1 ORDER BY at", [job.id])).toEqual([{ step: "submitted" }, { step: "rejected" }]); // prettier-ignore
});
