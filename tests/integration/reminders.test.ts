/** Reminders: at the right time, once each, and never about what is over. */
import { beforeAll, beforeEach, expect, test } from "vitest";
import { db } from "@server/db.server";
import { remindToCollect, remindToConfirm } from "@server/jobs/remind.server";
import { readListQuery } from "@server/jobs/list";
import { listJobs } from "@server/jobs/list.server";
import { attention } from "@server/reports/attention.server";
import { sweepOutbox } from "@server/outbox/work.server";
import { HANDLERS } from "@workers/queues";
import { passTime } from "../support/clock";
import { freshLab, type Lab } from "../support/database";
import { drive, eventsOf, outboxOf, submitCube, take, tokenOf } from "../support/desk";
import { startSmtp, type TestSmtp } from "../support/smtp";

let lab: Lab;
let smtp: TestSmtp;
beforeAll(async () => {
  smtp = await startSmtp();
  lab = await freshLab({ MAIL_SERVER: "127.0.0.1", MAIL_PORT: String(smtp.port) });
  return () => smtp.close();
});
beforeEach(async () => {
  // What earlier tests have left must not be reminded of here.
  await lab.owner("UPDATE jobs SET status_since = now() WHERE status = 'COMPLETED'");
  await lab.owner(
    "UPDATE confirm_tokens SET replaced_at = now() WHERE used_at IS NULL AND replaced_at IS NULL",
  );
});

const letters = async (jobId: string, name: string) =>
  (await outboxOf(jobId)).filter(({ payload }) => payload.letter === name);
const deliver = () => sweepOutbox(HANDLERS, async () => []);

test("to confirm: once for each link, in the lab's last hours, with the same link", async () => {
  const job = await drive(await submitCube(), "PENDING");
  const token = await tokenOf(job.id);
  expect(await remindToConfirm()).toBe(0);
  await passTime(lab, { hours: 47 });
  expect(await remindToConfirm()).toBe(0);
  await passTime(lab, { hours: 2 });
  const both = await Promise.all([remindToConfirm(), remindToConfirm()]);
  expect(both[0] + both[1]).toBe(1);
  expect(await remindToConfirm()).toBe(0);
  expect(await letters(job.id, "confirm-reminder")).toHaveLength(1);
  expect((await eventsOf(job.id)).at(-1)).toMatchObject({
    event_type: "ConfirmationReminded",
    triggered_by: "system",
  });
  await deliver();
  const mail = smtp.messages.find(({ subject }) => /still waiting for your answer/.test(subject ?? ""))!;
  expect(mail.text).toContain(`/confirm/${token}`);
  expect(mail.text).toContain("Confirm by");
  // A fresh link gets a reminder of its own.
  await take("resend-email", job.id, { email_type: "approval" });
  await passTime(lab, { hours: 50 });
  expect(await remindToConfirm()).toBe(1);
});

test("to confirm: not for what is answered or over, not before half the time, not when the lab wants none", async () => {
  const [answered, expired, quick] = [await drive(await submitCube(), "PENDING"), await drive(await submitCube(), "PENDING"), await drive(await submitCube(), "PENDING")]; // prettier-ignore
  await take("force-confirm", answered!.id);
  await lab.owner("UPDATE confirm_tokens SET created_at = now() - interval '80 hours', expires_at = now() - interval '1 hour' WHERE job_id = $1", [expired!.id]); // prettier-ignore
  await lab.owner("UPDATE confirm_tokens SET expires_at = now() + interval '5 hours', created_at = now() - interval '1 hour' WHERE job_id = $1", [quick!.id]); // prettier-ignore
  expect(await remindToConfirm()).toBe(0);
  await lab.owner("UPDATE confirm_tokens SET created_at = now() - interval '6 hours' WHERE job_id = $1", [quick!.id]); // prettier-ignore
  await lab.set({ confirm_reminder_hours: 0 });
  expect(await remindToConfirm()).toBe(0);
  await lab.set({ confirm_reminder_hours: 24 });
  expect(await remindToConfirm()).toBe(1);
  // Confirmed between the writing of the row and its sending: nothing goes out.
  await take("force-confirm", quick!.id);
  const sent = smtp.messages.length;
  await deliver();
  expect(await letters(quick!.id, "confirm-reminder")).toMatchObject([{ state: "cancelled" }]);
  expect(smtp.messages.slice(sent).some(({ subject }) => /still waiting/.test(subject ?? ""))).toBe(false);
});

test("to collect: on the lab's days, the latest that has come, once each", async () => {
  const job = await drive(await submitCube(), "COMPLETED");
  const days = async () => (await letters(job.id, "pickup-reminder")).map(({ payload }) => payload.day);
  const pass = (days: number) => passTime(lab, { hours: 24 * days });
  expect(await remindToCollect()).toBe(0);
  await pass(6);
  expect(await remindToCollect()).toBe(0);
  await passTime(lab, { hours: 25 });
  expect(await remindToCollect()).toBe(1);
  expect(await remindToCollect()).toBe(0);
  expect(await days()).toEqual(["7"]);
  await deliver();
  const mail = smtp.messages.find(({ subject }) => /please collect your print/.test(subject ?? ""));
  // Made older by the test's clock, the job is another "since": the row was overtaken, nothing is sent twice.
  expect(mail?.text ?? "").toMatch(/waits for you|^$/);
  // The worker was away on day 14: told a day later, and not again.
  await lab.owner("UPDATE outbox SET payload = payload || jsonb_build_object('since', (SELECT floor(extract(epoch FROM date_trunc('milliseconds', status_since)) * 1000)::bigint::text FROM jobs WHERE id = $1)) WHERE job_id = $1 AND payload ? 'since'", [job.id]); // prettier-ignore
  await pass(8);
  expect(await remindToCollect()).toBe(1);
  expect(await days()).toEqual(["7", "14"]);
  expect((await eventsOf(job.id)).at(-1)).toMatchObject({
    event_type: "PickupReminded",
    details: { days: 14 },
  });
  await take("payment", job.id);
  await pass(14);
  expect(await remindToCollect()).toBe(0);
});

test("to collect: prints that have waited for ages bring no letter when the lab first sets its days", async () => {
  const job = await drive(await submitCube(), "COMPLETED");
  await lab.owner("UPDATE jobs SET status_since = now() - interval '90 days' WHERE id = $1", [job.id]);
  expect(await remindToCollect()).toBe(0);
  await lab.owner("UPDATE jobs SET status_since = now() - interval '30 days' WHERE id = $1", [job.id]);
  await lab.set({ pickup_reminder_days: [] });
  expect(await remindToCollect()).toBe(0);
  await lab.set({ pickup_reminder_days: [28, 7] });
  expect(await remindToCollect()).toBe(1);
  expect(await letters(job.id, "pickup-reminder")).toMatchObject([{ payload: { day: "28" } }]);
  // The letter is written for the print as it waits now; after a revert it says nothing any more.
  await lab.owner("UPDATE jobs SET status_since = now() WHERE id = $1", [job.id]);
  await deliver();
  expect(await letters(job.id, "pickup-reminder")).toMatchObject([{ state: "cancelled" }]);
});

test("unclaimed prints are a pile on top of the list, and a filter", async () => {
  const old = await drive(await submitCube(), "COMPLETED");
  const fresh = await drive(await submitCube(), "COMPLETED");
  await lab.owner("UPDATE jobs SET status_since = now() - interval '15 days' WHERE id = $1", [old.id]);
  expect((await attention()).unclaimed).toMatchObject({ count: 1, first: [{ id: old.id }] });
  const list = async () => (await listJobs(readListQuery(new URLSearchParams("status=COMPLETED&unclaimed=true")))).jobs.map(({ id }) => id); // prettier-ignore
  expect(await list()).toEqual([old.id]);
  await lab.set({ unclaimed_days: 20 });
  expect(await list()).toEqual([]);
  await lab.set({ unclaimed_days: 1 });
  await lab.owner("UPDATE jobs SET status_since = now() - interval '2 days' WHERE id = $1", [fresh.id]);
  expect((await list()).sort()).toEqual([old.id, fresh.id].sort());
  expect((await db()("jobs").where({ id: fresh.id }).first("status")).status).toBe("COMPLETED");
});
