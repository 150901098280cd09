/** What the file says: with JavaScript on the form, before anything is sent; without it, in the server's answer. */
import { open } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { cubeStl } from "../support/models";
import { box, toBinaryStl } from "../support/solids";
import type { System } from "../support/system";
import { expect, fillSubmission, someStudent, test } from "./lab";

const model = (name: string, buffer: Buffer) => ({ name, mimeType: "model/stl", buffer });
const button = (page: Page) => page.getByRole("button", { name: "Submit print request" });
const panel = (page: Page) => page.locator(".model-panel");
const posts = (page: Page) => {
  const sent: string[] = [];
  page.on("request", (request) => request.method() === "POST" && sent.push(request.url()));
  return sent;
};

async function sent(page: Page): Promise<number> {
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.request().method() === "POST"),
    button(page).click(),
  ]);
  return answer.status();
}

async function accepted(page: Page, lab: System, email: string) {
  await expect(page).toHaveURL(/\/submit\/success/);
  const [job] = await lab.sql<{ details: { fits: string } }>(
    `SELECT e.details FROM jobs j JOIN events e ON e.job_id = j.id AND e.event_type = 'JobCreated'
      WHERE j.student_email = $1`,
    [email],
  );
  return job!.details;
}

test("a sound model: its size, where it fits, what it will about weigh and cost", async ({
  page,
  lab,
}, testInfo) => {
  const student = someStudent();
  await page.goto("/submit");
  if (testInfo.project.use.javaScriptEnabled) {
    // The file first: what depends on the choices above waits for them, and follows them.
    await page.locator('[name="file"]').setInputFiles(model("box.stl", toBinaryStl(box([20, 30, 40.02]))));
    await expect(panel(page)).toContainText("20 × 30 × 40 mm (0.79 × 1.18 × 1.58 in)");
    await expect(panel(page)).toContainText("Fits the Prusa MK4S");
    await expect(panel(page)).toContainText("Choose a print method above to see an estimate.");
    await fillSubmission(page, { ...student, print_method: "Filament" }, null);
    await expect(panel(page)).toContainText(/about [\d.]+–[\d.]+ g, \$3\.00 \(estimate\)/);
    await page.locator('[name="print_method"]').selectOption("Resin");
    await expect(panel(page)).toContainText(/about 2\d–3\d g, \$5\.\d\d–\$7\.\d\d \(estimate\)/);
    await fillSubmission(page, { ...student, print_method: "Filament" }, null);
    await expect(page.locator('[name="acknowledged_fit"]')).toHaveCount(0);
  } else await fillSubmission(page, student, model("box.stl", toBinaryStl(box([20, 30, 40.02]))));
  expect(await sent(page)).toBeLessThan(400);
  expect(await accepted(page, lab, student.email)).toMatchObject({ fits: "as_is" });
  await expect(page.locator("main")).toContainText("20 × 30 × 40 mm (0.79 × 1.18 × 1.58 in)");
  await expect(page.locator("main")).toContainText("$3.00 (estimate)");
});

test("a model that fits no printer is asked about, and taken when that is acknowledged", async ({
  page,
  lab,
}, testInfo) => {
  const student = someStudent();
  const huge = model("huge.stl", cubeStl(700 + Math.random()));
  const scripted = testInfo.project.use.javaScriptEnabled;
  const said =
    /It fits none of the lab's printers\. It is too wide by .* for the Raise3D Pro 2 Plus\. The model is 70\d × .* If you want to send it all the same, say so below and send the form again\./;
  await page.goto("/submit");
  const requests = posts(page);
  await fillSubmission(page, student, huge);
  if (scripted) {
    await expect(panel(page)).toContainText("It fits none of the lab's printers.");
    await expect(page.locator('[name="acknowledged_fit"]')).toBeVisible();
    for (const name of ["Prusa MK4S", "Prusa XL", "Raise3D Pro 2 Plus"])
      await expect(page.locator('[name="printer"]')).toContainText(`${name} (too small for this model)`);
    await button(page).click();
    await expect(page.locator("#acknowledged_fit-error")).toContainText(said);
    await expect(page.getByRole("alert").getByRole("link", { name: said })).toBeVisible();
    expect(requests).toEqual([]);
    // Another file is another question.
    await page.locator('[name="acknowledged_fit"]').check();
    await page.locator('[name="file"]').setInputFiles(model("small.stl", cubeStl(21)));
    await expect(page.locator('[name="acknowledged_fit"]')).toHaveCount(0);
    await page.locator('[name="file"]').setInputFiles(huge);
    await expect(page.locator('[name="acknowledged_fit"]')).not.toBeChecked();
  } else {
    expect(await sent(page)).toBe(400);
    await expect(page.locator("#acknowledged_fit-error")).toContainText(said);
    await expect(page.getByText("Only the file must be chosen again").first()).toBeVisible();
    for (const [name, value] of Object.entries({
      student_name: student.name,
      student_email: student.email,
      discipline: "Engineering",
      class_number: "ARCH 4000",
      print_method: "Filament",
      color: "blue",
      printer: "prusa_mk4s",
      acknowledged_minimum_charge: "yes",
    }))
      await expect(page.locator(`[name="${name}"]`)).toHaveValue(value);
    await page.locator('[name="file"]').setInputFiles(huge);
  }
  expect(await lab.sql("SELECT 1 FROM jobs WHERE student_email = $1", [student.email])).toEqual([]);
  await page.locator('[name="acknowledged_fit"]').check();
  expect(await sent(page)).toBeLessThan(400);
  expect(await accepted(page, lab, student.email)).toMatchObject({ fits: "no" });
});

test("the chosen printer is too small and another one is not: advice, no question", async ({
  page,
  lab,
}, testInfo) => {
  const student = someStudent();
  await page.goto("/submit");
  await fillSubmission(page, student, model("wide.stl", toBinaryStl(box([300, 300, 20.03]))));
  if (testInfo.project.use.javaScriptEnabled) {
    const advice = panel(page).getByText("The Prusa MK4S, which you have chosen above, is too small");
    await expect(advice).toBeVisible();
    const printer = page.locator('[name="printer"]');
    await expect(printer.locator("option:checked")).toHaveText("Prusa MK4S (too small for this model)");
    await expect(printer.locator('option[value="prusa_xl"]')).toHaveText("Prusa XL");
    await printer.selectOption("prusa_xl");
    await expect(advice).toHaveCount(0);
    await printer.selectOption("prusa_mk4s");
  }
  await expect(page.locator('[name="acknowledged_fit"]')).toHaveCount(0);
  expect(await sent(page)).toBeLessThan(400);
  expect(await accepted(page, lab, student.email)).toMatchObject({ fits: "as_is" });
  await expect(page.locator("main")).toContainText(/too wide by 50 mm .* for the Prusa MK4S/);
});

test("R18: a broken file is an error at its field; another one is taken", async ({ page, lab }, testInfo) => {
  const student = someStudent();
  const broken = cubeStl(20);
  broken.writeFloatLE(NaN, 84 + 12);
  const said = /The model has a corner at no real place \(triangle 1 holds NaN or infinity\)/;
  await page.goto("/submit");
  const requests = posts(page);
  await fillSubmission(page, student, model("broken.stl", broken));
  if (testInfo.project.use.javaScriptEnabled) {
    await expect(page.locator("#file-error")).toContainText(said);
    await button(page).click();
    await expect(page.getByRole("alert").getByRole("link", { name: said })).toBeVisible();
    await expect(page.locator('[name="file"]')).toBeFocused();
    expect(requests).toEqual([]);
  } else {
    expect(await sent(page)).toBe(400);
    await expect(page.locator("#file-error")).toContainText(said);
  }
  await expect(page.locator('[name="file"]')).toHaveAttribute("aria-invalid", "true");
  await page.locator('[name="file"]').setInputFiles(model("mended.stl", cubeStl(20.04)));
  if (testInfo.project.use.javaScriptEnabled) {
    await expect(panel(page)).toContainText("Ready to send: mended.stl");
    await expect(page.locator("#file-error")).toHaveCount(0);
  }
  expect(await sent(page)).toBeLessThan(400);
  expect(await accepted(page, lab, student.email)).toMatchObject({ fits: "as_is" });
});

for (const [what, file, words] of [
  ["a scale that makes no sense", model("tiny.stl", cubeStl(0.2)), /The model is only 0\.2 × 0\.2 × 0\.2 mm/],
  ["a surface with a hole", model("open.stl", openBox()), /The surface is not closed: 3 open edges/],
  ["a million triangles without extent", "degenerate.stl", /so there is nothing to print/],
] as const)
  test(`poor, but a model: ${what} is a warning`, async ({ page, lab }, testInfo) => {
    const student = someStudent();
    await page.goto("/submit");
    await fillSubmission(
      page,
      student,
      file === "degenerate.stl" ? await degenerate(testInfo.outputPath(file)) : file,
    );
    if (testInfo.project.use.javaScriptEnabled) {
      await expect(panel(page).getByText("Please check your model")).toBeVisible();
      await expect(panel(page)).toContainText(words);
    }
    await expect(page.locator('[name="acknowledged_fit"]')).toHaveCount(0);
    expect(await sent(page)).toBeLessThan(400);
    expect(await accepted(page, lab, student.email)).toMatchObject({ fits: "as_is" });
    await expect(page.locator("main")).toContainText(words);
  });

function openBox(): Buffer {
  const solid = box([20, 20, 20.05]);
  const bytes = toBinaryStl(solid).subarray(0, -50);
  bytes.writeUInt32LE(11, 80);
  return bytes;
}

/** 50 MB, so it lies on disk: a million triangles at one place. */
async function degenerate(path: string): Promise<string> {
  const header = Buffer.alloc(84);
  header.writeUInt32LE(1_000_000, 80);
  const file = await open(path, "w");
  await file.write(header);
  await file.truncate(84 + 50 * 1_000_000);
  await file.close();
  return path;
}
