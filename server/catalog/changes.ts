/** What is different between two catalogs, as sentences. Pure: no I/O. */
import { formatCents } from "../format";
import type { Catalog, Color, Material, Printer } from "./schema";

/** 10 → "10 ¢", 12.5 → "12.5 ¢". */
export function formatRateCents(cents: number): string {
  return `${Number(cents.toFixed(2))} ¢`;
}

/** [250, 210, 220] → "250 × 210 × 220 mm". */
export function formatVolume(mm: readonly number[]): string {
  return `${mm.join(" × ")} mm`;
}

const quoted = (text: string) => (text ? `“${text}”` : "nothing");
const use = (active: boolean) => (active ? "back in use" : "out of use");

/** Say one difference: nothing when both are the same. */
function from<T>(name: string, what: string, before: T, after: T, say: (value: T) => string, unit = "") {
  const [a, b] = [say(before), say(after)];
  return a === b ? [] : [`${name}: ${what} ${a} → ${b}${unit}`];
}

/** Things of a list, matched by id. */
function matched<T extends { id: string }>(before: readonly T[], after: readonly T[]) {
  return {
    gone: before.filter(({ id }) => !after.some((x) => x.id === id)),
    fresh: after.filter(({ id }) => !before.some((x) => x.id === id)),
    kept: after.flatMap((now) => {
      const then = before.find(({ id }) => id === now.id);
      return then ? [{ then, now }] : [];
    }),
  };
}

/** The order of those that are in both has changed. */
function reordered<T extends { id: string }>(before: readonly T[], after: readonly T[]): boolean {
  const common = (list: readonly T[], other: readonly T[]) => list.filter(({ id }) => other.some((x) => x.id === id)).map(({ id }) => id); // prettier-ignore
  return common(before, after).join() !== common(after, before).join();
}

/**
 * One sentence for each difference, in the order of the pages: methods, minimum charge, printers, materials.
 * Empty when both are the same.
 */
export function catalogChanges(before: Catalog, after: Catalog): string[] {
  const printers = matched(before.printers, after.printers);
  const materials = matched(before.materials, after.materials);
  return [
    ...methodChanges(before, after),
    ...from("Minimum charge", "", before.minimum_charge_cents, after.minimum_charge_cents, formatCents).map((text) => text.replace(":  ", ": ")), // prettier-ignore
    ...printers.fresh.map((p) => `${p.name}: new printer for ${p.methods.join(" and ")}`),
    ...printers.kept.flatMap(({ then, now }) => printerChanges(then, now)),
    ...printers.gone.map((p) => `${p.name}: printer removed`),
    ...(reordered(before.printers, after.printers) ? [order("Printers", after.printers)] : []),
    ...materials.fresh.map(
      (m) => `${m.name}: new material for ${m.method}, ${formatRateCents(m.price_per_gram_cents)} per gram, in ${m.colors.map((c) => c.name).join(", ")}`, // prettier-ignore
    ),
    ...materials.kept.flatMap(({ then, now }) => materialChanges(then, now)),
    ...materials.gone.map((m) => `${m.name}: material removed`),
    ...(reordered(before.materials, after.materials) ? [order("Materials", after.materials)] : []),
  ];
}

const order = (what: string, list: readonly { name: string }[]) =>
  `${what}: new order ${list.map(({ name }) => name).join(", ")}`;

function methodChanges(before: Catalog, after: Catalog): string[] {
  const named = (list: string[]) => list.map((name) => ({ id: name, name }));
  const { gone, fresh, kept } = matched(named(before.methods), named(after.methods));
  const note = (catalog: Catalog, name: string) => quoted(catalog.method_notes[name] ?? "");
  return [
    ...fresh.map(({ name }) => `${name}: new print method`),
    ...kept.flatMap(({ now: { name } }) => from(name, "note", note(before, name), note(after, name), String)),
    ...gone.map(({ name }) => `${name}: print method removed`),
    ...(reordered(named(before.methods), named(after.methods)) ? [order("Methods", named(after.methods))] : []), // prettier-ignore
  ];
}

function printerChanges(then: Printer, now: Printer): string[] {
  const { name } = then;
  return [
    ...from(name, "name", then.name, now.name, quoted),
    ...from(name, "methods", then.methods, now.methods, (list) => list.join(" and ")),
    ...from(name, "build volume", then.build_volume_mm, now.build_volume_mm, formatVolume),
    ...from(name, "dimensions as students read them", then.dimensions_text, now.dimensions_text, quoted),
    ...(then.active === now.active ? [] : [`${name}: ${now.active ? "back in service" : "out of service"}`]),
    ...from(name, "note", then.note, now.note, quoted),
  ];
}

function materialChanges(then: Material, now: Material): string[] {
  const { name } = then;
  const { gone, fresh, kept } = matched(then.colors, now.colors);
  return [
    ...from(name, "name", then.name, now.name, quoted),
    ...from(name, "method", then.method, now.method, String),
    ...from(name, "price", then.price_per_gram_cents, now.price_per_gram_cents, formatRateCents, " per gram"),
    ...from(name, "density", then.density_g_cm3, now.density_g_cm3, (g) => `${g} g/cm³`),
    ...(then.active === now.active ? [] : [`${name}: ${use(now.active)}`]),
    ...fresh.map((color) => `${name}: new color ${color.name}`),
    ...kept.flatMap((color) => colorChanges(name, color.then, color.now)),
    ...gone.map((color) => `${name}: color ${color.name} removed`),
    ...(reordered(then.colors, now.colors) ? [order(`${name}, colors`, now.colors)] : []),
  ];
}

function colorChanges(material: string, then: Color, now: Color): string[] {
  const name = `${material}, ${then.name}`;
  return [
    ...from(name, "name", then.name, now.name, quoted),
    ...from(name, "shade", then.hex.toLowerCase(), now.hex.toLowerCase(), String),
    ...(then.active === now.active ? [] : [`${name}: ${use(now.active)}`]),
  ];
}
