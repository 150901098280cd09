/** R35: an administrator sees how the system is and looks after an alert; a full storage is told. */
import { expect, fillSubmission, logIn, submit, test } from "./lab";

test("R35: live status, a day's charts, and an alert that somebody looks after", async ({ page, lab }) => {
  await lab.sql("DELETE FROM alerts");
  await lab.setting("admin_email", "boss@example.edu");
  await lab.sql(
    `INSERT INTO metric_samples (process, kind, at, data)
     SELECT 'web:test:1', 'web', date_trunc('minute', now(), 'UTC') - make_interval(mins => m),
       jsonb_build_object('requests', 2, 'failed', CASE WHEN m = 100 THEN 1 ELSE 0 END, 'p95_ms', 40, 'p50_ms', 10)
     FROM generate_series(30, 600) m ON CONFLICT DO NOTHING`,
  );
  await logIn(page);
  await page.goto("/admin/health");
  const card = (title: string) => page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: title, exact: true }) }); // prettier-ignore
  for (const title of ["Database", "Queue", "Worker", "Mail", "Storage"])
    await expect(card(title).getByText("OK", { exact: true }), title).toBeVisible();
  await expect(card("Backups")).toContainText("never");
  await expect(page.getByText("No alerts.")).toBeVisible();
  // The drawing has its words and its numbers, with and without a script.
  await expect(page.getByRole("img", { name: "Requests" }).first()).toBeVisible();
  await page.getByText("Table of Failed requests").click();
  await expect(page.getByRole("table", { name: "Failed requests" }).getByRole("cell", { name: "1", exact: true })).toBeVisible(); // prettier-ignore

  // Two minutes beyond the limit, and the worker's next look raises it.
  await lab.setting("disk_warn_percent", 1);
  await lab.setting("disk_alert_percent", 100);
  await lab.sql(
    `INSERT INTO metric_samples (process, kind, at, data)
     SELECT 'lab', 'lab', date_trunc('minute', now(), 'UTC') - make_interval(mins => m), '{"disk_percent": 50}'
     FROM generate_series(0, 3) m ON CONFLICT (process, at) DO UPDATE SET data = metric_samples.data || excluded.data`,
  );
  await expect
    .poll(async () => (await lab.sql("SELECT 1 FROM alerts WHERE kind = 'disk_full'")).length, {
      timeout: 90_000,
    })
    .toBe(1);
  await page.goto("/admin/health");
  await expect(page.getByText("1 alert, 1 that nobody has taken note of")).toBeVisible();
  const letter = await lab.letter("boss@example.edu", /^Warning: The disk is filling up$/);
  expect(letter.text).toContain("/admin/health");

  await page.getByRole("link", { name: "Look at the alerts" }).click();
  await page.getByRole("button", { name: /I look after it/ }).click();
  await expect(page.getByRole("alert").getByRole("link", { name: "Choose your name." })).toBeVisible();
  await expect(page).toHaveTitle(/^Error: Alerts/);
  await page.getByLabel("Performing Action As:").selectOption("Jane Doe");
  await page.getByRole("button", { name: /I look after it/ }).click();
  await expect(page.getByText("Noted: you look after “The disk is filling up”.")).toBeVisible();
  await expect(page.getByText("Jane Doe took note of it")).toBeVisible();
  await expect(page.getByRole("button", { name: /I look after it/ })).toHaveCount(0);

  for (const key of ["disk_warn_percent", "disk_alert_percent", "admin_email"])
    await lab.sql("DELETE FROM settings WHERE key = $1", [key]);
  await lab.sql("DELETE FROM alerts");
});

test("R4: a full storage is told before and after a file is sent", async ({ page, lab }) => {
  await submit(page, lab);
  await lab.setting("storage_quota_gb", 0.000000001);
  await page.goto("/submit");
  await expect(page.getByText("The lab has no room for new files at the moment").first()).toBeVisible();
  await fillSubmission(page, { name: "Grace Hopper" });
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.request().method() === "POST"),
    page.getByRole("button", { name: "Submit print request" }).click(),
  ]);
  expect(answer.status()).toBe(503);
  expect(answer.headers()["retry-after"]).toBe("3600");
  await expect(page.getByText(/so your file was not taken/).first()).toBeVisible();
  await expect(page.locator('[name="student_name"]')).toHaveValue("Grace Hopper");
  await lab.setting("storage_quota_gb", 0);
});
