/** Settings are saved as one, attributed, logged, and in force at once; two editors do not overwrite each other. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { db } from "@server/db.server";
import { Event } from "@server/events/event.server";
import { consentVersion } from "@server/jobs/consent.server";
import { saveLogo, findLogo } from "@server/settings/logo.server";
import { saveSettings } from "@server/settings/save-settings.server";
import { settingsPage } from "@server/settings/settings-page.server";
import { settings } from "@server/settings/settings.server";
import { withRequest } from "@server/request-context.server";
import { findSession, logIn } from "@server/sessions/session.server";
import type { Refusal } from "@server/errors";
import { encodePng } from "@server/mesh/png.server";
import { freshLab, type Lab } from "../support/database";
import { FRONT, handIn, STAFF, theJob } from "../support/desk";

const png = (width: number, height: number) =>
  encodePng(width, height, new Uint8Array(width * height * 4).fill(200));
/** How something said no. */
const refusal = (work: Promise<unknown>): Promise<Refusal> => work.then(() => Promise.reject(new Error("it was not refused")), (error) => error); // prettier-ignore

let lab: Lab;
beforeAll(async () => {
  lab = await freshLab();
});

const save = (group: Parameters<typeof saveSettings>[1]["group"], entered: Record<string, unknown>, more = {}) =>
  saveSettings(FRONT, { staff_name: STAFF, group, entered, ...more }); // prettier-ignore
const changes = () => Event.query().where("event_type", "SettingsChanged").orderBy("id");

test("a change is in force at once, and the log says from what to what", async () => {
  expect(await save("students", { confirm_hours: "24", resend_cooldown_minutes: "60" })).toEqual({
    confirm_hours: { from: 72, to: 24 },
  });
  expect((await settings()).confirm_hours).toBe(24);
  const [event] = await changes();
  expect(event).toMatchObject({
    triggered_by: STAFF,
    workstation_id: "front",
    details: {
      group: "students",
      said: "Confirmation link works for from 72 hours to 24 hours",
      changes: { confirm_hours: { from: 72, to: 24 } },
    },
  });
  expect((await settingsPage()).last.students).toMatchObject({ by: STAFF });
});

test("the same form again writes nothing; back to the default leaves no row", async () => {
  const before = (await changes()).length;
  const { stamps } = await settingsPage();
  expect(await save("students", { confirm_hours: "24" }, { stamp: "an old stamp" })).toEqual({});
  expect((await changes()).length).toBe(before);
  const input = { use_default: ["confirm_hours"], stamp: stamps.students };
  await save("students", { confirm_hours: "nonsense" }, input);
  expect((await settings()).confirm_hours).toBe(72);
  expect(await db()("settings").where({ key: "confirm_hours" })).toEqual([]);
  expect(await save("students", { confirm_hours: "72" }, input)).toEqual({});
});

test("one bad value, and nothing of the group is saved", async () => {
  const failed = await refusal(save("lab", { lab_name: "The Workshop", time_zone: "Mars/Olympus" }));
  expect(failed.code).toBe("invalid");
  expect(Object.keys(failed.details.fields!)).toEqual(["time_zone"]);
  expect((await settings()).lab_name).toBe("3D Print Lab");
  // Another group is another form.
  await save("staff", { sound_volume: "10" });
  expect((await settings()).sound_volume).toBe(10);
});

test("a setting of another group, or of none, is not touched", async () => {
  await save("lab", { lab_name: "The Workshop", confirm_hours: "1", nonsense: "x", __proto__: "x" });
  expect(await settings()).toMatchObject({ lab_name: "The Workshop", confirm_hours: 72 });
});

test("of two editors the second is told, and may put hers in its place", async () => {
  const { stamps } = await settingsPage();
  await save("lab", { lab_name: "First" }, { stamp: stamps.lab });
  const failed = await refusal(save("lab", { lab_name: "Second" }, { stamp: stamps.lab }));
  expect(failed).toMatchObject({ code: "conflict", details: { reason: "stale" } });
  expect(failed.message).toContain(`${STAFF} has changed these settings`);
  expect((await settings()).lab_name).toBe("First");
  await save("lab", { lab_name: "Second" }, { stamp: failed.details.stamp });
  expect((await settings()).lab_name).toBe("Second");
});

test("at once: one is saved, the other is told", async () => {
  const { stamps } = await settingsPage();
  const both = await Promise.allSettled(
    ["11", "12"].map((hours) => save("students", { confirm_hours: hours }, { stamp: stamps.students })),
  );
  expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
});

test("only an active name may", async () => {
  const input = { group: "staff" as const, entered: { sound_volume: "1" } };
  expect((await refusal(saveSettings(FRONT, { ...input, staff_name: "Nobody" }))).details.fields).toHaveProperty("staff_name"); // prettier-ignore
  expect((await settings()).sound_volume).toBe(10);
});

test("a value broken by hand has its default, and closes no page", async () => {
  await lab.set({ revert_minutes: -5, lock_minutes: 7 });
  expect(await settings()).toMatchObject({ revert_minutes: 30, lock_minutes: 7 });
});

test("the consent's version changes with its text, and a form already open is asked again", async () => {
  const before = consentVersion((await settings()).text_consent);
  expect(before).toBe("2026-01");
  const first = await handIn();
  expect((await theJob(first.id)).consent_version).toBe(before);
  await save("texts", { text_consent: "I accept that every print costs at least {minimum}." });
  const now = consentVersion((await settings()).text_consent);
  expect(now).not.toBe(before);
  const failed = await refusal(handIn({ consent_version: before }));
  expect(failed.details.fields).toHaveProperty("acknowledged_minimum_charge");
  const second = await handIn({ consent_version: now });
  expect((await theJob(second.id)).consent_version).toBe(now);
});

test("the storage's path for a workstation overrides its configuration", async () => {
  lab.configure({
    WORKSTATIONS: JSON.stringify([
      { id: "front", name: "Front", password: "front-pass", storage_path: "Z:\\old" },
    ]),
  });
  const { token } = await logIn({ workstation_id: "front", password: "front-pass" }, "10.0.0.1");
  expect((await findSession(token))!.storage_path).toBe("Z:\\old");
  await save("workstations", { workstation_storage: { front: "S:\\printing" } });
  expect((await findSession(token))!.storage_path).toBe("S:\\printing");
  await save("workstations", { workstation_storage: { front: "" } });
  expect((await findSession(token))!.storage_path).toBe("Z:\\old");
  lab.configure();
});

test("a logo is taken by its content alone", async () => {
  const picture = png(40, 30);
  await saveLogo(FRONT, { staff_name: STAFF, bytes: picture });
  const { logo } = await settings();
  expect(await findLogo(logo)).toMatchObject({ content_type: "image/png" });
  expect(Buffer.from((await findLogo(logo)).bytes)).toEqual(Buffer.from(picture));
  const svg = new TextEncoder().encode("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>");
  for (const [bytes, sentence] of [
    [svg, "SVG files are not taken"],
    [new Uint8Array(), "Choose the picture first"],
    [new Uint8Array(300 * 1024), "too large"],
    [png(2001, 1), "2001 × 1 pixels"],
  ] as const)
    expect((await refusal(saveLogo(FRONT, { staff_name: STAFF, bytes }))).message).toContain(sentence);
  expect((await settings()).logo).toBe(logo);
  await saveLogo(FRONT, { staff_name: STAFF, bytes: null });
  expect((await settings()).logo).toBe("");
  expect((await refusal(findLogo("../x"))).code).toBe("not_found");
}); // prettier-ignore

test("the configuration's secrets are not on the page", async () => {
  const page = JSON.stringify(await settingsPage());
  expect(page).not.toContain(lab.env.SECRET_KEY);
  expect(page).not.toContain("front-pass");
  expect(page).not.toContain(lab.env.DATABASE_URL);
  expect(readFileSync(path.resolve("server/settings/settings-page.server.ts"), "utf8")).not.toMatch(/PASSWORD|SECRET/); // prettier-ignore
});

test("a request that changes nothing sees one state of the settings; any other sees what is in force", async () => {
  const rename = (lab_name: string) =>
    db()("settings")
      .insert({ key: "lab_name", value: JSON.stringify(lab_name), updated_by: "test" })
      .onConflict("key")
      .merge();
  await rename("Before");
  const reading = await withRequest({ request: "r", read: new Map() }, async () => {
    const first = (await settings()).lab_name;
    await rename("After");
    return [first, (await settings()).lab_name, (await settings(db())).lab_name];
  });
  expect(reading).toEqual(["Before", "Before", "After"]);
  const writing = await withRequest({ request: "w" }, async () => {
    const first = (await settings()).lab_name;
    await rename("Later");
    return [first, (await settings()).lab_name];
  });
  expect(writing).toEqual(["After", "Later"]);
});
