/** A workstation gets the slicer opener: its page, its ZIP, its own config.ini. Nobody else does. */
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { openerBuild } from "../support/opener-build";
import { expect, logIn, submit, test } from "./lab";

test("a workstation downloads the opener and its own settings, from the job's page", async ({
  page,
  lab,
  request,
}) => {
  const folder = path.join(lab.dataDir, "opener");
  const [windows, linux] = openerBuild(folder, ["win-x64", "linux-x64"]);
  const addresses = ["", "/config.ini", `/files/${windows}`].map((end) => `/downloads/opener${end}`);
  for (const address of addresses) {
    const answer = await request.get(address, { maxRedirects: 0 });
    expect(answer.status(), address).toBe(302);
    expect(answer.headers().location).toContain("/login?next=");
  }
  const job = await submit(page, lab);
  await logIn(page);
  await page.goto(`/dashboard/jobs/${job.id}`);
  await page.getByRole("link", { name: "Set up the slicer opener", exact: true }).last().click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Set up the slicer opener");

  const download = async (name: RegExp) => {
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name }).click(),
    ]);
    return { name: file.suggestedFilename(), text: await readFile((await file.path())!, "utf8") };
  };
  expect(await download(/Download for Linux/)).toEqual({ name: linux, text: "a ZIP for linux-x64" });
  expect(await download(/Download for Windows/)).toEqual({ name: windows, text: "a ZIP for win-x64" });
  const settings = await download(/config\.ini/);
  expect(settings.name).toBe("config.ini");
  const mount = /^AUTHORITATIVE_STORAGE_BASE_PATH = (.*?)\r?$/m.exec(settings.text)?.[1];
  expect(mount).toBeTruthy();
  await expect(page.getByText(mount!, { exact: true })).toBeVisible();
  const gone = await page.goto(`/downloads/opener/files/other.zip`);
  expect(gone!.status()).toBe(404);
  await rm(folder, { recursive: true });
});
