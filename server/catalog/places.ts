/** Where on a page's form a sentence about a place of the catalog belongs. Pure: no I/O. */
import { colorRows, type Entered, keptMethods, keptRows } from "./edit";

const PRINTER: Record<string, string> = {
  id: "thing_id",
  "build_volume_mm.0": "width",
  "build_volume_mm.1": "depth",
  "build_volume_mm.2": "height",
};
const MATERIAL: Record<string, string> = {
  id: "thing_id",
  price_per_gram_cents: "price",
  density_g_cm3: "density",
  colors: "colors",
};

/**
 * The fields of a refusal, by the ids of the form's controls; what has none stands at `""`, for the whole form.
 * @param at the place of the printer or material in its list
 */
export function formFields(
  fields: Record<string, string[]>,
  kind: "printers" | "materials",
  at: number,
  entered: Entered,
): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  const rows = colorRows(entered);
  const kept = keptRows(rows);
  for (const [place, messages] of Object.entries(fields)) {
    const prefix = `${kind}.${at}.`;
    const inner = place.startsWith(prefix) ? place.slice(prefix.length) : null;
    const color = inner && /^colors\.(\d+)\.(name|hex|id)$/.exec(inner);
    const line = color ? rows.indexOf(kept[Number(color[1])]!) : -1;
    const control =
      place === "staff_name"
        ? place
        : inner === null
          ? ""
          : line >= 0
            ? `color_${color![2] === "hex" ? "hex" : "name"}_${line}`
            : ((kind === "printers" ? PRINTER : MATERIAL)[inner] ?? inner);
    found[control] = [...(found[control] ?? []), ...messages];
  }
  return found;
}

/** The same for the page of methods. */
export function methodFields(fields: Record<string, string[]>, entered: Entered): Record<string, string[]> {
  const kept = keptMethods(entered);
  const found: Record<string, string[]> = {};
  for (const [place, messages] of Object.entries(fields)) {
    const [list, which] = place.split(".");
    const line =
      list === "methods"
        ? kept[Number(which)]?.line
        : kept.find(({ name }) => `method_notes.${name}` === place)?.line;
    const control =
      place === "staff_name"
        ? place
        : place === "minimum_charge_cents"
          ? "minimum_charge"
          : line === undefined || which === undefined
            ? ""
            : `${list === "methods" ? "method_name" : "method_note"}_${line}`;
    found[control] = [...(found[control] ?? []), ...messages];
  }
  return found;
}
