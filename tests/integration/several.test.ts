/** Several jobs in one action: an event each, refusals one by one, one effect of one form, beside somebody's single action. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { verifyChain } from "@server/events/verify.server";
import type { Job } from "@server/jobs/job.server";
import { takeLock } from "@server/jobs/lock.server";
import { SeveralSchema } from "@server/jobs/schemas";
import { MOST_AT_ONCE, SEVERAL_STEPS, severalFrom, writeSeen } from "@server/jobs/several";
import { chosenJobs, doSeveral, severalReport } from "@server/jobs/several.server";
import type { SeveralStep } from "@server/jobs/several";
import { allows, STATUSES, type Status } from "@server/jobs/states";
import { freshLab, type Instance, type Lab, startInstance } from "../support/database";
import {
  BACK,
  drive,
  eventsOf,
  FRONT,
  lockFor,
  outboxOf,
  STAFF,
  storageListing,
  submitCube,
  take,
  theJob,
} from "../support/desk";

let lab: Lab;
let two: [Instance, Instance];
beforeAll(async () => {
  lab = await freshLab();
  await lab.set({ submissions_per_hour_per_student: 1000, submissions_per_hour_per_address: 1000 });
  two = await Promise.all([startInstance(lab), startInstance(lab)]);
});
afterAll(() => Promise.all(two.map((instance) => instance.stop())));

const inStatus = (n: number, status: Status) =>
  Promise.all(Array.from({ length: n }, async () => drive(await submitCube(), status)));

/** The form for these jobs as its page would have it now. */
const formFor = (action: SeveralStep, jobs: Pick<Job, "id" | "version">[], form_key = randomUUID()) =>
  SeveralSchema.parse({ action, staff_name: STAFF, form_key, job: jobs.map(writeSeen) });

const typesOf = async (job: Job) => (await eventsOf(job.id)).map((event) => event.event_type);
const outcomes = async (key: string) => (await severalReport(key)).jobs.map(({ outcome }) => outcome);

describe("R11: several jobs in one action", () => {
  test.each<[SeveralStep, Status, Status, string]>([
    ["review", "UPLOADED", "UPLOADED", "JobReviewed"],
    ["mark-printing", "READYTOPRINT", "PRINTING", "JobPrinting"],
    ["mark-complete", "PRINTING", "COMPLETED", "JobCompleted"],
  ])(
    "%s: each job gets its own event by the person named, its folder and its effects",
    async (action, from, to, event) => {
      // prettier-ignore
      const jobs = await inStatus(3, from);
      const form = formFor(action, jobs);
      await doSeveral(FRONT, form);
      for (const before of jobs) {
        const job = await theJob(before.id);
        expect([job.status, job.version, job.locked_by]).toEqual([to, before.version + 1, null]);
        expect(Object.keys(storageListing()).filter((f) => f.endsWith(job.stem))).toHaveLength(1);
        const last = (await eventsOf(job.id)).filter(({ event_type }) => event_type === event);
        expect(last).toHaveLength(1);
        expect(last[0]).toMatchObject({ triggered_by: STAFF, workstation_id: "front" });
        const letters = (await outboxOf(job.id)).filter(({ payload }) => payload.letter === "completion");
        expect(letters).toHaveLength(action === "mark-complete" ? 1 : 0);
      }
      expect(await severalReport(form.form_key)).toMatchObject({
        action,
        staff_name: STAFF,
        finished: true,
        jobs: jobs.map(({ id, short_id }) => ({ id, short_id, outcome: "done", status: to })),
      });
      expect((await verifyChain()).gap).toBeNull();
    },
  );

  test("a job that is held, changed, elsewhere or gone stops no other and says why", async () => {
    const [good, held, changed, elsewhere, good2] = (await inStatus(5, "READYTOPRINT")) as [Job, Job, Job, Job, Job]; // prettier-ignore
    const form = formFor("mark-printing", [held, changed, elsewhere, { id: randomUUID(), version: 1 }, good, good2]); // prettier-ignore
    const theirs = await takeLock(BACK, held.id, { staff_name: "Sam Rivera" });
    await take("notes", changed.id);
    await take("mark-printing", elsewhere.id);
    const before = await Promise.all([held, changed, elsewhere].map(typesOf));
    // Whoever looks at the page sees the wrong status, but may have sent the form with the newest version.
    form.job[2]!.version = (await theJob(elsewhere.id)).version;
    await doSeveral(FRONT, form);
    const { jobs } = await severalReport(form.form_key);
    expect(jobs.map(({ outcome }) => outcome)).toEqual([...Array(4).fill("refused"), "done", "done"]);
    expect(jobs[0]!.sentence).toMatch(/being edited by Sam Rivera \(Back computer\) until \d\d:\d\d/);
    expect(jobs[1]!.sentence).toMatch(/has changed by Jane Doe since you opened the page/);
    expect(jobs[2]!.sentence).toMatch(/not possible for a job that is Printing/);
    expect(jobs[3]).toMatchObject({ sentence: expect.stringMatching(/no such job/), short_id: null, status: null }); // prettier-ignore
    expect(await Promise.all([held, changed, elsewhere].map(typesOf))).toEqual(before);
    // What was refused is held by nobody afterwards, and what somebody else holds stays theirs.
    expect((await theJob(changed.id)).locked_by).toBeNull();
    expect((await theJob(elsewhere.id)).locked_by).toBeNull();
    expect((await theJob(held.id)).lock_key).toBe(theirs.lock_key);
  });

  test("an inactive name is refused before anything is done, and the same form may then be sent right", async () => {
    const [job] = (await inStatus(1, "READYTOPRINT")) as [Job];
    const form = formFor("mark-printing", [job]);
    await expect(doSeveral(FRONT, { ...form, staff_name: "Nobody" })).rejects.toMatchObject({
      code: "invalid",
      details: { fields: { staff_name: [expect.any(String)] } },
    });
    expect((await theJob(job.id)).status).toBe("READYTOPRINT");
    await doSeveral(FRONT, form);
    expect((await theJob(job.id)).status).toBe("PRINTING");
  });

  test("raced with single actions of another application: no double event, and each side is told", async () => {
    for (let round = 0; round < 5; round++) {
      const jobs = await inStatus(4, "READYTOPRINT");
      const contested = jobs[round % 4]!;
      const form = formFor("mark-printing", jobs);
      const single = async (instance: Instance) => {
        const lock = await instance.ask("takeLock", BACK, contested.id);
        if (!lock.ok) return lock;
        const { lock_key } = lock.value as { lock_key: string };
        return instance.ask("step", "mark-printing", BACK, contested.id, { version: contested.version, lock_key });
      }; // prettier-ignore
      const [, ...answers] = await Promise.all([doSeveral(FRONT, form), ...two.map(single)]);
      for (const job of jobs) expect((await typesOf(job)).filter((t) => t === "JobPrinting")).toHaveLength(1);
      const bulk = (await severalReport(form.form_key)).jobs.find(({ id }) => id === contested.id)!;
      const winners = [bulk.outcome === "done", ...answers.map(({ ok }) => ok)].filter(Boolean);
      expect(winners).toHaveLength(1);
      if (bulk.outcome !== "done") expect(bulk.sentence).toMatch(/being edited by|has changed by/);
      expect((await outcomes(form.form_key)).filter((o) => o === "done").length).toBeGreaterThanOrEqual(3);
    }
  });
});

describe("R12: the form sent again", () => {
  test("twice at once and once more later: one effect, one answer; other content is refused", async () => {
    const jobs = await inStatus(3, "READYTOPRINT");
    await takeLock(BACK, jobs[1]!.id);
    const form = formFor("mark-printing", jobs);
    await Promise.all([doSeveral(FRONT, form), doSeveral(FRONT, form), doSeveral(FRONT, form)]);
    const first = await severalReport(form.form_key);
    expect(first.jobs.map(({ outcome }) => outcome)).toEqual(["done", "refused", "done"]);
    // The one that was refused has become free: sending the old form again does not do it after all.
    await lab.owner("UPDATE jobs SET locked_until = now() WHERE id = $1", [jobs[1]!.id]);
    await doSeveral(FRONT, form);
    expect(await severalReport(form.form_key)).toEqual(first);
    expect((await theJob(jobs[1]!.id)).status).toBe("READYTOPRINT");
    for (const job of jobs)
      expect((await typesOf(job)).filter((t) => t === "JobPrinting").length).toBeLessThanOrEqual(1);
    await expect(doSeveral(FRONT, { ...form, job: form.job.slice(1) })).rejects.toMatchObject({
      code: "invalid",
      details: { reason: "form_reused" },
    });
  });

  test("sent again after the process died over it: the rest is done, what was done is not done twice", async () => {
    const jobs = await inStatus(3, "READYTOPRINT");
    const form = formFor("mark-printing", jobs);
    await doSeveral(FRONT, form);
    // As if it had died after the first job's commit, before its note, and before the third.
    const third = jobs[2]!;
    await take("change-status", third.id, { new_status: "READYTOPRINT" });
    await lab.owner("UPDATE jobs SET version = $2 WHERE id = $1", [third.id, third.version]);
    await lab.owner("DELETE FROM form_keys WHERE job_id = $1 AND action = 'mark-printing' AND created_at > now() - interval '1 minute' AND key <> $2", [third.id, form.form_key]); // prettier-ignore
    const stopped = (at: string) =>
      lab.owner(
        `UPDATE form_keys SET answer = answer || jsonb_build_object('finished', false, 'at', now() - $2::interval, 'jobs',
           (SELECT jsonb_agg(j || '{"outcome": "waiting"}') FROM jsonb_array_elements(answer->'jobs') AS j)) WHERE key = $1`,
        [form.form_key, at],
      );
    // Somebody may still be at work: nothing is touched.
    await stopped("30 seconds");
    await doSeveral(FRONT, form);
    expect(await outcomes(form.form_key)).toEqual(["waiting", "waiting", "waiting"]);
    await stopped("2 minutes");
    await Promise.all([doSeveral(FRONT, form), doSeveral(FRONT, form)]);
    expect(await severalReport(form.form_key)).toMatchObject({ finished: true });
    expect(await outcomes(form.form_key)).toEqual(["done", "done", "done"]);
    const printed = await Promise.all(jobs.map(async (job) => (await typesOf(job)).filter((t) => t === "JobPrinting").length)); // prettier-ignore
    expect(printed).toEqual([1, 1, 2]);
    for (const job of jobs) expect((await theJob(job.id)).locked_by).toBeNull();
  });

  test("a key of nobody's form has no answer", async () => {
    for (const key of [randomUUID(), "nonsense"])
      await expect(severalReport(key)).rejects.toMatchObject({ code: "not_found" });
    const job = await submitCube();
    const guard = await lockFor(FRONT, job.id);
    await two[0].ask("step", "approve", FRONT, job.id, guard);
    await expect(severalReport(guard.form_key)).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("what may be chosen", () => {
  test("only steps that the table allows; the NEW mark only where there is one", () => {
    for (const status of STATUSES)
      for (const name of severalFrom(status)) expect(allows(name, status)).toBe(true);
    expect(STATUSES.filter((status) => severalFrom(status).length > 0)).toEqual([
      "UPLOADED",
      "READYTOPRINT",
      "PRINTING",
    ]);
    expect([...SEVERAL_STEPS].every((name) => STATUSES.some((s) => severalFrom(s).includes(name)))).toBe(
      true,
    );
  });

  test("the page knows who cannot be among them before anything is done", async () => {
    const [ready] = (await inStatus(1, "READYTOPRINT")) as [Job];
    const fresh = await submitCube();
    const seen = await take("review", (await submitCube()).id, { reviewed: true });
    const obstacles = async (name: SeveralStep) =>
      (await chosenJobs(name, [ready.id, randomUUID(), fresh.id, seen.id])).map((j) => [j.id, j.obstacle]);
    expect(await obstacles("mark-printing")).toEqual([
      [ready.id, null],
      [fresh.id, "It is Uploaded."],
      [seen.id, "It is Uploaded."],
    ]);
    expect(await obstacles("review")).toEqual([
      [ready.id, "It is Ready to Print."],
      [fresh.id, null],
      [seen.id, "It is reviewed already."],
    ]);
  });

  test("at most a hundred, each once, and nothing but jobs", () => {
    const form = (job: string[]) =>
      SeveralSchema.safeParse({ action: "mark-printing", staff_name: STAFF, form_key: randomUUID(), job });
    const names = (n: number) => Array.from({ length: n }, () => `${randomUUID()}.1`);
    expect(form(names(MOST_AT_ONCE)).success).toBe(true);
    expect(form(names(MOST_AT_ONCE + 1)).success).toBe(false);
    expect(form([]).success).toBe(false);
    const [one] = names(1) as [string];
    expect(form([one, one, one.toUpperCase()]).data?.job).toHaveLength(1);
    for (const bad of [
      "",
      "x",
      randomUUID(),
      `${randomUUID()}.-1`,
      `${randomUUID()}.1; DROP`,
      `${"0".repeat(36)}.1`,
    ])
      expect(form([bad]).success, bad).toBe(false);
  });
});
