/** Money at the counter, as staff see it: one receipt for a visit, a reason for a strange price, the ledger, a correction, the file for finance. */
import { parse } from "csv-parse/sync";
import type { Browser, Page } from "@playwright/test";
import { readFile } from "node:fs/promises";
import type { System } from "../support/system";
import { axeOn } from "./axe";
import { act, begin, events, expect, fillAction, logIn, statusOf, type Submission, submit, submitAction, test } from "./lab"; // prettier-ignore

/**
 * The page as it stands, looked at by axe. axe is a script itself: without scripts the document is read in a page that
 * runs them, and the product's own never arrive there.
 */
async function axe(page: Page, browser: Browser): Promise<void> {
  const script = test.info().project.use.javaScriptEnabled !== false;
  const context = script
    ? null
    : await browser.newContext({
        javaScriptEnabled: true,
        storageState: await page.context().storageState(),
      });
  const seen = context ? await context.newPage() : page;
  if (context) {
    await seen.route("**/assets/*.js", (route) => route.abort());
    const document = await page.content();
    await seen.route(page.url(), (route) => route.fulfill({ contentType: "text/html", body: document.replace(/<script[\s\S]*?<\/script>/g, "") })); // prettier-ignore
    await seen.goto(page.url());
  }
  const { violations } = await axeOn(seen).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`)).toEqual([]); // prettier-ignore
  await context?.close();
}

/** Finished prints of one student: 40 g each, so $4.00. */
async function finished(page: Page, lab: System, count: number): Promise<Submission[]> {
  const name = `Visit ${process.pid} ${Date.now() % 1e6}`;
  const email = `visit.${process.pid}.${Date.now() % 1e6}@example.edu`;
  const jobs: Submission[] = [];
  for (let n = 0; n < count; n++) jobs.push(await submit(page, lab, { name, email }));
  await logIn(page);
  for (const job of jobs) {
    await act(page, job, "approve", { weight_g: "40", time_hours: "2" });
    await act(page, job, "force-confirm", { reason: "Confirmed at the counter." });
    await act(page, job, "mark-printing");
    await act(page, job, "mark-complete");
  }
  return jobs;
}

test("R11: two of a student's three prints in one receipt; ledger, paper, mail, correction, void, and the file", async ({
  page,
  lab,
  browser,
}, testInfo) => {
  const script = testInfo.project.use.javaScriptEnabled !== false;
  await lab.setting("payment_number_pattern", "TC-*");
  await lab.setting("payment_kinds", ["Check: ####"]);
  const jobs = await finished(page, lab, 3);
  const [first, second, third] = jobs as [Submission, Submission, Submission];
  const txn = `TC-${first.shortId}`;

  await begin(page, first, "payment");
  await expect(page.getByText("Also ready for this student")).toBeVisible();
  const also = (job: Submission) => page.locator(`#also_grams_${job.shortId}`);
  await expect(also(second)).toBeVisible();
  await fillAction(page, {
    staff_name: "Sam Rivera",
    grams: "40",
    txn_no: "wrong",
    picked_up_by: "A friend",
  });
  await also(second).fill("60,5");
  if (!script) await page.getByRole("button", { name: "Work out the price" }).click();
  await expect(page.locator("output")).toHaveText("$4.00");
  await expect(page.getByText("Together, 2 prints:")).toContainText("$10.05");
  await expect(page.getByText("52 % more than the estimate")).toBeVisible();
  await axe(page, browser);

  // The strange price needs a reason, and the number does not look like one.
  await submitAction(page);
  await expect(page.getByText(/it looks like TC-/).first()).toBeVisible();
  await expect(also(second)).toHaveValue("60,5");
  await fillAction(page, { txn_no: txn });
  await submitAction(page);
  await expect(page.getByText(`Write why job ${second.shortId} costs 52 % more`, { exact: false }).first()).toBeVisible(); // prettier-ignore
  await fillAction(page, { deviation_reason: "Printed with more infill, as asked." });
  await submitAction(page);
  await expect(page.getByText(/2 prints are paid and handed over\. Receipt \d+\./).first()).toBeVisible();
  for (const job of [first, second]) {
    expect(await statusOf(lab, job)).toBe("PAIDPICKEDUP");
    expect((await lab.folder(job.shortId)).status).toBe("PaidPickedUp");
  }
  expect(await statusOf(lab, third)).toBe("COMPLETED");

  // The job's page leads to the receipt.
  await page.goto(`/dashboard/jobs/${second.id}`);
  await expect(page.getByText(/Printed with more infill/).first()).toBeVisible();
  await page.getByRole("link", { name: /^Receipt \d+$/ }).click();
  const receipt = page.getByRole("article", { name: /^Receipt/ });
  for (const text of [
    "Tiger-Cash",
    txn,
    "A friend",
    "Sam Rivera",
    "60.5 g",
    "$6.05",
    "$10.05",
    "3D Print Lab",
  ])
    await expect(receipt).toContainText(text);
  await axe(page, browser);
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
  expect(pdf.match(/\/Type \/Page\b(?!s)/g)).toHaveLength(1);
  const number = /\d+$/.exec(new URL(page.url()).pathname)![0];
  // Nobody named: nothing is mailed.
  await page.getByRole("button", { name: `Mail to ${first.email}` }).click();
  await expect(page.getByText("Choose your name.").first()).toBeVisible();
  await page.locator('[name="staff_name"]').selectOption("Jane Doe");
  await page.getByRole("button", { name: `Mail to ${first.email}` }).click();
  await expect(page.getByText("The receipt is on its way to the student.")).toBeVisible();
  const letter = await lab.letter(first.email, new RegExp(`^Receipt ${number}: \\$10\\.05`));
  expect(letter.text).toContain(`Request ${second.shortId}`);

  // A wrong weight: the old row stays, struck, and another stands for it.
  await act(page, second, "correct-payment", { grams: "45", txn_no: txn, reason: "Weighed with its box." });
  await page.goto("/payments");
  const row = (text: string) => page.locator("tbody tr").filter({ hasText: text });
  await expect(row("Corrected: Weighed with its box.")).toHaveClass(/voided/);
  await expect(row("Correction").filter({ hasText: String(second.shortId) })).toContainText("$4.50");
  const [sum] = await lab.sql<{ cents: string; n: string }>("SELECT sum(price_cents) AS cents, count(*) AS n FROM payments WHERE voided_at IS NULL"); // prettier-ignore
  const dollars = `$${(Number(sum!.cents) / 100).toFixed(2)}`;
  await expect(page.getByRole("region", { name: "Totals" })).toContainText(dollars);
  await axe(page, browser);
  await page.locator('[name="search"]').fill(txn.toLowerCase());
  await page.getByRole("button", { name: "Show" }).click();
  await expect(page.locator("tbody tr")).toHaveCount(3);

  // Voided: the print stays handed over, and the dashboard says that it is owed.
  await act(page, first, "void-payment", { reason: "The card was refused." });
  expect(await statusOf(lab, first)).toBe("PAIDPICKEDUP");
  expect((await events(lab, first)).at(-1)).toBe("PaymentVoided");
  await page.goto("/dashboard");
  await expect(page.locator(".needs")).toContainText("1 print not paid");
  await expect(page.locator(`.needs a[href="/dashboard/jobs/${first.id}"]`)).toBeVisible();

  // The file for finance, by the form.
  await page.goto("/payments");
  await page.getByRole("link", { name: "Export as CSV" }).click();
  await page.locator('[name="end_date"]').fill("2020-01-01");
  await page.getByRole("button", { name: "Download CSV" }).click();
  await expect(page.getByText("The last day comes before the first one.").first()).toBeVisible();
  await expect(page).toHaveTitle(/^Error: /);
  await axe(page, browser);
  await page.goto("/payments/export");
  await page.locator('[name="staff_name"]').selectOption("Sam Rivera");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download CSV" }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^payments_\d{4}-\d\d-01_\d{4}-\d\d-\d\d\.csv$/);
  const rows = parse(await readFile(await download.path()), { columns: true, bom: true }) as Record<
    string,
    string
  >[];
  const [after] = await lab.sql<{ cents: string }>("SELECT sum(price_cents) AS cents FROM payments WHERE voided_at IS NULL"); // prettier-ignore
  expect(rows.at(-1)).toMatchObject({
    receipt: "Total",
    amount_counted: (Number(after!.cents) / 100).toFixed(2),
  });
  expect(rows.filter((one) => one.transaction_number === txn).map((one) => one.receipt)).toEqual([number, number, number]); // prettier-ignore
  expect(await lab.sql("SELECT triggered_by FROM events WHERE event_type = 'DataExported'")).toEqual([
    { triggered_by: "Sam Rivera" },
  ]);
});

test("one print of the visit is held by somebody else: nothing is taken, what was typed stays", async ({
  page,
  lab,
}) => {
  await lab.setting("payment_number_pattern", "");
  const [first, second] = (await finished(page, lab, 2)) as [Submission, Submission];
  await begin(page, first, "payment");
  await fillAction(page, { staff_name: "Sam Rivera", grams: "40", txn_no: `H-${first.shortId}` });
  await page.locator(`#also_grams_${second.shortId}`).fill("40");
  await lab.sql(
    `UPDATE jobs SET lock_key = gen_random_uuid(), lock_session = gen_random_uuid(), locked_by = 'Alex Kim (Back Office)',
       locked_until = now() + interval '10 minutes' WHERE id = $1`,
    [second.id],
  );
  await submitAction(page);
  await expect(page.getByText(`Nothing was taken, because of job ${second.shortId}`, { exact: false }).first()).toBeVisible(); // prettier-ignore
  expect(await lab.sql("SELECT FROM payments WHERE job_id = ANY($1)", [[first.id, second.id]])).toEqual([]);
  // Without it, the rest goes through.
  await page.locator(`#also_grams_${second.shortId}`).fill("");
  await submitAction(page);
  await expect(page.getByText(/Paid and handed over\. Receipt \d+\./).first()).toBeVisible();
  expect([await statusOf(lab, first), await statusOf(lab, second)]).toEqual(["PAIDPICKEDUP", "COMPLETED"]);
});
