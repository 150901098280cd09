/** axe-core on the main pages at WCAG 2.2 AA, on a phone and on a desk, by day and by night. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Page } from "@playwright/test";
import { openerBuild } from "../support/opener-build";
import { check } from "./axe";
import { begin, expect, logIn, submit, test } from "./lab";

test("students' pages", async ({ page, lab }) => {
  await page.goto("/submit");
  await check(page, "the form");
  await page.getByRole("button", { name: "Submit print request" }).click();
  await expect(page.getByRole("alert").first()).toBeVisible();
  await check(page, "the form with errors");
  const job = await submit(page, lab);
  await check(page, "the success page");
  await page.goto(job.trackPath);
  await check(page, "the status page");
  await page.goto("/confirm/expired");
  await check(page, "the expired page");
  await page.goto("/no/such/page");
  await check(page, "the page that is not there");
});

/** Cancels, and waits until the job is given back: going on at once would find it held. */
async function cancel(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.locator("#decision")).toHaveCount(0);
}

test("staff's pages", async ({ page, lab }) => {
  // Many pages, each twice.
  test.slow();
  const job = await submit(page, lab);
  await page.goto("/login");
  await check(page, "the log-in");
  await logIn(page);
  await check(page, "the dashboard");
  await page.goto(`/dashboard/jobs/${job.id}`);
  await check(page, "the job");
  await page.getByRole("button", { name: "View in 3D" }).click();
  await expect(page.getByRole("dialog").getByText(/Fits the Prusa|cannot draw in 3D/)).toBeVisible();
  await check(page, "the 3D view");
  await page.keyboard.press("Escape");
  await page.goto(`/dashboard/jobs/${job.id}?note=open`);
  await page.getByRole("button", { name: "Save note" }).click();
  await expect(page.getByText("Enter a note.").first()).toBeVisible();
  await check(page, "the job with a note's errors");
  await lab.sql(
    "UPDATE outbox SET state = 'failed', last_error = '550 no such user', lease_until = NULL, lease_key = NULL WHERE job_id = $1 AND kind = 'mail'",
    [job.id],
  );
  await page.goto("/dashboard?details=open");
  await page.getByRole("button", { name: "Add note" }).first().click();
  await check(page, "cards with details, a failed letter and a note's form");
  await begin(page, job, "approve");
  await check(page, "the approval");
  await page.locator('#decision [name="weight_g"]').fill("12");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Throw away" })).toBeVisible();
  await check(page, "the question before typed values are thrown away");
  await page.getByRole("button", { name: "Throw away" }).click();
  await expect(page.locator("#decision")).toHaveCount(0);
  await begin(page, job, "reject");
  await check(page, "the rejection");
  await cancel(page);
  await page.goto(`/dashboard?status=UPLOADED&search=${job.shortId}&view=table`);
  await page.locator(`input[name="job"][value="${job.id}"]`).check();
  await check(page, "the list with a chosen job");
  await page.goto(`/dashboard?status=UPLOADED&search=${job.shortId}&view=cards`);
  await page.locator(`input[name="job"][value="${job.id}"]`).check();
  await check(page, "the cards with a chosen job");
  await page.locator("#several button").first().click();
  await check(page, "several jobs");
  await page.getByRole("button", { name: "Mark as reviewed" }).click();
  await check(page, "several jobs with an error");
  await page.locator('[name="staff_name"]').selectOption("Jane Doe");
  await page.getByRole("button", { name: "Mark as reviewed" }).click();
  await expect(page.getByText("is done for 1 job")).toBeVisible();
  await check(page, "what was done to several jobs");
  for (const address of [`/dashboard/jobs/${job.id}/ticket`, `/dashboard/jobs/${job.id}/ticket?size=label`]) {
    await page.goto(address);
    await check(page, "the ticket");
  }
  await page.goto("/dashboard/print/queue?status=UPLOADED");
  await check(page, "the queue sheet");
});

test("as the server sends them, before any script: pages of students and staff, and of decisions", async ({
  page,
  lab,
}) => {
  test.slow();
  // axe itself is a script, so the browser runs scripts here; the product's own never arrive.
  await page.route("**/*.js", (route) => route.abort());
  for (const address of ["/submit", "/login"]) {
    await page.goto(address);
    await check(page, address);
  }
  const job = await submit(page, lab);
  await logIn(page);
  await page.goto(`/dashboard?status=UPLOADED&search=${job.shortId}`);
  await check(page, "the dashboard");
  for (const action of ["approve", "reject", "review", "delete"]) {
    await begin(page, job, action);
    await expect(page).toHaveURL(/lock=/);
    await check(page, action);
    await page.getByRole("button", { name: "Cancel" }).click();
  }
  for (const address of [
    "settings",
    "letters",
    "outbox",
    "outbox/test-letter",
    "data",
    "data/prune",
    "overrides",
  ]) {
    await page.goto(`/admin/${address}`);
    await check(page, address);
  }
});

test("the slicer opener's page, without a build and with two", async ({ page, lab }) => {
  await logIn(page);
  await page.goto("/downloads/opener");
  await expect(page.getByText("npm run build:opener")).toBeVisible();
  await check(page, "the opener not built yet");
  await openerBuild(path.join(lab.dataDir, "opener"), ["win-x64", "linux-x64"]);
  await page.goto("/downloads/opener");
  await expect(page.getByRole("link", { name: /^Download for/ })).toHaveCount(2);
  await check(page, "the opener");
  await rm(path.join(lab.dataDir, "opener"), { recursive: true });
});

test("administrators' pages", async ({ page, lab }) => {
  // Eight pages, each looked at twice, and a whole audit between them.
  test.slow();
  await logIn(page);
  await page.goto("/admin/health");
  await expect(page.getByText("No audit has been run yet")).toBeVisible();
  await check(page, "health before the first audit");
  await page.getByRole("button", { name: "Start audit" }).click();
  await check(page, "health with an error");
  await lab.sql(
    "INSERT INTO alerts (kind, severity, message) VALUES ('test_a', 'critical', 'Something is wrong.'), ('test_b', 'warning', 'Something else is wrong.')",
  );
  await lab.sql(
    "INSERT INTO alerts (kind, severity, message, cleared_at) VALUES ('test_c', 'warning', 'It is over.', now())",
  );
  await lab.sql(
    `INSERT INTO metric_samples (process, kind, at, data)
     SELECT 'web:test:1', 'web', date_trunc('minute', now(), 'UTC') - make_interval(mins => m * 15), '{"requests": 10, "failed": 1, "p95_ms": 80}'
     FROM generate_series(1, 90) m`,
  );
  await page.goto("/admin/health");
  await page.getByText("Table of Requests").click();
  await check(page, "health with alerts and charts");
  await page.goto("/admin/health/alerts");
  await page
    .getByRole("button", { name: /I look after it/ })
    .first()
    .click();
  await expect(page.getByRole("alert").first()).toBeVisible();
  await check(page, "alerts with an error");
  await lab.sql("DELETE FROM alerts");
  await lab.sql("DELETE FROM metric_samples WHERE process = 'web:test:1'");
  const job = await submit(page, lab);
  const { status, stem } = await lab.folder(job.shortId);
  await rm(path.join(lab.storage, status, stem, `${stem}.stl`));
  await rm(path.join(lab.storage, status, stem, "metadata.json"));
  const long = `A_very_long_name_${"that_nobody_breaks_".repeat(8)}`;
  for (const name of [long, "Other"]) {
    await mkdir(path.join(lab.storage, "Completed", name));
    await writeFile(path.join(lab.storage, "Completed", name, `${name}.stl`), "precious");
  }
  // One that nobody works on stays as it is while we look.
  await lab.sql(
    "INSERT INTO audits (state, started_by, workstation_id, done, total) VALUES ('running', 'Jane Doe', 'front-desk', 300, 1000)",
  );
  await page.goto("/admin/health");
  await expect(page.getByRole("progressbar")).toBeVisible();
  await check(page, "an audit at work");
  await lab.sql("UPDATE audits SET state = 'failed', finished_at = now(), error = 'The storage was away.'");
  await page.goto("/admin/health");
  await check(page, "an audit that came to no end");
  await page.getByLabel("Performing Action As:").selectOption("Jane Doe");
  await page.getByRole("button", { name: "Start audit" }).click();
  await expect(page.getByRole("heading", { name: "Orphaned files (2)" })).toBeVisible({ timeout: 120_000 });
  await page.locator("summary").first().click();
  await check(page, "the report");
  await page
    .getByRole("link", { name: /^Delete Completed/ })
    .first()
    .click();
  await check(page, "the page that asks before a deletion");
  await page.goto("/admin/health");
  await page.getByRole("link", { name: "Delete all" }).click();
  await page.getByLabel("Performing Action As:").selectOption("Jane Doe");
  await page.getByLabel("Reason").fill("Nobody knows them");
  await page.getByRole("button", { name: "Delete all" }).click();
  await expect(page.getByText("2 of 2 done.")).toBeVisible();
  await check(page, "what became of several");
  await page.goto("/admin/health");
  await check(page, "the report with repairs");
});
