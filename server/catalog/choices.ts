/** What a student may choose together, read off the catalog. Pure: form, server and tests share it. */
import { Refusal } from "../errors";
import type { Catalog, Color, Material, Printer } from "./schema";

/** Methods that have an active printer and an active material with an active colour. */
export function methodsOffered(catalog: Catalog): string[] {
  return catalog.methods.filter(
    (method) => printersFor(catalog, method).length > 0 && colorsFor(catalog, method).length > 0,
  );
}

/** The answer while nothing can be chosen: before the lab is set up, or when everything is out of use. */
export function notOpen(): Refusal {
  return new Refusal("unavailable", "The lab is not open for print requests yet. Please come back later.", {
    reason: "not_open",
  });
}

export function printersFor(catalog: Catalog, method: string): Printer[] {
  return catalog.printers.filter((p) => p.active && p.methods.includes(method));
}

export function materialsFor(catalog: Catalog, method: string): Material[] {
  return catalog.materials.filter((m) => m.active && m.method === method && m.colors.some((c) => c.active));
}

/** The colours of a method, each with its material; one material's only when `material` is given. */
export function colorsFor(
  catalog: Catalog,
  method: string,
  material = "",
): { color: Color; material: Material }[] {
  return materialsFor(catalog, method)
    .filter((m) => !material || m.id === material)
    .flatMap((m) => m.colors.filter((c) => c.active).map((color) => ({ color, material: m })));
}

/** Does the form need a material list, that is: does a method offer more than one? */
export function offersMaterials(catalog: Catalog): boolean {
  return catalog.methods.some((method) => materialsFor(catalog, method).length > 1);
}

export interface Choice {
  method: string;
  material: Material;
  color: Color;
  printer: Printer;
}

/**
 * Finds what the student chose. Ids are meant; a name within the method is understood too.
 * @returns the choice, or what is wrong with each field
 */
export function resolveChoice(
  catalog: Catalog,
  asked: { print_method: string; material?: string; color: string; printer: string },
): { choice: Choice } | { errors: Record<string, string[]> } {
  const same = (word: string) => (x: { id: string; name: string }) =>
    x.id === word || x.name.toLowerCase() === word.toLowerCase();
  const isAsked = (method: string) => method.toLowerCase() === asked.print_method.toLowerCase();
  const method = methodsOffered(catalog).find(isAsked);
  if (!method) {
    const known = catalog.methods.find(isAsked);
    const message = known
      ? `${known} printing is not available at the moment. Choose another print method.`
      : "Choose one of the print methods in the list.";
    return { errors: { print_method: [message] } };
  }

  const errors: Record<string, string[]> = {};
  const wanted = asked.material ?? "";
  const materials = materialsFor(catalog, method);
  if (wanted && !materials.some(same(wanted))) {
    errors.material = [
      `${method} printing does not offer that material. Choose one that belongs to ${method}.`,
    ];
  }
  const materialId = materials.find(same(wanted))?.id ?? "";
  const found = colorsFor(catalog, method, materialId).find(({ color }) => same(asked.color)(color));
  if (!found) {
    const off = catalog.materials
      .filter((m) => m.method === method)
      .flatMap((m) => m.colors.filter((c) => !m.active || !c.active))
      .find(same(asked.color));
    errors.color = [
      off
        ? `${off.name} is not available at the moment. Choose another color.`
        : materialId
          ? "That material does not come in this color. Choose another color."
          : `${method} printing does not offer that color. Choose a color listed under ${method}.`,
    ];
  }
  const printer = printersFor(catalog, method).find(same(asked.printer));
  if (!printer) {
    const known = catalog.printers.find(same(asked.printer));
    errors.printer = [
      known && !known.active
        ? `The ${known.name} has been taken out of service. Choose another printer.`
        : `That printer does not print ${method}. Choose a printer listed under ${method}.`,
    ];
  }
  if (!found || !printer || errors.material) return { errors };
  return { choice: { method, material: found.material, color: found.color, printer } };
}
