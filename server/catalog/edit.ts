/**
 * One change of a catalog: what a page's form says, put into the whole. Nothing is checked here, the schema
 * does that for the result; so a form may be shown as it would look before it is right. Pure: no I/O.
 */
import { Refusal } from "../errors";
import { freshId } from "./ids";
import type { Catalog, Color, Material, Printer } from "./schema";

/** A form's fields. */
export type Entered = Record<string, string | string[]>;
/** What stands in a list of the catalog and can be moved, taken out of use and removed. */
export type Listed = "methods" | "printers" | "materials";

export const oneOf = (entered: Entered, name: string): string => [entered[name] ?? ""].flat()[0] ?? "";
export const manyOf = (entered: Entered, name: string): string[] => [entered[name] ?? []].flat();

/**
 * A number as people type it, with a point or a comma; what is none is not a number for the schema either. So is
 * "1,000": nobody can tell whether it means one or a thousand.
 */
function number(text: string): number {
  const plain = text.trim().replace(/^(\d+),(\d{1,2})$/, "$1.$2");
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(plain) ? Number(plain) : NaN;
}

/** The fields of a printer's form. */
export function printerFrom(entered: Entered, id: string): Printer {
  return {
    id,
    name: oneOf(entered, "name"),
    methods: manyOf(entered, "methods"),
    build_volume_mm: [
      number(oneOf(entered, "width")),
      number(oneOf(entered, "depth")),
      number(oneOf(entered, "height")),
    ],
    dimensions_text: oneOf(entered, "dimensions_text"),
    active: oneOf(entered, "active") === "yes",
    note: oneOf(entered, "note"),
  };
}

/** One line of a material's list of colors: `key` names it on the page, `id` is empty while it is new. */
export interface ColorRow {
  key: string;
  id: string;
  name: string;
  hex: string;
  active: boolean;
  /** It is to be removed when the form is saved. */
  remove: boolean;
}

/** The lines as the form has them. */
export function colorRows(entered: Entered): ColorRow[] {
  const [names, shades, ids] = ["color_name", "color_hex", "color_id"].map((name) => manyOf(entered, name));
  const [on, off] = [manyOf(entered, "color_active"), manyOf(entered, "color_remove")];
  return manyOf(entered, "color_key").map((key, at) => ({
    key,
    id: ids![at] ?? "",
    name: names![at] ?? "",
    hex: shades![at] ?? "",
    active: on.includes(key),
    remove: off.includes(key),
  }));
}

/** The lines that stay: not removed, and named unless they are new and untouched. */
export function keptRows(rows: readonly ColorRow[]): ColorRow[] {
  return rows.filter(({ id, name, remove }) => !remove && (id !== "" || name.trim() !== ""));
}

/** The form with its lines in this order. */
export function withRows(entered: Entered, rows: readonly ColorRow[]): Entered {
  return {
    ...entered,
    color_key: rows.map(({ key }) => key),
    color_id: rows.map(({ id }) => id),
    color_name: rows.map(({ name }) => name),
    color_hex: rows.map(({ hex }) => hex),
    color_active: rows.filter(({ active }) => active).map(({ key }) => key),
    color_remove: rows.filter(({ remove }) => remove).map(({ key }) => key),
  };
}

/** A line to be filled in; its key is not among the others'. */
export function blankRow(rows: readonly ColorRow[]): ColorRow {
  let n = 1;
  while (rows.some(({ key }) => key === `new${n}`)) n++;
  return { key: `new${n}`, id: "", name: "", hex: "#808080", active: true, remove: false };
}

/** A list with one of its members a place further up (-1) or down (1); at the end it stays. */
export function movedIn<T>(list: readonly T[], at: number, by: -1 | 1): T[] {
  const next = [...list];
  const to = at + by;
  if (at < 0 || to < 0 || to >= list.length) return next;
  [next[at], next[to]] = [next[to]!, next[at]!];
  return next;
}

/**
 * The fields of a material's form.
 * @param taken ids that colors have or had; new ones get others, made from their names
 */
export function materialFrom(entered: Entered, id: string, taken: ReadonlySet<string>): Material {
  const ids = new Set(taken);
  const colors = keptRows(colorRows(entered)).map((row): Color => {
    const color = row.id || freshId(`${id} ${row.name}`, ids, `${id}_color`);
    ids.add(color);
    return { id: color, name: row.name, hex: row.hex, active: row.active };
  });
  return {
    id,
    name: oneOf(entered, "name"),
    method: oneOf(entered, "method"),
    price_per_gram_cents: number(oneOf(entered, "price")),
    density_g_cm3: number(oneOf(entered, "density")),
    colors,
    active: oneOf(entered, "active") === "yes",
  };
}

/** The catalog with this printer or material in the place of the one with its id, or at the end. */
export function withThing<K extends "printers" | "materials">(
  catalog: Catalog,
  kind: K,
  thing: Catalog[K][number],
): Catalog {
  const list: { id: string }[] = catalog[kind];
  const known = list.some(({ id }) => id === thing.id);
  return { ...catalog, [kind]: known ? list.map((x) => (x.id === thing.id ? thing : x)) : [...list, thing] };
}

/**
 * The fields of the page of methods: names with notes, line by line, and the minimum charge in dollars.
 * A method that is renamed takes its printers and materials with it.
 */
export function withMethods(catalog: Catalog, entered: Entered): Catalog {
  const kept = keptMethods(entered);
  const renamed = (method: string) => kept.find(({ was }) => was === method)?.name ?? method;
  const dollars = number(oneOf(entered, "minimum_charge"));
  return {
    ...catalog,
    methods: kept.map(({ name }) => name),
    method_notes: Object.fromEntries(kept.map(({ name, note }) => [name, note])),
    // Thousandths stay, so that the schema can object to them.
    minimum_charge_cents: Number((dollars * 100).toFixed(4)),
    printers: catalog.printers.map((p) => ({ ...p, methods: p.methods.map(renamed) })),
    materials: catalog.materials.map((m) => ({ ...m, method: renamed(m.method) })),
  };
}

/** The lines of methods that stay, each with its place on the page. */
export function keptMethods(entered: Entered): { line: number; was: string; name: string; note: string }[] {
  const [names, notes] = [manyOf(entered, "method_name"), manyOf(entered, "method_note")];
  const removed = manyOf(entered, "method_remove");
  return manyOf(entered, "method_was")
    .map((was, line) => ({ line, was, name: (names[line] ?? "").trim(), note: notes[line] ?? "" }))
    .filter(({ was, name }) => (was ? !removed.includes(was) : name !== ""));
}

/** What a row of the catalog's page can do at once. */
export type RowAction = "up" | "down" | "on" | "off" | "remove";

/**
 * The catalog after a row's button was pressed.
 * @throws Refusal `not_found` when the row has gone, `invalid` for what a row cannot do
 */
export function afterRow(catalog: Catalog, kind: Listed, id: string, action: RowAction): Catalog {
  const list: (string | { id: string; name: string })[] = catalog[kind];
  const at = list.findIndex((one) => (typeof one === "string" ? one : one.id) === id);
  if (at < 0) throw gone();
  if (action === "up" || action === "down")
    return { ...catalog, [kind]: movedIn(list, at, action === "up" ? -1 : 1) };
  if (kind === "methods")
    throw new Refusal("invalid", "Open the page again: what was to be done is missing.");
  if (action === "remove") return { ...catalog, [kind]: list.filter((_, other) => other !== at) };
  const active = action === "on";
  return { ...catalog, [kind]: list.map((one, other) => (other === at ? { ...(one as object), active } : one)) }; // prettier-ignore
}

/** What was to be changed is no longer in the catalog. */
export function gone(): Refusal {
  return new Refusal("not_found", "This is no longer in the catalog. Somebody has removed it.");
}

/** A printer's or material's form as it opens. */
export function enteredPrinter(printer: Printer): Entered {
  const [width, depth, height] = printer.build_volume_mm.map(String);
  const { name, methods, dimensions_text, active, note } = printer;
  return { name, methods, width: width!, depth: depth!, height: height!, dimensions_text, note, active: active ? "yes" : "" }; // prettier-ignore
}

export function enteredMaterial(material: Material): Entered {
  const { name, method, price_per_gram_cents, density_g_cm3, active, colors } = material;
  const rows = colors.map((color) => ({ ...color, key: color.id, remove: false }));
  const plain = { name, method, price: String(price_per_gram_cents), density: String(density_g_cm3), active: active ? "yes" : "" }; // prettier-ignore
  return withRows(plain, rows);
}
