/** Many at once, from two applications on one database and one storage: one wins, the others get a clear no. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Refusal } from "@server/errors";
import { Job } from "@server/jobs/job.server";
import { extendLock, takeLock } from "@server/jobs/lock.server";
import type { Status } from "@server/jobs/states";
import { passTime } from "../support/clock";
import { freshLab, type Answer, type Instance, type Lab, startInstance } from "../support/database";
import {
  BACK,
  type CubeOverrides,
  deskAt,
  drive,
  eventsOf,
  FRONT,
  handIn,
  lockFor,
  newCube,
  outboxOf,
  STAFF,
  storageListing,
  submitCube,
  theJob,
  tokenOf,
  VERBS,
  type Verb,
} from "../support/desk";

let lab: Lab;
let two: [Instance, Instance];
beforeAll(async () => {
  lab = await freshLab();
  await lab.set({ submissions_per_hour_per_student: 1000, submissions_per_hour_per_address: 1000 });
  two = await Promise.all([startInstance(lab), startInstance(lab)]);
});
afterAll(() => Promise.all(two.map((instance) => instance.stop())));

/** Asks both applications in turn, all at once. */
const atOnce = (times: number, ask: (instance: Instance, n: number) => Promise<Answer>) =>
  Promise.all(Array.from({ length: times }, (_, n) => ask(two[n % 2]!, n)));
const refusals = (answers: Answer[]) => answers.filter((a) => !a.ok);

describe("R11: two staff at once", () => {
  test("of twenty approvals one wins, nineteen are told why; one event, one mail, one folder", async () => {
    const job = await submitCube();
    const guard = { ...(await lockFor(FRONT, job.id)), form_key: undefined };
    const answers = await atOnce(20, ({ ask }) => ask("step", "approve", FRONT, job.id, guard));
    const said = refusals(answers);
    expect(said).toHaveLength(19);
    for (const no of said) {
      expect(no).toMatchObject({ name: "Refusal", code: "conflict", details: { reason: "stale" } });
      expect((no as { message: string }).message).toContain(`by ${STAFF}`);
    }
    expect((await eventsOf(job.id)).map((e) => e.event_type)).toEqual(["JobCreated", "JobApproved"]);
    const letters = (await outboxOf(job.id)).map((row) => row.payload.letter);
    expect(letters.sort()).toEqual(["approval", "receipt"]);
    const after = await theJob(job.id);
    expect([after.status, after.version]).toEqual(["PENDING", 2]);
    expect(Object.keys(storageListing()).filter((f) => f.endsWith(job.stem))).toEqual([
      `Pending/${job.stem}`,
    ]);
  });

  test("without a version in the form the lock still lets only one through", async () => {
    const job = await submitCube();
    const { lock_key } = await lockFor(FRONT, job.id);
    const answers = await atOnce(20, ({ ask }) => ask("step", "approve", FRONT, job.id, { lock_key }));
    expect(answers.filter((a) => a.ok)).toHaveLength(1);
    for (const no of refusals(answers))
      expect(no).toMatchObject({ code: "forbidden", details: { reason: "no_lock" } });
  });

  test.each<[Status, ...Verb[]]>([
    ["UPLOADED", "approve", "reject", "delete", "change-status"],
    ["PENDING", "confirm", "decline", "force-confirm", "change-status"],
    ["PENDING", "confirm", "resend-confirmation", "decline"],
    ["READYTOPRINT", "mark-printing", "change-status"],
    ["PRINTING", "mark-complete", "mark-failed", "change-status"],
    ["COMPLETED", "payment", "mark-picked-up", "revert-completion"],
    ["PAIDPICKEDUP", "revert-pickup", "change-status"],
  ])("%s: different steps from one page at once: the table's order survives", async (status, ...steps) => {
    for (let round = 0; round < 3; round++) {
      const job = await drive(await submitCube(), status);
      await lab.owner("UPDATE jobs SET confirmation_last_sent_at = NULL WHERE id = $1", [job.id]);
      const before = (await eventsOf(job.id)).length;
      const { version, lock_key } = await lockFor(FRONT, job.id);
      const answers = await atOnce(steps.length * 2, ({ ask }, n) =>
        ask("step", steps[n % steps.length], FRONT, job.id, { version, lock_key }),
      );
      const won = answers.filter((a) => a.ok).length;
      const events = (await eventsOf(job.id)).slice(before);
      expect(events).toHaveLength(won);
      // A fresh link does not end the page's other choices; every other step does.
      expect(events.filter((e) => e.event_type !== "ConfirmationResent").length).toBeLessThanOrEqual(1);
      expect(won).toBeGreaterThanOrEqual(1);
      for (const no of refusals(answers)) expect(no).toMatchObject({ name: "Refusal" });
      const now = await Job.query().findById(job.id);
      expect(Object.keys(storageListing()).filter((f) => f.endsWith(job.stem))).toHaveLength(now ? 1 : 0);
    }
  });

  test("one transaction number for two jobs is taken once", async () => {
    const jobs = await Promise.all([1, 2, 3, 4].map(async () => drive(await submitCube(), "COMPLETED")));
    const guards = await Promise.all(jobs.map((job) => lockFor(FRONT, job.id)));
    const answers = await atOnce(4, ({ ask }, n) =>
      ask("step", "payment", FRONT, jobs[n]!.id, guards[n], { txn_no: n % 2 ? "abc-77" : "ABC-77" }),
    );
    expect(answers.filter((a) => a.ok)).toHaveLength(1);
    for (const no of refusals(answers))
      expect(no).toMatchObject({ code: "invalid", details: { fields: { txn_no: [expect.any(String)] } } });
  });
});

test("R22: of twenty confirmations with one link one counts", async () => {
  const job = await drive(await submitCube(), "PENDING");
  const token = await tokenOf(job.id);
  const answers = await atOnce(20, ({ ask }) => ask("confirm", token));
  expect(answers.filter((a) => a.ok)).toHaveLength(1);
  for (const no of refusals(answers)) expect(no).toMatchObject({ code: "gone", details: { reason: "used" } });
  expect((await eventsOf(job.id)).filter((e) => e.event_type === "JobConfirmed")).toHaveLength(1);
});

describe("R12: the same form more than once", () => {
  const form = (): CubeOverrides => ({
    student_email: `eve.${randomUUID()}@example.edu`,
    content: newCube(),
    form_key: randomUUID(),
    ip: randomUUID(),
  });

  test("fifty at once make one job and get one answer; again later too", async () => {
    const overrides = form();
    const answers = await atOnce(50, ({ ask }) => ask("handIn", overrides));
    expect(refusals(answers)).toEqual([]);
    expect(new Set(answers.map((a) => JSON.stringify((a as { value: unknown }).value))).size).toBe(1);
    const again = await handIn(overrides);
    expect(again).toEqual((answers[0] as { value: unknown }).value);
    expect(await Job.query().where("student_email", overrides.student_email!).resultSize()).toBe(1);
    expect(await eventsOf(again.id)).toHaveLength(1);
    expect(await outboxOf(again.id)).toHaveLength(1);
  });

  test("with other content the key is refused", async () => {
    const overrides = form();
    await handIn(overrides);
    for (const other of [{ content: newCube() }, { color: "blue" }]) {
      const error: unknown = await handIn({ ...overrides, ...other }).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(Refusal);
      expect(error).toMatchObject({ code: "invalid", details: { reason: "form_reused" } });
    }
    expect(await Job.query().where("student_email", overrides.student_email!).resultSize()).toBe(1);
  });

  test("after the job was deleted the same form is refused clearly", async () => {
    const overrides = form();
    const { id } = await handIn(overrides);
    await VERBS.delete(FRONT, await theJob(id), await lockFor(FRONT, id));
    await expect(handIn(overrides)).rejects.toMatchObject({ code: "gone", details: { reason: "deleted" } });
  });

  test("a staff form posted twice has one effect, and the second post gets the same answer", async () => {
    const job = await submitCube();
    const guard = await lockFor(FRONT, job.id);
    const answers = await atOnce(10, ({ ask }) => ask("step", "approve", FRONT, job.id, guard));
    expect(refusals(answers)).toEqual([]);
    expect((await eventsOf(job.id)).map((e) => e.event_type)).toEqual(["JobCreated", "JobApproved"]);
    const other = await two[0].ask("step", "reject", FRONT, job.id, guard);
    expect(other).toMatchObject({ code: "invalid", details: { reason: "form_reused" } });
  });
});

test("R13: of a hundred equal submissions one is accepted; 99 name the job that exists", async () => {
  const overrides = { student_email: "Mallory@Example.edu", content: newCube(), ip: "192.0.2.7" };
  const answers = await atOnce(100, ({ ask }, n) =>
    ask("handIn", { ...overrides, student_email: n % 2 ? "mallory@example.edu" : "Mallory@Example.EDU" }),
  );
  const taken = answers.filter((a) => a.ok).map((a) => a.value as { short_id: number; reference: string });
  expect(taken).toHaveLength(1);
  expect(refusals(answers)).toHaveLength(99);
  for (const no of refusals(answers)) {
    expect(no).toMatchObject({
      code: "conflict",
      details: {
        reason: "duplicate",
        short_id: taken[0]!.short_id,
        existing_job_id: taken[0]!.reference,
      },
    });
    expect((no as { message: string }).message).toContain(String(taken[0]!.short_id));
  }
  const rows = await Job.query().whereRaw("lower(student_email) = 'mallory@example.edu'");
  expect(rows).toHaveLength(1);
  expect(Object.keys(storageListing()).filter((f) => f.endsWith(rows[0]!.stem))).toHaveLength(1);
});

test("R13: other options are asked about once; printing ends the rule", async () => {
  const same = { student_email: `d.${randomUUID()}@example.edu`, content: newCube(), ip: "192.0.2.8" };
  const job = await submitCube(same);
  await expect(handIn({ ...same, color: "blue" })).rejects.toMatchObject({
    code: "conflict",
    details: { reason: "another_copy", short_id: job.short_id },
  });
  const second = await handIn({ ...same, color: "blue", another_copy: "yes" });
  expect(second.short_id).not.toBe(job.short_id);
  await drive(job, "PRINTING");
  await expect(handIn({ ...same, another_copy: "yes" })).resolves.toMatchObject({});
});

describe("R14: locks", () => {
  test("of twenty desks one gets the lock; the others learn who has it and until when", async () => {
    const job = await submitCube();
    const answers = await atOnce(20, ({ ask }, n) =>
      ask("takeLock", n < 10 ? deskAt("front") : deskAt("back"), job.id),
    );
    expect(answers.filter((a) => a.ok)).toHaveLength(1);
    const { locked_by, locked_until } = await theJob(job.id);
    for (const no of refusals(answers))
      expect(no).toMatchObject({
        code: "conflict",
        details: { reason: "locked", locked_by, locked_until: locked_until!.toISOString() },
      });
  });

  test("a second tab of the same computer is another holder", async () => {
    const job = await submitCube();
    await takeLock(FRONT, job.id);
    await expect(takeLock(FRONT, job.id)).rejects.toMatchObject({ code: "conflict" });
  });

  test("ends by the database's clock; a late heartbeat loses, before and after somebody else took it", async () => {
    const job = await submitCube();
    const mine = await takeLock(FRONT, job.id, { withScript: true });
    const beat = await extendLock(FRONT, job.id, mine.lock_key);
    expect(beat.locked_until >= mine.locked_until).toBe(true);
    await expect(takeLock(BACK, job.id)).rejects.toMatchObject({ code: "conflict" });

    await passTime(lab, { minutes: 6 });
    await expect(extendLock(FRONT, job.id, mine.lock_key)).rejects.toMatchObject({
      code: "forbidden",
      details: { reason: "no_lock" },
    });
    const answers = await atOnce(10, ({ ask }) => ask("takeLock", BACK, job.id));
    expect(answers.filter((a) => a.ok)).toHaveLength(1);
    await expect(extendLock(FRONT, job.id, mine.lock_key)).rejects.toMatchObject({
      code: "conflict",
      details: { reason: "locked", locked_by: "Back computer" },
    });
    // Giving back what one does not hold any more leaves the new holder alone.
    await two[0].ask("releaseLock", FRONT, job.id, mine.lock_key);
    expect((await theJob(job.id)).locked_by).toBe("Back computer");
  });

  test("an action whose lock has run out meanwhile is refused", async () => {
    const job = await submitCube();
    const guard = await lockFor(FRONT, job.id);
    await passTime(lab, { minutes: 16 });
    expect(await two[1].ask("step", "approve", FRONT, job.id, guard)).toMatchObject({
      code: "forbidden",
      details: { reason: "no_lock" },
    });
  });

  test("a page without script holds for 15 minutes, one with script for 5", async () => {
    const [plain, scripted] = [await submitCube(), await submitCube()];
    await takeLock(FRONT, plain.id);
    await takeLock(FRONT, scripted.id, { withScript: true });
    await passTime(lab, { minutes: 14 });
    await expect(takeLock(BACK, plain.id)).rejects.toMatchObject({ code: "conflict" });
    await expect(takeLock(BACK, scripted.id)).resolves.toHaveProperty("lock_key");
  });
});
