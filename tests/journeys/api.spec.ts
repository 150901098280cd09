/** The API's door and the audit behind it, over the running product: tokens, refusals, one audit from start to repair. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { cubeStl } from "../support/models";
import { until } from "../support/system";
import { expect, submit, test } from "./lab";
import { axeOn, settled } from "./axe";

test("R23, R24: a token opens what a cookie does not; every refusal has one form", async ({ lab, page }) => {
  const ask = (method: string, to: string, init: RequestInit = {}) =>
    fetch(`${lab.url}/api/v1/${to}`, { method, ...init });
  const json = (body: unknown, token?: string): RequestInit => ({
    body: JSON.stringify(body),
    headers: {
      "Content-Type": "application/json",
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
    },
  });
  const wrong = await ask("POST", "auth/login", json({ workstation_id: "front-desk", password: "no" }));
  expect(wrong.status).toBe(401);
  expect(await wrong.json()).toEqual({
    error: "unauthenticated",
    message: "Invalid workstation ID or password",
    details: {},
  });
  const right = await ask("POST", "auth/login", json({ workstation_id: "front-desk", password: "front-desk-demo" })); // prettier-ignore
  const { token, expires_at } = (await right.json()) as { token: string; expires_at: string };
  expect(right.status).toBe(200);
  expect(Date.parse(expires_at) - Date.now()).toBeGreaterThan(11.9 * 3_600_000);

  const report = "admin/audit/report";
  expect((await ask("GET", report)).status).toBe(401);
  const cookies = (await page.context().cookies()).map((c) => `${c.name}=${c.value}`).join("; ");
  expect((await ask("GET", report, { headers: { Cookie: cookies } })).status).toBe(401);
  const [head, claims, sign] = token.split(".") as [string, string, string];
  const none = Buffer.from(JSON.stringify({ alg: "none" })).toString("base64url");
  for (const forged of [
    `${head}.${claims}.${sign.slice(0, -2)}AA`,
    `${none}.${claims}.`,
    `${none}.${claims}.${sign}`,
    `${head}.${Buffer.from(JSON.stringify({ sid: "x", aud: "printdesk-api" })).toString("base64url")}.${sign}`,
  ])
    expect((await ask("GET", report, { headers: { Authorization: `Bearer ${forged}` } })).status).toBe(401);

  const bearer = { headers: { Authorization: `Bearer ${token}` } };
  expect((await ask("GET", "no/such/thing", bearer)).status).toBe(404);
  const method = await ask("PUT", "admin/audit/start", bearer);
  expect([method.status, method.headers.get("allow")]).toEqual([405, "POST, OPTIONS"]);
  expect((await ask("POST", "admin/audit/start", { ...bearer, body: "staff_name=x" })).status).toBe(415);
  const unknown = await ask("POST", "admin/audit/start", json({ staff_name: "Jane Doe", extra: 1 }, token));
  expect(unknown.status).toBe(400);
  expect(await unknown.json()).toMatchObject({ details: { fields: { extra: ["Unknown field."] } } });
  const nobody = await ask("POST", "admin/audit/start", json({ staff_name: "Nobody" }, token));
  expect(nobody.status).toBe(400);

  // An orphan is found and deleted; what a job references is not.
  const job = await submit(page, lab);
  const orphan = path.join(lab.storage, "Uploaded", "forgotten.stl");
  mkdirSync(path.dirname(orphan), { recursive: true });
  writeFileSync(orphan, "solid nobody");
  const started = await ask("POST", "admin/audit/start", json({ staff_name: "Jane Doe" }, token));
  expect(started.status).toBe(202);
  expect(await started.json()).toEqual({
    message: "System audit started successfully.",
    task_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  let found: { orphaned_files: string[]; report_generated_at: string } | undefined;
  await until(
    async () => {
      const answer = await ask("GET", report, bearer);
      if (answer.status !== 200) return false;
      found = (await answer.json()) as typeof found;
      return true;
    },
    40_000,
    "the audit's report",
  );
  expect(found!.orphaned_files).toContain("Uploaded/forgotten.stl");
  expect(found!.report_generated_at).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  const remove = (file_path: string) =>
    ask("DELETE", "admin/audit/orphaned-file", json({ file_path, staff_name: "Jane Doe", reason: "Left over." }, token)); // prettier-ignore
  expect((await remove("Uploaded/forgotten.stl")).status).toBe(200);
  expect(existsSync(orphan)).toBe(false);
  const { stem } = await lab.folder(job.shortId);
  for (const needed of [`Uploaded/${stem}`, `Uploaded/${stem}/${stem}.stl`, "../secret", "/etc/passwd"])
    expect((await remove(needed)).status).toBeGreaterThanOrEqual(400);
  expect((await lab.folder(job.shortId)).names).toContain(`${stem}.stl`);
});

/** What documents write as `field a.b`: the value at that place of the JSON that comes in. */
const FIELD = `let text = ""; for await (const chunk of process.stdin) text += chunk;
let value = JSON.parse(text); for (const part of process.argv[1].split(".")) value = value?.[part];
if (value === undefined) { console.error("no " + process.argv[1] + " in " + text); process.exit(1); } process.stdout.write(value + "\\n");`;

test("the walk-through of docs/api.md does what it says", async ({ lab }) => {
  const text = readFileSync("docs/api.md", "utf8");
  const blocks = [...text.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, block]) => block!);
  expect(blocks.length).toBeGreaterThan(5);
  const model = path.join(tmpdir(), `walk-${process.pid}.stl`);
  writeFileSync(model, cubeStl(12));
  const script = `set -euo pipefail\nfield() { "$NODE" --input-type=module -e "$FIELD" "$1"; }\n${blocks.join("\n")}`;
  const env = { ...process.env, NODE: process.execPath, FIELD, PRINTDESK: lab.url, MODEL: model };
  const { stdout } = await promisify(execFile)("bash", ["-c", script], { env });
  const [until_, ...lines] = stdout.trim().split("\n");
  expect(until_).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  const said = /line by line: the end of the hold, ([^]*?)\.\n/.exec(text)![1]!;
  expect(lines).toEqual([...said.matchAll(/`([^`]+)`/g)].map(([, line]) => line));
});

test("R16, R28: what only the wire shows: forms, bodies in pieces, too much and too little of them, odd hosts", async ({
  lab,
}) => {
  const login = `${lab.url}/api/v1/auth/login`;
  const headers = { "Content-Type": "application/json" };
  const stream = (pieces: number, size: number) =>
    new ReadableStream({
      async start(controller) {
        for (let n = 0; n < pieces; n++) {
          controller.enqueue(new Uint8Array(size).fill(32));
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        controller.close();
      },
    });
  const inPieces = (pieces: number, size: number) =>
    fetch(login, { method: "POST", headers, body: stream(pieces, size), duplex: "half" } as RequestInit);
  const errorOf = async (answer: Response) => [
    answer.status,
    ((await answer.json()) as { error: string }).error,
  ];
  // Without a length: blanks are no JSON, and too many of them are too many.
  expect(await errorOf(await inPieces(20, 1_000))).toEqual([400, "malformed_json"]);
  expect(await errorOf(await inPieces(20, 10_000))).toEqual([413, "too_large"]);
  const long = JSON.stringify({ workstation_id: "x", password: "y".repeat(150_000) });
  expect(await errorOf(await fetch(login, { method: "POST", headers, body: long }))).toEqual([
    413,
    "too_large",
  ]);

  const form = (size: number) => {
    const data = new FormData();
    for (const [name, value] of Object.entries({ student_name: "Ada Lovelace", student_email: "wire@example.edu", discipline: "Engineering", class_number: "N/A", print_method: "Filament", color: "blue", printer: "prusa_mk4s", acknowledged_minimum_charge: "yes" })) data.set(name, value); // prettier-ignore
    const model = Buffer.concat([cubeStl(13), Buffer.alloc(size)]);
    data.set("file", new Blob([new Uint8Array(model)]), "part.stl");
    return data;
  };
  const submit_ = (body: FormData | string, more: Record<string, string> = {}) =>
    fetch(`${lab.url}/api/v1/submit`, { method: "POST", body, headers: more });
  expect(await errorOf(await submit_(form(51 * 1024 * 1024)))).toEqual([413, "too_large"]);
  expect(await errorOf(await submit_("{}", headers))).toEqual([415, "media_type"]);
  const odd = form(0);
  odd.set("surprise", "1");
  expect(await errorOf(await submit_(odd))).toEqual([400, "invalid"]);
  const taken = await submit_(form(0), { "Idempotency-Key": "wire" });
  expect(taken.status).toBe(201);
  const again = await submit_(form(0), { "Idempotency-Key": "wire" });
  expect([again.status, await again.json()]).toEqual([201, await taken.json()]);

  // Before the API is asked at all, its form of error is kept.
  const raw = (request: string) =>
    new Promise<string>((resolve, reject) => {
      const { hostname, port } = new URL(lab.url);
      const socket = connect(Number(port), hostname, () => socket.end(request.replaceAll("\n", "\r\n")));
      let answer = "";
      socket.on("data", (chunk) => (answer += String(chunk))).on("end", () => resolve(answer)).on("error", reject); // prettier-ignore
    });
  for (const [request, status] of [
    ["GET /api/v1/health HTTP/1.1\nHost: bad host\nConnection: close\n\n", 400],
    ["TRACE /api/v1/jobs HTTP/1.1\nHost: here\nConnection: close\n\n", 405],
    ["GET /api/v1/jobs/%E0%A4%A HTTP/1.1\nHost: here\nConnection: close\n\n", 400],
  ] as const) {
    const answer = await raw(request);
    expect(answer).toContain(`HTTP/1.1 ${status}`);
    expect(answer).toMatch(/\{"error":"\w+","message":"[^"]+","details":\{\}\}/);
  }
  const preflight = await fetch(`${lab.url}/api/v1/jobs`, { method: "OPTIONS", headers: { Origin: "https://elsewhere.example" } }); // prettier-ignore
  expect([preflight.status, preflight.headers.get("access-control-allow-origin")]).toEqual([204, null]);
  const secret = "A".repeat(43);
  await fetch(`${lab.url}/api/v1/confirm/${secret}`, { method: "POST" });
  expect(lab.log()).not.toContain(secret);
});

test("the description can be read, without a script and within the site's policy", async ({ page }) => {
  const answer = await page.goto("/api/docs");
  expect(answer!.status()).toBe(200);
  expect(await page.locator("script").count()).toBe(0);
  await page.getByRole("link", { name: "POST /jobs/{job_id}/approve" }).first().click();
  const card = page.locator("#post_jobs_job_id_approve");
  await expect(card).toBeInViewport();
  for (const words of ["weight_g", "Idempotency-Key", "no_lock", "stale"])
    await expect(card).toContainText(words);
  await card.getByRole("link", { name: "Job", exact: true }).click();
  await expect(page.locator("#schema-Job")).toBeInViewport();
  for (const [width, colorScheme] of [
    [320, "dark"],
    [1440, "light"],
  ] as const) {
    // prettier-ignore
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    await settled(page);
    // One of each kind: the page is long, and all its pieces are made by the same few lines.
    const pieces = axeOn(page).include("nav").include("#post_jobs_job_id_approve").include("#schema-Job");
    const { violations } = await pieces.analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target)])).toEqual([]);
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
    ).toBeLessThanOrEqual(0);
  }
});
