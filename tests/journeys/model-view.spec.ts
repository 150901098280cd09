/** The 3D view on the job page: opened by a click, turned by keys, closed by Escape, and nobody's loss without it. */
import { readFileSync, readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import type { Page } from "@playwright/test";
import { expect, logIn, submit, test } from "./lab";

const ASSETS = path.join(process.cwd(), "build", "remix", "client", "assets");

/** Opens the view, by keyboard, and waits until there is something to see: true, or the sentence: false. */
async function openView(page: Page): Promise<boolean> {
  const draws = await page.evaluate(() => document.createElement("canvas").getContext("webgl2") !== null);
  await page.getByRole("button", { name: "View in 3D" }).press("Enter");
  const dialog = page.getByRole("dialog");
  await expect(
    draws
      ? dialog.getByText("Fits the Prusa MK4S.")
      : dialog.getByRole("alert").getByText(/cannot draw in 3D.*picture/),
  ).toBeVisible();
  return draws;
}

test("opens on a click only, turns by keys and buttons, and gives the focus back", async ({ page, lab }) => {
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  const job = await submit(page, lab);
  await logIn(page);
  await page.goto(`/dashboard/jobs/${job.id}`);
  const button = page.getByRole("button", { name: "View in 3D" });
  await expect(button).toBeVisible();
  await page.waitForLoadState("networkidle");
  const early = asked.filter((file) => /model-(scene|reader)/.test(file));
  expect(early, "nothing of the view is fetched before the click").toEqual([]);

  const draws = await openView(page);
  const dialog = page.getByRole("dialog");
  expect(await dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true);
  if (draws) {
    await expect(dialog.getByText(/Model: 1\d(\.\d)? × .*Prusa MK4S: 250 × 210 × 220 mm/)).toBeVisible();
    expect(asked.some((file) => /model-scene/.test(file))).toBe(true);
    const stage = dialog.locator("canvas");
    const seen = async () => (await stage.screenshot()).toString("base64");
    const start = await seen();
    for (const act of ["ArrowLeft", "ArrowUp", "Shift+ArrowRight", "+", "-"]) {
      const before = await seen();
      await page.keyboard.press(act);
      await expect.poll(seen, `${act} changes the picture`).not.toBe(before);
    }
    await page.keyboard.press("0");
    await expect.poll(seen, "0 brings back the start").toBe(start);
    for (const name of ["Turn right", "Turn down", "Zoom in", "To the model"]) {
      const before = await seen();
      const tool = dialog.getByRole("button", { name });
      await tool.click();
      await expect.poll(seen, `${name} changes the picture`).not.toBe(before);
      const { width, height } = (await tool.boundingBox())!;
      expect(Math.min(width, height), `${name} is large enough`).toBeGreaterThanOrEqual(44);
    }
    await dialog.getByRole("button", { name: "Move", exact: true }).click();
    await expect(dialog.getByRole("button", { name: "Move left" })).toBeVisible();
    await dialog.getByRole("button", { name: "Reset" }).click();
    await expect.poll(seen, "Reset brings back the start").toBe(start);
  }
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(button).toBeFocused();
  await expect(page.locator("canvas")).toHaveCount(0);

  // Again, and away by its own button.
  await openView(page);
  await page.getByRole("button", { name: "Close", exact: true }).click();
  await expect(button).toBeFocused();
});

test("says what is wrong: no WebGL, a lost one, a file that has gone; the picture stays", async ({
  page,
  lab,
}) => {
  const job = await submit(page, lab);
  await logIn(page);
  await page.goto(`/dashboard/jobs/${job.id}`);
  const draws = await openView(page);
  if (draws) {
    await page.locator("canvas").evaluate((canvas: HTMLCanvasElement) => {
      canvas.getContext("webgl2")!.getExtension("WEBGL_lose_context")!.loseContext();
    });
    await expect(page.getByRole("alert").getByText(/graphics card has stopped drawing/)).toBeVisible();
  }
  await page.keyboard.press("Escape");
  if (draws) {
    const { status, stem } = await lab.folder(job.shortId);
    await rm(path.join(lab.storage, status, stem, `${stem}.stl`));
    await page.getByRole("button", { name: "View in 3D" }).click();
    await expect(page.getByRole("dialog").getByText(/no longer in the job's folder/)).toBeVisible();
  }
  await page.addInitScript(() => {
    HTMLCanvasElement.prototype.getContext = () => null;
  });
  const other = await submit(page, lab);
  await page.goto(`/dashboard/jobs/${other.id}`);
  expect(await openView(page)).toBe(false);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("img", { name: /Model in|No picture/ })).toBeVisible();
});

test("without JavaScript there is the picture and no button", async ({ page, lab, browser }) => {
  const job = await submit(page, lab);
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL: lab.url });
  const plain = await context.newPage();
  await logIn(plain);
  await plain.goto(`/dashboard/jobs/${job.id}`);
  await expect(plain.getByRole("img", { name: /Model in|No picture/ })).toBeVisible();
  await expect(plain.getByRole("button", { name: "View in 3D" })).toHaveCount(0);
  await expect(plain.locator(".viewer-slot")).toBeHidden();
  await context.close();
});

test("three.js is in one file, which no other file fetches by itself", () => {
  const files = readdirSync(ASSETS).filter((name) => name.endsWith(".js"));
  const text = (name: string) => readFileSync(path.join(ASSETS, name), "utf8");
  const [scene, ...more] = files.filter((name) => /WebGLRenderer|webglcontextlost/.test(text(name)));
  expect(scene).toMatch(/^model-scene-/);
  expect(more).toEqual([]);
  const fetchers = files.filter((name) =>
    [...text(name).matchAll(/(?:from|import)\s*["']([^"']+)["']/g)].some(([, from]) =>
      from!.includes(scene!),
    ),
  );
  expect(fetchers, "only ever imported on demand").toEqual([]);
  const manifest = files.filter((name) => name.startsWith("manifest-"));
  expect(manifest).toHaveLength(1);
  expect(text(manifest[0]!), "in no page's list").not.toContain(scene!);
});
