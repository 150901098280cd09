/** What is promised in docs/security.md and only the running product can show. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { act, expect, logIn, submit, test } from "./lab";

const HEADERS = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "same-origin",
};

test("R27: every kind of answer carries the headers; scripts need a nonce that is new each time", async ({
  lab,
}) => {
  const nonces = new Set<string>();
  for (const address of [
    "/submit",
    "/login",
    "/no/such/page",
    "/track/x",
    "/confirm/x",
    "/api/v1/health",
    "/favicon.svg",
    "/%E0%A4%A",
    "/healthz",
  ]) {
    const answer = await fetch(lab.url + address, { redirect: "manual" });
    for (const [name, value] of Object.entries(HEADERS))
      expect(answer.headers.get(name), `${address} ${name}`).toBe(value);
    expect(answer.headers.get("x-powered-by"), address).toBeNull();
    expect(answer.headers.get("x-request-id"), address).toMatch(/^[0-9a-f-]{36}$/);
    const policy = answer.headers.get("content-security-policy")!;
    const nonce = /script-src 'self' 'nonce-([^']+)'/.exec(policy)?.[1];
    expect(nonce, address).toBeTruthy();
    nonces.add(nonce!);
    expect(policy, address).not.toContain("unsafe");
    for (const part of [
      "default-src 'self'",
      "object-src 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
      "form-action 'self'",
      "script-src-attr 'none'",
    ])
      expect(policy, address).toContain(part);
    if (!answer.headers.get("content-type")?.includes("html")) continue;
    const html = await answer.text();
    // No inline left-overs: every script has the nonce or a source, no style and no handler stands in the markup.
    for (const [tag] of html.matchAll(/<script\b[^>]*>/g))
      expect(tag, address).toMatch(/nonce=|src="\/assets/);
    expect(html, address).not.toMatch(/<style\b|\sstyle=|\son[a-z]+=|javascript:/i);
  }
  expect(nonces.size).toBe(9);
});

test("R27: what people type is text everywhere, and no script of theirs runs", async ({ page, lab }) => {
  let ran = false;
  page.on("dialog", (dialog) => {
    ran = true;
    void dialog.dismiss();
  });
  const evil = `<img src=x onerror=alert(1)>"'><script>alert(2)</script>`;
  const job = await submit(page, lab, { name: evil.slice(0, 95), class_number: "<svg/onload=alert(3)>" });
  await page.goto(job.trackPath);
  await logIn(page);
  for (const address of [
    "/dashboard?status=UPLOADED",
    `/dashboard?status=UPLOADED&view=table&search=${encodeURIComponent("<img src=x")}`,
    `/dashboard/jobs/${job.id}`,
    `/dashboard/jobs/${job.id}/ticket`,
    "/dashboard/print/queue?status=UPLOADED",
  ]) {
    await page.goto(address);
    await expect(page.locator("body"), address).toContainText(
      address.includes("print/queue") || address.includes("ticket") ? String(job.shortId) : "<img src=x",
    );
  }
  expect(ran).toBe(false);
});

test("R21: a student's file leaves as a download of bytes, never as a page", async ({ page, lab }) => {
  const job = await submit(page, lab);
  const { status, stem } = await lab.folder(job.shortId);
  await writeFile(path.join(lab.storage, status, stem, "evil.html"), "<script>alert(1)</script>");
  await logIn(page);
  for (const name of [`${stem}.stl`, "evil.html"]) {
    const answer = await page.request.get(`/dashboard/jobs/${job.id}/file/${name}?staff_name=Jane+Doe`);
    expect(answer.headers(), name).toMatchObject({
      "content-type": "application/octet-stream",
      "content-disposition": expect.stringMatching(/^attachment; filename="/),
      "x-content-type-options": "nosniff",
    });
  }
  // The storage itself is no part of the site.
  for (const address of [
    `/storage/${status}/${stem}/${stem}.stl`,
    `/${status}/${stem}/${stem}.stl`,
    `/assets/..%2f..%2f..%2fstorage/${status}/${stem}/${stem}.stl`,
    "/.incoming/",
    "/data/secret.key",
  ])
    expect((await fetch(lab.url + address)).status, address).toBe(404);
});

test("R17: every id leads to its own thing, to nothing, or to the log-in", async ({ page, lab }) => {
  const mine = await submit(page, lab);
  const other = await submit(page, lab);
  // A student's links open one job; another one's, or a bare id, open none.
  const [, , reference] = mine.trackPath.split("/");
  for (const id of [other.id, String(other.shortId), `${reference!.slice(0, -3)}AAA`, `${reference}x`]) {
    const answer = await fetch(`${lab.url}/track/${id}`);
    expect(await answer.text(), id).not.toContain(other.email);
    expect(answer.status, id).toBeGreaterThanOrEqual(400);
    expect((await fetch(`${lab.url}/track/${id}/picture/512`)).status, id).toBe(404);
  }
  const shown = await (await fetch(lab.url + mine.trackPath)).text();
  expect(shown).not.toContain(other.email);
  // Staff pages and files ask who is there before they say whether there is such a thing.
  for (const address of [
    `/dashboard/jobs/${mine.id}`,
    `/dashboard/jobs/${mine.id}/approve`,
    `/dashboard/jobs/${mine.id}/file/a.stl`,
    `/pictures/${"a".repeat(64)}-512.png`,
    "/admin/health",
    "/admin/health/alerts",
    "/dashboard/stamp",
  ]) {
    const answer = await fetch(lab.url + address, { redirect: "manual" });
    expect([302, 401], address).toContain(answer.status);
  }
  for (const [method, address] of [
    ["GET", "admin/audit/report"],
    ["GET", "monitoring/health"],
    ["GET", "monitoring/metrics/all"],
    ["GET", "monitoring/history"],
    ["POST", "monitoring/alerts/acknowledge"],
  ] as const)
    expect((await fetch(`${lab.url}/api/v1/${address}`, { method })).status, address).toBe(401);
  expect((await fetch(`${lab.url}/metrics`)).status).toBe(404);
  // A file of another job, or of none, is not in this one.
  await logIn(page);
  const { stem } = await lab.folder(other.shortId);
  for (const name of [`${stem}.stl`, "..%2f..%2fUploaded", "metadata.json%00"])
    expect(
      (await page.request.get(`/dashboard/jobs/${mine.id}/file/${name}?staff_name=Jane+Doe`)).status(),
      name,
    ).toBeGreaterThanOrEqual(400);
  for (const id of ["x", "%00", mine.id.replace(/.$/, "g"), "00000000-0000-4000-8000-000000000000"]) {
    const answer = await page.request.post("/admin/health/alerts", {
      headers: { Origin: lab.url },
      form: { alert: id, staff_name: "Jane Doe" },
    });
    expect(answer.status(), id).toBe(404);
  }
});

/** Pages that anybody may open; each other one asks who is there before it answers anything. */
const PUBLIC = [
  "/", "/submit", "/submit/success", "/confirm/:token", "/confirm/expired", "/track/:reference", "/track/:reference/picture/:width",
  "/login", "/logout", "/refused", "/logo/:sha", "/browser-errors", "/healthz", "/readyz", "/metrics", "/robots.txt", "/api/docs",
  "/dev/mailbox", "/dev/mailbox/:id", "/dev/mailbox/:id/html",
]; // prettier-ignore
/** Only take a form, or send on to a page that asks. */
const FORM_ONLY = ["at-once", "lock", "opened"].map((name) => `/dashboard/jobs/:id/${name}`);

test("R23: every page that is not said to be public asks for the log-in, also of a form", async ({ lab }) => {
  const built = path.resolve("build/remix/server/index.js");
  const { routes } = (await import(built)) as {
    routes: Record<string, { path?: string; parentId?: string }>;
  };
  const addressOf = (id: string): string =>
    [routes[id]!.parentId ? addressOf(routes[id]!.parentId!) : "", routes[id]!.path ?? ""].filter(Boolean).join("/"); // prettier-ignore
  const all = Object.keys(routes).map((id) => `/${addressOf(id)}`);
  const guarded = all.filter((one) => !PUBLIC.includes(one) && !one.includes("*"));
  expect(guarded.length).toBeGreaterThan(60);
  expect(PUBLIC.filter((one) => !all.includes(one))).toEqual([]);
  for (const pattern of guarded) {
    const address = pattern
      .replace(":kind", "printers")
      .replace(/:(id|key)/, "00000000-0000-4000-8000-000000000000")
      .replace(/:\w+/g, "x");
    const send = async (method: string, headers: Record<string, string> = {}) => {
      const answer = await fetch(lab.url + address, {
        method,
        redirect: "manual",
        headers: { Origin: lab.url, ...headers },
        ...(method === "POST" && { body: new URLSearchParams({ a: "b" }) }),
      });
      await answer.arrayBuffer();
      return `${answer.status} ${answer.headers.get("location") ?? ""}`.replace(/\?.*/, "");
    };
    if (!FORM_ONLY.includes(pattern) && pattern !== "/payments/export/download")
      expect(await send("GET"), pattern).toBe("302 /login");
    // No action at all, or one that asks.
    expect(["405 ", "302 /login"], `POST ${pattern}`).toContain(await send("POST"));
    // A bearer token is for the API, and a cookie that we did not sign is none.
    expect(["405 ", "302 /login"], pattern).toContain(await send("POST", { Cookie: "printdesk=Ing%3D.x", Authorization: "Bearer x" })); // prettier-ignore
  }
});

test("R16: fields that a form does not have set nothing", async ({ page, lab }) => {
  const job = await submit(page, lab);
  await logIn(page);
  await act(page, job, "approve", { weight_g: "10", time_hours: "1" });
  const [before] = await lab.sql("SELECT cost_cents, status, student_confirmed FROM jobs WHERE id = $1", [
    job.id,
  ]);
  expect(before).toEqual({ cost_cents: 300, status: "PENDING", student_confirmed: false });
  const answer = await page.request.post(`/dashboard/jobs/${job.id}/notes`, {
    headers: { Origin: lab.url },
    form: {
      intent: "submit",
      staff_name: "Jane Doe",
      notes: "x",
      status: "COMPLETED",
      cost_cents: "1",
      student_confirmed: "true",
      triggered_by: "Nobody",
    },
  });
  expect(answer.status()).toBeLessThan(500);
  expect(
    await lab.sql("SELECT cost_cents, status, student_confirmed FROM jobs WHERE id = $1", [job.id]),
  ).toEqual([before]);
});

test("R36: a script that fails is in the server's log, without what was on the page", async ({
  browser,
  lab,
}) => {
  const page = await browser.newPage({ baseURL: lab.url });
  await page.goto("/submit");
  await page.locator('[name="student_name"]').fill("Ada Lovelace");
  const report = page.waitForResponse("**/browser-errors");
  await page.evaluate(() => {
    setTimeout(() => {
      throw new RangeError('broken for "Ada Lovelace" ada@example.edu');
    });
  });
  expect((await report).status()).toBe(204);
  const said = () =>
    lab
      .log()
      .split("\n")
      .filter((line) => line.includes('"RangeError"'));
  await expect.poll(said).toHaveLength(1);
  expect(JSON.parse(said()[0]!)).toMatchObject({
    level: "error",
    msg: "A browser reported an error",
    where: "window",
    path: "/submit",
    request: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(said()[0]).not.toMatch(/Lovelace|@example/);
  await page.close();
});

test("a browser's report that is too large, no JSON or from elsewhere is refused", async ({ lab }) => {
  const send = async (body: string, headers: Record<string, string> = {}) =>
    (
      await fetch(`${lab.url}/browser-errors`, {
        method: "POST",
        body,
        headers: { Origin: lab.url, "Content-Type": "application/json", ...headers },
      })
    ).status;
  const sound = JSON.stringify({ message: "x", where: "page", path: "/" });
  expect(await send(sound)).toBe(204);
  expect(await send(sound, { Origin: "https://evil.example" })).toBe(403);
  expect(await send(sound, { "Content-Type": "text/plain" })).toBe(415);
  expect(await send("{")).toBe(400);
  expect(await send(JSON.stringify({ message: "x".repeat(9000), where: "page", path: "/" }))).toBe(413);
  expect((await fetch(`${lab.url}/browser-errors`)).status).toBe(404);
});

test("R36: after a whole life the logs know no student, no address, no password and no token", async ({
  page,
  lab,
}) => {
  const student = { name: "Wilhelmina Quetzalcoatl", email: `wilhelmina.${process.pid}@example.edu` };
  const job = await submit(page, lab, student);
  await logIn(page);
  await act(page, job, "approve", { weight_g: "25.5", time_hours: "3.5" });
  const letter = await lab.letter(student.email, /./, 0);
  expect(letter).toBeTruthy();
  const approval = await lab.letter(student.email, /confirm/i);
  const link = /http\S+\/confirm\/(\S+)/.exec(approval.text!)!;
  await page.goto(new URL(link[0]).pathname);
  await page
    .getByRole("button", { name: /confirm/i })
    .first()
    .click();
  await expect
    .poll(async () => (await lab.sql("SELECT status FROM jobs WHERE id = $1", [job.id]))[0])
    .toEqual({ status: "READYTOPRINT" });
  // A letter that the mail server refuses by the student's name and address.
  lab.smtp.setBehaviour(({ stage, address }) =>
    stage === "rcpt" ? { code: 550, message: `<${address}> is unknown here` } : undefined,
  );
  await act(page, job, "mark-printing");
  await act(page, job, "mark-complete");
  await lab.sql("UPDATE outbox SET next_at = now() WHERE job_id = $1", [job.id]);
  await expect
    .poll(
      async () =>
        (await lab.sql("SELECT 1 FROM outbox WHERE job_id = $1 AND state = 'failed'", [job.id])).length,
      { timeout: 30_000 },
    )
    .toBe(1);
  lab.smtp.setBehaviour(undefined);
  await fetch(`${lab.url}/login`, {
    method: "POST",
    headers: { Origin: lab.url },
    body: new URLSearchParams({ workstation_id: "front-desk", password: "a-wrong-pass-phrase" }),
  });
  await fetch(`${lab.url}/submit/success?job=${encodeURIComponent(job.trackPath.split("/")[2]!)}`);
  const cookie = (await page.context().cookies()).find(({ name }) => name === "printdesk")!;
  const secret = (await readFile(path.join(lab.dataDir, "secret.key"), "utf8")).trim();

  // The files; what the start says on the terminal (the example's passwords among it) is in none of them.
  const logs = path.join(lab.dataDir, "logs");
  const log = (
    await Promise.all((await readdir(logs)).map((name) => readFile(path.join(logs, name), "utf8")))
  ).join("\n");
  expect(log).toContain('"status":200');
  expect(log).toMatch(/"workstation":"front-desk"/);
  expect(log).toContain("550");
  for (const [what, word] of Object.entries({
    name: "Quetzalcoatl",
    address: student.email,
    "any address": "@example.edu",
    password: "front-desk-demo",
    "a wrong password": "a-wrong-pass-phrase",
    "the confirm link": link[1]!,
    "the status link": job.trackPath.split("/")[2]!,
    "the session": decodeURIComponent(cookie.value).split(".")[0]!,
    "the key": secret,
  }))
    expect(
      log.split("\n").filter((line) => line.includes(word)),
      what,
    ).toEqual([]);
});
