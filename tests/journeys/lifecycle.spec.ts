/** One request from upload to pickup, with every folder, event, letter and metadata.json looked at on the way. */
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { act, begin, events, expect, fillAction, logIn, statusOf, submit, submitAction, test } from "./lab";

test("R1 R2: upload, approve, confirm, print, complete, pay, picked up", async ({
  page,
  lab,
  browser,
}, testInfo) => {
  await lab.setting("completion_mail_delay_minutes", 0);
  // The student.
  const job = await submit(page, lab, { name: "Zoë Straße" });
  await expect(page.getByText(/with staff for review/i).first()).toBeVisible();
  const stem = `ZoeStrasse_Filament_Blue_${job.shortId}`;
  expect(await lab.folder(job.shortId)).toEqual({
    status: "Uploaded",
    stem,
    names: [`${stem}.stl`, "metadata.json"],
  });
  expect(await lab.metadata(job.shortId)).toMatchObject({
    job_id: job.id,
    status: "UPLOADED",
    student_email: job.email,
    original_filename: "My part (final).stl",
    display_name: `${stem}.stl`,
    print_method: "Filament",
    color_name: "Blue",
    printer_name: "Prusa MK4S",
  });
  const receipt = await lab.letter(job.email, /we have your file/);
  expect(receipt.text).toContain(String(job.shortId));
  expect(receipt.text).toContain(job.trackPath);
  expect(receipt.html).toContain("Prusa MK4S");

  // Staff, on another computer.
  const desk = await browser.newContext({
    javaScriptEnabled: testInfo.project.use.javaScriptEnabled,
    baseURL: lab.url,
  });
  const staff = await desk.newPage();
  await staff.goto(`/dashboard/jobs/${job.id}`);
  await expect(staff).toHaveURL(/\/login\?next=/);
  await staff.locator('[name="workstation_id"]').selectOption("front-desk");
  await staff.locator('[name="password"]').fill("front-desk-demo");
  await staff.getByRole("button", { name: "Log in" }).click();
  await expect(staff).toHaveURL(new RegExp(`/dashboard/jobs/${job.id}$`));
  await expect(staff.getByText("Workstation: Front Desk").first()).toBeVisible();

  await act(staff, job, "review", { reviewed: "true" });
  // A slicer saves its project beside the model.
  await writeFile(
    path.join(lab.storage, "Uploaded", stem, `${stem}_sliced.3mf`),
    "a project that a slicer saved",
  );
  await begin(staff, job, "approve");
  // The newest file that is not the original is suggested.
  await expect(staff.locator(`[name="authoritative_filename"][value="${stem}_sliced.3mf"]`)).toBeChecked();
  await fillAction(staff, { staff_name: "Jane Doe", weight_g: "82.5", time_hours: "3.1" });
  await submitAction(staff);
  await expect(staff.getByText("Pending").first()).toBeVisible();
  expect(await statusOf(lab, job)).toBe("PENDING");
  expect(await lab.folder(job.shortId)).toEqual({
    status: "Pending",
    stem,
    names: [`${stem}.stl`, `${stem}_sliced.3mf`, "metadata.json"],
  });
  expect(await lab.metadata(job.shortId)).toMatchObject({
    status: "PENDING",
    authoritative_filename: `${stem}_sliced.3mf`,
    weight_g: 82.5,
    time_hours: 3.5,
    cost_cents: 825,
  });

  // The student's answer, from the letter.
  const approval = await lab.letter(job.email, /please confirm the price/);
  expect(approval.text).toContain("$8.25");
  expect(approval.text).toContain("3.5 h");
  const link = /https?:\/\/\S+\/confirm\/\S+/.exec(approval.text ?? "")![0];
  await page.goto(link);
  await expect(page.getByText("$8.25").first()).toBeVisible();
  expect(await statusOf(lab, job), "opening the link changes nothing").toBe("PENDING");
  await page.getByRole("button", { name: "Confirm", exact: false }).first().click();
  await expect(page).toHaveURL(/\/track\//);
  await expect(page.getByText("Ready to Print").first()).toBeVisible();
  expect((await lab.folder(job.shortId)).status).toBe("ReadyToPrint");

  // R22: the link is good once.
  const again = await page.goto(link);
  await expect(page).toHaveURL(/\/confirm\/(expired|[\w-]+)/);
  expect([200, 404, 410]).toContain(again?.status());
  await expect(page.getByText(/already used/i).first()).toBeVisible();
  await expect(page.getByRole("link", { name: "See the status of your print" })).toBeVisible();

  await act(staff, job, "mark-printing");
  expect((await lab.folder(job.shortId)).status).toBe("Printing");
  await act(staff, job, "mark-complete", {}, "Sam Rivera");
  expect((await lab.folder(job.shortId)).status).toBe("Completed");
  const completion = await lab.letter(job.email, /ready for pickup/);
  expect(completion.text).toContain("Tiger-Cash");

  await begin(staff, job, "payment");
  await fillAction(staff, {
    staff_name: "Sam Rivera",
    grams: "79,9",
    txn_no: `TC-${job.shortId}`,
    picked_up_by: "Zoë Straße",
  });
  // What to charge is on the screen before anything is recorded, with a script and without.
  if (testInfo.project.use.javaScriptEnabled === false)
    await staff.getByRole("button", { name: "Work out the price" }).click();
  await expect(staff.locator("output")).toHaveText("$7.99");
  expect(await lab.sql("SELECT FROM payments WHERE job_id = $1", [job.id])).toEqual([]);
  await submitAction(staff);
  await expect(staff.getByText("Paid & Picked Up").first()).toBeVisible();
  expect((await lab.folder(job.shortId)).status).toBe("PaidPickedUp");
  expect(
    await lab.sql("SELECT grams, price_cents, paid_by_staff, voided_at FROM payments WHERE job_id = $1", [
      job.id,
    ]),
  ).toEqual([{ grams: "79.90", price_cents: 799, paid_by_staff: "Sam Rivera", voided_at: null }]);
  expect(await events(lab, job)).toEqual([
    "JobCreated",
    "JobReviewed",
    "JobApproved",
    "JobConfirmed",
    "JobPrinting",
    "JobCompleted",
    "PaymentRecorded",
  ]);
  const by = await lab.sql("SELECT triggered_by, workstation_id FROM events WHERE job_id = $1 ORDER BY id", [
    job.id,
  ]);
  expect(by).toEqual([
    { triggered_by: "student", workstation_id: "public" },
    { triggered_by: "Jane Doe", workstation_id: "front-desk" },
    { triggered_by: "Jane Doe", workstation_id: "front-desk" },
    { triggered_by: "student", workstation_id: "public" },
    { triggered_by: "Jane Doe", workstation_id: "front-desk" },
    { triggered_by: "Sam Rivera", workstation_id: "front-desk" },
    { triggered_by: "Sam Rivera", workstation_id: "front-desk" },
  ]);

  await page.goto(job.trackPath);
  await expect(page.getByText("Paid & Picked Up").first()).toBeVisible();
  await expect(page.getByText("$7.99").first()).toBeVisible();
  await expect(page.getByText("Sam Rivera")).toHaveCount(0);
  await desk.close();
});

test("rejection with reasons, and a new request afterwards", async ({ page, lab }) => {
  const job = await submit(page, lab);
  await logIn(page);
  await begin(page, job, "reject");
  // Nothing chosen: the form comes back with a message and everything typed.
  await fillAction(page, { staff_name: "Alex Kim" });
  await submitAction(page);
  await expect(page.getByText("Choose at least one reason, or write your own.").first()).toBeVisible();
  await expect(page.locator('#decision [name="staff_name"]')).toHaveValue("Alex Kim");
  expect(await statusOf(lab, job)).toBe("UPLOADED");
  await fillAction(page, { reasons: "thin_walls", custom_reason: "The tail is 0.2 mm thin." });
  await submitAction(page);
  await expect(page.getByText("Rejected").first()).toBeVisible();
  expect((await lab.folder(job.shortId)).status).toBe("Rejected");
  const letter = await lab.letter(job.email, /cannot print this model/);
  expect(letter.text).toContain("The walls are too thin for the chosen method.");
  expect(letter.text).toContain("The tail is 0.2 mm thin.");
  expect(await events(lab, job)).toEqual(["JobCreated", "JobRejected"]);
});

test("the student declines", async ({ page, lab }) => {
  const job = await submit(page, lab);
  await logIn(page);
  await act(page, job, "approve", { weight_g: "5", time_hours: "1" });
  const approval = await lab.letter(job.email, /please confirm/);
  expect(approval.text).toContain("$3.00");
  const before = lab.smtp.messages.length;
  await page.goto(/https?:\/\/\S+\/confirm\/\S+/.exec(approval.text ?? "")![0]);
  await page.getByRole("button", { name: "No thanks" }).click();
  await expect(page).toHaveURL(/\/track\//);
  await expect(page.getByText(/declined/i).first()).toBeVisible();
  expect((await lab.folder(job.shortId)).status).toBe("Rejected");
  expect(await lab.metadata(job.shortId)).toMatchObject({
    reject_reasons: { reasons: ["declined_by_student"] },
  });
  expect(
    await lab.sql(
      "SELECT 1 FROM outbox WHERE job_id = $1 AND kind = 'mail' AND state IN ('due', 'running')",
      [job.id],
    ),
  ).toEqual([]);
  expect(lab.smtp.messages.length).toBe(before);
  // There is no letter to send again, so nothing is offered.
  await page.goto(`/dashboard/jobs/${job.id}`);
  await expect(page.locator('form[action$="/change-status"]')).toHaveCount(1);
  await expect(page.locator('form[action$="/resend-email"]')).toHaveCount(0);
});

test("two answers to one link: the first counts, and the second is told so", async ({ page, lab }) => {
  const job = await submit(page, lab);
  await logIn(page);
  await act(page, job, "approve", { weight_g: "5", time_hours: "1" });
  const approval = await lab.letter(job.email, /please confirm/);
  const link = /https?:\/\/\S+\/confirm\/\S+/.exec(approval.text ?? "")![0];
  await page.goto(link);
  const other = await page.context().newPage();
  await other.goto(link);
  await other.getByRole("button", { name: "No thanks" }).click();
  await expect(other).toHaveURL(/\/track\//);
  await page.getByRole("button", { name: "Confirm and print" }).click();
  await expect(page.getByText(/used before, to decline/)).toBeVisible();
  expect(await statusOf(lab, job)).toBe("REJECTED");
});

test("the link expires; the student asks for a new one, once an hour", async ({ page, lab }) => {
  const job = await submit(page, lab);
  await logIn(page);
  await act(page, job, "approve", { weight_g: "40", time_hours: "2" });
  const first = await lab.letter(job.email, /please confirm/);
  const old = /https?:\/\/\S+\/confirm\/\S+/.exec(first.text ?? "")![0];
  await lab.sql("UPDATE confirm_tokens SET expires_at = now() - interval '1 second' WHERE job_id = $1", [
    job.id,
  ]);
  await lab.sql("UPDATE jobs SET confirm_token_expires = now() - interval '1 second' WHERE id = $1", [
    job.id,
  ]);
  await page.goto(old);
  await expect(page).toHaveURL(/\/confirm\/expired\?job_id=/);
  await expect(page.getByText(/expired/i).first()).toBeVisible();
  const resend = page.getByRole("button", { name: "Resend Confirmation Email" });
  // A link went out within the hour: the page says how long to wait.
  await expect(resend).toBeDisabled();
  await expect(page.getByText(/\d+ minutes?/).first()).toBeVisible();

  await lab.sql("UPDATE jobs SET confirmation_last_sent_at = now() - interval '61 minutes' WHERE id = $1", [
    job.id,
  ]);
  await page.reload();
  const sent = lab.smtp.messages.length;
  await resend.click();
  const second = await lab.letter(job.email, /please confirm/, sent);
  const fresh = /https?:\/\/\S+\/confirm\/\S+/.exec(second.text ?? "")![0];
  expect(fresh).not.toBe(old);
  await page.goto(fresh);
  await page.getByRole("button", { name: "Confirm", exact: false }).first().click();
  await expect(page.getByText("Ready to Print").first()).toBeVisible();
  // The night shift may have flagged the expiry meanwhile: it looks every five minutes.
  const told = (await events(lab, job)).filter((type) => type !== "ConfirmationExpired");
  expect(told).toEqual(["JobCreated", "JobApproved", "ConfirmationResent", "JobConfirmed"]);
});

test("an unknown link looks like an expired one", async ({ page }) => {
  for (const token of ["nonsense", "A".repeat(43)]) {
    await page.goto(`/confirm/${token}`);
    await expect(page.getByText(/expired/i).first()).toBeVisible();
    await expect(page.getByRole("button", { name: "Confirm", exact: true })).toHaveCount(0);
  }
  const answer = await page.goto(`/track/${"A".repeat(43)}`);
  expect(answer?.status()).toBe(404);
});

test("a failed print goes back to the queue at the same price", async ({ page, lab }) => {
  const job = await submit(page, lab);
  await logIn(page);
  await act(page, job, "approve", { weight_g: "40", time_hours: "2" });
  await act(page, job, "force-confirm", { reason: "Confirmed at the counter." });
  expect(await statusOf(lab, job)).toBe("READYTOPRINT");
  await act(page, job, "mark-printing");
  await act(page, job, "mark-failed", { reason: "Filament tangle detected on printer." });
  await expect(page.getByText("Filament tangle detected on printer.").first()).toBeVisible();
  expect((await lab.folder(job.shortId)).status).toBe("ReadyToPrint");
  expect(await lab.metadata(job.shortId)).toMatchObject({ cost_cents: 400, student_confirmed: true });
  expect(await events(lab, job)).toEqual([
    "JobCreated",
    "JobApproved",
    "JobForceConfirmed",
    "JobPrinting",
    "PrintFailed",
  ]);
});

test("both reverts: completion without a letter, pickup with a voided payment", async ({ page, lab }) => {
  await lab.setting("completion_mail_delay_minutes", 5);
  const job = await submit(page, lab);
  await logIn(page);
  await act(page, job, "approve", { weight_g: "40", time_hours: "2" });
  await act(page, job, "force-confirm", { reason: "Confirmed at the counter." });
  await act(page, job, "mark-printing");
  await act(page, job, "mark-complete");
  await act(page, job, "revert-completion");
  expect((await lab.folder(job.shortId)).status).toBe("Printing");
  expect(
    await lab.sql("SELECT state FROM outbox WHERE job_id = $1 AND payload->>'letter' = 'completion'", [
      job.id,
    ]),
  ).toEqual([{ state: "cancelled" }]);

  // The letter has gone out: a correction follows.
  await lab.setting("completion_mail_delay_minutes", 0);
  await act(page, job, "mark-complete");
  await lab.letter(job.email, /ready for pickup/);
  await act(page, job, "revert-completion");
  await lab.letter(job.email, /not ready yet/);

  await act(page, job, "mark-complete");
  await act(page, job, "payment", { grams: "40", txn_no: `R-${job.shortId}`, picked_up_by: "A friend" });
  await act(page, job, "revert-pickup");
  expect((await lab.folder(job.shortId)).status).toBe("Completed");
  expect(
    await lab.sql("SELECT voided_by, voided_at IS NOT NULL AS voided FROM payments WHERE job_id = $1", [
      job.id,
    ]),
  ).toEqual([{ voided_by: "Jane Doe", voided: true }]);
  // Handing over without a payment needs a reason; the number is free again.
  await begin(page, job, "mark-picked-up");
  await fillAction(page, { staff_name: "Jane Doe", picked_up_by: "A friend" });
  await submitAction(page);
  await expect(page.getByText(/There is no payment for this job/).first()).toBeVisible();
  await fillAction(page, { reason: "Reprint of a part that broke on our printer." });
  await submitAction(page);
  await expect(page.getByText("Paid & Picked Up").first()).toBeVisible();
});

test("a revert is offered only while its time lasts", async ({ page, lab }) => {
  const job = await submit(page, lab);
  await logIn(page);
  await act(page, job, "approve", { weight_g: "40", time_hours: "2" });
  await act(page, job, "force-confirm", { reason: "Confirmed at the counter." });
  await act(page, job, "mark-printing");
  await act(page, job, "mark-complete");
  await page.goto(`/dashboard/jobs/${job.id}`);
  const revert = page.locator(`form[action="/dashboard/jobs/${job.id}/revert-completion"]`);
  await expect(revert).toHaveCount(1);
  await lab.sql("UPDATE jobs SET status_since = now() - interval '31 minutes' WHERE id = $1", [job.id]);
  await page.reload();
  await expect(revert).toHaveCount(0);
});

test("notes are kept, newest first; resend replaces the link; delete leaves a tombstone", async ({
  page,
  lab,
}) => {
  const job = await submit(page, lab);
  await logIn(page);
  await act(page, job, "notes", { notes: "Asked about <b>supports</b>.\nWill call back." });
  await act(page, job, "notes", { notes: "Called back." }, "Sam Rivera");
  await expect(page.getByText("Asked about <b>supports</b>.")).toBeVisible();
  const notes = await lab.sql(
    "SELECT body, staff_name FROM job_notes WHERE job_id = $1 ORDER BY created_at DESC",
    [job.id],
  );
  expect(notes).toEqual([
    { body: "Called back.", staff_name: "Sam Rivera" },
    { body: "Asked about <b>supports</b>.\nWill call back.", staff_name: "Jane Doe" },
  ]);

  await act(page, job, "approve", { weight_g: "40", time_hours: "2" });
  const first = await lab.letter(job.email, /please confirm/);
  await lab.setting("staff_resend_cooldown_minutes", 0);
  const sent = lab.smtp.messages.length;
  await act(page, job, "resend-email", { email_type: "approval" });
  await lab.letter(job.email, /please confirm/, sent);
  await page.goto(/https?:\/\/\S+\/confirm\/\S+/.exec(first.text ?? "")![0]);
  await expect(page.getByText(/newer confirmation link|expired/i).first()).toBeVisible();

  await act(page, job, "delete", { reason: "Sent by mistake, the student asked." });
  await expect(page).toHaveURL(/\/dashboard/);
  expect(await lab.sql("SELECT 1 FROM jobs WHERE id = $1", [job.id])).toEqual([]);
  await expect(lab.folder(job.shortId)).rejects.toThrow("lies in 0 folders");
  const [tombstone] = await lab.sql(
    "SELECT triggered_by, workstation_id, details FROM events WHERE job_id = $1 AND event_type = 'JobDeleted'",
    [job.id],
  );
  expect(tombstone).toMatchObject({
    triggered_by: "Jane Doe",
    workstation_id: "front-desk",
    details: { short_id: job.shortId, reason: "Sent by mistake, the student asked." },
  });
  const gone = await page.goto(`/dashboard/jobs/${job.id}`);
  expect(gone?.status()).toBe(404);
});

test("leaving a decision gives the job free; a letter that events overtook is not called sent", async ({
  page,
  lab,
}, { project }) => {
  await lab.setting("completion_mail_delay_minutes", 5);
  await lab.setting("staff_resend_cooldown_minutes", 5);
  const job = await submit(page, lab);
  await logIn(page);
  const holder = async () =>
    (await lab.sql<{ locked_by: string | null }>("SELECT locked_by FROM jobs WHERE id = $1", [job.id]))[0]!
      .locked_by;
  await begin(page, job, "reject");
  expect(await holder()).toBe("Front Desk");
  if (project.use.javaScriptEnabled === false) await page.getByText(`Back to job ${job.shortId}`).click();
  else await page.keyboard.press("Escape");
  await expect(page.locator("#decision")).toHaveCount(0);
  await expect(page).toHaveURL(new RegExp(`/dashboard/jobs/${job.id}$`));
  await expect.poll(holder).toBeNull();

  await act(page, job, "approve", { weight_g: "40", time_hours: "2" });
  // Asked for again at once: refused with the time to wait, and nobody is locked out by it.
  await begin(page, job, "resend-email");
  await fillAction(page, { staff_name: "Jane Doe", email_type: "approval" });
  await submitAction(page);
  await expect(page.getByText(/An email was sent recently/).first()).toBeVisible();
  expect(await holder()).toBeNull();

  await act(page, job, "force-confirm", { reason: "Confirmed at the counter." });
  await act(page, job, "mark-printing");
  await act(page, job, "mark-complete");
  await act(page, job, "payment", { grams: "40", txn_no: `L-${job.shortId}`, picked_up_by: "Me" });
  // The five minutes pass at once; the sweep, each minute, finds the letter due.
  const completion = "WHERE job_id = $1 AND payload->>'letter' = 'completion'";
  await lab.sql(`UPDATE outbox SET next_at = now() ${completion} AND state = 'due'`, [job.id]);
  await expect
    .poll(() => lab.sql(`SELECT state FROM outbox ${completion}`, [job.id]), { timeout: 90_000 })
    .toEqual([{ state: "cancelled" }]);
});
