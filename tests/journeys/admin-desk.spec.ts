/** The administrator's desk: settings, logo, letters, outbox, data, overrides; each page looked at by axe. */
import type { Page } from "@playwright/test";
import { encodePng } from "../../server/mesh/png.server";
import { check as checkByAxe } from "./axe";
import { act, expect, logIn, statusOf, submit, test } from "./lab";

const NAME = "Jane Doe";

/** axe is a script itself: without scripts, accessibility.spec.ts looks at these pages with the product's own kept away. */
async function check(page: Page, what: string): Promise<void> {
  if (test.info().project.use.javaScriptEnabled === false) return;
  await checkByAxe(page, what);
}

/** A frame in which nothing may run lets axe in neither; the letters' own markup is looked at by tests/unit/letters. */
async function checkAround(page: Page, what: string): Promise<void> {
  if (test.info().project.use.javaScriptEnabled === false) return;
  await page.evaluate(() => document.querySelectorAll("iframe[sandbox]").forEach((frame) => frame.remove()));
  await check(page, what);
}

test("settings: in force at once, explained when wrong, two editors, back to the default", async ({ page, lab, browser }) => {
  await logIn(page);
  await page.goto("/admin");
  await page.getByRole("link", { name: "Settings", exact: true }).click();
  await expect(page).toHaveURL(/\/admin\/settings$/);
  const form = page.locator("form", { has: page.locator('[name="group"][value="lab"]') });
  const save = form.getByRole("button", { name: "Save “The lab”" });

  await form.getByLabel("Time zone").fill("Mars/Olympus");
  await form.getByLabel("Environment banner").fill("Test system");
  await form.getByLabel("Performing Action As:").selectOption(NAME);
  await save.click();
  await expect(page).toHaveTitle(/^Error: Settings/);
  await expect(page.getByRole("alert").getByRole("link", { name: /enter a time zone such as/ })).toBeVisible();
  await expect(form.getByLabel("Environment banner")).toHaveValue("Test system");
  await check(page, "the settings with an error");

  // A second editor has the page open meanwhile.
  const other = await (await browser.newContext({ javaScriptEnabled: false, baseURL: lab.url })).newPage();
  await logIn(other, "back-office");
  await other.goto("/admin/settings");

  await form.getByLabel("Time zone").fill("America/Chicago");
  await save.click();
  await expect(page.getByRole("status").getByText("“The lab” is saved and in force.")).toBeVisible();
  await page.goto("/submit");
  await expect(page.getByRole("note").getByText("Test system")).toBeVisible();

  const late = other.locator("form", { has: other.locator('[name="group"][value="lab"]') });
  await late.getByLabel("Environment banner").fill("Something else");
  await late.getByLabel("Performing Action As:").selectOption(NAME);
  await late.getByRole("button", { name: "Save “The lab”" }).click();
  await expect(other.getByText(`${NAME} has changed these settings`)).toBeVisible();
  await expect(other.getByText("In force now: Test system")).toBeVisible();
  await expect(late.getByLabel("Environment banner")).toHaveValue("Something else");
  await other.context().close();

  await page.goto("/admin/settings");
  await form.getByLabel("Back to the default (empty)").check();
  await form.getByLabel("Performing Action As:").selectOption(NAME);
  await save.click();
  await expect(page.getByRole("note").filter({ hasText: "Test system" })).toHaveCount(0);
  await expect(form.getByLabel("Environment banner")).toHaveValue("");
  await expect(page.getByText(`Last changed by ${NAME}`).first()).toBeVisible();
}); // prettier-ignore

test("a logo is a picture, whatever its name says", async ({ page }) => {
  await logIn(page);
  await page.goto("/admin/settings");
  const form = page.locator('form[action="/admin/settings/logo"]');
  const show = async (name: string, buffer: Buffer) => {
    await form.locator('[name="logo"]').setInputFiles({ name, mimeType: "image/png", buffer });
    await form.getByLabel("Performing Action As:").selectOption(NAME);
    await form.getByRole("button", { name: "Show this logo" }).click();
  };
  await show("logo.png", Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'));
  await expect(page.getByRole("alert").getByText("This is no PNG, JPEG or WebP picture")).toBeVisible();
  await check(page, "the logo with an error");
  await show("logo.svg", encodePng(80, 40, new Uint8Array(80 * 40 * 4).fill(120)));
  await expect(page.getByText("The logo is shown now.")).toBeVisible();
  const address = await page.locator(".brand-logo").getAttribute("src");
  const answer = await page.request.get(address!);
  expect(answer.headers()).toMatchObject({ "content-type": "image/png", "x-content-type-options": "nosniff" });
  expect(await page.locator(".brand-logo").evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(80);
  await form.getByLabel("Performing Action As:").selectOption(NAME);
  await form.getByRole("button", { name: "Take the logo away" }).click();
  await expect(page.getByText("The logo is taken away.")).toBeVisible();
  await expect(page.locator(".brand-logo")).toHaveCount(0);
}); // prettier-ignore

test("letters: preview, refusal, own wording, a test letter through the mail server, the outbox", async ({ page, lab }) => {
  await logIn(page);
  await page.goto("/admin/letters");
  await check(page, "the letters");
  await page.getByRole("link", { name: "Correction: not ready yet" }).click();
  const frame = page.frameLocator('iframe[name="letter_preview"]');
  await expect(frame.getByText("Hello Sam Sample,")).toBeVisible();
  const body = page.getByLabel("Text", { exact: true });
  const text = await body.inputValue();
  await body.fill(text.replace("That was our mistake", "<b>Blame the printer</b>"));
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(frame.getByText("<b>Blame the printer</b>")).toBeVisible();
  await body.fill(`${text}\n\n{nonsense}`);
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(frame.getByText("{nonsense} is no placeholder here.")).toBeVisible();
  await page.getByLabel("Performing Action As:").selectOption(NAME);
  await page.getByRole("button", { name: "Save the wording" }).click();
  // The error leads to its field, and what was typed and what is wrong with it stay.
  const error = page.getByRole("alert").getByRole("link", { name: /\{nonsense\} is no placeholder here/ });
  await error.click();
  await expect(body).toBeFocused();
  await expect(error).toBeVisible();
  await expect(body).toHaveValue(/\{nonsense\}$/);
  await checkAround(page, "a letter with an error");
  await body.fill(text.replace("That was our mistake", "Blame the printer"));
  await page.getByRole("button", { name: "Save the wording" }).click();
  await expect(page.getByText("has its new wording now.")).toBeVisible();

  await page.goto("/admin/outbox/test-letter");
  await check(page, "the test letter");
  const to = `me.${Date.now()}@example.edu`;
  await page.getByLabel("To").fill(to);
  await page.getByLabel("Letter", { exact: true }).selectOption("correction");
  await page.getByLabel("Performing Action As:").selectOption(NAME);
  await page.getByRole("button", { name: "Send the test letter" }).click();
  await expect(page.getByText("The test letter is on its way.")).toBeVisible();
  const mail = await lab.letter(to, /^\[Test\] Print request 9999/);
  expect(mail.text).toContain("Blame the printer");
  // The page follows by itself.
  await expect(page.locator("dl").getByText("done", { exact: true })).toBeVisible();

  await page.goto("/admin/letters/correction");
  await page.getByLabel("Back to the default wording").check();
  await page.getByLabel("Performing Action As:").selectOption(NAME);
  await page.getByRole("button", { name: "Save the wording" }).click();
  await expect(body).toHaveValue(text);
  await expect(page.getByText(/Version \d+ by Jane Doe/).first()).toBeVisible();

  const job = await submit(page, lab);
  await page.goto("/admin/outbox?kind=mail");
  await check(page, "the outbox");
  await page.getByRole("row", { name: new RegExp(`Letter: Receipt.*${job.shortId}`) }).getByRole("link").first().click();
  await expect(page.frameLocator("iframe").getByText("We have your print request")).toBeVisible();
  await checkAround(page, "a letter in the outbox");

  // What waits long can be cancelled: its page does not load itself anew under the reason that is being typed.
  const [later] = await lab.sql<{ id: string }>("INSERT INTO outbox (kind, next_at) VALUES ('report', now() + interval '2 hours') RETURNING id");
  await page.goto(`/admin/outbox/${later!.id}`);
  await expect(page.locator('meta[http-equiv="refresh"]')).toHaveCount(0);
  await page.getByText("Cancel it …").click();
  await page.locator('[name="reason"]').fill("Asked for by mistake");
  await page.getByRole("button", { name: "Cancel it for good" }).click();
  await expect(page.getByRole("alert").getByRole("link", { name: "Choose your name." })).toBeVisible();
  await expect(page.locator('[name="reason"]')).toHaveValue("Asked for by mistake");
  await page.getByLabel("Performing Action As:").selectOption(NAME);
  await page.getByRole("button", { name: "Cancel it for good" }).click();
  await expect(page.getByText("It is cancelled and will not happen.")).toBeVisible();
}); // prettier-ignore

test("data: what is due is shown, filed away and pruned, and the result is listed", async ({ page, lab }) => {
  const job = await submit(page, lab);
  await logIn(page);
  await act(page, job, "reject", { reasons: "too_large" });
  await lab.sql("UPDATE jobs SET status_since = now() - interval '50 days' WHERE id = $1", [job.id]);
  await page.goto("/admin/data");
  await check(page, "the data");
  await page.getByRole("link", { name: "File away …" }).click();
  await expect(page.getByRole("row", { name: new RegExp(String(job.shortId)) })).toBeVisible();
  await page.getByRole("button", { name: /^File away/ }).click();
  await expect(page.getByRole("alert").getByRole("link", { name: "Choose your name." })).toBeVisible();
  await page.getByLabel("Performing Action As:").selectOption(NAME);
  await page.getByLabel("Reason").fill("End of term");
  await page.getByRole("button", { name: /^File away/ }).click();
  await expect(page.getByRole("status").getByText(/^\d+ jobs? filed away\.$/)).toBeVisible();
  await expect(page.getByRole("link", { name: String(job.shortId) })).toBeVisible();
  await check(page, "what was filed away");
  expect(await statusOf(lab, job)).toBe("ARCHIVED");

  await lab.sql("UPDATE jobs SET status_since = now() - interval '400 days' WHERE id = $1", [job.id]);
  await page.goto("/admin/data/prune");
  await page.getByLabel("Performing Action As:").selectOption(NAME);
  await page.getByLabel("Reason").fill("End of term");
  await page.getByRole("button", { name: /^Prune/ }).click();
  await expect(page.getByRole("alert").getByRole("link", { name: /Tick the box/ })).toBeVisible();
  await check(page, "pruning, not confirmed");
  await page.getByLabel(/^Yes, prune/).check();
  await page.getByRole("button", { name: /^Prune/ }).click();
  await expect(page.getByRole("status").getByText(/^\d+ jobs? pruned\.$/)).toBeVisible();
  await page.getByRole("link", { name: String(job.shortId) }).click();
  await expect(page.getByText("This job has been pruned")).toBeVisible();
  await expect(page.getByText(job.name)).toHaveCount(0);
  await expect(page.getByText("Pruned: the student's data and the files are gone.")).toBeVisible();
});

test("overrides: find the job, read what the status would lack, do it, see it listed", async ({
  page,
  lab,
}) => {
  const job = await submit(page, lab);
  await logIn(page);
  await page.goto("/admin/overrides");
  await page.getByLabel("Job", { exact: true }).fill(String(job.shortId));
  await page.getByRole("button", { name: "Find" }).click();
  await check(page, "the overrides");
  await page.getByRole("list", { name: "Jobs found" }).getByRole("button", { name: "Change status" }).click();
  await expect(page.getByText("It has no price: nobody has approved it").first()).toBeVisible();
  await page.locator('#decision [name="staff_name"]').selectOption(NAME);
  await page.locator('#decision [name="new_status"]').selectOption("ARCHIVED");
  await page.locator('#decision [name="reason"]').fill("Sent to the wrong lab");
  await page.locator('#decision button[value="submit"]').click();
  await expect(page.locator("#decision")).toHaveCount(0);
  expect(await statusOf(lab, job)).toBe("ARCHIVED");
  await page.goto("/admin/overrides");
  const row = page.getByRole("row", { name: new RegExp(`${job.shortId}.*Sent to the wrong lab`) });
  await expect(row.getByText("Uploaded → Archived")).toBeVisible();
});
