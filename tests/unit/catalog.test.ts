/** The catalog's rules, and what a student may choose together. */
import { describe, expect, test } from "vitest";
import {
  colorsFor,
  materialsFor,
  methodsOffered,
  offersMaterials,
  printersFor,
  resolveChoice,
} from "@server/catalog/choices";
import { materialFrom } from "@server/catalog/edit";
import { EXAMPLE_CATALOG } from "@server/catalog/example";
import { type Catalog, CatalogSchema } from "@server/catalog/schema";

const edited = (edit: (catalog: Catalog) => void): Catalog => {
  const copy = structuredClone(EXAMPLE_CATALOG);
  edit(copy);
  return copy;
};
const complaints = (edit: (catalog: Catalog) => void) => {
  const parsed = CatalogSchema.safeParse(edited(edit));
  return parsed.success ? [] : parsed.error.issues.map((issue) => issue.message);
};
const choose = (more: Partial<Record<"print_method" | "material" | "color" | "printer", string>> = {}, catalog = EXAMPLE_CATALOG) =>
  resolveChoice(catalog, { print_method: "Filament", color: "blue", printer: "prusa_mk4s", ...more }); // prettier-ignore
const errors = (found: ReturnType<typeof choose>) => ("errors" in found ? Object.keys(found.errors) : []);

describe("the example", () => {
  test("is valid and has the specification's machines, rates and minimum", () => {
    expect(CatalogSchema.parse(EXAMPLE_CATALOG)).toEqual(EXAMPLE_CATALOG);
    expect(printersFor(EXAMPLE_CATALOG, "Filament").map((p) => p.name)).toEqual([
      "Prusa MK4S",
      "Prusa XL",
      "Raise3D Pro 2 Plus",
    ]);
    expect(printersFor(EXAMPLE_CATALOG, "Resin").map((p) => p.name)).toEqual(["Formlabs Form 3"]);
    expect(EXAMPLE_CATALOG.materials.map((m) => [m.method, m.price_per_gram_cents])).toEqual([
      ["Filament", 10],
      ["Resin", 20],
    ]);
    expect(EXAMPLE_CATALOG.minimum_charge_cents).toBe(300);
    expect(colorsFor(EXAMPLE_CATALOG, "Resin").map((c) => c.color.name)).toEqual([
      "Black",
      "White",
      "Gray",
      "Clear",
    ]);
    expect(methodsOffered(EXAMPLE_CATALOG)).toEqual(["Filament", "Resin"]);
    expect(offersMaterials(EXAMPLE_CATALOG)).toBe(false);
  });
});

describe("schema", () => {
  test.each<[string, (c: Catalog) => void]>([
    ["a printer twice", (c) => c.printers.push(c.printers[0]!)],
    ["a material twice", (c) => c.materials.push({ ...c.materials[0]!, colors: [{ ...c.materials[0]!.colors[0]!, id: "new" }] })], // prettier-ignore
    ["a colour id in two materials", (c) => c.materials[1]!.colors.push(c.materials[0]!.colors[0]!)],
    ["a method twice", (c) => c.methods.push("Resin")],
    ["a printer with an unknown method", (c) => c.printers[0]!.methods.push("Laser")],
    ["a material with an unknown method", (c) => (c.materials[0]!.method = "Laser")],
    ["no methods", (c) => (c.methods = [])],
    ["no colours", (c) => (c.materials[0]!.colors = [])],
    ["a negative price", (c) => (c.materials[0]!.price_per_gram_cents = -1)],
    ["a price finer than a hundredth of a cent", (c) => (c.materials[0]!.price_per_gram_cents = 0.005)],
    ["a minimum in fractions of a cent", (c) => (c.minimum_charge_cents = 300.5)],
    ["a colour that is no #rrggbb", (c) => (c.materials[0]!.colors[0]!.hex = "red")],
    ["an id with a blank", (c) => (c.printers[0]!.id = "prusa mk4s")],
    ["a flat build volume", (c) => (c.printers[0]!.build_volume_mm = [250, 210, 0])],
    ["an unknown key", (c) => Object.assign(c.printers[0]!, { colour: "blue" })],
  ])("refuses %s", (_, edit) => {
    expect(complaints(edit).length).toBeGreaterThan(0);
  });
  test("takes prices to a hundredth of a cent", () => {
    for (const price of [0, 0.01, 0.07, 10.07, 12.5, 33.33, 100_000])
      expect([price, ...complaints((c) => (c.materials[0]!.price_per_gram_cents = price))]).toEqual([price]);
  });
});

describe("a choice", () => {
  test("is found by id, and by name within the method", () => {
    for (const asked of [{}, { color: "Blue" }, { printer: "Prusa MK4S" }, { print_method: "filament" }])
      expect(choose(asked)).toMatchObject({
        choice: { method: "Filament", material: { id: "pla" }, color: { id: "blue" }, printer: { id: "prusa_mk4s" } },
      }); // prettier-ignore
    // "Black" exists in both methods; the method decides which one is meant.
    expect(choose({ color: "Black" })).toMatchObject({ choice: { color: { id: "black" } } });
    expect(choose({ print_method: "Resin", color: "Black", printer: "formlabs_form3" })).toMatchObject({
      choice: { color: { id: "resin-black" }, material: { id: "standard-resin" } },
    });
  });

  test("must fit together; every wrong field is named", () => {
    expect(errors(choose({ print_method: "Laser" }))).toEqual(["print_method"]);
    expect(errors(choose({ color: "resin-gray" }))).toEqual(["color"]);
    expect(errors(choose({ printer: "formlabs_form3" }))).toEqual(["printer"]);
    expect(errors(choose({ material: "standard-resin" }))).toEqual(["material"]);
    expect(errors(choose({ color: "clear", printer: "formlabs_form3" })).sort()).toEqual([
      "color",
      "printer",
    ]);
    expect(errors(choose({ color: "", printer: "" })).sort()).toEqual(["color", "printer"]);
  });

  test("takes nothing that is out of service", () => {
    const without = (edit: (c: Catalog) => void) => errors(choose({}, edited(edit)));
    expect(without((c) => (c.printers[0]!.active = false))).toEqual(["printer"]);
    expect(without((c) => (c.materials[0]!.colors.find((x) => x.id === "blue")!.active = false))).toEqual([
      "color",
    ]);
    expect(without((c) => (c.materials[0]!.active = false))).toEqual(["print_method"]);
    const off = edited((c) => (c.printers[0]!.active = false));
    expect(choose({}, off)).toMatchObject({
      errors: { printer: [expect.stringContaining("taken out of service")] },
    });
  });

  test("a method is offered only while it has a printer and a colour", () => {
    expect(methodsOffered(edited((c) => (c.printers[3]!.active = false)))).toEqual(["Filament"]);
    expect(methodsOffered(edited((c) => c.materials[1]!.colors.forEach((x) => (x.active = false))))).toEqual([
      "Filament",
    ]);
  });

  test("with a second material of a method the list is needed, and the material's own colours count", () => {
    const two = edited((c) =>
      c.materials.push({
        id: "petg",
        name: "PETG",
        method: "Filament",
        price_per_gram_cents: 12,
        density_g_cm3: 1.27,
        colors: [{ id: "petg-smoke", name: "Smoke", hex: "#555555", active: true }],
        active: true,
      }),
    );
    expect(offersMaterials(two)).toBe(true);
    expect(materialsFor(two, "Filament").map((m) => m.id)).toEqual(["pla", "petg"]);
    expect(errors(choose({ material: "petg" }, two))).toEqual(["color"]);
    expect(choose({ material: "petg", color: "Smoke" }, two)).toMatchObject({ choice: { material: { id: "petg" } } }); // prettier-ignore
    expect(choose({ color: "petg-smoke" }, two)).toMatchObject({ choice: { material: { id: "petg" } } });
  });
});

describe("a price as it is typed", () => {
  test.each([
    ["10", 10],
    ["12.5", 12.5],
    ["12,5", 12.5],
    [" .5 ", 0.5],
    ["-1", -1],
    ["1e9", 1e9],
    ["1,000", NaN],
    ["1.000,5", NaN],
    ["0x10", NaN],
    ["NaN", NaN],
    ["Infinity", NaN],
    ["10 ¢", NaN],
    ["", NaN],
  ])("%j", (price, read) => expect(materialFrom({ price }, "x", new Set()).price_per_gram_cents).toBe(read));
});
