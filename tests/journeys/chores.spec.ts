/** An administrator sees what the night shift does, has a chore done, and has the log checked. */
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, logIn, submit, test } from "./lab";

async function accessible(page: Page, what: string) {
  for (const [width, colorScheme] of [
    [320, "dark"],
    [1440, "light"],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const { violations } = await new AxeBuilder({ page })
      .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
      .analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(", ")}`), `${what} at ${width} px`).toEqual([]); // prettier-ignore
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(wider, `${what} at ${width} px is wider than the window`).toBeLessThanOrEqual(0);
  }
}

test("the timetable is told, and a chore is done by hand", async ({ page, javaScriptEnabled }) => {
  await logIn(page);
  await page.goto("/admin/chores");
  const row = page.locator("#kept-counts");
  // The worker may only just have begun; the sweep runs every other second here.
  await expect(async () => {
    await page.goto("/admin/chores");
    await expect(row.getByText("Next")).toBeVisible({ timeout: 500 });
    await expect(page.locator("#outbox-sweep").getByText("Last run")).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 20_000 });

  // Without a name nothing starts, and the page says what is missing.
  await row.getByRole("button", { name: /^Run now.*Kept counts$/ }).click();
  await expect(page.getByRole("alert").getByRole("link", { name: "Choose your name." })).toBeVisible();
  await expect(page).toHaveTitle(/^Error: Chores/);
  if (javaScriptEnabled) await accessible(page, "the chores with an error");

  await page.getByLabel("Performing Action As:").selectOption("Jane Doe");
  await row.getByRole("button", { name: /^Run now.*Kept counts$/ }).click();
  await expect(page.getByText('"Kept counts" starts in a moment.')).toBeVisible();
  // The page follows by itself, with and without a script.
  await expect(row.getByText("by Jane Doe")).toBeVisible({ timeout: 20_000 });
  await expect(row.getByText("done", { exact: true })).toBeVisible({ timeout: 20_000 });
  if (javaScriptEnabled) await accessible(page, "the chores");
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
  const check = async () => {
    await page.getByLabel("Performing Action As:").selectOption("Jane Doe");
    await page.getByRole("button", { name: "Check now" }).click();
    await expect(page.getByText("by Jane Doe").first()).toBeVisible({ timeout: 20_000 });
  };
  await check();
  await expect(page.getByText(/^Whole: \d+ events/)).toBeVisible();
  if (javaScriptEnabled) await accessible(page, "a log that is whole");

  const [{ id, triggered_by }] = (await lab.sql("SELECT id, triggered_by FROM events ORDER BY id LIMIT 1")) as [{ id: string; triggered_by: string }]; // prettier-ignore
  const forge = (name: string) =>
    lab.sql(`ALTER TABLE events DISABLE TRIGGER ALL; UPDATE events SET triggered_by = '${name}' WHERE id = ${id}; ALTER TABLE events ENABLE TRIGGER ALL`); // prettier-ignore
  await forge("Nobody");
  await check();
  await expect(page.getByText(`Event ${id} was edited: its content does not give the hash beside it.`)).toBeVisible({ timeout: 20_000 }); // prettier-ignore
  if (javaScriptEnabled) await accessible(page, "a log that is broken");
  await forge(triggered_by);
});

test("nobody else sees them", async ({ page }) => {
  for (const address of ["/admin/chores", "/admin/log"]) {
    await page.goto(address);
    await expect(page).toHaveURL(/\/login\?next=/);
  }
});
