/** Setting up an empty lab: its name, presets, the test letter, and how far it is. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { currentCatalog } from "@server/catalog/catalog.server";
import { EMPTY_CATALOG } from "@server/catalog/example";
import { withPresets } from "@server/catalog/presets";
import { changeCatalog } from "@server/catalog/save-catalog.server";
import { Event } from "@server/events/event.server";
import { lastTestLetter, requestTestLetter } from "@server/outbox/test-letter.server";
import { closeTransport } from "@server/mail/transport.server";
import { workRow } from "@server/outbox/work.server";
import { setUp } from "@server/reports/set-up.server";
import { nameLab } from "@server/settings/name-lab.server";
import { DEFAULTS } from "@server/settings/read-form";
import { saveSettings } from "@server/settings/save-settings.server";
import { settings } from "@server/settings/settings.server";
import { addStaff } from "@server/staff/add-staff.server";
import { HANDLERS } from "@workers/queues";
import { freshLab, type Lab } from "../support/database";
import { FRONT } from "../support/desk";
import { startSmtp, type TestSmtp } from "../support/smtp";

let lab: Lab;
let smtp: TestSmtp;
beforeAll(async () => {
  lab = await freshLab();
  smtp = await startSmtp();
  for (const sql of [
    "ALTER TABLE catalog_versions DISABLE TRIGGER USER",
    "DELETE FROM catalog_versions",
    "ALTER TABLE catalog_versions ENABLE TRIGGER USER",
    "DELETE FROM staff",
  ])
    await lab.owner(sql);
  lab.configure({ MAIL_SERVER: "127.0.0.1", MAIL_PORT: String(smtp.port), MAIL_FROM: "lab@example.edu" });
});
afterAll(async () => {
  closeTransport();
  await smtp.close();
});

const LAB = { lab_name: "Makers' Hall", university_name: "", contact_email: "", time_zone: "Europe/Paris" };
const lastEvent = () => Event.query().orderBy("id", "desc").first();
const GRACE = "Grace Hopper";

test("an empty lab has nothing done", async () => {
  expect(await setUp()).toMatchObject({ done: [], version: 0, people: [], letter: null });
});

test("the lab's name is the workstation's doing while nobody is on the list, then somebody's", async () => {
  await expect(nameLab(FRONT, { ...LAB, lab_name: " ", contact_email: "x", time_zone: "Moon/Base" })).rejects.toMatchObject({
    code: "invalid",
    details: { fields: { lab_name: [expect.any(String)], contact_email: [expect.any(String)], time_zone: [expect.any(String)] } },
  }); // prettier-ignore
  await nameLab(FRONT, LAB);
  expect(await settings()).toMatchObject({ lab_name: "Makers' Hall", time_zone: "Europe/Paris" });
  expect(await lastEvent()).toMatchObject({
    event_type: "SettingsChanged",
    triggered_by: FRONT.workstation_name,
    details: { by_workstation: true, changes: { lab_name: { from: "3D Print Lab", to: "Makers' Hall" } } },
  });
  const events = await Event.query().resultSize();
  await nameLab(FRONT, LAB);
  expect(await Event.query().resultSize()).toBe(events);
  expect((await setUp()).done).toEqual(["lab"]);
  await addStaff(FRONT, { name: GRACE });
  await expect(nameLab(FRONT, { ...LAB, lab_name: "Other" })).rejects.toMatchObject({ details: { fields: { staff_name: [expect.any(String)] } } }); // prettier-ignore
  await nameLab(FRONT, { ...LAB, lab_name: "Other", staff_name: GRACE });
  expect(await lastEvent()).toMatchObject({ triggered_by: GRACE, details: { group: "lab", said: "Name of the lab from Makers' Hall to Other" } }); // prettier-ignore
  expect((await setUp()).done).toEqual(["lab", "staff"]);
  // It is the settings' own way: of two editors the second is told, and a default leaves no row unless it was chosen.
  const { lab_stamp } = await setUp();
  await saveSettings(FRONT, {
    staff_name: GRACE,
    group: "lab",
    entered: { contact_email: "desk@example.edu" },
  });
  const late = { ...LAB, lab_name: "Third", staff_name: GRACE, stamp: lab_stamp };
  await expect(nameLab(FRONT, late)).rejects.toMatchObject({ details: { reason: "stale", stamp: (await setUp()).lab_stamp } }); // prettier-ignore
  const offered = { lab_name: DEFAULTS.lab_name, university_name: DEFAULTS.university_name, contact_email: "", time_zone: DEFAULTS.time_zone }; // prettier-ignore
  await nameLab(FRONT, { ...offered, staff_name: GRACE });
  expect(await lab.owner("SELECT key, updated_by FROM settings")).toEqual([{ key: "lab_name", updated_by: GRACE }]); // prettier-ignore
  expect((await setUp()).done).toEqual(["lab", "staff"]);
  await lab.owner("DELETE FROM settings");
  await nameLab(FRONT, { ...offered, staff_name: GRACE });
  expect(await lastEvent()).toMatchObject({ details: { said: "Name of the lab stays 3D Print Lab" } });
  expect((await setUp()).done).toEqual(["lab", "staff"]);
});

test("presets bring their methods, and none that is there already is touched", async () => {
  const bare = { ...EMPTY_CATALOG, methods: ["Laser"], method_notes: {} };
  const both = withPresets(bare, "printers", ["formlabs_form3", "prusa_xl", "unknown"]);
  expect(both.methods).toEqual(["Laser", "Filament", "Resin"]);
  expect(both.printers.map(({ id }) => id)).toEqual(["prusa_xl", "formlabs_form3"]);
  const own = { ...both, printers: [{ ...both.printers[0]!, note: "ours" }] };
  expect(withPresets(own, "printers", ["prusa_xl"])).toEqual(own);
  for (const [kind, version] of [
    ["printers", 0],
    ["materials", 1],
  ] as const)
    await changeCatalog(FRONT, { staff_name: GRACE, version, said: kind }, (catalog) =>
      withPresets(catalog, kind, ["prusa_xl", "pla"]),
    );
  expect((await currentCatalog()).data).toMatchObject({
    printers: [{ id: "prusa_xl" }],
    materials: [{ id: "pla" }],
  });
  expect((await setUp()).done).toEqual(["lab", "staff", "printers", "materials"]);
});

test("the test letter goes through the outbox, one at a time, and its fate is told", async () => {
  const ask = (to: string, staff_name = GRACE) => requestTestLetter(FRONT, { to, staff_name });
  await expect(ask("nonsense")).rejects.toMatchObject({ details: { fields: { to: [expect.any(String)] } } });
  await expect(ask("a@example.edu", "Nobody")).rejects.toMatchObject({ details: { fields: { staff_name: [expect.any(String)] } } }); // prettier-ignore
  const asked = await Promise.allSettled([ask("admin@example.edu"), ask("admin@example.edu")]);
  expect(asked.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(await lastEvent()).toMatchObject({ triggered_by: GRACE, details: { action: "test-letter" } });
  expect(JSON.stringify((await lastEvent())!.details)).not.toContain("example.edu");
  const { id } = (await lastTestLetter())!;
  expect(await workRow(id, HANDLERS)).toBe("done");
  expect(smtp.messages.at(-1)).toMatchObject({ subject: "Test letter from 3D Print Lab" });
  expect(smtp.messages.at(-1)!.text).toContain("to see whether mail arrives");
  expect(await lastTestLetter()).toMatchObject({ state: "done", to: "admin@example.edu" });
  expect((await setUp()).done).toContain("mail");

  // One that fails says why at once, is not tried again by itself, and gives way to the next.
  lab.configure({ MAIL_SERVER: "127.0.0.1", MAIL_PORT: "1", MAIL_FROM: "lab@example.edu" });
  const { outbox_id } = await ask("admin@example.edu");
  expect(await workRow(outbox_id, HANDLERS)).toBe("failed");
  expect(await lastTestLetter()).toMatchObject({ state: "failed", last_error: expect.stringContaining("No connection") }); // prettier-ignore
  await ask("other@example.edu");
  expect(await lastTestLetter()).toMatchObject({ state: "due", to: "other@example.edu" });
});
