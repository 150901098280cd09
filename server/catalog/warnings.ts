/** What is allowed and yet probably not meant. Pure: no I/O. */
import { colorsFor, printersFor } from "./choices";
import type { Catalog } from "./schema";

/** Sentences about methods that students cannot choose, and about what no student sees. */
export function catalogWarnings(catalog: Catalog): string[] {
  return [
    ...catalog.methods.flatMap((method) => {
      const missing = [
        printersFor(catalog, method).length === 0 && "printer in service",
        colorsFor(catalog, method).length === 0 && "material with a color in use",
      ].filter((part) => part !== false);
      return missing.length ? [`${method} has no ${missing.join(" and no ")}, so students cannot choose it.`] : []; // prettier-ignore
    }),
    ...catalog.materials
      .filter((m) => m.active && !m.colors.some((color) => color.active))
      .map((m) => `${m.name} has no color in use, so students do not see it.`),
    ...catalog.materials
      .filter((m) => m.active && m.price_per_gram_cents === 0)
      .map((m) => `${m.name} costs nothing per gram; only the minimum charge is taken.`),
  ];
}
