/** The board with a script, as people use it: closing by mistake, going back, a phone, a piece that breaks. */
import type { Page } from "@playwright/test";
import { expect, fillAction, logIn, submit, submitAction, test } from "./lab";

const card = (page: Page, job: { id: string }) => page.locator(`[data-job="${job.id}"]`);

/** At this place of the list, with its script at work. */
async function listed(page: Page, place = ""): Promise<void> {
  await page.goto(`/dashboard${place}`);
  await expect(page.getByRole("button", { name: "Refresh" })).toBeVisible();
}

test("what was typed into a decision is not lost by a slip of the hand", async ({ page, lab }) => {
  const job = await submit(page, lab);
  await logIn(page);
  await listed(page, `?search=${job.shortId}`);
  const dialog = page.getByRole("dialog");
  const question = page.getByRole("alertdialog", { name: "Throw away what you typed?" });
  const weight = page.locator('#decision [name="weight_g"]');
  const open = async () => {
    await card(page, job).getByRole("button", { name: "Approve" }).click();
    await expect(weight).toBeVisible();
  };
  const ways: Record<string, () => Promise<void>> = {
    Escape: () => page.keyboard.press("Escape"),
    outside: () => page.mouse.click(5, 600),
    Close: () => dialog.getByRole("button", { name: "Close" }).click(),
    Cancel: () => dialog.getByRole("button", { name: "Cancel" }).click(),
  };
  for (const [name, leave] of Object.entries(ways))
    await test.step(name, async () => {
      await open();
      await fillAction(page, { staff_name: "Jane Doe", weight_g: "33" });
      await leave();
      await expect(question.getByRole("button", { name: "Keep writing" })).toBeFocused();
      // Escape answers with what loses nothing, and leads back to the form.
      await page.keyboard.press("Escape");
      await expect(question).toHaveCount(0);
      await expect(weight).toHaveValue("33");
      await leave();
      await question.getByRole("button", { name: "Throw away" }).click();
      await expect(page.locator("#decision")).toHaveCount(0);
      await expect(card(page, job).getByRole("button", { name: "Approve" })).toBeFocused();
      await expect.poll(() => lab.sql("SELECT locked_by FROM jobs WHERE id = $1", [job.id])).toEqual([{ locked_by: null }]); // prettier-ignore
    });
  // A name alone is chosen again in a moment; what was sent and refused is somebody's work.
  await open();
  await fillAction(page, { staff_name: "Jane Doe" });
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await open();
  await fillAction(page, { weight_g: "many" });
  await submitAction(page);
  await expect(dialog.getByRole("alert")).toContainText("Choose your name");
  await page.keyboard.press("Escape");
  await question.getByRole("button", { name: "Keep writing" }).click();
  await expect(weight).toHaveValue("many");
});

test("Back goes from a search to its filters, and the boxes say what the list shows", async ({
  page,
  lab,
}) => {
  const job = await submit(page, lab);
  await logIn(page);
  await listed(page);
  await page.getByText("Filters", { exact: true }).click();
  const printer = page.locator("select#printer");
  await printer.selectOption("prusa_mk4s");
  await page.getByRole("button", { name: "Apply filters" }).click();
  await expect(page).toHaveURL(/printer=prusa_mk4s/);
  await expect(page.getByRole("button", { name: "Refresh" })).toBeVisible();
  await page.locator("#search").pressSequentially(job.name, { delay: 20 });
  await expect(page).toHaveURL(/search=/);
  await expect(page.locator("[data-job]")).toHaveCount(1);
  await page.goBack();
  await expect(page).not.toHaveURL(/search=/);
  await expect(page).toHaveURL(/printer=prusa_mk4s/);
  await expect(page.locator("#search")).toHaveValue("");
  await page.goBack();
  await expect(page).not.toHaveURL(/printer=/);
  await expect(page.getByRole("button", { name: "Refresh" })).toBeVisible();
  await expect(printer).toHaveValue("");
});

test("on a phone the tab in force is in sight, and a decision begins with its form", async ({
  page,
  lab,
}) => {
  const job = await submit(page, lab);
  await page.setViewportSize({ width: 390, height: 844 });
  await logIn(page);
  await listed(page, "?status=ARCHIVED");
  const tab = page.getByRole("navigation", { name: "Status" }).locator("[aria-current]");
  await expect(tab).toContainText("Archived");
  // But for a part of a pixel.
  await expect(tab).toBeInViewport({ ratio: 0.99 });
  await listed(page, `?search=${job.shortId}`);
  await card(page, job).getByRole("button", { name: "Approve" }).click();
  const dialog = page.getByRole("dialog", { name: `Approve: job ${job.shortId}, ${job.name}` });
  await expect(dialog.locator('[name="staff_name"]')).toBeInViewport({ ratio: 1 });
});

test("a card that the server cannot draw leaves the others alone, with scripts and without", async ({
  browser,
  page,
  lab,
}) => {
  const [broken, sound] = [await submit(page, lab), await submit(page, lab)];
  // Somebody has had a hand in what was measured.
  await lab.sql(
    `UPDATE parts SET report = jsonb_set(report::jsonb, '{size_mm}', '["wide", "deep", "high"]')
     WHERE sha256 = (SELECT file_hash FROM jobs WHERE id = $1)`,
    [broken.id],
  );
  for (const javaScriptEnabled of [true, false]) {
    const context = await browser.newContext({ baseURL: lab.url, javaScriptEnabled });
    const desk = await context.newPage();
    const errors: string[] = [];
    desk.on("pageerror", (error) => errors.push(error.message));
    await logIn(desk);
    const answer = await desk.goto("/dashboard?status=UPLOADED");
    expect(answer!.status()).toBe(200);
    const said = desk.getByRole("alert").filter({ hasText: `Job ${broken.shortId} could not be shown.` });
    await expect(said).toBeVisible();
    await expect(card(desk, sound)).toBeVisible();
    await expect(said.getByRole("button", { name: "Try again" })).toBeVisible({ visible: javaScriptEnabled });
    await expect(said.getByRole("link", { name: "Open the job’s own page" })).toHaveAttribute(
      "href",
      `/dashboard/jobs/${broken.id}`,
    );
    expect(errors).toEqual([]);
    await context.close();
  }
  expect(lab.log()).toContain("A piece of a page could not be drawn");
});

test("a card that cannot be shown leaves the others alone, and comes back when asked", async ({
  browser,
  lab,
}) => {
  const page = await (await browser.newContext({ baseURL: lab.url })).newPage();
  const [broken, sound] = [await submit(page, lab), await submit(page, lab)];
  await logIn(page);
  await listed(page);
  await expect(card(page, broken)).toBeVisible();
  // The time of its submission arrives as something that is no time.
  const at = "2026-01-02T03:04:05.678Z";
  await lab.sql("UPDATE jobs SET created_at = $2, status_since = $2, version = version + 1 WHERE id = $1", [broken.id, at]); // prettier-ignore
  let spoil = true;
  await page.route(/\/dashboard\.data/, async (route) => {
    const answer = await route.fetch();
    const body = await answer.text();
    await route.fulfill({ response: answer, body: spoil ? body.replaceAll(at, "no time at all") : body });
  });
  // News, so that the board is fetched again.
  const student = await (await browser.newContext({ baseURL: lab.url })).newPage();
  await submit(student, lab);
  await page.getByRole("button", { name: "Refresh" }).click();
  const said = page.getByRole("alert").filter({ hasText: `Job ${broken.shortId} could not be shown.` });
  await expect(said).toBeVisible();
  await expect(card(page, sound)).toBeVisible();
  expect(await said.evaluate((element) => element.closest("ul > li") !== null)).toBe(true);
  await said.getByRole("button", { name: "Try again" }).click();
  await expect(said).toBeVisible();
  spoil = false;
  const last = await submit(student, lab);
  await student.context().close();
  await page.getByRole("button", { name: "Refresh" }).click();
  await expect(card(page, last)).toBeVisible();
  // The job itself is as it was: it is tried again when somebody asks.
  await said.getByRole("button", { name: "Try again" }).click();
  await expect(card(page, broken)).toBeVisible();
  await page.context().close();
});
