/** The doorway's promises: cookie flags, where a log-in leads, the same work for unknown workstations, and what forms may set. */
import { beforeAll, describe, expect, test, vi } from "vitest";
import { prometheus } from "@server/health/prometheus.server";
import { noteBrowserError } from "@server/health/note-browser-error.server";
import { ApproveSchema, SubmitSchema } from "@server/jobs/schemas";
import { flash } from "~/http/flash.server";
import { logInFrom, safeNext } from "~/http/session.server";
import { freshLab, type Lab } from "../support/database";

const { verify } = vi.hoisted(() => ({
  verify: vi.fn<(hash: unknown, password: unknown) => Promise<boolean>>(),
}));
vi.mock("@node-rs/argon2", async (original) => {
  const real = await original<typeof import("@node-rs/argon2")>();
  verify.mockImplementation((hash, password) => real.verify(hash as string, password as string));
  return { ...real, verify };
});

let lab: Lab;
beforeAll(async () => {
  lab = await freshLab();
  await lab.set({ logins_per_hour: 1000 });
});

const logIn = (workstation_id: string, password: string) =>
  logInFrom(
    new Request("https://print.example.edu/login", {
      method: "POST",
      body: new URLSearchParams({ workstation_id, password }),
    }),
    "127.0.0.1",
  );

describe("R23: cookies", () => {
  test("over TLS are __Host-, Secure, HttpOnly and SameSite; the token is signed", async () => {
    const cookie = (await logIn("front", "front-pass")).get("Set-Cookie")!;
    expect(cookie).toMatch(/^__Host-printdesk=/);
    for (const flag of ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"]) expect(cookie).toContain(flag);
    expect(cookie).not.toContain("Domain");
    const said = await flash({ tone: "info", text: "x" });
    for (const flag of ["Secure", "HttpOnly", "SameSite=Lax"]) expect(said).toContain(flag);
  });

  test("on a plain http lab do without Secure, and with the rest", async () => {
    lab.configure({ PUBLIC_URL: "http://192.168.1.20:3000" });
    const cookie = (await logIn("front", "front-pass")).get("Set-Cookie")!;
    lab.configure();
    expect(cookie).toMatch(/^printdesk=/);
    expect(cookie).not.toContain("Secure");
    expect(cookie).toContain("HttpOnly");
  });
});

test("R16: after the log-in only our own pages follow", () => {
  for (const bad of [
    null,
    "",
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/%0d%0aX: y\r\nX: y",
    "javascript:alert(1)",
    "/\tevil",
    "/a\\b",
    "///evil.example",
    "/..//evil.example",
    "/./\\evil",
    "http:evil.example",
  ])
    // prettier-ignore
    expect(safeNext(bad), String(bad)).toBe("/dashboard");
  expect(safeNext("/dashboard/jobs/1?a=b#c")).toBe("/dashboard/jobs/1?a=b#c");
});

test("R24: an unknown workstation takes the same work to refuse as a known one", async () => {
  const hashed =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$YmZpZ3VyZXRoYXRub3Bhc3N3b3JkaGFzdGhpc2hhc2g";
  lab.configure({ WORKSTATIONS: JSON.stringify([{ id: "front", name: "Front", password_hash: hashed }]) });
  /** The cost of each hash that a wrong password was compared with. */
  const work = async (id: string) => {
    verify.mockClear();
    await expect(logIn(id, "wrong")).rejects.toMatchObject({
      code: "unauthenticated",
      message: "Invalid workstation ID or password",
    });
    return verify.mock.calls.map(([hash]) => String(hash).split("$").slice(1, 4));
  };
  const known = await work("front");
  expect(known).toEqual([["argon2id", "v=19", "m=19456,t=2,p=1"]]);
  expect(await work("nobody")).toEqual(known);
  lab.configure();
  expect(await work("front"), "one with a plain password, outside production").toEqual(known);
});

describe("R16: a form sets what it has fields for", () => {
  const extra = { id: "x", status: "COMPLETED", cost_cents: 1, price_cents: 1, version: 99, short_id: 1, student_confirmed: true, __proto__: { admin: true }, constructor: "x", is_active: true }; // prettier-ignore
  test("of a submission", () => {
    const parsed = SubmitSchema.parse({
      student_name: "Ada Lovelace",
      student_email: "ada@example.edu",
      discipline: "Engineering",
      class_number: "ENGR 1001",
      print_method: "Filament",
      color: "true-red",
      printer: "prusa_mk4s",
      acknowledged_minimum_charge: "yes",
      ...extra,
    });
    for (const name of Object.keys(extra)) expect(Object.keys(parsed), name).not.toContain(name);
  });
  test("of an approval", () => {
    const parsed = ApproveSchema.parse({ staff_name: "Jane Doe", weight_g: "10", time_hours: "1", authoritative_filename: "a.stl", ...extra }); // prettier-ignore
    for (const name of Object.keys(extra)) expect(Object.keys(parsed), name).not.toContain(name);
  });
});

describe("/metrics", () => {
  test("is not there without a token, and closed to all but its token", async () => {
    await expect(prometheus("Bearer ")).rejects.toMatchObject({ code: "not_found" });
    lab.configure({ METRICS_TOKEN: "a-token-of-some-length" });
    for (const wrong of [
      null,
      "",
      "Bearer",
      "Bearer a-token-of-some-lengt",
      "Bearer a-token-of-some-length2",
      "Basic a-token-of-some-length",
      "bearer a-token-of-some-length",
    ])
      // prettier-ignore
      await expect(prometheus(wrong), String(wrong)).rejects.toMatchObject({ code: "unauthenticated" });
    const { type, text } = await prometheus("Bearer a-token-of-some-length");
    expect(type).toContain("text/plain");
    expect(text).toContain("# TYPE printdesk_http_request_seconds histogram");
    expect(text).toContain("process_cpu_seconds_total");
    expect(text).not.toMatch(/@|front-pass/);
    lab.configure();
  });
});

test("browsers' reports are limited for each address", async () => {
  const report = { name: "Error", message: "x", stack: "", where: "page", path: "/" } as const;
  for (let i = 0; i < 20; i++) await noteBrowserError(report, "10.0.0.1");
  await expect(noteBrowserError(report, "10.0.0.1")).rejects.toMatchObject({ code: "too_many" });
  await noteBrowserError(report, "10.0.0.2");
});
