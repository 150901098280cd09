/** An administrator sees what the night shift does, has a chore done, and has the log checked. */
import { check } from "./axe";
import { expect, logIn, submit, test } from "./lab";

test("the timetable is told, and a chore is done by hand", async ({ page, javaScriptEnabled }) => {
  await logIn(page);
  await page.goto("/admin/chores");
  const row = page.locator("#kept-counts");
  // The worker may only just have begun; the sweep runs every other second here.
  await expect(async () => {
    await page.goto("/admin/chores");
    await expect(row.getByText("Next")).toBeVisible({ timeout: 500 });
    await expect(page.locator("#outbox-sweep").getByText("Last run")).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 60_000 });

  // Without a name nothing starts, and the page says what is missing.
  await row.getByRole("button", { name: /^Run now.*Kept counts$/ }).click();
  await expect(page.getByRole("alert").getByRole("link", { name: "Choose your name." })).toBeVisible();
  await expect(page).toHaveTitle(/^Error: Chores/);
  if (javaScriptEnabled) await check(page, "the chores with an error");

  await page.getByLabel("Performing Action As:").selectOption("Jane Doe");
  await row.getByRole("button", { name: /^Run now.*Kept counts$/ }).click();
  await expect(page.getByText('"Kept counts" starts in a moment.')).toBeVisible();
  // The page follows by itself, with and without a script.
  await expect(row.getByText("by Jane Doe")).toBeVisible({ timeout: 60_000 });
  await expect(row.getByText("done", { exact: true })).toBeVisible({ timeout: 60_000 });
  if (javaScriptEnabled) await check(page, "the chores");
});

test("R15: the log is checked by hand; an event that is edited in the database is named", async ({
  page,
  lab,
  javaScriptEnabled,
}) => {
  await submit(page, lab);
  await logIn(page);
  await page.goto("/admin/log");
  await expect(page.getByRole("heading", { name: "Log", exact: true })).toBeVisible();
  const checkNow = async () => {
    await page.getByLabel("Performing Action As:").selectOption("Jane Doe");
    await page.getByRole("button", { name: "Check now" }).click();
    await expect(page.getByText("by Jane Doe").first()).toBeVisible({ timeout: 60_000 });
  };
  await checkNow();
  await expect(page.getByText(/^Whole: \d+ events/)).toBeVisible();
  if (javaScriptEnabled) await check(page, "a log that is whole");

  const [{ id, triggered_by }] = (await lab.sql("SELECT id, triggered_by FROM events ORDER BY id LIMIT 1")) as [{ id: string; triggered_by: string }]; // prettier-ignore
  const forge = (name: string) =>
    lab.sql(`ALTER TABLE events DISABLE TRIGGER ALL; UPDATE events SET triggered_by = '${name}' WHERE id = ${id}; ALTER TABLE events ENABLE TRIGGER ALL`); // prettier-ignore
  await forge("Nobody");
  await checkNow();
  await expect(page.getByText(`Event ${id} was edited: its content does not give the hash beside it.`)).toBeVisible({ timeout: 60_000 }); // prettier-ignore
  if (javaScriptEnabled) await check(page, "a log that is broken");
  await forge(triggered_by);
});

test("nobody else sees them", async ({ page }) => {
  for (const address of ["/admin/chores", "/admin/log"]) {
    await page.goto(address);
    await expect(page).toHaveURL(/\/login\?next=/);
  }
});
