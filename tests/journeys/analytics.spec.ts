/** The analytics: figures and charts without a script, values under the pointer with one, filters in the address, one page of paper. */
import type { Page } from "@playwright/test";
import { axeOn, settled } from "./axe";
import { addPast } from "../support/past";
import { startSystem, type System } from "../support/system";
import { expect, logIn, test as base } from "./lab";

/** A lab of its own: jobs of the past have no files, and other journeys look for what has none. */
const test = base.extend<object, { lab: System }>({
  lab: [
    async ({}, use) => {
      const lab = await startSystem();
      await lab.setting("logins_per_hour", 1000);
      await addPast(lab.databaseUrl, { jobs: 220, days: 150, zone: "America/Chicago", seed: 3 });
      await use(lab);
      await lab.stop();
    },
    { scope: "worker", timeout: 180_000 },
  ],
});

const PAGES = [
  ["/analytics", "Analytics"],
  ["/analytics/printers", "Printers and queue"],
  ["/analytics/money", "Money"],
  ["/analytics/courses", "Disciplines and courses"],
  ["/analytics/students", "Students"],
  ["/staff-analytics", "Staff"],
  ["/analytics/term-report", "Term report"],
] as const;

/**
 * axe on the page that is open. It needs timers, which a browser without JavaScript has not: such a page is opened once
 * more in a browser whose scripts run, with its own scripts kept away.
 */
async function check(
  shown: Page,
  what: string,
  width: number,
  colorScheme: "dark" | "light",
  scripts = true,
): Promise<void> {
  const context = scripts ? null : await shown.context().browser()!.newContext({ javaScriptEnabled: true, storageState: await shown.context().storageState() }); // prettier-ignore
  const page = context ? await context.newPage() : shown;
  try {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    if (context) {
      await context.route(/\.js(\?|$)/, (route) => route.abort());
      await page.goto(shown.url());
    }
    await settled(page);
    const { violations } = await axeOn(page).analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(", ")}`);
    expect(found, `${what} at ${width} px, ${colorScheme}`).toEqual([]);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(wider, `${what} at ${width} px is wider than the window`).toBeLessThanOrEqual(0);
  } finally {
    await context?.close();
  }
}

/** The value beside a label. */
const figure = (page: Page, label: string) => page.locator(".figures dt", { hasText: new RegExp(`^${label}$`) }).locator("xpath=following-sibling::dd[1]"); // prettier-ignore

test("every page shows its figures, a period without work says so, charts have their numbers", async ({
  page,
  lab,
  javaScriptEnabled,
}) => {
  await logIn(page);
  await page.getByRole("navigation", { name: "Staff" }).getByRole("link", { name: "Analytics" }).click();
  await expect(page).toHaveURL(/\/analytics$/);
  for (const [n, [address, title]] of PAGES.entries()) {
    await page.goto(`${address}?period=365`);
    await expect(page).toHaveTitle(new RegExp(`^${title}`));
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(title);
    // Phones by night and desks by day, turn about: both for every kind of content.
    await (n % 2
      ? check(page, title, 1440, "light", javaScriptEnabled)
      : check(page, title, 320, "dark", javaScriptEnabled));
  }
  await page.goto("/analytics?period=custom&from=2020-01-01&to=2020-01-31");
  await expect(page.getByText("Nothing happened in this period.").first()).toBeVisible();
  await check(page, "a period without work", 1440, "light", javaScriptEnabled);

  const [made] = await lab.sql<{ jobs: number }>("SELECT count(*)::int AS jobs FROM jobs");
  await page.goto("/analytics?period=365");
  await expect(figure(page, "Requests")).toHaveText(String(made!.jobs));
  await expect(page.getByText("Last refreshed")).toBeVisible();
  await expect(page.getByText("no limit is set")).toBeVisible();

  // A chart has a name, says what it shows, and has its numbers in a table.
  const chart = page.getByRole("img", { name: /Requests and approvals by week/ });
  await expect(chart).toBeVisible();
  const table = page.getByRole("region", { name: "Requests and approvals by week" });
  await expect(table).toBeHidden();
  await page.locator("summary", { hasText: "Table of Requests and approvals" }).click();
  await expect(table.getByRole("row").nth(1)).toBeVisible();
  const sum = (await table.locator("tbody td:nth-child(2)").allTextContents()).reduce(
    (all, n) => all + Number(n),
    0,
  );
  expect(sum).toBe(made!.jobs);
});

test("filters stand in the address and go along from page to page", async ({ page }) => {
  await logIn(page);
  await page.goto("/analytics?period=365");
  const all = Number(await figure(page, "Prints finished").innerText().then((text) => text.split("\n")[0])); // prettier-ignore
  await page.locator('[name="printer"]').selectOption({ label: "Prusa XL" });
  await page.locator('[name="staff"]').selectOption({ label: "Jane Doe" });
  await page.getByRole("button", { name: "Show" }).click();
  await expect(page).toHaveURL(/period=365.*printer=prusa_xl.*staff=Jane\+Doe/);
  await expect(page.getByText("only printer Prusa XL, staff Jane Doe")).toBeVisible();
  await expect(page.getByText("Requests are everybody’s").first()).toBeVisible();
  const some = Number(await figure(page, "Prints finished").innerText().then((text) => text.split("\n")[0])); // prettier-ignore
  expect(some).toBeLessThan(all);
  await page.getByRole("navigation", { name: "Analytics" }).getByRole("link", { name: "Money" }).click();
  await expect(page).toHaveURL(/\/analytics\/money\?.*printer=prusa_xl/);
  await expect(page.locator('[name="printer"]')).toHaveValue("prusa_xl");
  await expect(page.getByText("Last refreshed")).toBeVisible();
  await page.getByRole("link", { name: "Export them as CSV" }).click();
  await expect(page.locator('[name="what"]:checked, select[name="what"]')).toHaveValue("payments");
  const from = await page.locator('[name="start_date"]').inputValue();
  await page.goBack();
  await expect(page.locator('[name="from"]')).toHaveValue(from);
  await page.getByRole("link", { name: "Clear filters" }).click();
  await expect(page).toHaveURL(/period=365$/);

  await page.goto("/analytics/students?period=365");
  await expect(page.getByRole("row", { name: /Student 1 / })).toBeVisible();
  await page.getByRole("link", { name: "Show the names" }).click();
  await expect(page.getByRole("row", { name: /Student 1 / })).toHaveCount(0);
});

test("names that are no longer active, and former ones, can be asked for and say so", async ({
  page,
  lab,
}) => {
  const [inactive] = await lab.sql<{ n: number }>("SELECT count(*)::int AS n FROM report_steps WHERE step = 'paid' AND staff = 'Alex Kim'"); // prettier-ignore
  const [former] = await lab.sql<{ n: number }>("SELECT count(*)::int AS n FROM report_steps WHERE step = 'paid' AND staff = 'Sam Rivera'"); // prettier-ignore
  expect([inactive!.n, former!.n].every((n) => n > 0)).toBe(true);
  await lab.sql("UPDATE staff SET is_active = false, deactivated_at = now() WHERE name = 'Alex Kim'");
  await lab.sql(
    "UPDATE staff SET name = 'Sam Brooks', former_names = '{Sam Rivera}' WHERE name = 'Sam Rivera'",
  );
  try {
    await logIn(page);
    await page.goto("/analytics/money?period=365");
    for (const [option, name, n] of [
      ["Alex Kim (no longer active)", "Alex Kim", inactive!.n],
      ["Sam Rivera (now Sam Brooks)", "Sam Rivera", former!.n],
    ] as const) {
      await page.locator('[name="staff"]').selectOption({ label: option });
      await page.getByRole("button", { name: "Show" }).click();
      await expect(page.getByText(`only staff ${name}`)).toBeVisible();
      await expect(figure(page, "Payments")).toHaveText(String(n));
      await expect(page.locator('[name="staff"]')).toHaveValue(name);
    }
    await page.goto("/staff-analytics?period=365");
    for (const name of ["Alex Kim (no longer active)", "Sam Rivera (now Sam Brooks)", "Jane Doe"])
      await expect(page.getByRole("rowheader", { name, exact: true })).toBeVisible();
  } finally {
    await lab.sql("UPDATE staff SET is_active = true, deactivated_at = NULL WHERE name = 'Alex Kim'");
    await lab.sql("UPDATE staff SET name = 'Sam Rivera', former_names = '{}' WHERE name = 'Sam Brooks'");
  }
});

test("a finger's value stays to be read when the finger has gone", async ({
  browser,
  page,
  javaScriptEnabled,
}) => {
  test.skip(!javaScriptEnabled, "values under the pointer need a script");
  await logIn(page);
  const storageState = await page.context().storageState();
  const phone = await browser.newContext({ storageState, baseURL: new URL(page.url()).origin, hasTouch: true, viewport: { width: 390, height: 844 } }); // prettier-ignore
  try {
    const shown = await phone.newPage();
    await shown.goto("/analytics?period=365");
    const chart = shown.locator("figure.chart").first();
    await expect(async () => {
      await chart.locator(".chart-over").tap({ position: { x: 100, y: 60 } });
      expect(await chart.locator(".chart-said").innerText()).toMatch(/^[A-Z][a-z]{2} \d+: Requests /);
    }).toPass({ timeout: 60_000 });
    await shown.waitForTimeout(200);
    await expect(chart.locator(".chart-said")).toHaveText(/^[A-Z][a-z]{2} \d+: Requests /);
  } finally {
    await phone.close();
  }
});

test("on paper there is nothing to press", async ({ page }) => {
  await logIn(page);
  await page.goto("/analytics/money?period=365");
  const link = page.getByRole("link", { name: "Export them as CSV" });
  await expect(link).toBeVisible();
  await page.emulateMedia({ media: "print" });
  await expect(link).toBeHidden();
  await expect(page.locator(".chart-table").first()).toBeHidden();
});

test("the value under the pointer is read out above the chart", async ({ page, javaScriptEnabled }) => {
  test.skip(!javaScriptEnabled, "values under the pointer need a script");
  await logIn(page);
  await page.goto("/analytics?period=365");
  const chart = page.locator("figure.chart").first();
  const said = chart.locator(".chart-said");
  const before = await said.innerText();
  await chart.scrollIntoViewIfNeeded();
  const box = (await chart.locator(".chart-over").boundingBox())!;
  // Before React is there, the first movement says nothing.
  await expect(async () => {
    await page.mouse.move(box.x + box.width * 0.9, box.y + 40);
    await page.mouse.move(box.x + box.width * 0.97, box.y + 50);
    expect(await said.innerText()).toMatch(/^[A-Z][a-z]{2} \d+: Requests [\d,]+, Approved [\d,]+$/);
  }).toPass({ timeout: 60_000 });
  await page.mouse.move(0, 0);
  await expect(said).toHaveText(before);
});

test("one panel that fails leaves the rest of the page", async ({ page, lab, javaScriptEnabled }) => {
  await logIn(page);
  await lab.sql("ALTER TABLE report_waits RENAME TO report_waits_away");
  try {
    const answer = await page.goto("/analytics?period=365");
    expect(answer?.status()).toBe(200);
    await expect(page.getByText("These figures could not be read.")).toHaveCount(1);
    await expect(figure(page, "Requests")).toHaveText(/^[\d,]+$/);
    await check(page, "a page with a failed panel", 1440, "light", javaScriptEnabled);
  } finally {
    await lab.sql("ALTER TABLE report_waits_away RENAME TO report_waits");
  }
  await page.getByRole("link", { name: "Try again" }).click();
  await expect(page.getByText("These figures could not be read.")).toHaveCount(0);
});

test("the term report is one page, on A4 and on Letter", async ({ page }) => {
  await logIn(page);
  await page.goto("/analytics/term-report?period=365");
  await expect(page.getByRole("article")).toBeVisible();
  for (const format of ["A4", "Letter"] as const) {
    const pdf = (await page.pdf({ format, preferCSSPageSize: false })).toString("latin1");
    expect(pdf.match(/\/Type\s*\/Page\b(?!s)/g), format).toHaveLength(1);
  }
});
