/** Bad input: a sentence that says what to do, the right status, nothing half-written, everything typed kept. */
import { mkdir, readdir, writeFile } from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import type { Page } from "@playwright/test";
import { corpusF, noise, stored } from "../support/corpus-f";
import { cubeStl } from "../support/models";
import { box, meshXml, modelXml, objectXml } from "../support/solids";
import type { System } from "../support/system";
import {
  act,
  begin,
  expect,
  fillAction,
  fillSubmission,
  logIn,
  someModel,
  someStudent,
  statusOf,
  submit,
  submitAction,
  test,
} from "./lab";

/** What a refused request must leave as it was. */
async function traces(lab: System) {
  const [counts] = await lab.sql(
    `SELECT (SELECT count(*) FROM jobs) AS jobs, (SELECT count(*) FROM job_files) AS files,
            (SELECT count(*) FROM events) AS events, (SELECT count(*) FROM outbox) AS outbox`,
  );
  const uploaded = await readdir(path.join(lab.storage, "Uploaded"));
  return { counts, uploaded };
}

async function send(page: Page): Promise<number> {
  const [answer] = await Promise.all([
    page.waitForResponse(
      (response) => response.request().method() === "POST" && response.url().includes("/submit"),
    ),
    page.getByRole("button", { name: "Submit print request" }).click(),
  ]);
  return answer.status();
}

/** Too much for Playwright's own transport, so it lies on disk. */
async function onDisk(name: string, content: Buffer): Promise<string> {
  await mkdir(path.dirname(name), { recursive: true });
  await writeFile(name, content);
  return name;
}

/** Files that are no models, or broken or hostile ones, and words of the sentence that each gets. */
async function badFiles(): Promise<[file: { name: string; buffer: Buffer }, words: RegExp][]> {
  const corpus = await corpusF();
  const of = (name: string, words: RegExp): [{ name: string; buffer: Buffer }, RegExp] => [
    { name, buffer: corpus.find((file) => file.name === name)!.bytes },
    words,
  ];
  const xml = modelXml(objectXml(1, meshXml(box([10, 20, 30]))), `<item objectid="1"/>`);
  const locked = stored("3D/3dmodel.model", xml, { flags: 1, size: xml.length - 12 });
  return [
    of("cut-0.5.stl", /announces 12 triangles, which take 684 bytes, but the file has 342/),
    of("cut-in-facet.stl", /cut off: it ends in the middle of a triangle/),
    of("empty.stl", /is empty/),
    of("zeros.stl", /nothing but zeros/),
    of("lying-1000.stl", /announces 1000 triangles, which take 50084 bytes, but the file has 684/),
    of("nan.stl", /triangle 6 holds NaN or infinity/),
    of("png.stl", /really a PNG image/),
    of("exe.stl", /really a Windows program/),
    of("html.stl", /really a web page/),
    [{ name: "hello.obj", buffer: Buffer.from("hello ".repeat(100)) }, /is a text(?: file, not an OBJ|, not a 3D)/], // prettier-ignore
    of("bomb.3mf", /zip bomb/),
    [{ name: "locked.3mf", buffer: locked }, /protected with a password/],
    of("no-model.3mf", /a ZIP archive without a 3D model in it/),
    of("laughs.3mf", /declares a document type/),
    [{ name: "noise.stl", buffer: noise(50 * 1024 * 1024) }, /none of the model formats that we can read/],
  ];
}

test("R17 R18 R19: what is no sound model gets a sentence of its own, and what was typed stays", async ({
  page,
  lab,
}, testInfo) => {
  const before = await traces(lab);
  await page.goto("/submit");
  const student = someStudent();
  await fillSubmission(page, student, null);
  const posts: string[] = [];
  page.on("request", (request) => request.method() === "POST" && posts.push(request.url()));
  const scripted = testInfo.project.use.javaScriptEnabled;
  const sentences = new Set<string>();
  const files = await badFiles();
  for (const [{ name, buffer }, words] of files) {
    await page
      .locator('[name="file"]')
      .setInputFiles(
        buffer.length > 10_000_000
          ? await onDisk(testInfo.outputPath(name), buffer)
          : { name, mimeType: "application/octet-stream", buffer },
      );
    // With JavaScript the browser reads it and says so at once; without, the server does.
    if (!scripted) expect(await send(page), name).toBe(400);
    await expect(page.locator("#file-error"), name).toContainText(words);
    sentences.add((await page.locator("#file-error").innerText()).replaceAll(name, ""));
  }
  expect(sentences.size).toBe(files.length);
  if (scripted) {
    await page.getByRole("button", { name: "Submit print request" }).click();
    await expect(page.getByRole("alert").getByText(/none of the model formats/)).toBeVisible();
    expect(posts).toEqual([]);
  }
  await expect(page.locator('[name="student_name"]')).toHaveValue(student.name);
  await expect(page.locator('[name="class_number"]')).toHaveValue("ARCH 4000");
  await expect(page.locator('[name="color"]')).toHaveValue("blue");
  await expect(page.locator('[name="acknowledged_minimum_charge"]')).toHaveValue("yes");
  expect(await traces(lab)).toEqual(before);
  await expect.poll(() => readdir(path.join(lab.storage, ".incoming"))).toEqual([]);
});

test("R17: 51 MiB is refused before it is kept", async ({ page, lab }, testInfo) => {
  const before = await traces(lab);
  await page.goto("/submit");
  const student = someStudent();
  const huge = await onDisk(testInfo.outputPath("huge.stl"), Buffer.alloc(51 * 1024 * 1024, 1));
  await fillSubmission(page, student, huge);
  // With JavaScript the browser sees the size by itself and sends nothing.
  if (!testInfo.project.use.javaScriptEnabled) expect(await send(page)).toBe(413);
  await expect(page.locator("#file-error")).toContainText(/50 MB/);
  await expect(page.locator('[name="student_name"]')).toHaveValue(student.name);
  expect(await traces(lab)).toEqual(before);
  await expect.poll(() => readdir(path.join(lab.storage, ".incoming"))).toEqual([]);
});

test("every field's own message; a name of 101 characters; No to the minimum charge", async ({
  page,
  lab,
}) => {
  const before = await traces(lab);
  await page.goto("/submit");
  await page.getByRole("button", { name: "Submit print request" }).click();
  await expect(page.getByRole("alert").first()).toBeVisible();
  await expect(page).toHaveTitle(/^Error: /);
  for (const words of [
    /Enter your name/,
    /Enter your e-mail address/,
    /class number/,
    /minimum charge/,
    /file/i,
  ])
    await expect(page.getByText(words).first()).toBeVisible();

  await fillSubmission(page, { name: "x".repeat(101), acknowledged_minimum_charge: "no" });
  await page.getByRole("button", { name: "Submit print request" }).click();
  await expect(page.getByText("Shorten your name to 100 characters or fewer.").first()).toBeVisible();
  await expect(page.getByText(/only print for students who accept the minimum charge/).first()).toBeVisible();
  await expect(page.locator('[name="student_name"]')).toHaveValue("x".repeat(101));
  expect(await traces(lab)).toEqual(before);
});

test("a color that the method does not have", async ({ page, lab }, testInfo) => {
  const before = await traces(lab);
  await page.goto("/submit");
  if (testInfo.project.use.javaScriptEnabled) {
    // The list offers only what goes with the method, and nothing before one is chosen.
    await expect(page.locator('[name="color"]')).toBeDisabled();
    await page.locator('[name="print_method"]').selectOption("Resin");
    await expect(page.locator('[name="color"]')).toBeEnabled();
    await expect(page.locator('[name="color"] option[value="resin-clear"]')).toHaveCount(1);
    await expect(page.locator('[name="color"] option[value="blue"]')).toHaveCount(0);
    return;
  }
  await fillSubmission(page, { print_method: "Resin", color: "blue", printer: "formlabs_form3" });
  expect(await send(page)).toBe(400);
  await expect(page.getByText("Resin printing does not offer that color.").first()).toBeVisible();
  await expect(page.locator('[name="print_method"]')).toHaveValue("Resin");
  expect(await traces(lab)).toEqual(before);
});

test("a printer that was switched off while the form was open", async ({ page, lab }) => {
  await page.goto("/submit");
  await fillSubmission(page, { printer: "prusa_xl" });
  await lab.sql(`INSERT INTO catalog_versions (version, data, updated_by)
    SELECT version + 1, jsonb_set(data, '{printers,1,active}', 'false'), 'test' FROM catalog_versions ORDER BY version DESC LIMIT 1`);
  const before = await traces(lab);
  expect(await send(page)).toBe(400);
  await expect(
    page.getByText("The Prusa XL has been taken out of service. Choose another printer.").first(),
  ).toBeVisible();
  expect(await traces(lab)).toEqual(before);
  await lab.sql(`INSERT INTO catalog_versions (version, data, updated_by)
    SELECT version + 1, jsonb_set(data, '{printers,1,active}', 'true'), 'test' FROM catalog_versions ORDER BY version DESC LIMIT 1`);
});

test("R12 R13: posted twice, the same file again, and another copy on purpose", async ({ page, lab }) => {
  const student = someStudent();
  const file = someModel();
  await page.goto("/submit");
  await fillSubmission(page, student, file);
  const key = await page.locator('[name="form_key"]').inputValue();
  const consent_version = await page.locator('[name="consent_version"]').inputValue();
  expect(await send(page)).toBeLessThan(400);
  await expect(page).toHaveURL(/\/submit\/success/);
  const first = page.url();

  // The very same form again, as a double press or the back button sends it.
  const form = new FormData();
  const values = {
    form_key: key,
    consent_version,
    student_name: student.name,
    student_email: student.email,
    discipline: "Engineering",
    class_number: "ARCH 4000",
    print_method: "Filament",
    color: "blue",
    printer: "prusa_mk4s",
    acknowledged_minimum_charge: "yes",
  };
  for (const [name, value] of Object.entries(values)) form.append(name, value);
  form.append("file", new Blob([new Uint8Array(file.buffer)]), file.name);
  const repeated = await fetch(`${lab.url}/submit`, {
    method: "POST",
    body: form,
    redirect: "manual",
    headers: { Origin: lab.url },
  });
  expect(repeated.status).toBe(303);
  expect(new URL(repeated.headers.get("location")!, lab.url).href).toBe(first);

  // A new form with the same file and options.
  await page.goto("/submit");
  await fillSubmission(page, { ...student, email: student.email.toUpperCase() }, file);
  expect(await send(page)).toBe(409);
  await expect(page.getByText(/An identical active job has already been submitted/).first()).toBeVisible();

  // The same file in another color: asked once.
  await page.goto("/submit");
  await fillSubmission(page, { ...student, color: "black" }, file);
  expect(await send(page)).toBe(409);
  await expect(page.getByText(/You have already sent this file/).first()).toBeVisible();
  await page.locator('[name="another_copy"]').check();
  if (
    (await page.locator('[name="file"]').evaluate((input) => (input as HTMLInputElement).files!.length)) === 0
  )
    await page.locator('[name="file"]').setInputFiles(file);
  expect(await send(page)).toBeLessThan(400);
  await expect(page).toHaveURL(/\/submit\/success/);
  expect(
    await lab.sql("SELECT color FROM jobs WHERE lower(student_email) = lower($1) ORDER BY created_at", [
      student.email,
    ]),
  ).toEqual([{ color: "blue" }, { color: "black" }]);
});

test("R11: a stale job page gets a conflict that keeps what was typed", async ({
  page,
  lab,
  browser,
}, testInfo) => {
  const job = await submit(page, lab);
  await logIn(page);
  await begin(page, job, "reject");
  await fillAction(page, { staff_name: "Jane Doe", custom_reason: "Typed with care." });
  // Meanwhile an administrator releases the lock and somebody else approves.
  await lab.sql(
    "UPDATE jobs SET lock_key = NULL, lock_session = NULL, locked_by = NULL, locked_until = NULL WHERE id = $1",
    [job.id],
  );
  const other = await browser.newContext({
    javaScriptEnabled: testInfo.project.use.javaScriptEnabled,
    baseURL: lab.url,
  });
  const colleague = await other.newPage();
  await logIn(colleague, "print-room");
  await act(colleague, job, "approve", { weight_g: "40", time_hours: "2" }, "Sam Rivera");
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.request().method() === "POST"),
    submitAction(page),
  ]);
  expect(answer.status()).toBe(409);
  await expect(page.getByText(/has changed by Sam Rivera/).first()).toBeVisible();
  // Beside it the job as it is now; whoever uses the keys is there.
  await expect(page.locator(".decision-notice")).toContainText(/Now:\s*Pending/);
  if (testInfo.project.use.javaScriptEnabled) await expect(page.locator(".decision-notice")).toBeFocused();
  await expect(page.locator('[name="custom_reason"]').first()).toHaveValue("Typed with care.");
  expect(await statusOf(lab, job)).toBe("PENDING");
  await other.close();
});

test("a job that somebody else holds says who and until when", async ({ page, lab, browser }, testInfo) => {
  const job = await submit(page, lab);
  const other = await browser.newContext({
    javaScriptEnabled: testInfo.project.use.javaScriptEnabled,
    baseURL: lab.url,
  });
  const colleague = await other.newPage();
  await logIn(colleague, "print-room");
  await begin(colleague, job, "approve");
  await logIn(page);
  await page.goto(`/dashboard/jobs/${job.id}`);
  await expect(page.getByText(/Print Room/).first()).toBeVisible();
  await expect(page.locator(`form[action="/dashboard/jobs/${job.id}/approve"] button:enabled`)).toHaveCount(
    0,
  );
  // Whoever asks all the same, by a page opened before or by hand, is told who has it and until when.
  const answer = await page.request.post(`/dashboard/jobs/${job.id}/approve`, {
    headers: { Origin: lab.url },
    form: { intent: "start" },
  });
  expect(answer.status()).toBe(409);
  expect(await answer.text()).toMatch(/being edited by Print Room until/);
  await other.close();
});

test("R23: a tampered cookie is no session; deep links survive the log-in; log-out ends it", async ({
  page,
  context,
  lab,
}) => {
  // Other journeys of this lab may have left that workstation logged in.
  const [begun] = await lab.sql<{ at: string }>("SELECT now()::text AS at");
  await logIn(page);
  const [cookie] = (await context.cookies()).filter((c) => c.name === "printdesk");
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax" });
  const value = cookie!.value;
  await context.addCookies([
    { ...cookie!, value: value.slice(0, -4) + (value.endsWith("AAAA") ? "BBBB" : "AAAA") },
  ]);
  await page.goto("/dashboard?status=PENDING");
  await expect(page).toHaveURL(/\/login\?next=%2Fdashboard%3Fstatus%3DPENDING/);
  await page.locator('[name="workstation_id"]').selectOption("back-office");
  await page.locator('[name="password"]').fill("wrong");
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByText("Invalid workstation ID or password").first()).toBeVisible();
  await page.locator('[name="password"]').fill("back-office-demo");
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page).toHaveURL(/\/dashboard\?status=PENDING/);
  const live = (await context.cookies()).find((c) => c.name === "printdesk")!;
  await page.getByRole("button", { name: "Log out" }).first().click();
  await expect(page).toHaveURL(/\/login/);
  // The old cookie, put back, opens nothing: the session ended on the server.
  await context.addCookies([live]);
  await page.goto("/dashboard");
  await expect(page).toHaveURL(/\/login/);
  expect(
    await lab.sql(
      "SELECT 1 FROM workstation_sessions WHERE workstation_id = 'back-office' AND ended_at IS NULL AND created_at > $1",
      [begun!.at],
    ),
  ).toEqual([]);
});

test("R24: too many log-ins, and too many submissions, say when to come back", async ({ page, lab }) => {
  await lab.setting("logins_per_hour", 1);
  await lab.sql("DELETE FROM rate_limits");
  await page.goto("/login");
  for (let i = 0; i < 2; i++) {
    await page.locator('[name="workstation_id"]').selectOption("front-desk");
    await page.locator('[name="password"]').fill("wrong");
    await page.getByRole("button", { name: "Log in" }).click();
    await expect(page.getByRole("alert").first()).toBeVisible();
  }
  await expect(page.getByText(/Please try again in \d+ minutes?/).first()).toBeVisible();
  await lab.setting("logins_per_hour", 1000);

  await lab.setting("submissions_per_hour_per_student", 1);
  await lab.sql("DELETE FROM rate_limits");
  const student = someStudent();
  await submit(page, lab, student);
  await page.goto("/submit");
  await fillSubmission(page, student);
  expect(await send(page)).toBe(429);
  await expect(page.getByText(/Submission limit exceeded/).first()).toBeVisible();
  await lab.setting("submissions_per_hour_per_student", 1000);
});

test("R26: a form from elsewhere is refused; a body that ends early leaves nothing", async ({ lab }) => {
  const before = await traces(lab);
  for (const headers of [
    { "Sec-Fetch-Site": "cross-site", Origin: "https://evil.example" },
    { "Sec-Fetch-Site": "same-site", Origin: "http://other.localhost" },
    { Origin: "null" },
    {},
  ] as Record<string, string>[]) {
    for (const url of ["/submit", "/login", "/logout", "/dashboard/jobs/x/approve"]) {
      const answer = await fetch(lab.url + url, {
        method: "POST",
        headers,
        body: new URLSearchParams({ a: "b" }),
      });
      expect(answer.status, `${url} with ${JSON.stringify(headers)}`).toBe(403);
      expect(await answer.text()).toContain("did not come from our own pages");
    }
  }
  const { port } = new URL(lab.url);
  const head = [
    "POST /submit HTTP/1.1",
    `Host: localhost:${port}`,
    `Origin: ${lab.url}`,
    "Content-Type: multipart/form-data; boundary=xyz",
    "Content-Length: 100000",
    "",
    '--xyz\r\nContent-Disposition: form-data; name="file"; filename="a.stl"\r\n\r\n',
  ].join("\r\n");
  await new Promise<void>((resolve) => {
    const socket = net.connect(Number(port), "localhost", () => {
      socket.write(head);
      socket.write(cubeStl(10));
      setTimeout(() => socket.destroy(), 300);
    });
    socket.on("close", () => resolve());
  });
  await expect.poll(() => readdir(path.join(lab.storage, ".incoming"))).toEqual([]);
  expect(await traces(lab)).toEqual(before);
});

test("pages that are not there, and staff pages without a log-in", async ({ page, lab }) => {
  const missing = await page.goto("/no/such/page");
  expect(missing?.status()).toBe(404);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByText("3D Print Lab").first()).toBeVisible();
  for (const guarded of [
    "/dashboard",
    "/dashboard/jobs/00000000-0000-4000-8000-000000000000",
    "/dev/mailbox",
  ]) {
    await page.goto(guarded);
    if (guarded !== "/dev/mailbox") await expect(page).toHaveURL(/\/login/);
  }
  await logIn(page);
  for (const id of ["00000000-0000-4000-8000-000000000000", "1001", "..%2f..%2fetc"]) {
    const answer = await page.goto(`/dashboard/jobs/${id}`);
    expect(answer?.status(), id).toBe(404);
  }
  const robots = await fetch(`${lab.url}/robots.txt`);
  expect(await robots.text()).toContain("Disallow: /");
  const health = await fetch(`${lab.url}/api/v1/health`);
  expect(health.status).toBe(200);
  expect(await health.json()).toMatchObject({
    status: "ok",
    components: { database: "ok", workers: "ok", queue: "ok" },
  });
});
