/** New versions of the catalog: what is let in, who is told what, and what students meet afterwards. */
import { randomUUID } from "node:crypto";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { currentCatalog } from "@server/catalog/catalog.server";
import { EMPTY_CATALOG, EXAMPLE_CATALOG } from "@server/catalog/example";
import { catalogHistory, findVersion } from "@server/catalog/history.server";
import { catalogUsage } from "@server/catalog/in-use.server";
import { restoreCatalog } from "@server/catalog/restore-catalog.server";
import { saveCatalog } from "@server/catalog/save-catalog.server";
import type { Catalog } from "@server/catalog/schema";
import { db } from "@server/db.server";
import { Event } from "@server/events/event.server";
import { Job } from "@server/jobs/job.server";
import { freshLab, type Lab } from "../support/database";
import { drive, FRONT, handIn, STAFF, submitCube } from "../support/desk";

let lab: Lab;
beforeAll(async () => {
  lab = await freshLab();
  await lab.set({ submissions_per_hour_per_address: 1000 });
});

const edited = (edit: (catalog: Catalog) => void, from: Catalog = EXAMPLE_CATALOG): Catalog => {
  const copy = structuredClone(from);
  edit(copy);
  return copy;
};
const save = (data: unknown, more: object = {}) => saveCatalog(FRONT, { staff_name: STAFF, data, ...more });
/** Saves a change of what is in force. */
const change = async (edit: (catalog: Catalog) => void, more: object = {}) =>
  save(edited(edit, (await currentCatalog()).data), more);
const version = async () => (await currentCatalog()).version;
const countEvents = () => Event.query().where("event_type", "CatalogUpdated").resultSize();
const PETG = {
  id: "petg",
  name: "PETG",
  method: "Filament",
  price_per_gram_cents: 12.5,
  density_g_cm3: 1.27,
  colors: [{ id: "petg_smoke", name: "Smoke", hex: "#555555", active: true }],
  active: true,
};

describe("a new version", () => {
  // Each test begins with the example in force.
  beforeEach(async () => {
    await save(EXAMPLE_CATALOG);
  });

  test("is in force at once, attributed, told in the log, and the old one is kept", async () => {
    const before = await version();
    const saved = await change((c) => (c.materials[0]!.price_per_gram_cents = 12), { version: before });
    expect(saved).toMatchObject({
      version: before + 1,
      updated_by: STAFF,
      changes: ["PLA filament: price 10 ¢ → 12 ¢ per gram"],
      warnings: [],
    });
    expect((await currentCatalog()).data.materials[0]!.price_per_gram_cents).toBe(12);
    expect(await Event.query().orderBy("id", "desc").first()).toMatchObject({
      event_type: "CatalogUpdated",
      job_id: null,
      triggered_by: STAFF,
      workstation_id: FRONT.workstation_id,
      details: { version: before + 1, changes: ["PLA filament: price 10 ¢ → 12 ¢ per gram"] },
    });
    expect((await findVersion(before)).data.materials[0]!.price_per_gram_cents).toBe(10);
    await expect(db()("catalog_versions").where({ version: before }).delete()).rejects.toThrow(
      /never changed/,
    );
    await expect(db()("catalog_versions").where({ version: before }).update({ updated_by: "x" })).rejects.toThrow(/never changed/); // prettier-ignore
  });

  test("is not written when nothing is different, nor twice for one form", async () => {
    const [before, events] = [await version(), await countEvents()];
    expect(await change(() => undefined)).toMatchObject({ version: before, changes: [] });
    const form_key = randomUUID();
    const data = edited((c) => (c.minimum_charge_cents = 350));
    const [one, two] = await Promise.all([1, 2].map(() => save(data, { form_key, version: before })));
    expect([one!.version, two!.version]).toEqual([before + 1, before + 1]);
    expect(await countEvents()).toBe(events + 1);
  });

  test.each<[string, (c: Catalog) => void, string, RegExp]>([
    ["-1", (c) => (c.materials[0]!.price_per_gram_cents = -1), "materials.0.price_per_gram_cents", /at least 0 ¢ per gram/],
    ["NaN", (c) => (c.materials[0]!.price_per_gram_cents = NaN), "materials.0.price_per_gram_cents", /as a number/],
    ["infinity", (c) => (c.materials[0]!.price_per_gram_cents = Infinity), "materials.0.price_per_gram_cents", /number|at most/],
    ["1e9", (c) => (c.materials[0]!.price_per_gram_cents = 1e9), "materials.0.price_per_gram_cents", /at most 100,000 ¢ per gram/],
    ["a thousandth", (c) => (c.materials[0]!.price_per_gram_cents = 0.005), "materials.0.price_per_gram_cents", /at most 2 decimals/],
    ["no density", (c) => (c.materials[0]!.density_g_cm3 = 0), "materials.0.density_g_cm3", /more than 0 g\/cm³/],
    ["a text as price", (c) => Object.assign(c.materials[0]!, { price_per_gram_cents: "ten" }), "materials.0.price_per_gram_cents", /as a number/],
    ["a flat printer", (c) => (c.printers[0]!.build_volume_mm = [250, 0, 220]), "printers.0.build_volume_mm.1", /the depth of more than 0 mm/],
    ["a printer without methods", (c) => (c.printers[0]!.methods = []), "printers.0.methods", /at least one method/],
    ["an unknown method", (c) => (c.printers[0]!.methods = ["Laser"]), "printers.0.methods", /unknown method "Laser"/],
    ["a used id", (c) => (c.printers[1]!.id = "prusa_mk4s"), "printers.1.id", /Another printer has the id/],
    ["a used name", (c) => (c.printers[1]!.name = "PRUSA mk4s"), "printers.1.name", /Another printer is called/],
    ["a colour twice", (c) => (c.materials[0]!.colors[1]!.name = "true red"), "materials.0.colors.1.name", /has the color "true red" twice/],
    ["an odd colour", (c) => (c.materials[0]!.colors[1]!.hex = "reddish"), "materials.0.colors.1.hex", /#rrggbb/],
    ["a note about nothing", (c) => (c.method_notes.Laser = "Hot."), "method_notes.Laser", /unknown method/],
    ["an unknown key", (c) => Object.assign(c.printers[0]!, { colour: "blue" }), "printers.0", /does not know/],
  ])("refuses %s, says where, and writes nothing", async (_, edit, place, message) => {
    const [before, events] = [await version(), await countEvents()];
    await expect(save(edited(edit))).rejects.toMatchObject({
      code: "invalid",
      details: { fields: { [place]: [expect.stringMatching(message)] } },
    });
    expect([await version(), await countEvents()]).toEqual([before, events]);
  }); // prettier-ignore

  test.each([null, "catalog", [], {}, { methods: "Filament" }])("refuses %j", async (data) => {
    await expect(save(data)).rejects.toMatchObject({ code: "invalid" });
  });

  test("needs somebody of the list", async () => {
    await expect(save(EXAMPLE_CATALOG, { staff_name: "Nobody" })).rejects.toMatchObject({
      code: "invalid",
      details: { fields: { staff_name: [expect.any(String)] } },
    });
  });

  test("the second of two editors is told what the first has changed", async () => {
    const seen = await version();
    await change((c) => (c.materials[0]!.price_per_gram_cents = 12), { version: seen });
    await expect(
      save(
        edited((c) => (c.minimum_charge_cents = 500)),
        { version: seen },
      ),
    ).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining(`${STAFF} has changed the catalog`),
      details: {
        reason: "stale",
        version: seen + 1,
        updated_by: STAFF,
        changes: ["PLA filament: price 10 ¢ → 12 ¢ per gram"],
      },
    });
    const racing = await version();
    const racers = [400, 500, 600].map((cents) => change((c) => (c.minimum_charge_cents = cents), { version: racing })); // prettier-ignore
    const results = await Promise.allSettled(racers);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await version()).toBe(racing + 1);
  });

  test("warns of a method that nobody can choose", async () => {
    const { warnings } = await change((c) => (c.printers[3]!.active = false));
    expect(warnings).toEqual(["Resin has no printer in service, so students cannot choose it."]);
  });
});

describe("an id", () => {
  test("that was removed comes back as the same thing only", async () => {
    await save(edited((c) => c.printers.splice(2, 1)));
    await save(edited((c) => c.materials[0]!.colors.pop(), (await currentCatalog()).data));
    const other = { ...EXAMPLE_CATALOG.printers[2]!, name: "Bambu X1" };
    await expect(change((c) => c.printers.push(other))).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringMatching(/The id "raise3d_pro2_plus" belongs to the printer Raise3D Pro 2 Plus/),
      details: { reason: "id_reused", fields: { "printers.3.id": [expect.any(String)] } },
    });
    // The same colour in another material is another thing.
    await expect(
      change((c) =>
        c.materials[1]!.colors.push({ id: "white", name: "White 2", hex: "#ffffff", active: true }),
      ),
    ).rejects.toMatchObject({ details: { reason: "id_reused" } });
    await change((c) => c.printers.push(EXAMPLE_CATALOG.printers[2]!));
    await save(EXAMPLE_CATALOG);
    // What is there may be renamed: it stays the same thing.
    await change((c) => (c.printers[2]!.name = "Raise3D, the large one"));
    await save(EXAMPLE_CATALOG);
  });

  test("of a colour cannot move to another material while it is there", async () => {
    await expect(
      change((c) => c.materials[1]!.colors.push(...c.materials[0]!.colors.splice(0, 1))),
    ).rejects.toMatchObject({ details: { reason: "id_reused" } });
  });
});

describe("what open jobs use", () => {
  test("cannot be removed; the refusal counts them; finished ones are in nobody's way", async () => {
    const one = await submitCube({ color: "purple", printer: "prusa_xl" });
    const two = await drive(await submitCube({ color: "purple" }), "COMPLETED");
    expect((await catalogUsage()).colors.purple).toBe(2);
    const without = (edit: (c: Catalog) => void) => change(edit);
    const noPurple = (c: Catalog) => (c.materials[0]!.colors = c.materials[0]!.colors.filter(({ id }) => id !== "purple")); // prettier-ignore
    await expect(without(noPurple)).rejects.toMatchObject({
      code: "invalid",
      message:
        "2 open jobs use Purple of PLA filament, so it cannot be removed. Take it out of use instead: students no longer see it, and those jobs can be finished.",
      details: { reason: "in_use", fields: { materials: [expect.any(String)] } },
    });
    await expect(without((c) => (c.printers = c.printers.filter(({ id }) => id !== "prusa_xl")))).rejects.toMatchObject({ message: expect.stringContaining("1 open job uses the Prusa XL") }); // prettier-ignore
    await expect(without((c) => (c.materials = c.materials.slice(1)))).rejects.toMatchObject({ message: expect.stringContaining("2 open jobs use PLA filament, so it cannot be removed") }); // prettier-ignore
    await expect(
      without((c) => {
        c.methods = ["Plastic", "Resin"];
        c.method_notes = {};
        c.printers.slice(0, 3).forEach((p) => (p.methods = ["Plastic"]));
        c.materials[0]!.method = "Plastic";
      }),
    ).rejects.toMatchObject({
      // prettier-ignore
      details: { fields: { methods: [expect.stringContaining("2 open jobs use the method Filament")], materials: [expect.stringContaining("method cannot be changed")] } }, // prettier-ignore
    });
    // Out of use is possible at any time, and those jobs go on.
    await without((c) => c.materials[0]!.colors.forEach((color) => (color.active = color.id !== "purple")));
    await drive(one, "PENDING");
    for (const job of [one, two]) await Job.query().findById(job.id).patch({ status: "ARCHIVED" });
    expect(await without(noPurple)).toMatchObject({ changes: ["PLA filament: color Purple removed"] });
    await save(EXAMPLE_CATALOG);
  });
});

describe("history", () => {
  test("tells every version with who, where and what, page by page", async () => {
    await change((c) => (c.printers[0]!.note = "Nozzle is being changed."));
    await change((c) => (c.printers[0]!.active = false));
    const { versions, older } = await catalogHistory(null, 2);
    expect(versions.map(({ changes }) => changes)).toEqual([
      ["Prusa MK4S: out of service"],
      ["Prusa MK4S: note nothing → “Nozzle is being changed.”"],
    ]);
    expect(versions[0]).toMatchObject({ updated_by: STAFF, workstation_id: FRONT.workstation_id, inactive: false }); // prettier-ignore
    expect(older).toBe(versions[1]!.version);
    const all = await catalogHistory(null, 1000);
    expect(all.versions.at(-1)).toMatchObject({ version: 1, updated_by: "system" });
    expect(all.versions.at(-1)!.changes).toContain("Prusa XL: new printer for Filament");
    expect((await catalogHistory(older, 1000)).versions).toEqual(all.versions.slice(2));
    for (const n of [0, -1, 1.5, NaN, 1e12]) await expect(findVersion(n)).rejects.toMatchObject({ code: "not_found" }); // prettier-ignore
  });

  test("an old version comes back as a new one", async () => {
    const before = await version();
    const restored = await restoreCatalog(FRONT, { staff_name: STAFF, restore: 1, version: before });
    expect(restored.version).toBe(before + 1);
    expect((await currentCatalog()).data).toEqual(EXAMPLE_CATALOG);
    expect((await findVersion(before + 1)).restored_from).toBe(1);
    expect((await Event.query().orderBy("id", "desc").first())!.details).toMatchObject({ restored_from: 1 });
    await expect(restoreCatalog(FRONT, { staff_name: STAFF, restore: 999 })).rejects.toMatchObject({ code: "not_found" }); // prettier-ignore
    await expect(restoreCatalog(FRONT, { staff_name: STAFF, restore: 2, version: before })).rejects.toMatchObject({ code: "conflict" }); // prettier-ignore
  });

  test("not over the head of a job that needs what came later", async () => {
    await change((c) => c.materials.push(PETG));
    const job = await submitCube({ color: "petg_smoke" });
    await expect(restoreCatalog(FRONT, { staff_name: STAFF, restore: 1 })).rejects.toMatchObject({
      details: { reason: "in_use" },
    });
    await Job.query().findById(job.id).patch({ status: "ARCHIVED" });
    await save(EXAMPLE_CATALOG);
  });
});

describe("a form that is open already", () => {
  test("is checked against what is in force now", async () => {
    await change((c) => (c.printers[0]!.active = false));
    await expect(handIn()).rejects.toMatchObject({
      code: "invalid",
      details: { fields: { printer: [expect.stringContaining("Prusa MK4S has been taken out of service")] } },
    });
    await save(edited((c) => (c.materials[0]!.colors[0]!.active = false)));
    await expect(handIn()).rejects.toMatchObject({
      details: { fields: { color: ["True Red is not available at the moment. Choose another color."] } },
    });
    await save(edited((c) => c.printers.forEach((p) => (p.active = p.methods.includes("Resin")))));
    await expect(handIn()).rejects.toMatchObject({
      details: { fields: { print_method: [expect.stringContaining("Filament printing is not available")] } },
    });
    await save(edited((c) => c.printers.forEach((p) => (p.active = false))));
    await expect(handIn()).rejects.toMatchObject({ code: "unavailable", details: { reason: "not_open" } });
    await save(EXAMPLE_CATALOG);
  });

  test("no request comes in with what has been removed while it was on its way", async () => {
    for (let n = 0; n < 6; n++) {
      const [handed, removed] = await Promise.allSettled([
        handIn({ color: "brown" }),
        change((c) => (c.materials[0]!.colors = c.materials[0]!.colors.filter(({ id }) => id !== "brown"))),
      ]);
      const known = (await currentCatalog()).data.materials[0]!.colors.some(({ id }) => id === "brown");
      // One of the two has to give way.
      expect(known).toBe(removed.status === "rejected");
      expect(handed.status).toBe(known ? "fulfilled" : "rejected");
      if (known) await Job.query().where("color", "brown").patch({ status: "ARCHIVED" });
      else await save(EXAMPLE_CATALOG);
    }
  });
});

describe("before anything is set up", () => {
  beforeAll(async () => {
    lab = await freshLab();
    await lab.owner("ALTER TABLE catalog_versions DISABLE TRIGGER USER");
    await lab.owner("DELETE FROM catalog_versions");
    await lab.owner("ALTER TABLE catalog_versions ENABLE TRIGGER USER");
  });

  test("the catalog is version 0 and empty, nothing can be handed in, and the first save makes version 1", async () => {
    expect(await currentCatalog()).toEqual({ version: 0, data: EMPTY_CATALOG });
    await expect(handIn()).rejects.toMatchObject({ code: "unavailable", details: { reason: "not_open" } });
    const printers = [EXAMPLE_CATALOG.printers[0]!];
    expect(await save({ ...EMPTY_CATALOG, printers }, { version: 0 })).toMatchObject({ version: 1 });
    await expect(save(EMPTY_CATALOG, { version: 0 })).rejects.toMatchObject({ code: "conflict" });
    await change((c) => c.materials.push(EXAMPLE_CATALOG.materials[0]!));
    expect((await handIn()).short_id).toBeGreaterThan(0);
  });
});
