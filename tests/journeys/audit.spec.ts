/** An administrator has the storage audited, reads the report and repairs what it found. */
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, logIn, submit, test } from "./lab";

test("R3: audit, report, repairs", async ({ page, lab }) => {
  const job = await submit(page, lab);
  const { status, stem } = await lab.folder(job.shortId);
  const metadata = path.join(lab.storage, status, stem, "metadata.json");
  const whole = await readFile(metadata, "utf8");

  await logIn(page);
  await page.getByRole("link", { name: "Admin" }).click();
  await page.getByRole("link", { name: "Health" }).click();
  await expect(page).toHaveURL(/\/admin\/health$/);
  if (!(await lab.sql("SELECT FROM audits")).length)
    await expect(page.getByText("No audit has been run yet")).toBeVisible();

  // Without a name nothing starts, and the page says what is missing.
  await page.getByRole("button", { name: "Start audit" }).click();
  await expect(page.getByRole("alert").getByRole("link", { name: "Choose your name." })).toBeVisible();
  await expect(page).toHaveTitle(/^Error: System health/);

  await writeFile(metadata, whole.replace(job.email, "somebody.else@example.edu"));
  await writeFile(path.join(lab.storage, "Printing", "stray.stl"), "precious");
  for (const n of [1, 2]) {
    await mkdir(path.join(lab.storage, "Completed", `Old_Folder_${n}`));
    await writeFile(path.join(lab.storage, "Completed", `Old_Folder_${n}`, "part.stl"), "precious");
  }
  const start = async () => {
    await page.goto("/admin/health");
    await page.getByLabel("Performing Action As:").selectOption("Jane Doe");
    await page.getByRole("button", { name: "Start audit" }).click();
    // The page follows by itself, with and without a script.
    await expect(page.getByRole("progressbar")).toBeVisible();
    await expect(page.getByRole("button", { name: "Start audit" })).toBeVisible({ timeout: 120_000 });
  };
  await start();
  await expect(page.getByRole("heading", { name: "Orphaned files (3)" })).toBeVisible();
  await expect(page.getByText("metadata.json says something else about: student_email.")).toBeVisible();

  // One by itself: asked first, a reason is needed, what was typed is kept.
  await page.getByRole("link", { name: "Delete Printing/stray.stl" }).click();
  await expect(page.getByText("This is permanent.")).toBeVisible();
  await page.getByLabel("Performing Action As:").selectOption("Jane Doe");
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(page.getByRole("alert").getByRole("link", { name: /reason/i })).toBeVisible();
  await expect(page.getByLabel("Performing Action As:")).toHaveValue("Jane Doe");
  expect(existsSync(path.join(lab.storage, "Printing", "stray.stl"))).toBe(true);
  await page.getByLabel("Reason").fill("Left over from a test");
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(page.getByRole("status").getByText("Printing/stray.stl: deleted.")).toBeVisible();
  expect(existsSync(path.join(lab.storage, "Printing", "stray.stl"))).toBe(false);

  // One that has gone meanwhile is told, and nothing else happens.
  await rm(path.join(lab.storage, "Completed", "Old_Folder_1"), { recursive: true });
  // The rest of its kind at once.
  await page.getByRole("link", { name: "Delete all" }).click();
  await expect(page.getByText("2 findings of the last report")).toBeVisible();
  await page.getByLabel("Performing Action As:").selectOption("Jane Doe");
  await page.getByLabel("Reason").fill("Nobody knows them");
  await page.getByRole("button", { name: "Delete all" }).click();
  await expect(page.getByText("1 of 2 done.")).toBeVisible();
  await expect(page.getByText("Completed/Old_Folder_1: the problem is gone already")).toBeVisible();
  await page.getByRole("link", { name: "Back to the report" }).last().click();

  await page.getByRole("link", { name: /^Rewrite metadata.json/ }).click();
  await page.getByLabel("Performing Action As:").selectOption("Jane Doe");
  await page.getByRole("button", { name: "Rewrite metadata.json" }).click();
  await expect(page.getByText("written anew from the database").first()).toBeVisible();
  expect(await readFile(metadata, "utf8")).toBe(whole);
  await expect(page.getByText("Everything that was found is repaired.")).toBeVisible();

  // The job's own history tells of it.
  await page.goto(`/dashboard/jobs/${job.id}`);
  await expect(page.getByText("Audit: wrote metadata.json anew from the database.")).toBeVisible();
  const told = await lab.sql<{ event_type: string; triggered_by: string }>(
    "SELECT event_type, triggered_by FROM events WHERE event_type = 'FileDeleted' ORDER BY id DESC LIMIT 2",
  );
  expect(told).toEqual(Array(2).fill({ event_type: "FileDeleted", triggered_by: "Jane Doe" }));

  await start();
  await expect(page.getByText("Storage and database agree.")).toBeVisible();
});

test("a lost job is brought back", async ({ page, lab }) => {
  const job = await submit(page, lab);
  await lab.sql("DELETE FROM jobs WHERE id = $1", [job.id]);
  await logIn(page);
  await page.goto("/admin/health");
  await page.getByLabel("Performing Action As:").selectOption("Jane Doe");
  await page.getByRole("button", { name: "Start audit" }).click();
  await expect(page.getByText(`belongs to job ${job.shortId}, which the database does not know`)).toBeVisible({ timeout: 120_000 }); // prettier-ignore
  await page.getByRole("link", { name: new RegExp(`^Restore the job.*_${job.shortId}$`) }).click();
  await page.getByLabel("Performing Action As:").selectOption("Jane Doe");
  await page.getByRole("button", { name: "Restore the job" }).click();
  await expect(page.getByText(`job ${job.shortId} restored`).first()).toBeVisible();
  await page.goto(`/dashboard/jobs/${job.id}`);
  await expect(page.getByRole("heading", { name: new RegExp(job.name) }).or(page.getByText(job.name)).first()).toBeVisible(); // prettier-ignore
  await expect(page.getByText("Restored from the metadata.json")).toBeVisible();
});

test("nobody else sees it", async ({ page, lab }) => {
  for (const address of ["/admin", "/admin/health", "/admin/health/repair?how=delete-orphaned"]) {
    await page.goto(address);
    await expect(page).toHaveURL(/\/login\?next=/);
  }
  await logIn(page);
  await page.goto("/admin/health/repair?how=format-disk");
  await expect(page.getByText("There is no such repair.")).toBeVisible();
  await page.goto("/admin/health/repair?how=delete-orphaned&finding=1234");
  await expect(page.getByText("no such finding")).toBeVisible();
  expect(lab.url).toBeTruthy();
});
