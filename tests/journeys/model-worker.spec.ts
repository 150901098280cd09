/** The script that reads files in the browser: loaded when it is needed, ended when it is not, missed by nobody. */
import { gzipSync } from "node:zlib";
import type { Page } from "@playwright/test";
import { cubeStl } from "../support/models";
import { axeOn } from "./axe";
import { expect, fillSubmission, someStudent, test } from "./lab";

const model = (name: string, buffer: Buffer) => ({ name, mimeType: "model/stl", buffer });

test("the form loads less than 160 kB of JavaScript; the reader comes with the first file", async ({
  page,
}) => {
  const scripts = new Set<string>();
  page.on("request", (request) => /\.js$/.test(request.url()) && scripts.add(request.url()));
  await page.goto("/submit", { waitUntil: "networkidle" });
  const sizes = await Promise.all(
    [...scripts].map(async (url) => gzipSync(Buffer.from(await (await fetch(url)).arrayBuffer())).length),
  );
  expect(scripts.size).toBeGreaterThan(5);
  expect(sizes.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(160_000);
  expect([...scripts].filter((url) => /worker/.test(url))).toEqual([]);
  const asked = page.waitForRequest(/model-worker/);
  await page.locator('[name="file"]').setInputFiles(model("a.stl", cubeStl(20)));
  await asked;
  await expect(page.locator(".model-panel")).toContainText("20 × 20 × 20 mm");
});

/** Holds back the first request for the reader until it is called. */
async function heldReader(page: Page): Promise<() => void> {
  let release = () => {};
  let held: Promise<void> | null = new Promise((resolve) => (release = resolve));
  await page.route(/model-worker/, async (route) => {
    const wait = held;
    held = null;
    await wait;
    // The page may have given it up meanwhile.
    await route.continue().catch(() => undefined);
  });
  return release;
}

test("another file ends the reading of the first; typing goes on meanwhile", async ({ page }) => {
  const release = await heldReader(page);
  await page.goto("/submit");
  await page.locator('[name="file"]').setInputFiles(model("first.stl", cubeStl(30)));
  await expect(page.locator(".model-panel")).toContainText("Reading your file…");
  await page.locator('[name="student_name"]').fill("Ada");
  await page.locator('[name="file"]').setInputFiles(model("second.stl", cubeStl(20)));
  await expect(page.locator(".model-panel")).toContainText("20 × 20 × 20 mm");
  release();
  await expect.poll(() => page.workers().length).toBe(0);
  await expect(page.locator(".model-panel")).toContainText("Ready to send: second.stl");
  await expect(page.locator(".model-panel")).not.toContainText("30 × 30");
  await expect(page.locator('[name="student_name"]')).toHaveValue("Ada");
});

for (const width of [390, 1440])
  test(`a sound model's facts leave the button where it was while the file was read, ${width} px`, async ({
    page,
  }) => {
    await page.setViewportSize({ width, height: 900 });
    const release = await heldReader(page);
    await page.goto("/submit");
    await fillSubmission(page, {}, model("a.stl", cubeStl(20)));
    await expect(page.locator(".model-panel")).toContainText("Reading your file…");
    const top = () => page.locator("#submit-button").evaluate((b) => b.getBoundingClientRect().top + scrollY);
    const before = await top();
    release();
    await expect(page.locator(".model-panel")).toContainText("20 × 20 × 20 mm");
    // On a busy machine the last line comes a moment after the first.
    await expect.poll(async () => Math.abs((await top()) - before)).toBeLessThan(16);
  });

const WITHOUT: Record<string, (page: Page) => Promise<unknown>> = {
  "has no workers": (page) => page.addInitScript(() => Reflect.deleteProperty(window, "Worker")),
  "cannot load the reader": (page) => page.route(/model-worker/, (route) => route.abort()),
  "runs out of memory": (page) =>
    page.route(/model-worker/, async (route) => {
      const script = await (await route.fetch()).text();
      const full = `Blob.prototype.slice = () => { throw new RangeError("Array buffer allocation failed"); };`;
      await route.fulfill({ contentType: "text/javascript", body: full + script });
    }),
};

for (const [what, make] of Object.entries(WITHOUT))
  test(`a browser that ${what} gets the server's answer`, async ({ page, lab }) => {
    await make(page);
    const student = someStudent();
    await page.goto("/submit");
    await fillSubmission(page, student, model("huge.stl", cubeStl(700 + Math.random())));
    await expect(page.getByText("Ready to send: huge.stl")).toBeVisible();
    await expect(page.getByText("What your file says")).toHaveCount(0);
    const submit = page.getByRole("button", { name: "Submit print request" });
    await submit.click();
    await expect(page.locator("#acknowledged_fit-error")).toContainText(
      "It fits none of the lab's printers.",
    );
    await page.locator('[name="acknowledged_fit"]').check();
    // Another file is another question.
    await page.locator('[name="file"]').setInputFiles(model("huger.stl", cubeStl(800 + Math.random())));
    await expect(page.getByText("Ready to send: huger.stl")).toBeVisible();
    await expect(page.locator('[name="acknowledged_fit"]')).not.toBeChecked();
    await page.locator('[name="acknowledged_fit"]').check();
    await submit.click();
    await expect(page).toHaveURL(/\/submit\/success/);
    expect(await lab.sql("SELECT 1 FROM jobs WHERE student_email = $1", [student.email])).toHaveLength(1);
  });

test("the panel is accessible, narrow and dark too", async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 900 });
  await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
  await page.goto("/submit");
  await fillSubmission(page, {}, model("huge.stl", cubeStl(700)));
  await expect(page.locator('[name="acknowledged_fit"]')).toBeVisible();
  const { violations } = await axeOn(page).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(", ")}`)).toEqual(
    [],
  );
  expect(
    await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
  ).toBeLessThanOrEqual(0);
  await expect(page.locator("[aria-live=polite]", { has: page.locator("h3") })).toHaveCount(1);
});
