/** The board with a script: decisions over the list, news without losing one's place, keys, sound, two at once. */
import { gzipSync } from "node:zlib";
import type { BrowserContext, Locator, Page } from "@playwright/test";
import {
  begin,
  events,
  expect,
  fillAction,
  logIn,
  someModel,
  statusOf,
  submit,
  submitAction,
  test,
} from "./lab";

/** Another computer of the lab, logged in and at the list. */
async function colleagueAt(page: Page, workstation: string): Promise<{ desk: BrowserContext; page: Page }> {
  const desk = await page
    .context()
    .browser()!
    .newContext({ baseURL: new URL(page.url()).origin });
  const other = await desk.newPage();
  await atTheBoard(other, workstation);
  return { desk, page: other };
}

/** At the list, with its script at work: before that, buttons lead to pages. */
async function atTheBoard(page: Page, workstation?: string): Promise<void> {
  await logIn(page, workstation);
  await expect(page.getByRole("button", { name: "Refresh" })).toBeVisible();
}

const card = (page: Page, job: { id: string }) => page.locator(`[data-job="${job.id}"]`);

test("a decision opens over the list, traps and gives back the focus, and closes with Escape", async ({
  page,
  lab,
}) => {
  const job = await submit(page, lab);
  await atTheBoard(page);
  const button = card(page, job).getByRole("button", { name: "Approve" });
  await button.focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await expect(dialog.locator("#decision")).toBeVisible();
  await expect(page).toHaveURL(/\/dashboard(\?|$)/);
  for (let n = 0; n < 25; n++) {
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.closest('[role="dialog"]') !== null)).toBe(true);
  }
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(button).toBeFocused();
  await expect.poll(() => lab.sql("SELECT locked_by FROM jobs WHERE id = $1", [job.id])).toEqual([{ locked_by: null }]); // prettier-ignore
});

test("what is refused keeps what was typed; what is done leaves the list with a word about it", async ({
  page,
  lab,
}) => {
  const job = await submit(page, lab);
  await atTheBoard(page);
  await card(page, job).getByRole("button", { name: "Approve" }).click();
  await fillAction(page, { staff_name: "Jane Doe", weight_g: "many", time_hours: "2" });
  await submitAction(page);
  await expect(page.getByRole("dialog").getByRole("alert")).toContainText("weight");
  // Told once, in the dialog: nothing lies over the form.
  await expect(page.locator(".toast")).toHaveCount(0);
  await expect(page.locator('#decision [name="weight_g"]')).toHaveValue("many");
  // A link of the summary leads to its field and leaves the address alone.
  const address = page.url();
  await page.locator('[role="dialog"] a[href="#weight_g"]').click();
  await expect(page.locator('#decision [name="weight_g"]')).toBeFocused();
  expect(page.url()).toBe(address);
  await fillAction(page, { weight_g: "25" });
  // The server away, and the session over: said beside the button, and everything stays.
  const alert = page.getByRole("dialog").getByRole("alert").last();
  await page.context().setOffline(true);
  await submitAction(page);
  await expect(alert).toContainText("The server did not answer");
  await page.context().setOffline(false);
  const cookies = await page.context().cookies();
  await page.context().clearCookies();
  await submitAction(page);
  await expect(alert).toContainText("This workstation is logged out");
  await page.context().addCookies(cookies);
  await submitAction(page);
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByText(`Job ${job.shortId}: Approved. The student gets the price`)).toBeVisible();
  await expect(card(page, job)).toHaveCount(0);
  expect(await events(lab, job)).toEqual(["JobCreated", "JobApproved"]);
});

test("a colleague's hold is told with name and time, nothing can be pressed, and it can be taken by force", async ({
  page,
  lab,
}) => {
  const job = await submit(page, lab);
  await atTheBoard(page);
  const { desk, page: other } = await colleagueAt(page, "print-room");
  await begin(page, job, "reject");
  await fillAction(page, { staff_name: "Jane Doe" });
  await expect.poll(() => lab.sql("SELECT locked_by FROM jobs WHERE id = $1", [job.id])).toEqual([{ locked_by: "Jane Doe (Front Desk)" }]); // prettier-ignore
  // The colleague's list is from before.
  await card(other, job).getByRole("button", { name: "Approve" }).click();
  await expect(other.getByRole("dialog")).toContainText(/being edited by Jane Doe \(Front Desk\) until \d\d:\d\d/); // prettier-ignore
  await expect(other.locator("#decision")).toHaveCount(0);
  await other.keyboard.press("Escape");
  await expect(card(other, job)).toContainText("Held by Jane Doe (Front Desk)");
  await expect(card(other, job).getByRole("button", { name: "Approve" })).toBeDisabled();
  await desk.close();
  // Decided with a stale page: the form says so and keeps what was typed.
  await lab.sql("UPDATE jobs SET version = version + 1, staff_viewed_at = now() WHERE id = $1", [job.id]);
  await fillAction(page, { reasons: "thin_walls" });
  await submitAction(page);
  await expect(page.getByText("What you had typed")).toBeVisible();
  expect(await statusOf(lab, job)).toBe("UPLOADED");
});

test("news arrive by themselves: title, sound, badge; what is being typed stays", async ({ page, lab }) => {
  await atTheBoard(page);
  await page.locator("#search").pressSequentially("no such");
  await expect(page).toHaveURL(/search=no\+such/);
  await expect(page.locator("#search")).toBeFocused();
  await page.goto("/dashboard");
  const before = await page.title();
  const student = await (await page.context().browser()!.newContext({ baseURL: lab.url })).newPage();
  const job = await submit(student, lab);
  await student.context().close();
  await page.locator("#search").focus();
  await page.getByRole("button", { name: "Refresh" }).click();
  await expect(card(page, job)).toBeVisible();
  expect(await page.title()).not.toBe(before);
  await expect(page.locator("html")).toHaveAttribute("data-rang", String(job.shortId));
  await expect(card(page, job)).toContainText("NEW");
  // Nothing new: the answer is empty.
  const quiet = page.waitForResponse((answer) => answer.url().endsWith("/dashboard/stamp"));
  await page.getByRole("button", { name: "Refresh" }).click();
  expect((await quiet).status()).toBe(304);
});

test("the server away is told, and found again", async ({ page, lab }) => {
  await atTheBoard(page);
  await page.route("**/dashboard/stamp", (route) => route.abort());
  await page.getByRole("button", { name: "Refresh" }).click();
  await expect(page.getByText("The server does not answer; trying again.")).toBeVisible();
  await page.unroute("**/dashboard/stamp");
  // It tries by itself, after five seconds at first.
  await expect(page.getByText("The server does not answer; trying again.")).toBeHidden({ timeout: 60_000 });
  expect(lab.url).toContain("http");
});

test("by keyboard alone: from the list to a decision and back", async ({ page, lab }) => {
  const job = await submit(page, lab);
  await atTheBoard(page);
  await page.keyboard.press("/");
  await expect(page.locator("#search")).toBeFocused();
  await page.keyboard.type(String(job.shortId));
  await expect(page.locator("[data-job]")).toHaveCount(1);
  await page.locator("h1").click();
  await page.keyboard.press("j");
  await expect(card(page, job).locator("[data-job-link]")).toBeFocused();
  await page.keyboard.press("Shift+?");
  await expect(page.getByRole("dialog")).toContainText("Next job");
  await page.keyboard.press("Escape");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/dashboard/jobs/${job.id}$`));
});

/** Presses Tab until the control has the focus, as somebody without a mouse does. */
async function tabTo(page: Page, control: Locator): Promise<void> {
  for (let n = 0; n < 200; n++) {
    if (await control.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error("The control cannot be reached by keyboard.");
}

test("the whole life of a job by keyboard alone", async ({ page, lab }) => {
  test.slow();
  await lab.setting("completion_mail_delay_minutes", 0);
  const into = async (name: string, text: string) => {
    await tabTo(page, page.locator(`[name="${name}"]:not([type="hidden"])`).first());
    await page.keyboard.type(text);
  };
  const press = async (control: Locator) => {
    await tabTo(page, control);
    await page.keyboard.press("Enter");
  };
  await page.goto("/submit");
  await into("student_name", "Key Board");
  await into("student_email", "key.board@example.edu");
  await into("discipline", "Art");
  await into("class_number", "N/A");
  await into("print_method", "Fil");
  await into("color", "Blue");
  await into("printer", "Prusa X");
  await into("acknowledged_minimum_charge", "Yes");
  const chooser = page.waitForEvent("filechooser");
  await press(page.locator('[name="file"]'));
  await (await chooser).setFiles(someModel());
  await expect(page.locator(".model-panel")).toContainText("mm");
  await press(page.getByRole("button", { name: "Submit print request" }));
  await expect(page).toHaveURL(/\/submit\/success/);
  const [row] = await lab.sql<{ id: string }>(
    "SELECT id FROM jobs WHERE student_email = 'key.board@example.edu'",
  );
  const job = row!;

  await page.goto("/login");
  await into("workstation_id", "Front");
  await into("password", "front-desk-demo");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Refresh" })).toBeVisible();
  const decide = async (status: string, button: string, fields: Record<string, string>) => {
    await page.goto(`/dashboard?status=${status}`);
    await expect(page.getByRole("button", { name: "Refresh" })).toBeVisible();
    await press(card(page, job).getByRole("button", { name: button, exact: true }));
    await expect(page.getByRole("dialog").locator("#decision")).toBeVisible();
    for (const [name, text] of Object.entries({ staff_name: "Jane", ...fields })) await into(name, text);
    await press(page.locator('#decision button[value="submit"]'));
    await expect(page.getByRole("dialog")).toHaveCount(0);
  };
  await decide("UPLOADED", "Approve", { weight_g: "20", time_hours: "2" });
  const letter = await lab.letter("key.board@example.edu", /please confirm/);
  await page.goto(/https?:\/\/\S+\/confirm\/\S+/.exec(letter.text ?? "")![0]);
  await press(page.getByRole("button", { name: "Confirm and print" }));
  await expect(page).toHaveURL(/\/track\//);
  await decide("READYTOPRINT", "Mark printing", {});
  await decide("PRINTING", "Mark complete", {});
  await decide("COMPLETED", "Take payment & hand over", { grams: "19", txn_no: "KEYS-1" });
  expect(await statusOf(lab, job)).toBe("PAIDPICKEDUP");
});

test("the board's scripts weigh less than 200 kB, and its first view needs one stylesheet", async ({
  page,
  lab,
}) => {
  await logIn(page);
  const loaded: string[] = [];
  page.on("request", (request) => loaded.push(request.url()));
  await page.goto("/dashboard", { waitUntil: "networkidle" });
  // Asked for twice (preloaded, then imported), sent once.
  const scripts = [...new Set(loaded)].filter((url) => /\.js$/.test(url));
  const sizes = await Promise.all(
    scripts.map(async (url) => gzipSync(Buffer.from(await (await fetch(url)).arrayBuffer())).length),
  );
  expect(scripts.length).toBeGreaterThan(3);
  expect(sizes.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(200_000);
  const plain = await page
    .context()
    .browser()!
    .newContext({
      javaScriptEnabled: false,
      baseURL: lab.url,
      storageState: await page.context().storageState(),
    });
  const bare = await plain.newPage();
  const asked: string[] = [];
  // What is preloaded for scripts holds nothing up.
  bare.on("request", (request) => asked.push(request.resourceType()));
  await bare.goto("/dashboard?status=ARCHIVED");
  expect(asked.filter((type) => !["image", "script", "other"].includes(type)).sort()).toEqual([
    "document",
    "stylesheet",
  ]);
  await plain.close();
});
