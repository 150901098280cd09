/** The catalog as far as a model is judged by it, for one choice of a student. Pure: form and server share it. */
import type { EstimateMaterial } from "../mesh/estimate";
import type { BuildVolume } from "../mesh/fit";
import type { LabFacts } from "../parts/judge";
import { priceCents } from "./pricing";

/** What of a catalog matters to a model: a whole catalog is one. Volumes in mm, densities in g/cm³, money in cents. */
export interface LabCatalog {
  printers: readonly BuildVolume[];
  materials: readonly (EstimateMaterial & { id: string; price_per_gram_cents: number })[];
  minimum_charge_cents: number;
}

/**
 * @param choice ids of printer and material; what is missing or unknown is left out of the judgement
 * @returns what `judgePart` judges by
 */
export function labFacts(
  { printers, materials, minimum_charge_cents }: LabCatalog,
  choice: { printer?: string; material?: string },
): LabFacts {
  const material = materials.find(({ id }) => id === choice.material);
  return {
    printers,
    printer: choice.printer,
    material,
    price:
      material &&
      ((grams) =>
        priceCents(grams, { price_per_gram_cents: material.price_per_gram_cents, minimum_charge_cents })),
  };
}
