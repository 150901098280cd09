/** What a script adds to notes: keys, drafts, and a line that breaks. */
import type { System } from "../support/system";
import { expect, logIn, submit, type Submission, test } from "./lab";

const notes = (lab: System, job: Submission) =>
  lab.sql<{ body: string; staff_name: string }>("SELECT body, staff_name FROM job_notes WHERE job_id = $1", [
    job.id,
  ]);

test("by keyboard: Escape keeps the text, Ctrl+Enter saves; a note on the card leaves the list in place", async ({
  page,
  lab,
}) => {
  const job = await submit(page, lab);
  await logIn(page);
  await page.goto(`/dashboard?status=UPLOADED&search=${job.email}&details=open`);
  const card = page.locator(".job-card").filter({ hasText: String(job.shortId) });
  await card.getByRole("button", { name: "Add note" }).press("Enter");
  const text = card.locator("[name=notes]");
  await expect(text).toBeFocused();
  await page.keyboard.type("Half a thou");
  await page.keyboard.press("Escape");
  await expect(text).toHaveCount(0);
  const again = card.getByRole("button", { name: "Continue your note" });
  await expect(again).toBeFocused();
  // The text is the tab's: the job's page has it too.
  await page.goto(`/dashboard/jobs/${job.id}`);
  await page.getByRole("button", { name: "Continue your note" }).click();
  await expect(page.locator("[name=notes]")).toHaveValue("Half a thou");
  await page.goto(`/dashboard?status=UPLOADED&search=${job.email}&details=open`);
  await again.click();
  await expect(text).toHaveValue("Half a thou");
  await page.keyboard.type("ght.");
  await card.locator("[name=staff_name]").selectOption("Jane Doe");
  await text.press("Control+Enter");
  await expect(card.locator("ul.rows").getByText("Half a thought.")).toBeVisible();
  await expect(card.getByRole("button", { name: "Add note" })).toBeFocused();
  expect(new URL(page.url()).searchParams.get("search")).toBe(job.email);
  expect(await notes(lab, job)).toEqual([{ body: "Half a thought.", staff_name: "Jane Doe" }]);
  // Discarding is asked for, never guessed.
  await card.getByRole("button", { name: "Add note" }).click();
  await page.keyboard.type("Not this.");
  await page.keyboard.press("Escape");
  await card.getByRole("button", { name: "Discard it" }).click();
  await card.getByRole("button", { name: "Add note" }).click();
  await expect(text).toHaveValue("");
});

test("a note that cannot be sent stays; sent twice it is one note", async ({ page, lab }) => {
  const job = await submit(page, lab);
  await logIn(page);
  await page.goto(`/dashboard/jobs/${job.id}`);
  await page.getByRole("button", { name: "Add note" }).click();
  const form = page.locator("form:has([name=intent][value=note])");
  await form.locator("[name=notes]").fill("Over a bad line.");
  await form.locator("[name=staff_name]").selectOption("Jane Doe");
  // The server does it, and the answer is lost.
  await page.route("**/at-once", async (route) => {
    await route.fetch();
    await route.abort();
  });
  await form.getByRole("button", { name: "Save note" }).click();
  await expect(form.getByText(/The server did not answer/)).toBeVisible();
  await expect(form.locator("[name=notes]")).toHaveValue("Over a bad line.");
  await page.unroute("**/at-once");
  await form.getByRole("button", { name: "Save note" }).click();
  await expect(page.getByText("The note is saved.").first()).toBeVisible();
  expect(await notes(lab, job)).toHaveLength(1);
});
