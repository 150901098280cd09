/** Records at the job: notes in one press, what the log says, opening a file, letters and reverts on the card. */
import type { Page } from "@playwright/test";
import type { System } from "../support/system";
import {
  act,
  begin,
  events,
  expect,
  fillAction,
  logIn,
  submit,
  submitAction,
  test,
  type Submission,
} from "./lab";

const noteForm = (page: Page) => page.locator("form:has([name=intent][value=note])");
const cardOf = (page: Page, job: Submission) =>
  page.locator(".job-card").filter({ hasText: String(job.shortId) });

/** Opens the note's form on the job page: in place with a script, by its link without. */
async function openNote(page: Page, job: Submission) {
  await page.goto(`/dashboard/jobs/${job.id}`);
  // Without a script it is a link, with one a button; the same words.
  await page.locator(".add-note").getByText("Add note").click();
  await expect(noteForm(page).locator("[name=notes]")).toBeVisible();
}

/** Counts what a page sends until the work is done. */
async function posts(page: Page, work: () => Promise<void>): Promise<string[]> {
  const sent: string[] = [];
  const note = (request: { method(): string; url(): string }) => {
    if (request.method() === "POST") sent.push(new URL(request.url()).pathname);
  };
  page.on("request", note);
  await work();
  page.off("request", note);
  return sent;
}

const notesOf = (lab: System, job: Submission) =>
  lab.sql<{ body: string; staff_name: string }>(
    "SELECT body, staff_name FROM job_notes WHERE job_id = $1 ORDER BY created_at",
    [job.id],
  );

test("a note from the job page is one post, newest first, and gives the job free", async ({ page, lab }) => {
  const job = await submit(page, lab);
  await logIn(page);
  for (const [text, who] of [
    ["First: asked about supports.", "Jane Doe"],
    ["Second: called back.", "Sam Rivera"],
  ] as const) {
    await openNote(page, job);
    await noteForm(page).locator("[name=notes]").fill(text);
    await noteForm(page).locator("[name=staff_name]").selectOption(who);
    const sent = await posts(page, async () => {
      await noteForm(page).getByRole("button", { name: "Save note" }).click();
      await expect(page.getByText("The note is saved.").first()).toBeVisible();
    });
    expect(sent).toHaveLength(1);
  }
  await expect(page.locator("#notes li").first()).toContainText("Second: called back.");
  await expect(page.locator("#notes li").first()).toContainText("Sam Rivera, front-desk");
  await expect(page.locator("#notes li").nth(1)).toContainText("First: asked about supports.");
  expect(await lab.sql("SELECT lock_key FROM jobs WHERE id = $1", [job.id])).toEqual([{ lock_key: null }]);
  expect(await events(lab, job)).toEqual(["JobCreated", "NoteAdded", "NoteAdded"]);
});

test("an empty note, a long one and one without a name say so at the field and keep the text", async ({
  page,
  lab,
}) => {
  const job = await submit(page, lab);
  await logIn(page);
  await openNote(page, job);
  const form = noteForm(page);
  await form.getByRole("button", { name: "Save note" }).click();
  await expect(form.getByText("Enter a note.")).toBeVisible();
  await expect(form.getByText("Choose your name.")).toBeVisible();
  await form.locator("[name=notes]").fill("x".repeat(1001));
  await form.locator("[name=staff_name]").selectOption("Jane Doe");
  await form.getByRole("button", { name: "Save note" }).click();
  await expect(form.getByText("Shorten a note to 1000 characters or fewer.")).toBeVisible();
  await expect(form.locator("[name=notes]")).toHaveValue("x".repeat(1001));
  await expect(form.locator("[name=staff_name]")).toHaveValue("Jane Doe");
  expect(await notesOf(lab, job)).toEqual([]);
});

test("a job that somebody else holds refuses the note by the holder's name and keeps the text", async ({
  page,
  lab,
  browser,
  javaScriptEnabled,
}) => {
  const job = await submit(page, lab);
  await logIn(page);
  await openNote(page, job);
  const form = noteForm(page);
  await form.locator("[name=notes]").fill("Kept whatever happens.");
  await form.locator("[name=staff_name]").selectOption("Jane Doe");

  const other = await (await browser.newContext({ baseURL: lab.url, javaScriptEnabled })).newPage();
  await logIn(other, "back-office");
  await begin(other, job, "approve");

  const answered = page.waitForResponse((answer) => answer.request().method() === "POST");
  await form.getByRole("button", { name: "Save note" }).click();
  expect((await answered).status()).toBe(409);
  await expect(page.getByText(/being edited by Back Office until \d\d:\d\d/).first()).toBeVisible();
  await expect(form.locator("[name=notes]")).toHaveValue("Kept whatever happens.");
  await expect(form.locator("[name=staff_name]")).toHaveValue("Jane Doe");

  await other.getByRole("button", { name: "Cancel" }).click();
  await expect
    .poll(() => lab.sql("SELECT lock_key FROM jobs WHERE id = $1", [job.id]))
    .toEqual([{ lock_key: null }]);
  await form.getByRole("button", { name: "Save note" }).click();
  await expect(page.getByText("The note is saved.").first()).toBeVisible();
  expect(await notesOf(lab, job)).toEqual([{ body: "Kept whatever happens.", staff_name: "Jane Doe" }]);
  await other.context().close();
});

test("the name last used stands first on this tab, to be chosen again", async ({
  page,
  lab,
  javaScriptEnabled,
}) => {
  const job = await submit(page, lab);
  await logIn(page);
  await act(page, job, "review", { reviewed: "true" }, "Sam Rivera");
  await begin(page, job, "review");
  const field = page.locator("#decision [name=staff_name]");
  await expect(field).toHaveValue("");
  const suggestion = javaScriptEnabled ? "Sam Rivera (used last on this tab)" : /^(?!.*used last)/;
  await expect(field.locator("option").nth(1)).toHaveText(suggestion);
});

test("opening and downloading a file are in the log, once a minute", async ({
  page,
  lab,
  javaScriptEnabled,
}) => {
  const job = await submit(page, lab);
  await logIn(page);
  await act(page, job, "review", { reviewed: "true" }, "Sam Rivera");
  await page.goto(`/dashboard/jobs/${job.id}`);
  const { stem, names } = await lab.folder(job.shortId);
  const model = names.find((name) => name.endsWith(".stl"))!;
  const open = page.getByRole("link", { name: `Open file: ${model}` });
  const link = `print3d://open?path=${encodeURIComponent(`Z:\\storage\\Uploaded\\${stem}\\${model}`)}`;
  if (javaScriptEnabled) await expect(open).toHaveAttribute("href", link);
  else {
    const href = (await open.getAttribute("href"))!;
    const answer = await page.request.get(href, { maxRedirects: 0 });
    expect([answer.status(), answer.headers().location]).toEqual([302, link]);
  }
  const download = page.waitForEvent("download");
  await page
    .getByRole("link", { name: `Download ${model}` })
    .first()
    .click();
  expect((await download).suggestedFilename()).toBe(model);
  // The browser asks whether it may start a program; nobody answers here, so each time on a fresh page.
  for (const times of [1, 2]) {
    await page.goto(`/dashboard/jobs/${job.id}`);
    await open.click();
    if (times === 1)
      await expect
        .poll(() => events(lab, job))
        .toEqual(expect.arrayContaining(["FileDownloaded", "FileOpened"]));
  }
  const [opened] = await lab.sql(
    "SELECT triggered_by, workstation_id, details FROM events WHERE job_id = $1 AND event_type = 'FileOpened'",
    [job.id],
  );
  expect(opened).toEqual(
    javaScriptEnabled
      ? { triggered_by: "Sam Rivera", workstation_id: "front-desk", details: { file_name: model } }
      : {
          triggered_by: "Front Desk",
          workstation_id: "front-desk",
          details: { file_name: model, by_workstation: true },
        },
  );
  await page.goto(`/dashboard/jobs/${job.id}?history=files#history`);
  expect((await events(lab, job)).filter((type) => type === "FileOpened")).toHaveLength(1);
  await expect(
    page.locator("#history li").filter({ hasText: `Opened ${model} in the slicer.` }),
  ).toContainText(javaScriptEnabled ? "Sam Rivera" : "Somebody at Front Desk");
});

test("the history is narrowed and paged by links, and marks who has left", async ({ page, lab }) => {
  const job = await submit(page, lab);
  await logIn(page);
  await act(page, job, "approve", { weight_g: "40", time_hours: "2" }, "Alex Kim");
  await act(page, job, "force-confirm", { reason: "Confirmed at the counter." });
  await act(page, job, "mark-printing");
  await act(page, job, "mark-failed", { reason: "Layer shift at 12 mm." });
  await lab.sql(
    `INSERT INTO events (event_type, job_id, details, triggered_by, workstation_id)
     SELECT 'NoteAdded', $1, '{"characters": 5}', 'Sam Rivera', 'front-desk' FROM generate_series(1, 60)`,
    [job.id],
  );
  await lab.sql("UPDATE staff SET is_active = false, deactivated_at = now() WHERE name = 'Alex Kim'");
  try {
    await page.goto(`/dashboard/jobs/${job.id}`);
    const lines = page.locator("#history ol > li");
    await expect(lines).toHaveCount(50);
    await page.getByRole("link", { name: "Older" }).click();
    await expect(lines).toHaveCount(15);
    await expect(lines.last()).toContainText("Submitted for Prusa MK4S.");
    await expect(page.getByText("Alex Kim (inactive), front-desk")).toBeVisible();
    await page.getByRole("link", { name: /^Overrides/ }).click();
    await expect(lines).toHaveCount(2);
    await expect(lines.first()).toContainText("The print failed; back to the print queue.");
    await expect(lines.first()).toContainText("Layer shift at 12 mm.");
    await page.getByRole("link", { name: /^Status changes/ }).click();
    await expect(lines).toHaveCount(5);

    // The reason is on the card, too.
    await page.goto(`/dashboard?status=READYTOPRINT&search=${job.email}`);
    await expect(cardOf(page, job)).toContainText("The last print failed: Layer shift at 12 mm.");
  } finally {
    await lab.sql("UPDATE staff SET is_active = true, deactivated_at = NULL WHERE name = 'Alex Kim'");
  }
});

test("a failed letter is tried again from the card, in one post", async ({ page, lab }) => {
  const job = await submit(page, lab);
  await lab.letter(job.email, /./);
  await lab.sql(
    "UPDATE outbox SET state = 'failed', last_error = '550 no such user', lease_until = NULL, lease_key = NULL WHERE job_id = $1 AND kind = 'mail'",
    [job.id],
  );
  await logIn(page);
  await page.goto(`/dashboard?status=UPLOADED&search=${job.email}`);
  const card = cardOf(page, job);
  await expect(card).toContainText("550 no such user");
  const retry = card.locator("form:has([value=retry-mail])");
  await retry.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText("Choose your name.").first()).toBeVisible();
  await page.goto(`/dashboard?status=UPLOADED&search=${job.email}`);
  await retry.locator("[name=staff_name]").selectOption("Jane Doe");
  const sent = await posts(page, async () => {
    await retry.getByRole("button", { name: "Try again" }).click();
    await expect(page.getByText("The receipt letter is on its way again.")).toBeVisible();
  });
  expect(sent).toHaveLength(1);
  // Still the same list.
  expect(new URL(page.url()).searchParams.get("search")).toBe(job.email);
  await expect(card).not.toContainText("550 no such user");
  expect(await events(lab, job)).toEqual(["JobCreated", "EmailRetried"]);
});

test("a revert is on the card, with the time that is left", async ({ page, lab, javaScriptEnabled }) => {
  const job = await submit(page, lab);
  await logIn(page);
  await act(page, job, "approve", { weight_g: "40", time_hours: "2" });
  await act(page, job, "force-confirm", { reason: "Confirmed at the counter." });
  await act(page, job, "mark-printing");
  await act(page, job, "mark-complete");
  await page.goto(`/dashboard?status=COMPLETED&search=${job.email}`);
  const card = cardOf(page, job);
  await expect(card.getByText(javaScriptEnabled ? /^(30|29) min left$/ : /^until \d\d:\d\d$/)).toBeVisible();
  await lab.sql("UPDATE jobs SET status_since = now() - interval '1798 seconds' WHERE id = $1", [job.id]);
  if (javaScriptEnabled) {
    // It goes away by itself when the time is over.
    await page.reload();
    await expect(card.getByRole("button", { name: "Revert completion" })).toHaveCount(0);
  }
  await lab.sql("UPDATE jobs SET status_since = now() WHERE id = $1", [job.id]);
  await page.reload();
  await card.getByRole("button", { name: "Revert completion" }).click();
  await expect(page.locator("#decision")).toBeVisible();
  await page.getByRole("button", { name: "Cancel" }).click();
});

test("a new job is marked as reviewed, and as new again, from its card", async ({ page, lab }) => {
  const job = await submit(page, lab);
  await logIn(page);
  for (const [label, value] of [
    ["Mark as reviewed", "true"],
    ["Mark as new again", "false"],
  ] as const) {
    await page.goto(`/dashboard?status=UPLOADED&search=${job.email}`);
    await cardOf(page, job).getByRole("button", { name: label }).click();
    await expect(page.locator(`[name=reviewed][value=${value}]`)).toBeChecked();
    await fillAction(page, { staff_name: "Jane Doe" });
    await submitAction(page);
    await expect(page.locator("#decision")).toHaveCount(0);
  }
  expect(await events(lab, job)).toEqual(["JobCreated", "JobReviewed", "JobReviewed"]);
});
