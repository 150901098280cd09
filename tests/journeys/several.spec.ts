/** Several jobs at once from the list, and what goes to paper: the queue sheet and the ticket on the bag. */
import type { Page } from "@playwright/test";
import { decodePng } from "../support/png";
import { decodeQr } from "../support/qr";
import type { System } from "../support/system";
import { act, events, expect, logIn, statusOf, type Submission, submit, test } from "./lab";

/** Jobs of one student's name, walked to READYTOPRINT. */
async function readyJobs(
  page: Page,
  lab: System,
  count: number,
): Promise<{ name: string; jobs: Submission[] }> {
  const name = `Several ${process.pid} ${Date.now() % 1e6}`;
  const jobs: Submission[] = [];
  for (let n = 0; n < count; n++) jobs.push(await submit(page, lab, { name }));
  await logIn(page);
  for (const job of jobs) {
    await act(page, job, "approve", { weight_g: "82.5", time_hours: "3" });
    await act(page, job, "force-confirm", { reason: "Confirmed at the counter." });
  }
  return { name, jobs };
}

const boxOf = (page: Page, job: Submission) => page.locator(`input[name="job"][value="${job.id}"]`);
const listOf = (name: string, view = "cards") =>
  `/dashboard?status=READYTOPRINT&view=${view}&search=${encodeURIComponent(name)}`;

test("R11 R12: three jobs in one action: two done, one refused with its reason, and the answer stays", async ({
  page,
  lab,
}, testInfo) => {
  const script = testInfo.project.use.javaScriptEnabled !== false;
  const { name, jobs } = await readyJobs(page, lab, 4);
  const [first, second, held, other] = jobs as [Submission, Submission, Submission, Submission];
  await page.goto(listOf(name));
  const bar = page.locator("#several");
  const all = page.getByRole("checkbox", { name: "Choose all on this page" });
  if (script) {
    await expect(bar).toContainText("No jobs chosen");
    await all.check();
    await expect(bar).toContainText("4 chosen");
    await boxOf(page, other).uncheck();
    await expect(bar).toContainText("3 chosen");
    expect(await all.evaluate((box: HTMLInputElement) => box.indeterminate)).toBe(true);
    await page.getByRole("button", { name: "Clear the choice" }).click();
    await expect(bar).toContainText("No jobs chosen");
    await expect(bar.getByRole("button", { name: "Mark printing" })).toBeDisabled();
  } else {
    await expect(all).toBeHidden();
    // Nothing is chosen: the next page says what to do.
    await bar.getByRole("button", { name: "Mark printing" }).click();
    await expect(page.getByText("No jobs are chosen")).toBeVisible();
    await page.getByRole("main").getByRole("link", { name: "Back to the list" }).first().click();
  }
  for (const job of jobs) await boxOf(page, job).check();
  await bar.getByRole("button", { name: "Mark printing" }).click();

  await expect(page).toHaveURL(/\/dashboard\/several\?.*action=mark-printing/);
  await expect(page.getByRole("heading", { name: "Mark printing: 4 jobs" })).toBeVisible();
  const seen = (job: Submission) => page.locator(`input[name="job"][value^="${job.id}."]`);
  await seen(other).uncheck();
  // Without a name nothing happens, and the choice is kept.
  await page.getByRole("button", { name: "Mark printing" }).click();
  await expect(page.getByText("Choose your name.").first()).toBeVisible();
  await expect(page).toHaveTitle(/^Error: /);
  await expect(seen(other)).not.toBeChecked();
  await expect(seen(first)).toBeChecked();
  // Meanwhile somebody else opens one of them.
  await lab.sql(
    `UPDATE jobs SET lock_key = gen_random_uuid(), lock_session = gen_random_uuid(), locked_by = 'Alex Kim (Back Office)',
       locked_until = now() + interval '10 minutes' WHERE id = $1`,
    [held.id],
  );
  await page.locator('[name="staff_name"]').selectOption("Sam Rivera");
  await page.getByRole("button", { name: "Mark printing" }).click();

  await expect(page).toHaveURL(/\/dashboard\/several\/[0-9a-f-]{36}/);
  const told = async () => {
    await expect(page.getByText("“Mark printing” is done for 2 jobs, and not for 1 job.")).toBeVisible();
    await expect(page.getByText(/being edited by Alex Kim \(Back Office\) until/)).toBeVisible();
    await expect(page.getByRole("heading", { name: "Done by Sam Rivera: 2 jobs" })).toBeVisible();
    for (const job of [first, second, held])
      await expect(page.locator(`a[href="/dashboard/jobs/${job.id}"]`)).toHaveCount(1);
  };
  await told();
  await page.reload();
  await told();
  for (const job of [first, second]) {
    expect(await statusOf(lab, job)).toBe("PRINTING");
    expect((await lab.folder(job.shortId)).status).toBe("Printing");
    expect((await events(lab, job)).filter((type) => type === "JobPrinting")).toHaveLength(1);
  }
  for (const job of [held, other]) expect(await statusOf(lab, job)).toBe("READYTOPRINT");
  const by = await lab.sql(
    "SELECT DISTINCT triggered_by, workstation_id FROM events WHERE event_type = 'JobPrinting' AND job_id = ANY($1)",
    [jobs.map(({ id }) => id)],
  );
  expect(by).toEqual([{ triggered_by: "Sam Rivera", workstation_id: "front-desk" }]);
});

test("the same page's form sent twice has one effect", async ({ page, lab }) => {
  const { name, jobs } = await readyJobs(page, lab, 2);
  await page.goto(listOf(name, "table"));
  for (const job of jobs) await boxOf(page, job).check();
  await page.locator("#several").getByRole("button", { name: "Mark printing" }).click();
  const address = page.url();
  const form = {
    action: "mark-printing",
    staff_name: "Jane Doe",
    form_key: await page.locator('[name="form_key"]').inputValue(),
  };
  const seen = await page.locator('input[name="job"]').evaluateAll((boxes) => boxes.map((box) => (box as HTMLInputElement).value)); // prettier-ignore
  const body = new URLSearchParams([...Object.entries(form), ...seen.map((job) => ["job", job])]).toString();
  const headers = { "Content-Type": "application/x-www-form-urlencoded", Origin: lab.url };
  const send = () => page.request.post(address, { data: body, headers, maxRedirects: 0 });
  const answers = await Promise.all([send(), send(), send()]);
  expect(answers.map((answer) => answer.status())).toEqual([303, 303, 303]);
  expect(new Set(answers.map((answer) => answer.headers().location)).size).toBe(1);
  await page.goto(answers[0]!.headers().location!);
  await expect(page.getByText("“Mark printing” is done for 2 jobs.")).toBeVisible();
  for (const job of jobs)
    expect((await events(lab, job)).filter((type) => type === "JobPrinting")).toHaveLength(1);
  // Other content under the same key is refused.
  const other = new URLSearchParams([...Object.entries(form), ["job", seen[0]!]]).toString();
  expect((await page.request.post(address, { data: other, headers, maxRedirects: 0 })).status()).toBe(400);
});

test("WCAG 2.4.11: the bar that stays in sight never covers what has the focus", async ({ page, lab }) => {
  const { name, jobs } = await readyJobs(page, lab, 4);
  await page.setViewportSize({ width: 700, height: 500 });
  await page.goto(listOf(name));
  await boxOf(page, jobs[0]!).check();
  const bar = page.locator("#several");
  await page.evaluate(() => window.scrollTo(0, 0));
  await expect(bar).toBeInViewport();
  await page.locator("body").press("Tab");
  const covered: string[] = [];
  for (let n = 0; n < 60; n++) {
    const found = await page.evaluate(() => {
      const focused = document.activeElement!;
      const bar = document.querySelector("#several")!;
      if (focused === document.body || bar.contains(focused)) return null;
      const [a, b] = [focused.getBoundingClientRect(), bar.getBoundingClientRect()];
      const over = a.bottom > b.top && a.top < b.bottom && a.right > b.left && a.left < b.right;
      return over ? `${focused.outerHTML.slice(0, 80)} ${a.top}–${a.bottom} under ${b.top}` : null;
    });
    if (found) covered.push(found);
    await page.keyboard.press(n < 45 ? "Tab" : "Shift+Tab");
  }
  expect(covered).toEqual([]);
});

test("the ticket: its code opens the job, and it is one A6 sheet or one label", async ({ page, lab }) => {
  const { name, jobs } = await readyJobs(page, lab, 1);
  const [job] = jobs as [Submission];
  await page.goto(`/dashboard/jobs/${job.id}`);
  await page.getByRole("link", { name: "Print ticket" }).click();
  for (const [size, media] of [
    ["A6 ticket", [105, 148]],
    ["62 mm label", [62, 90]],
  ] as const) {
    await page.getByRole("link", { name: size }).click();
    const ticket = page.getByRole("article", { name: `Ticket of job ${job.shortId}` });
    for (const text of [
      String(job.shortId),
      name,
      "My part (final).stl",
      "Prusa MK4S",
      "Blue",
      "$8.25",
      "3D Print Lab",
    ])
      await expect(ticket).toContainText(text);
    // By night too: the code is read from the pixels on the screen.
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await scan(page)).toBe(`${lab.url}/dashboard/jobs/${job.id}`);
    expect(await ticket.locator("[style]").count()).toBe(0);
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
    expect(pdf.match(/\/Type \/Page\b(?!s)/g)).toHaveLength(1);
    const box = /\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/
      .exec(pdf)!
      .slice(1)
      .map((pt) => (Number(pt) / 72) * 25.4);
    expect(Math.abs(box[0]! - media[0]) + Math.abs(box[1]! - media[1])).toBeLessThan(1);
  }
  expect((await page.goto("/dashboard/jobs/00000000-0000-4000-8000-000000000000/ticket"))?.status()).toBe(
    404,
  );
});

/** Reads the ticket's QR code off a screenshot. */
async function scan(page: Page): Promise<string> {
  const svg = page.getByRole("img", { name: /^QR code/ });
  const grid = Number((await svg.getAttribute("viewBox"))!.split(" ")[2]);
  const { width, height, rgba } = decodePng(await svg.screenshot(), "opaque");
  const dark = (x: number, y: number) => {
    const at = Math.floor(((y + 0.5) * height) / grid) * width + Math.floor(((x + 0.5) * width) / grid);
    return rgba[at * 4]! < 128;
  };
  const quiet = 4;
  return decodeQr(
    Array.from({ length: grid - 2 * quiet }, (_, y) =>
      Array.from({ length: grid - 2 * quiet }, (_, x) => dark(x + quiet, y + quiet)),
    ),
  );
}

test("the queue sheet has the jobs of the filter, and says so", async ({ page, lab }) => {
  const { name, jobs } = await readyJobs(page, lab, 2);
  await page.goto(`${listOf(name)}&printer=prusa_mk4s`);
  await page.getByRole("link", { name: "Queue sheet" }).click();
  await expect(page.getByText(`Only: search “${name}”; Prusa MK4S.`)).toBeVisible();
  const rows = page.locator("tbody tr");
  await expect(rows).toHaveCount(2);
  for (const job of jobs) {
    const row = rows.filter({ hasText: String(job.shortId) });
    for (const text of [name, "My part (final).stl", "Prusa MK4S", "Blue", "82.5 g", "3 h", /ago|just now/])
      await expect(row).toContainText(text);
  }
  await expect(page.getByText("2 jobs, 165 g, 6 h")).toBeVisible();
  await page.goto(`${listOf(name)}&printer=prusa_xl`);
  await page.goto(
    `/dashboard/print/queue?status=READYTOPRINT&search=${encodeURIComponent(name)}&printer=prusa_xl`,
  );
  await expect(page.getByText("No jobs.")).toBeVisible();
});
