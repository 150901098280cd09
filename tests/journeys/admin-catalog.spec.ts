/** The administrator edits the catalog and the staff list, and sets an empty lab up. */
import type { Page } from "@playwright/test";
import { startSystem, type System } from "../support/system";
import { check as axe } from "./axe";
import { expect, fillSubmission, logIn, test } from "./lab";

/** Axe is a script itself, so it can look only where scripts run; the last test but one sees the pages without ours. */
const check = async (page: Page, what: string) => {
  if (test.info().project.use.javaScriptEnabled !== false) await axe(page, what);
};
const as = (page: Page, name = "Jane Doe") => page.locator('#staff_name, [name="staff_name"]').first().selectOption(name); // prettier-ignore
const saved = (page: Page, text: string | RegExp) => expect(page.getByRole("status").getByText(text)).toBeVisible(); // prettier-ignore
const save = (page: Page) => page.getByRole("button", { name: "Save", exact: true }).click();

// Other journeys in this lab reckon with the catalog that it began with.
test.afterAll(async ({ lab }) => {
  await lab.sql(`INSERT INTO catalog_versions (version, data, updated_by)
    SELECT (SELECT max(version) + 1 FROM catalog_versions), data, 'test' FROM catalog_versions WHERE version = 1`);
});

test("a printer: out of service while a student's form is open, and what the student typed stays", async ({
  page,
  lab,
  context,
}) => {
  await logIn(page);
  await page.goto("/admin/catalog");
  await check(page, "the catalog");
  const student = await context.newPage();
  await student.goto(`${lab.url}/submit`);
  await fillSubmission(student, { printer: "prusa_xl", name: "Ada Typed" });

  await page.bringToFront();
  const off = page.getByRole("button", { name: "Take out of service Prusa XL" });
  await off.click();
  await expect(page.getByRole("alert").getByRole("link", { name: "Choose your name." })).toBeVisible();
  await expect(page).toHaveTitle(/^Error: Catalog/);
  await as(page);
  await off.click();
  await saved(page, /Version \d+ is in force. Prusa XL: out of service./);
  await expect(page.getByRole("row", { name: /Prusa XL/ }).getByText("Out of service")).toBeVisible();

  await student.bringToFront();
  await student.getByRole("button", { name: "Submit print request" }).click();
  await expect(student.getByText("The Prusa XL has been taken out of service. Choose another printer.").first()).toBeVisible(); // prettier-ignore
  await expect(student.locator('[name="student_name"]')).toHaveValue("Ada Typed");
  await expect(student.locator('[name="color"]')).toHaveValue("blue");
  await expect(student.locator('[name="printer"] option[value="prusa_xl"]')).toHaveCount(0);
  await student.close();

  await as(page);
  await page.getByRole("button", { name: "Put back in service Prusa XL" }).click();
  await saved(page, /Prusa XL: back in service/);
  await as(page);
  await page.getByRole("button", { name: "Move Prusa XL up" }).click();
  await saved(page, /Printers: new order Prusa XL, Prusa MK4S/);
  await as(page);
  await page.getByRole("button", { name: "Move Prusa XL down" }).click();
  await saved(page, /Printers: new order Prusa MK4S, Prusa XL/);
});

test("a new material: mistakes are named, colors are lines, students have it at once, history tells and restores", async ({
  page,
  javaScriptEnabled,
}) => {
  test.slow();
  await logIn(page);
  await page.goto("/admin/catalog");
  await page.getByRole("link", { name: "Add a material" }).click();
  await page.locator("#name").fill("PETG");
  await page.locator("#method").selectOption("Filament");
  await page.locator("#price").fill("-1");
  await page.locator("#density").fill("1,27");
  await page.getByRole("button", { name: "Add the material" }).click();
  const problems = page.getByRole("alert").getByRole("link");
  await expect(problems).toHaveText(["Enter a price of at least 0 ¢ per gram.", "Add at least one color.", "Choose your name."]); // prettier-ignore
  await check(page, "a material with errors");
  for (const [price, message] of [
    ["NaN", "Enter a price as a number in ¢ per gram."],
    ["1e9", "Enter a price of at most 100,000 ¢ per gram."],
  ] as const) {
    await page.locator("#price").fill(price);
    await page.getByRole("button", { name: "Add the material" }).click();
    await expect(problems.first()).toHaveText(message);
  }
  await page.locator("#price").fill("12.5");
  await page.locator("#color_name_0").fill("Smoke");
  await page.getByRole("button", { name: "Add another color" }).click();
  await page.locator("#color_name_1").fill("Ice");
  await page.locator("#color_hex_1").fill("#ccddee");
  await page.getByRole("button", { name: /^Move (Ice|color 2) up/ }).click();
  await expect(page.locator("#color_name_0")).toHaveValue("Ice");
  await expect(page.locator("#price")).toHaveValue("12.5");
  if (javaScriptEnabled) {
    // The preview is the form itself, with what is not saved yet.
    const preview = page.getByRole("region", { name: "What students see" });
    await preview.getByLabel("Print Method").selectOption("Filament");
    await expect(preview.getByLabel("Material (optional)").locator("option", { hasText: "PETG" })).toHaveCount(1); // prettier-ignore
    await expect(preview.getByLabel("Color Preference").locator("option", { hasText: "Ice (PETG)" })).toHaveCount(1); // prettier-ignore
  }
  await as(page);
  await page.getByRole("button", { name: "Add the material" }).click();
  await saved(page, "PETG: new material for Filament, 12.5 ¢ per gram, in Ice, Smoke");

  await page.goto("/submit");
  await expect(page.locator('[name="color"] option', { hasText: "Ice" })).toHaveCount(javaScriptEnabled ? 0 : 1); // prettier-ignore
  await page.locator('[name="print_method"]').selectOption("Filament");
  await expect(page.locator('[name="color"] option', { hasText: "Ice" })).toHaveCount(1);

  await page.goto("/admin/catalog/materials/petg");
  await check(page, "a material");
  await page.locator("#price").fill("14");
  await page.getByRole("checkbox", { name: "Remove Smoke" }).check();
  await as(page);
  await save(page);
  await saved(page, "PETG: price 12.5 ¢ → 14 ¢ per gram; PETG: color Smoke removed");

  await page.goto("/admin/catalog/history");
  await check(page, "the versions");
  await expect(page.getByText("PETG: price 12.5 ¢ → 14 ¢ per gram")).toBeVisible();
  await page
    .getByRole("link", { name: /^Restore version/ })
    .first()
    .click();
  await expect(page.getByText("PETG: price 14 ¢ → 12.5 ¢ per gram")).toBeVisible();
  await as(page);
  await check(page, "an old version");
  await page.getByRole("button", { name: /^Restore version/ }).click();
  await saved(page, /PETG: new color Smoke/);

  // Out again, so that the next test finds the example.
  await page.goto("/admin/catalog/materials/petg");
  await page.locator("summary", { hasText: "Remove it" }).click();
  await page.locator("#remove_staff_name").selectOption("Jane Doe");
  await page.getByRole("button", { name: "Remove the material" }).click();
  await saved(page, "PETG: material removed");
});

test("two editors: the second sees the first's change and keeps what they typed; what jobs use stays", async ({
  page,
  context,
  lab,
}) => {
  await logIn(page);
  await page.goto("/admin/catalog/printers/prusa_mk4s");
  await check(page, "a printer");
  const second = await context.newPage();
  await second.goto(`${lab.url}/admin/catalog/materials/pla`);
  await second.locator("#density").fill("1.25");

  await page.locator("#note").fill("A new nozzle.");
  await as(page, "Sam Rivera");
  await save(page);
  await saved(page, "Prusa MK4S: note nothing → “A new nozzle.”");

  await as(second);
  await save(second);
  await expect(second.getByText("Sam Rivera has changed the catalog since you opened this page.")).toBeVisible(); // prettier-ignore
  await expect(second.getByText("Prusa MK4S: note nothing → “A new nozzle.”")).toBeVisible();
  await expect(second.locator("#density")).toHaveValue("1.25");
  await expect(second.locator("#staff_name")).toHaveValue("Jane Doe");
  await check(second, "the conflict");
  await save(second);
  await saved(second, "PLA filament: density 1.24 g/cm³ → 1.25 g/cm³");
  await second.close();

  await page.goto("/admin/catalog/methods");
  await check(page, "the methods");
  await page.locator("#minimum_charge").fill("2.505");
  await as(page);
  await save(page);
  await expect(page.getByRole("alert").getByRole("link")).toHaveText(
    "Enter a minimum charge in whole cents.",
  );
  await page.locator("#minimum_charge").fill("2.50");
  await save(page);
  await saved(page, "Minimum charge: $3.00 → $2.50");
  await page.goto("/submit");
  await expect(page.getByText("minimum $2.50 charge")).toBeVisible();
  await page.goto("/admin/catalog/printers/no_such_printer");
  await expect(page.getByText("no such entry")).toBeVisible();
});

test("the staff list: look-alikes are refused, new names stand out, inactive ones cannot be chosen", async ({
  page,
}) => {
  await logIn(page);
  await page.goto("/admin/staff");
  await page.locator("#name").fill("Jаne Dοe"); // a Cyrillic and a Greek letter
  await as(page);
  await page.getByRole("button", { name: "Add the name" }).click();
  await expect(page.getByRole("alert").getByText(/Jane Doe is on the list, and that looks the same/)).toBeVisible(); // prettier-ignore
  await expect(page.locator("#name")).toHaveValue("Jаne Dοe");
  await check(page, "the staff list with an error");
  await page.locator("#name").fill("Grace Hopper");
  await page.getByRole("button", { name: "Add the name" }).click();
  await saved(page, "Grace Hopper is on the list");
  await check(page, "the staff list");
  await expect(page.locator("#staff_name option", { hasText: "Grace Hopper (new)" })).toHaveCount(1);
  await page.getByRole("link", { name: "Rename or deactivate Grace Hopper" }).click();
  await check(page, "a person");
  await page.locator("#name").fill("Grace B. Hopper");
  await as(page, "Grace Hopper");
  await page.getByRole("button", { name: "Rename" }).click();
  await saved(page, "The list says Grace B. Hopper now.");
  await page.getByRole("link", { name: "Rename or deactivate Grace B. Hopper" }).click();
  await expect(page.getByText("Renamed Grace Hopper to Grace B. Hopper")).toBeVisible();
  await page.locator("#turn_staff_name").selectOption("Jane Doe");
  await page.getByRole("button", { name: "Deactivate Grace B. Hopper" }).click();
  await saved(page, "Grace B. Hopper is inactive");
  await expect(page.locator("#staff_name option", { hasText: "Grace" })).toHaveCount(0);
  await page.getByRole("link", { name: "Reactivate Grace B. Hopper" }).click();
  await page.locator("#turn_staff_name").selectOption("Jane Doe");
  await page.getByRole("button", { name: "Reactivate Grace B. Hopper" }).click();
  await saved(page, "Grace B. Hopper is active again.");
});

test("as the server sends them, before any script: pages of the catalog and the staff list", async ({
  page,
  javaScriptEnabled,
}) => {
  test.skip(javaScriptEnabled === false, "axe itself is a script; the product's own are kept away here");
  test.slow();
  await page.route("**/*.js", (route) => route.abort());
  await logIn(page);
  for (const address of [
    "/admin/catalog",
    "/admin/catalog/add/printers",
    "/admin/catalog/materials/pla",
    "/admin/catalog/methods",
    "/admin/staff",
    "/admin/first-run?step=materials",
  ]) {
    await page.goto(address);
    await check(page, address);
  }
});

test.describe("an empty lab", () => {
  let empty: System;
  test.beforeAll(async () => {
    test.setTimeout(90_000);
    empty = await startSystem({ SEED_EXAMPLE: "false" });
  });
  test.afterAll(async () => empty.stop());

  test("is closed to students and is opened step by step", async ({ page }) => {
    test.slow();
    const open = (path: string) => page.goto(`${empty.url}${path}`);
    expect((await open("/submit"))!.status()).toBe(503);
    await expect(page.getByRole("heading", { name: "The lab is not open yet" })).toBeVisible();
    await check(page, "the closed door");
    await open("/login");
    await page.locator('[name="workstation_id"]').selectOption("front-desk");
    await page.locator('[name="password"]').fill("front-desk-demo");
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByRole("link", { name: "Set the lab up step by step" }).click();
    await expect(page.getByText("0 of 5 steps are done")).toBeVisible();
    await check(page, "the lab's name");
    await page.locator("#lab_name").fill("Makers' Hall");
    await page.locator("#contact_email").fill("no address");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("alert").getByText("Enter an e-mail address in the form")).toBeVisible();
    await page.locator("#contact_email").fill("hall@example.edu");
    await page.getByRole("button", { name: "Save" }).click();
    await saved(page, "This is Makers' Hall now.");
    // Printers need a name first; the step can be skipped all the same.
    await page.getByRole("link", { name: "Go on: Printers" }).click();
    await expect(page.getByText("This needs somebody's name")).toBeVisible();
    await page.getByRole("link", { name: "Add the first name" }).click();
    await check(page, "the first name");
    await page.locator("#name").fill("Grace Hopper");
    await page.getByRole("button", { name: "Add the name" }).click();
    await saved(page, "Grace Hopper is on the list.");
    await page.getByRole("link", { name: "Go on: Printers" }).click();
    await check(page, "the first printers");
    await page.getByRole("checkbox", { name: /Raise3D/ }).uncheck();
    await as(page, "Grace Hopper");
    await page.getByRole("button", { name: "Add the chosen printers" }).click();
    await saved(page, "They are in the catalog.");
    await check(page, "the first materials");
    await as(page, "Grace Hopper");
    await page.getByRole("button", { name: "Add the chosen materials" }).click();
    await expect(page.locator("#to")).toHaveValue("hall@example.edu");
    await as(page, "Grace Hopper");
    await page.getByRole("button", { name: "Send a test letter" }).click();
    await expect(page.getByText("The letter to hall@example.edu was handed over.")).toBeVisible({ timeout: 60_000 }); // prettier-ignore
    await empty.letter("hall@example.edu", /Test letter from Makers' Hall/);
    await check(page, "the test letter");
    await expect(page.getByText("5 of 5 steps are done")).toBeVisible();
    await page.getByRole("link", { name: "Go on: finish" }).click();
    await expect(page.getByRole("heading", { name: "The lab is open" })).toBeVisible();
    await check(page, "the end");
    await open("/submit");
    await expect(page.locator('[name="print_method"] option')).toHaveText(["Choose a print method", "Filament", "Resin"]); // prettier-ignore
    const told = await empty.sql<{ event_type: string; triggered_by: string }>(
      "SELECT event_type, triggered_by FROM events WHERE event_type NOT LIKE 'Workstation%' ORDER BY id",
    );
    expect(told.map((event) => `${event.event_type} ${event.triggered_by}`)).toEqual([
      "SettingsChanged Front Desk",
      "StaffAdded Grace Hopper",
      "CatalogUpdated Grace Hopper",
      "CatalogUpdated Grace Hopper",
      "AdminAction Grace Hopper",
    ]);
  });
});
