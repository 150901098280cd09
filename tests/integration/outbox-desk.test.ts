/** The administrator's side of mail: wordings in force, the outbox to be seen and steered, test letters. */
import { randomUUID } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { db } from "@server/db.server";
import type { Refusal } from "@server/errors";
import { Event } from "@server/events/event.server";
import { remindToCollect, remindToConfirm } from "@server/jobs/remind.server";
import { showLetter } from "@server/reports/show-letter.server";
import { LETTER_KINDS, type LetterKindName } from "@server/mail/kinds";
import { listMailbox, readMailbox } from "@server/mail/mailbox.server";
import { requestTestLetter } from "@server/outbox/test-letter.server";
import { saveWording, wordingHistory, wordingOf } from "@server/mail/wording.server";
import { cancelEffect, retryEffect } from "@server/outbox/steer.server";
import { sweepOutbox, workRow } from "@server/outbox/work.server";
import { mailReceipt } from "@server/payments/mail-receipt.server";
import { outboxItem, outboxList } from "@server/reports/outbox-list.server";
import { HANDLERS } from "@workers/queues";
import { passTime } from "../support/clock";
import { freshLab, type Lab } from "../support/database";
import { drive, eventsOf, FRONT, outboxOf, STAFF, submitCube, take } from "../support/desk";

const refusal = (work: Promise<unknown>): Promise<Refusal> => work.then(() => Promise.reject(new Error("it was not refused")), (error) => error); // prettier-ignore
const work = () => sweepOutbox(HANDLERS, async () => []);
const staff_name = STAFF;

let lab: Lab;
beforeAll(async () => {
  lab = await freshLab();
});

/** The newest letter in the mailbox to somebody. */
async function letterTo(address: string, about = /./) {
  const row = (await listMailbox()).find(({ to, subject }) => to.includes(address) && about.test(subject));
  return readMailbox(row!.id);
}
const RECEIPT = {
  subject: "Nº {short_id}: got it",
  body: "# Got it\n\n{greeting}\n\nYour number is {short_id}, paid with {payment_system}.\n\n{facts}\n\n{status_button}",
};

test("letters are written in the wording in force, text and HTML alike, and can go back to the default", async () => {
  const change = { staff_name, letter: "receipt" as const, wording: RECEIPT };
  expect(await saveWording(FRONT, { ...change, version: 0 })).toBe(true);
  const job = await submitCube();
  await work();
  const mail = await letterTo(job.student_email);
  expect(mail.subject).toBe(`Nº ${job.short_id}: got it`);
  for (const form of [mail.text, mail.html]) {
    expect(form).toContain(`Your number is ${job.short_id}, paid with Tiger-Cash.`);
    expect(form).not.toContain("What happens next");
  }
  // Sent twice, it changes nothing, whichever version the form was made from.
  expect(await saveWording(FRONT, { ...change, version: 0 })).toBe(false);
  expect(await wordingHistory("receipt")).toMatchObject([{ version: 1, updated_by: STAFF }]);
  const [event] = await Event.query().where("event_type", "LetterChanged");
  expect(event).toMatchObject({ triggered_by: STAFF, details: { letter: "receipt", version: 1, default: false } }); // prettier-ignore

  const late = { ...change, wording: { ...RECEIPT, subject: "Another {short_id}" }, version: 0 };
  const failed = await refusal(saveWording(FRONT, late));
  expect(failed).toMatchObject({ code: "conflict", details: { reason: "stale", version: 1 } });
  expect(failed.message).toContain(STAFF);

  expect(await saveWording(FRONT, { ...change, wording: null, version: 1 })).toBe(true);
  expect(await wordingOf("receipt")).toMatchObject({ ...LETTER_KINDS.receipt.wording, is_default: true, version: 2 }); // prettier-ignore
  const next = await submitCube();
  await work();
  expect((await letterTo(next.student_email)).text).toContain("What happens next");
});

test("reminders and receipts of payments have the lab's words too, and each can be looked at", async () => {
  const say = async (letter: LetterKindName, words: string) => {
    const { subject, body } = LETTER_KINDS[letter].wording;
    const wording = { subject: `Ours: ${subject}`, body: `${body}\n\n${words}` };
    expect(await saveWording(FRONT, { staff_name, letter, wording, version: 0 })).toBe(true);
  };
  await say("confirm-reminder", "{lab_name} waits until {confirm_by}.");
  await say("pickup-reminder", "Ready since {ready_since}; you pay with {payment_system}.");
  await say("payment_receipt", "{total} for your {prints}, paid at {lab_name}.");

  const asked = await drive(await submitCube(), "PENDING");
  await passTime(lab, { hours: 50 });
  expect(await remindToConfirm()).toBe(1);
  const waits = await drive(await submitCube(), "COMPLETED");
  await lab.owner("UPDATE jobs SET status_since = now() - interval '7 days' WHERE id = $1", [waits.id]);
  expect(await remindToCollect()).toBe(1);
  const paid = await drive(await submitCube(), "PAIDPICKEDUP");
  const [receipt] = await lab.owner<{ number: number }>("SELECT r.number FROM receipts r JOIN payments p ON p.receipt_id = r.id WHERE p.job_id = $1", [paid.id]); // prettier-ignore
  await mailReceipt(FRONT, receipt!.number, { staff_name, form_key: randomUUID() });

  const expected = [
    [asked, "confirm-reminder", /^Ours: Print request \d+: still waiting/, /3D Print Lab waits until \w+ \d/],
    [waits, "pickup-reminder", /^Ours: Print request \d+: please collect/, /Ready since \w+ \d.+; you pay with Tiger-Cash\./],
    [paid, "payment_receipt", /^Ours: Receipt \d+: \$3\.00 for your 3D print$/, /\$3\.00 for your 3D print, paid at 3D Print Lab\./],
  ] as const; // prettier-ignore
  await work();
  for (const [job, letter, subject, words] of expected) {
    const row = (await outboxOf(job.id)).find(({ payload }) => payload.letter === letter)!;
    expect(row.state).toBe("done");
    const shown = (await showLetter(row.id))!;
    expect(shown).toMatchObject({ to: job.student_email, would_be_sent: true });
    expect(shown.letter.subject).toMatch(subject);
    const mail = await letterTo(job.student_email, subject);
    for (const form of [mail.text, mail.html]) expect(form.replace(/\s+/g, " ")).toMatch(words);
  }
  // What has no number, no link, or no print on it any more is no such letter.
  for (const [letter, needed] of [["payment_receipt", "lines"], ["confirm-reminder", "confirm_button"]] as const) {
    const { subject, body } = LETTER_KINDS[letter].wording;
    const wording = { subject, body: body.replace(`{${needed}}`, "") };
    const no = await refusal(saveWording(FRONT, { staff_name, letter, wording, version: 1 }));
    expect(no.details.fields!.body![0]).toContain(`{${needed}}`);
  } // prettier-ignore
  await take("void-payment", paid.id);
  const row = (await outboxOf(paid.id)).find(({ payload }) => payload.letter === "payment_receipt")!;
  expect(await showLetter(row.id)).toBeNull();
});

test("a wording that could not be a letter is refused, and nothing is saved", async () => {
  const { body, subject } = LETTER_KINDS.approval.wording;
  const save = (wording: { subject: string; body: string }) =>
    refusal(saveWording(FRONT, { staff_name, letter: "approval", wording, version: 0 }));
  expect((await save({ subject, body: body.replace("{confirm_button}", "") })).details.fields!.body![0]).toContain("{confirm_button}"); // prettier-ignore
  expect((await save({ subject: "{student_email}", body })).details.fields!.subject![0]).toContain("no placeholder"); // prettier-ignore
  expect((await save({ subject: "a\u202eb", body })).details.fields).toHaveProperty("subject");
  expect((await save({ subject, body: `${body}\u0000` })).details.fields).toHaveProperty("body");
  expect((await wordingOf("approval")).version).toBe(0);
});

test("a stored wording that does not fit any more gives way to the default", async () => {
  await lab.owner("INSERT INTO letter_wordings (letter, version, subject, body, updated_by, workstation_id) VALUES ('rejection', 1, 'x', '{gone}', 'x', 'x')"); // prettier-ignore
  expect(await wordingOf("rejection")).toMatchObject({ ...LETTER_KINDS.rejection.wording, is_default: true });
});

test("the list: by state and kind, counted, paged, with job and error", async () => {
  const job = await submitCube();
  const [letter] = await outboxOf(job.id);
  await db()("outbox").where({ id: letter!.id }).update({ state: "failed", last_error: "550 no such user", attempts: 3 }); // prettier-ignore
  const list = await outboxList({ state: "failed", kind: "mail", page: 1 });
  expect(list.items).toMatchObject([
    { id: letter!.id, letter: "receipt", attempts: 3, last_error: "550 no such user", job: { short_id: job.short_id } }, // prettier-ignore
  ]);
  expect(list.counts.failed).toBe(1);
  expect(list.kinds).toEqual(["mail", "picture"]);
  expect((await outboxList({ state: "failed", kind: "picture", page: 9 })).items).toEqual([]);
  await lab.owner("INSERT INTO outbox (kind) SELECT 'many' FROM generate_series(1, 60)");
  const pages = await Promise.all([1, 2, 3, 99].map((page) => outboxList({ state: "due", kind: "many", page })));
  expect(pages.map(({ items, page, pages }) => [items.length, page, pages])).toEqual([[25, 1, 3], [25, 2, 3], [10, 3, 3], [10, 3, 3]]); // prettier-ignore
  expect(new Set(pages.slice(0, 3).flatMap(({ items }) => items.map(({ id }) => id))).size).toBe(60);
  await lab.owner("DELETE FROM outbox WHERE kind = 'many'");
}); // prettier-ignore

test("a failed one is tried again once; a waiting one is cancelled; what is done stays", async () => {
  const job = await submitCube();
  const outbox_id = (await outboxOf(job.id))[0]!.id;
  expect((await refusal(retryEffect(FRONT, { staff_name, outbox_id }))).details.reason).toBe("not_failed");
  await db()("outbox").where({ id: outbox_id }).update({ state: "failed" });
  await retryEffect(FRONT, { staff_name, outbox_id });
  expect((await refusal(retryEffect(FRONT, { staff_name, outbox_id }))).details.reason).toBe("not_failed");
  await cancelEffect(FRONT, { staff_name, outbox_id, reason: "wrong address" });
  expect(await workRow(outbox_id, HANDLERS)).toBe("not-due");
  expect((await refusal(cancelEffect(FRONT, { staff_name, outbox_id, reason: "again" }))).details.reason).toBe("too_late"); // prettier-ignore
  expect((await eventsOf(job.id)).slice(-2)).toMatchObject([
    { event_type: "EmailRetried", triggered_by: STAFF },
    { event_type: "EffectCancelled", triggered_by: STAFF, details: { reason: "wrong address", email_type: "receipt" } }, // prettier-ignore
  ]);
  for (const other of [randomUUID(), "no uuid"])
    expect((await refusal(cancelEffect(FRONT, { staff_name, outbox_id: other, reason: "why" }))).code).toBe("not_found"); // prettier-ignore
  expect((await refusal(retryEffect(FRONT, { staff_name: "Nobody", outbox_id }))).code).toBe("invalid");
});

test("a letter can be looked at, but not the student's link; and it says when it can be sent again", async () => {
  const job = await drive(await submitCube(), "PENDING");
  const approval = (await outboxOf(job.id)).find(({ payload }) => payload.letter === "approval")!;
  const shown = (await showLetter(approval.id))!;
  expect(shown).toMatchObject({ to: job.student_email, would_be_sent: true });
  expect(JSON.stringify(shown.letter)).toContain("/confirm/only-in-the-students-letter");
  await work();
  const link = (await letterTo(job.student_email)).links.find((one) => one.includes("/confirm/"))!;
  expect(JSON.stringify(shown.letter)).not.toContain(link);
  expect((await outboxItem(approval.id)).resend).toEqual({ again_at: expect.any(String) });
  await lab.set({ staff_resend_cooldown_minutes: 0 });
  expect((await outboxItem(approval.id)).resend).toEqual({ again_at: null });
  await take("force-confirm", job.id);
  expect(await showLetter(approval.id)).toMatchObject({ would_be_sent: false });
  expect((await outboxItem(approval.id)).resend).toBeNull();
});

test("a test letter goes the way of all letters, once for each form, and says that it is one", async () => {
  const input = { staff_name, to: "me@example.edu", letter: "approval" as const, form_key: randomUUID() };
  const again = () => ({ ...input, form_key: randomUUID() });
  const { outbox_id } = await requestTestLetter(FRONT, input);
  expect(await requestTestLetter(FRONT, input)).toEqual({ outbox_id });
  expect((await refusal(requestTestLetter(FRONT, { ...input, letter: "receipt" }))).details.reason).toBe("form_reused"); // prettier-ignore
  expect((await refusal(requestTestLetter(FRONT, again()))).details.reason).toBe("on_its_way");
  await work();
  expect(await outboxItem(outbox_id)).toMatchObject({ kind: "test-letter", letter: "approval", state: "done", to: "me@example.edu" }); // prettier-ignore
  const mail = await letterTo("me@example.edu");
  expect(mail.subject).toMatch(/^\[Test\] Print request 9999/);
  expect(mail.text).toContain("made-up names and numbers");
  const events = await Event.query().whereRaw("details->>'action' = 'test-letter'");
  expect(events).toMatchObject([{ triggered_by: STAFF, details: { letter: "approval" } }]);
  expect(JSON.stringify(events)).not.toContain("me@example.edu");
  for (let n = 0; n < 9; n++) {
    await requestTestLetter(FRONT, again());
    await work();
  }
  expect(await refusal(requestTestLetter(FRONT, again()))).toMatchObject({ code: "too_many" });
});
