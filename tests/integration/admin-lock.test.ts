/** Overrides say what they skip and are listed; the desk's lock opens for its quarter of an hour and no longer. */
import { randomUUID } from "node:crypto";
import { readdirSync, renameSync } from "node:fs";
import path from "node:path";
import { hash } from "@node-rs/argon2";
import { beforeAll, describe, expect, test } from "vitest";
import { readConfig } from "@server/config.server";
import { db } from "@server/db.server";
import type { Refusal } from "@server/errors";
import { Event } from "@server/events/event.server";
import { folderOf } from "@server/files/store.server";
import { brokenByStatus } from "@server/jobs/preconditions.server";
import { findToOverride, overrides } from "@server/reports/overrides.server";
import { hasAdminLock, lockAdmin, unlockAdmin } from "@server/sessions/admin-lock.server";
import { findSession, logIn } from "@server/sessions/session.server";
import { bearerFor } from "@server/sessions/bearer.server";
import { dispatch } from "~/api/dispatch";
import { logInFrom } from "~/http/session.server";
import { freshLab, type Lab } from "../support/database";
import { drive, FRONT, lockFor, STAFF, submitCube, take, theJob } from "../support/desk";

const refusal = (work: Promise<unknown>): Promise<Refusal> => work.then(() => Promise.reject(new Error("it was not refused")), (error) => error); // prettier-ignore

let lab: Lab;
beforeAll(async () => {
  lab = await freshLab();
});

describe("overrides", () => {
  test("what a status lacks is told beforehand, and stands in the event afterwards", async () => {
    const job = await submitCube();
    const told = await brokenByStatus(job.id);
    expect(told.map(({ status }) => status)).not.toContain("UPLOADED");
    const { broken } = told.find(({ status }) => status === "PAIDPICKEDUP")!;
    expect(broken).toHaveLength(3);
    await take("change-status", job.id, { new_status: "PAIDPICKEDUP" });
    const { list } = await overrides(null);
    expect(list[0]).toMatchObject({
      triggered_by: STAFF,
      job: { id: job.id, short_id: job.short_id },
      details: { from: "UPLOADED", to: "PAIDPICKEDUP", override: true, reason: "a repair", broken },
    });
    expect((await refusal(brokenByStatus("nonsense"))).code).toBe("not_found");
  });

  test("a file that is gone is told", async () => {
    const job = await submitCube();
    const folder = path.join(lab.storage, folderOf(job.status, job.stem));
    renameSync(path.join(folder, job.display_name), path.join(folder, "elsewhere.stl"));
    for (const { broken } of await brokenByStatus(job.id)) expect(broken[0]).toContain("missing in the storage"); // prettier-ignore
  });

  test("a paid job says that its payment stays", async () => {
    const job = await drive(await submitCube(), "PAIDPICKEDUP");
    const told = Object.fromEntries((await brokenByStatus(job.id)).map(({ status, broken }) => [status, broken])); // prettier-ignore
    expect(told.COMPLETED!.join()).toContain("payment stays valid");
    expect(told.ARCHIVED).toEqual([]);
  });

  test("a job is found by number or by words, with what can be done now", async () => {
    const printing = await drive(await submitCube({ student_name: "Rosalind 100%_sure" }), "PRINTING");
    expect(await findToOverride(String(printing.short_id))).toMatchObject([{ id: printing.id, can: ["mark-failed", "change-status"] }]); // prettier-ignore
    expect((await findToOverride("100%_SURE")).map(({ id }) => id)).toEqual([printing.id]);
    expect(await findToOverride("%_")).toMatchObject([{ id: printing.id }]);
    await lockFor(FRONT, printing.id);
    expect((await findToOverride(String(printing.short_id)))[0]!.can[0]).toBe("force-unlock");
    for (const none of ["", "  ", "\0", "999999999", "nobody at all"]) expect(await findToOverride(none)).toEqual([]); // prettier-ignore
  });

  test("older ones are on the next page", async () => {
    const job = await submitCube();
    for (let n = 0; n < 26; n++)
      await take("change-status", job.id, { new_status: n % 2 ? "UPLOADED" : "PENDING" });
    const first = await overrides(null);
    expect(first.list).toHaveLength(25);
    const second = await overrides(first.older);
    expect(second.list[0]!.id).toBeLessThan(first.list.at(-1)!.id);
    expect(second.older).toBeNull();
    expect((await theJob(job.id)).status).toBe("UPLOADED");
  });
});

describe("the desk's lock", () => {
  const PASSPHRASE = "correct horse battery";
  let token = "";
  let hashed = "";
  const session = async () => (await findSession(token))!;
  beforeAll(async () => {
    hashed = await hash(PASSPHRASE, { algorithm: 2, memoryCost: 8, timeCost: 1 });
    expect(hasAdminLock()).toBe(false);
    lab.configure({ ADMIN_PASSPHRASE_HASH: hashed });
    ({ token } = await logIn({ workstation_id: "front", password: "front-pass" }, "10.0.0.9"));
  });

  test("is closed after log-in, opens with the passphrase alone, and only in this session", async () => {
    expect(hasAdminLock()).toBe(true);
    expect((await session()).admin_until).toBeNull();
    const failed = await refusal(unlockAdmin(await session(), "correct horse", "10.0.0.1"));
    expect(failed.details.fields).toHaveProperty("passphrase");
    for (const wrong of ["", " ", PASSPHRASE.toUpperCase(), "x".repeat(100_000), "\0"])
      expect((await refusal(unlockAdmin(await session(), wrong, "10.0.0.1"))).code).toBe("invalid");
    expect((await session()).admin_until).toBeNull();
    await unlockAdmin(await session(), PASSPHRASE, "10.0.0.1");
    const until = Date.parse((await session()).admin_until!);
    expect(until - Date.now()).toBeGreaterThan(14 * 60_000);
    expect(until - Date.now()).toBeLessThanOrEqual(15 * 60_000 + 5_000);
    const other = await logIn({ workstation_id: "office", password: "office-pass" }, "10.0.0.8");
    expect((await findSession(other.token))!.admin_until).toBeNull();
  });

  test("ends by itself, or when somebody locks it", async () => {
    await db()("workstation_sessions").update({ admin_until: db().raw("now() - interval '1 second'") });
    expect((await session()).admin_until).toBeNull();
    await unlockAdmin(await session(), PASSPHRASE, "10.0.0.1");
    await lockAdmin(await session());
    expect((await session()).admin_until).toBeNull();
  });

  test("every page of the administrator and every override asks for it; a workstation that may not gets 403", async () => {
    const files = readdirSync("app/routes").filter(
      (name) =>
        (/^admin\./.test(name) && !/^admin\.unlock/.test(name)) ||
        /force-unlock|force-confirm|change-status/.test(name),
    );
    expect(files.length).toBeGreaterThan(12);
    const job = await submitCube();
    const paramsOf = (name: string) =>
      name.startsWith("admin.catalog_")
        ? { id: "prusa_mk4s", kind: "printers", version: "1" }
        : { id: job.id, kind: "archive", key: randomUUID(), name: "receipt" };
    const context = { nonce: "", requestId: "", ip: "10.0.0.7" };
    const cookieOf = async (workstation_id: string) => {
      const body = new URLSearchParams({ workstation_id, password: `${workstation_id}-pass` });
      const headers = await logInFrom(
        new Request("http://lab.example/login", { method: "POST", body }),
        randomUUID(),
      );
      return headers.get("Set-Cookie")!.split(";")[0]!;
    };
    const [locked, forbidden] = [await cookieOf("office"), await cookieOf("back")];
    const answer = (name: string, work: unknown, method: string, Cookie: string): Promise<Response> => {
      const request = new Request("https://print.example.edu/admin/some-page?x=1", {
        method,
        headers: { Cookie },
      });
      return (work as (args: object) => Promise<Response>)({
        request,
        params: paramsOf(name),
        context,
      }).catch((thrown) => thrown);
    };
    for (const name of files) {
      const route = (await import(path.resolve("app/routes", name))) as {
        loader?: unknown;
        action?: unknown;
      };
      for (const [work, method] of [
        [route.loader, "GET"],
        [route.action, "POST"],
      ] as const) {
        if (!work) continue;
        const asked = await answer(name, work, method, locked);
        expect([name, method, asked.status]).toEqual([name, method, 302]);
        expect(asked.headers.get("Location"), name).toMatch(/^\/admin\/unlock\?next=%2Fadmin%2Fsome-page/);
        expect([name, method, (await answer(name, work, method, forbidden)).status]).toEqual([
          name,
          method,
          403,
        ]);
        expect((await answer(name, work, method, "")).headers.get("Location"), name).toMatch(
          /^\/login\?next=/,
        );
      }
    }
  });

  test("the API, where nobody can type it, keeps its administrator's endpoints closed", async () => {
    const bearer = async () => {
      const { token } = await bearerFor({ workstation_id: "office", password: "office-pass" }, randomUUID());
      const headers = { Authorization: `Bearer ${token}` };
      const address = "https://print.example.edu/api/v1/admin/audit/report";
      const request = new Request(address, { headers });
      return dispatch(request, { nonce: "", requestId: "", ip: "10.0.0.6" });
    };
    const closed = await bearer();
    expect([closed.status, ((await closed.json()) as { error: string }).error]).toEqual([
      403,
      "admin_locked",
    ]);
    lab.configure();
    expect((await bearer()).status).toBe(404);
    lab.configure({ ADMIN_PASSPHRASE_HASH: hashed });
  });

  test("each try is in the log, without what was typed; too many are refused, the right one too", async () => {
    const events = await Event.query().whereIn("event_type", ["AdminUnlocked", "AdminUnlockRefused"]);
    expect(events.filter(({ event_type }) => event_type === "AdminUnlocked")).toHaveLength(2);
    expect(events.filter(({ event_type }) => event_type === "AdminUnlockRefused")).toHaveLength(6);
    expect(JSON.stringify(events)).not.toMatch(/horse/i);
    for (let n = 0; n < 2; n++) await refusal(unlockAdmin(await session(), "guess", "10.0.0.1"));
    const failed = await refusal(unlockAdmin(await session(), PASSPHRASE, "10.0.0.1"));
    expect(failed).toMatchObject({ code: "too_many", details: { retryAfterSeconds: expect.any(Number) } });
    expect((await session()).admin_until).toBeNull();
  });

  test("a passphrase that is not hashed does not start", () => {
    expect(() => readConfig({ ...lab.env, ADMIN_PASSPHRASE_HASH: PASSPHRASE })).toThrow(/npm run hash-password/); // prettier-ignore
  });
});
