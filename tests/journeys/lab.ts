/** What journeys share: one running system per project, and the moves of a student and of staff. */
import { expect, type Page, test as base } from "@playwright/test";
import { cubeStl } from "../support/models";
import { startSystem, type System } from "../support/system";

export const test = base.extend<{ student: Page }, { lab: System }>({
  lab: [
    async ({}, use) => {
      const lab = await startSystem();
      // Journeys come from one address and are many.
      await lab.setting("submissions_per_hour_per_student", 1000);
      await lab.setting("submissions_per_hour_per_address", 1000);
      await lab.setting("logins_per_hour", 1000);
      await use(lab);
      await lab.stop();
    },
    { scope: "worker", timeout: 90_000 },
  ],
  baseURL: async ({ lab }, use) => use(lab.url),
  /** A page that fails the test when a script throws or the console complains. */
  page: async ({ page }, use) => {
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      // A refused form answers 4xx on purpose; the browser notes that as an error too.
      if (message.type() === "error" && !/Failed to load resource/.test(message.text()))
        complaints.push(message.text());
    });
    await use(page);
    expect(complaints, "errors in the browser's console").toEqual([]);
  },
});

export { expect };

let count = 0;

/** A student nobody else in this run is. */
export function someStudent(): { name: string; email: string } {
  const n = `${process.pid}${++count}`;
  return { name: `Ada Nº${n} Lovelace`, email: `ada.${n}@example.edu` };
}

/** A model file no other test sends: a cube of another size each time. */
export function someModel(): { name: string; mimeType: string; buffer: Buffer } {
  return { name: "My part (final).stl", mimeType: "model/stl", buffer: cubeStl(10 + ++count / 100) };
}

/** Fills the submission form; the file comes last, as on the page. */
export async function fillSubmission(
  page: Page,
  values: Partial<Record<string, string>> & { name?: string; email?: string } = {},
  file: { name: string; mimeType: string; buffer: Buffer } | string | null = someModel(),
): Promise<void> {
  const student = someStudent();
  await page.locator('[name="student_name"]').fill(values.name ?? student.name);
  await page.locator('[name="student_email"]').fill(values.email ?? student.email);
  await page.locator('[name="discipline"]').selectOption(values.discipline ?? "Engineering");
  await page.locator('[name="class_number"]').fill(values.class_number ?? "ARCH 4000");
  await page.locator('[name="print_method"]').selectOption(values.print_method ?? "Filament");
  await page.locator('[name="color"]').selectOption(values.color ?? "blue");
  await page.locator('[name="printer"]').selectOption(values.printer ?? "prusa_mk4s");
  await page
    .locator('[name="acknowledged_minimum_charge"]')
    .selectOption(values.acknowledged_minimum_charge ?? "yes");
  if (file) await page.locator('[name="file"]').setInputFiles(file);
}

export interface Submission {
  id: string;
  shortId: number;
  name: string;
  email: string;
  trackPath: string;
}

/** Submits a model as a student and reads the success page. */
export async function submit(
  page: Page,
  lab: System,
  values: Parameters<typeof fillSubmission>[1] = {},
): Promise<Submission> {
  const student = { ...someStudent(), ...values };
  await page.goto("/submit");
  await fillSubmission(page, { ...values, name: student.name, email: student.email });
  await page.getByRole("button", { name: "Submit print request" }).click();
  await expect(page).toHaveURL(/\/submit\/success\?job=/);
  const [row] = await lab.sql<{ id: string; short_id: number }>(
    "SELECT id, short_id FROM jobs WHERE student_email = $1 ORDER BY created_at DESC LIMIT 1",
    [student.email],
  );
  await expect(page.getByText(String(row!.short_id)).first()).toBeVisible();
  const trackPath = await page.locator('a[href^="/track/"]').first().getAttribute("href");
  return {
    id: row!.id,
    shortId: row!.short_id,
    name: student.name,
    email: student.email,
    trackPath: trackPath!,
  };
}

/** Logs the front desk in, unless it is. */
export async function logIn(page: Page, workstation = "front-desk"): Promise<void> {
  await page.goto("/login");
  await page.locator('[name="workstation_id"]').selectOption(workstation);
  await page.locator('[name="password"]').fill(`${workstation}-demo`);
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page).toHaveURL(/\/dashboard/);
}

/** Opens an action's form from the job page, the way staff do: in a dialog with a script, else on its page. */
export async function begin(page: Page, job: { id: string }, action: string): Promise<void> {
  // Notes are written on the job page itself; their own page has a button of its own.
  await page.goto(`/dashboard/jobs/${job.id}${action === "notes" ? "/notes" : ""}`);
  const button = page.locator(`form[action="/dashboard/jobs/${job.id}/${action}"] button:visible`).first();
  if (!(await button.isVisible())) for (const more of await page.locator("summary").all()) await more.click();
  await button.click();
  await expect(page.locator("#decision")).toBeVisible();
}

/** Does one action from the job page to its visible result. */
export async function act(
  page: Page,
  job: { id: string },
  action: string,
  fields: Record<string, string> = {},
  as = "Jane Doe",
): Promise<void> {
  await begin(page, job, action);
  await fillAction(page, { staff_name: as, ...fields });
  await submitAction(page);
  await expect(page.locator("#decision")).toHaveCount(0);
}

/** Fills an action's form by field name. */
export async function fillAction(page: Page, fields: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(fields)) {
    const control = page.locator(`#decision [name="${name}"]:not([type="hidden"])`).first();
    const kind = await control.evaluate((element) =>
      element instanceof HTMLSelectElement ? "select" : (element as HTMLInputElement).type,
    );
    if (kind === "select") await control.selectOption(value);
    else if (kind === "radio" || kind === "checkbox")
      await page.locator(`#decision [name="${name}"][value="${value}"]`).check();
    else await control.fill(value);
  }
}

/** Presses the form's own button. */
export async function submitAction(page: Page): Promise<void> {
  await page.locator('#decision button[name="intent"][value="submit"]').click();
}

/** The event types of a job, oldest first. */
export async function events(lab: System, job: { id: string }): Promise<string[]> {
  const rows = await lab.sql<{ event_type: string }>(
    "SELECT event_type FROM events WHERE job_id = $1 ORDER BY id",
    [job.id],
  );
  return rows.map((row) => row.event_type);
}

export async function statusOf(lab: System, job: { id: string }): Promise<string> {
  return (await lab.sql<{ status: string }>("SELECT status FROM jobs WHERE id = $1", [job.id]))[0]!.status;
}
