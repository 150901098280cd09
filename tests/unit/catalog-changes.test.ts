/** The difference between two catalogs as sentences, ids made from names, and warnings. */
import { describe, expect, test } from "vitest";
import { catalogChanges } from "@server/catalog/changes";
import { EMPTY_CATALOG, EXAMPLE_CATALOG } from "@server/catalog/example";
import { freshId, idsEver, reusedIds } from "@server/catalog/ids";
import { type Catalog, CatalogSchema } from "@server/catalog/schema";
import { catalogWarnings } from "@server/catalog/warnings";
import { eventText } from "~/components/staff-event-text";

const edited = (edit: (catalog: Catalog) => void): Catalog => {
  const copy = structuredClone(EXAMPLE_CATALOG);
  edit(copy);
  return copy;
};
const changes = (edit: (catalog: Catalog) => void) => catalogChanges(EXAMPLE_CATALOG, edited(edit));

describe("changes", () => {
  test.each<[(c: Catalog) => void, string[]]>([
    [() => undefined, []],
    [(c) => (c.materials[0]!.price_per_gram_cents = 12.5), ["PLA filament: price 10 ¢ → 12.5 ¢ per gram"]],
    [(c) => (c.minimum_charge_cents = 350), ["Minimum charge: $3.00 → $3.50"]],
    [(c) => (c.printers[0]!.active = false), ["Prusa MK4S: out of service"]],
    [(c) => (c.printers[1]!.build_volume_mm = [360, 360, 300]), ["Prusa XL: build volume 360 × 360 × 360 mm → 360 × 360 × 300 mm"]], // prettier-ignore
    [(c) => (c.printers[0]!.name = "MK4"), ["Prusa MK4S: name “Prusa MK4S” → “MK4”"]],
    [(c) => c.printers.reverse(), ["Printers: new order Formlabs Form 3, Raise3D Pro 2 Plus, Prusa XL, Prusa MK4S"]], // prettier-ignore
    [(c) => c.printers.splice(1, 1), ["Prusa XL: printer removed"]],
    [(c) => (c.method_notes.Resin = ""), [`Resin: note “${EXAMPLE_CATALOG.method_notes.Resin}” → nothing`]],
    [(c) => (c.materials[0]!.colors[0]!.hex = "#C8102E"), []],
    [
      (c) => (c.materials[0]!.colors[0]!.hex = "#ff0000"),
      ["PLA filament, True Red: shade #c8102e → #ff0000"],
    ],
    [(c) => (c.materials[0]!.colors[0]!.active = false), ["PLA filament, True Red: out of use"]],
    [(c) => c.materials[0]!.colors.splice(0, 1), ["PLA filament: color True Red removed"]],
    [(c) => c.materials[0]!.colors.push({ id: "gold", name: "Gold", hex: "#ffd700", active: true }), ["PLA filament: new color Gold"]], // prettier-ignore
    [(c) => (c.materials[1]!.density_g_cm3 = 1.2), ["Standard resin: density 1.17 g/cm³ → 1.2 g/cm³"]],
    [(c) => c.methods.push("Laser"), ["Laser: new print method"]],
  ])("%#", (edit, expected) => expect(changes(edit)).toEqual(expected));

  test("are found for every field that the schema knows", () => {
    // Whoever adds a field and forgets it here is told.
    const before = edited(() => undefined);
    const places = (value: unknown, path: (string | number)[] = []): (string | number)[][] =>
      typeof value === "object" && value !== null
        ? Object.entries(value).flatMap(([key, inner]) => places(inner, [...path, Array.isArray(value) ? Number(key) : key])) // prettier-ignore
        : [path];
    const all = places(before).filter((path) => path.at(-1) !== "id");
    expect(all.length).toBeGreaterThan(50);
    for (const path of all) {
      const after = structuredClone(before);
      let at = after as unknown as Record<string | number, never>;
      for (const key of path.slice(0, -1)) at = at[key]!;
      const old: unknown = at[path.at(-1)!];
      Object.assign(at, { [path.at(-1)!]: typeof old === "boolean" ? !old : typeof old === "number" ? old + 1 : `${String(old)}x` }); // prettier-ignore
      expect([path.join("."), catalogChanges(before, after).length > 0]).toEqual([path.join("."), true]);
    }
  });

  test("a first catalog names what it brings; the log tells it", () => {
    const first = catalogChanges(EMPTY_CATALOG, EXAMPLE_CATALOG);
    expect(first).toContain("Prusa MK4S: new printer for Filament");
    expect(first).toContain("Standard resin: new material for Resin, 20 ¢ per gram, in Black, White, Gray, Clear"); // prettier-ignore
    const say = (details: object) => eventText({ event_type: "CatalogUpdated", details: { ...details } }).sentence; // prettier-ignore
    expect(say({ version: 2, changes: ["A: out of service"], more_changes: 3 })).toBe("Changed the catalog: A: out of service; and 3 more changes."); // prettier-ignore
    expect(say({ version: 5, restored_from: 2, changes: [] })).toBe("Restored version 2 of the catalog.");
  });
});

describe("ids", () => {
  test("are made from names and never used again", () => {
    expect(freshId("Prusa XL", new Set(), "printer")).toBe("prusa_xl");
    expect(freshId("Prusa XL", new Set(["prusa_xl", "prusa_xl_2"]), "printer")).toBe("prusa_xl_3");
    expect(freshId("Größe №5!", new Set(), "printer")).toBe("gro_e_no5");
    expect(freshId("打印机", new Set(), "printer")).toBe("printer");
    expect(idsEver([EXAMPLE_CATALOG], "color").size).toBe(14);
    const long = freshId("x".repeat(200), new Set(), "printer");
    expect(CatalogSchema.safeParse(edited((c) => (c.printers[0]!.id = `${long}_100`))).success).toBe(true);
  });
  test("keep their meaning", () => {
    const without = edited((c) => c.printers.splice(0, 1));
    expect(reusedIds([EXAMPLE_CATALOG, without], EXAMPLE_CATALOG)).toEqual({});
    const back = edited((c) => (c.printers[0]!.name = "Other"));
    expect(Object.keys(reusedIds([EXAMPLE_CATALOG, without], back))).toEqual(["printers.0.id"]);
    expect(reusedIds([EXAMPLE_CATALOG], back)).toEqual({});
    expect(reusedIds([], EXAMPLE_CATALOG)).toEqual({});
  });
});

test("warnings", () => {
  expect(catalogWarnings(EXAMPLE_CATALOG)).toEqual([]);
  expect(catalogWarnings(EMPTY_CATALOG)).toEqual([
    "Filament has no printer in service and no material with a color in use, so students cannot choose it.",
    "Resin has no printer in service and no material with a color in use, so students cannot choose it.",
  ]);
  const odd = edited((c) => {
    c.materials[1]!.colors.forEach((color) => (color.active = false));
    c.materials[0]!.price_per_gram_cents = 0;
  });
  expect(catalogWarnings(odd)).toEqual([
    "Resin has no material with a color in use, so students cannot choose it.",
    "Standard resin has no color in use, so students do not see it.",
    "PLA filament costs nothing per gram; only the minimum charge is taken.",
  ]);
});
