/** The staff list: who may be put on it, by whom, and what the log says of it. */
import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { db } from "@server/db.server";
import { Event } from "@server/events/event.server";
import { verifyChain } from "@server/events/verify.server";
import { addStaff } from "@server/staff/add-staff.server";
import { deactivateStaff } from "@server/staff/deactivate-staff.server";
import { reactivateStaff } from "@server/staff/reactivate-staff.server";
import { renameStaff } from "@server/staff/rename-staff.server";
import { activeStaff, findStaff, inactiveStaffNames, listStaff, Staff } from "@server/staff/staff.server";
import { freshLab } from "../support/database";
import { FRONT, STAFF } from "../support/desk";

beforeAll(async () => {
  await freshLab();
});

const lastEvent = () => Event.query().orderBy("id", "desc").first().throwIfNotFound();
const countEvents = () => Event.query().resultSize();
const add = (name: string, more: object = {}) => addStaff(FRONT, { name, staff_name: STAFF, ...more });

describe("adding", () => {
  test("puts the name on the list, new for as long as the settings say, with an event", async () => {
    const added = await add("  Grace   Hopper ");
    expect(added).toMatchObject({ name: "Grace Hopper", is_active: true, deactivated_at: null });
    expect(await lastEvent()).toMatchObject({
      event_type: "StaffAdded",
      job_id: null,
      triggered_by: STAFF,
      workstation_id: FRONT.workstation_id,
      details: { staff_id: added.id, name: "Grace Hopper" },
    });
    expect(await activeStaff(7)).toContainEqual({ name: "Grace Hopper", is_new: true });
    await db()("staff")
      .where({ id: added.id })
      .update({ added_at: db().raw("now() - interval '8 days'") });
    expect(await activeStaff(7)).toContainEqual({ name: "Grace Hopper", is_new: false });
    expect((await listStaff({ newForDays: 9 })).find(({ id }) => id === added.id)?.is_new).toBe(true);
    expect(await verifyChain()).toMatchObject({ gap: null });
  });

  test.each([
    ["jane doe", "invalid case"],
    ["Jаne Doe", "Cyrillic"],
    ["Jane Dοe", "Greek"],
    ["Ｊａｎｅ Doe", "wide letters"],
  ])("refuses %s (%s), and says who has the name", async (name) => {
    const before = await countEvents();
    await expect(add(name)).rejects.toMatchObject({
      code: "conflict",
      details: {
        reason: "name_taken",
        fields: { name: [expect.stringContaining("Jane Doe is on the list")] },
      },
    });
    expect(await countEvents()).toBe(before);
  });

  test("refuses what is no name, and somebody who is nobody", async () => {
    await expect(add("Jane\u200bX")).rejects.toMatchObject({ code: "invalid", details: { fields: { name: [expect.stringContaining("invisible")] } } }); // prettier-ignore
    await expect(add("Ada Byron", { staff_name: "Nobody" })).rejects.toMatchObject({
      code: "invalid",
      details: { fields: { staff_name: [expect.any(String)] } },
    });
    await expect(addStaff(FRONT, { name: "Ada Byron" })).rejects.toMatchObject({ details: { fields: { staff_name: [expect.any(String)] } } }); // prettier-ignore
    expect(await Staff.query().where("name", "Ada Byron").resultSize()).toBe(0);
  });

  test("a form sent twice adds one", async () => {
    const form_key = randomUUID();
    const [one, two] = await Promise.all([add("Twice Told", { form_key }), add("Twice Told", { form_key })]);
    expect(two.id).toBe(one.id);
    await expect(add("Another One", { form_key })).rejects.toMatchObject({ details: { reason: "form_reused" } }); // prettier-ignore
  });

  test("of two at once with names that look alike one gets in", async () => {
    const results = await Promise.allSettled([add("Race One"), add("Rаce One"), add("RACE ONE")]);
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected", "rejected"]);
  });
});

describe("renaming", () => {
  test("keeps the person, keeps the old name from others, and tells both", async () => {
    const { id } = await add("Mary Smith");
    const renamed = await renameStaff(FRONT, { staff: "mary smith", name: "Mary Jones", staff_name: STAFF });
    expect(renamed).toMatchObject({ id, name: "Mary Jones", former_names: ["Mary Smith"] });
    expect(await lastEvent()).toMatchObject({
      event_type: "StaffRenamed",
      details: { staff_id: id, from: "Mary Smith", to: "Mary Jones" },
    });
    await expect(add("Mаry Smith")).rejects.toMatchObject({ message: expect.stringContaining("Mary Jones was called") }); // prettier-ignore
    // Back to the old one, and once more the same: no third event.
    await renameStaff(FRONT, { staff: id, name: "Mary Smith", staff_name: STAFF });
    const events = await countEvents();
    expect(await renameStaff(FRONT, { staff: id, name: "Mary Smith", staff_name: STAFF })).toMatchObject({ former_names: ["Mary Jones"] }); // prettier-ignore
    expect(await countEvents()).toBe(events);
  });

  test("somebody may rename themself, also in case only, and press twice", async () => {
    const { id } = await add("ada kay");
    const press = () => renameStaff(FRONT, { staff: id, name: "Ada Kay", staff_name: "ada kay" });
    await press();
    expect(await press()).toMatchObject({ name: "Ada Kay" });
    const press2 = () => renameStaff(FRONT, { staff: id, name: "Ada Kaye", staff_name: "Ada Kay" });
    await press2();
    expect(await press2()).toMatchObject({ name: "Ada Kaye" });
  });

  test("refuses a name somebody has, and a person who is not there", async () => {
    await expect(renameStaff(FRONT, { staff: "Sam Rivera", name: "JANE DOE", staff_name: STAFF })).rejects.toMatchObject({ details: { reason: "name_taken" } }); // prettier-ignore
    for (const staff of ["No One", randomUUID(), "x\0y", ""])
      await expect(renameStaff(FRONT, { staff, name: "Some Name", staff_name: STAFF })).rejects.toMatchObject({ code: "not_found" }); // prettier-ignore
  });
});

describe("leaving and coming back", () => {
  test("an inactive name cannot act, is marked, and keeps its place; both ways are told", async () => {
    const { id } = await add("Leaving Soon");
    expect(await deactivateStaff(FRONT, { staff: id, staff_name: "Leaving Soon" })).toMatchObject({
      is_active: false,
      deactivated_at: expect.any(String),
    });
    expect(await lastEvent()).toMatchObject({ event_type: "StaffDeactivated", triggered_by: "Leaving Soon" });
    const events = await countEvents();
    await deactivateStaff(FRONT, { staff: id, staff_name: "Leaving Soon" });
    expect(await countEvents()).toBe(events);
    expect(await inactiveStaffNames()).toContain("Leaving Soon");
    expect(await activeStaff(7)).not.toContainEqual(expect.objectContaining({ name: "Leaving Soon" }));
    await expect(add("Somebody New", { staff_name: "Leaving Soon" })).rejects.toMatchObject({ code: "invalid" }); // prettier-ignore
    await expect(add("leaving soon")).rejects.toMatchObject({
      message: expect.stringContaining("reactivate"),
    });
    await expect(reactivateStaff(FRONT, { staff: id, staff_name: "Leaving Soon" })).rejects.toMatchObject({ code: "invalid" }); // prettier-ignore
    expect(await reactivateStaff(FRONT, { staff: id, staff_name: STAFF })).toMatchObject({
      is_active: true,
      deactivated_at: null,
    });
    expect(await lastEvent()).toMatchObject({ event_type: "StaffReactivated", triggered_by: STAFF });
  });
});

describe("an empty list", () => {
  beforeAll(async () => {
    const lab = await freshLab();
    await lab.owner("DELETE FROM staff");
  });

  test("takes its first name from itself, and the last active name stays", async () => {
    const first = await addStaff(FRONT, { name: "Grace Hopper" });
    expect(await lastEvent()).toMatchObject({
      event_type: "StaffAdded",
      triggered_by: "Grace Hopper",
      details: { first: true },
    });
    await expect(addStaff(FRONT, { name: "Ada Byron" })).rejects.toMatchObject({ code: "invalid" });
    await addStaff(FRONT, { name: "Ada Byron", staff_name: "Grace Hopper" });
    await Promise.allSettled(
      ["Grace Hopper", "Ada Byron"].map((staff) => deactivateStaff(FRONT, { staff, staff_name: staff })),
    );
    const left = await activeStaff(7);
    expect(left).toHaveLength(1);
    const last = left[0]!.name;
    await expect(deactivateStaff(FRONT, { staff: last, staff_name: last })).rejects.toMatchObject({
      code: "forbidden",
      details: { reason: "last_active" },
    });
    expect((await findStaff(first.id)).name).toBe("Grace Hopper");
  });
});
