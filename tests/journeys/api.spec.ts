/** The API's door and the audit behind it, over the running product: tokens, refusals, one audit from start to repair. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { until } from "../support/system";
import { expect, submit, test } from "./lab";

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
  expect([method.status, method.headers.get("allow")]).toEqual([405, "POST"]);
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
