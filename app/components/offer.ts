/** What the submission form offers, read off the catalog: methods with their printers, materials and colours. Pure. */
import {
  colorsFor,
  materialsFor,
  methodsOffered,
  offersMaterials,
  printersFor,
} from "@server/catalog/choices";
import type { Catalog } from "@server/catalog/schema";
import type { LabCatalog } from "@server/jobs/lab-facts";

export interface OfferedColor {
  id: string;
  name: string;
  hex: string;
  material: string;
}

export interface OfferedMethod {
  name: string;
  note: string;
  printers: { id: string; name: string; dimensions: string }[];
  materials: { id: string; name: string }[];
  colors: OfferedColor[];
}

export interface Offer {
  methods: OfferedMethod[];
  asksMaterial: boolean;
  minimumChargeCents: number;
  /** What a model is judged by: printers in service with their room, materials with density and price. */
  lab: LabCatalog;
}

export function offerOf(catalog: Catalog): Offer {
  return {
    asksMaterial: offersMaterials(catalog),
    minimumChargeCents: catalog.minimum_charge_cents,
    lab: {
      printers: catalog.printers
        .filter(({ active }) => active)
        .map(({ id, name, build_volume_mm }) => ({ id, name, build_volume_mm })),
      materials: catalog.materials
        .filter(({ active }) => active)
        .map(({ id, method, density_g_cm3, price_per_gram_cents }) => ({
          id,
          method,
          density_g_cm3,
          price_per_gram_cents,
        })),
      minimum_charge_cents: catalog.minimum_charge_cents,
    },
    methods: methodsOffered(catalog).map((name) => ({
      name,
      note: catalog.method_notes[name] ?? "",
      printers: printersFor(catalog, name).map(({ id, name, dimensions_text, build_volume_mm }) => ({
        id,
        name,
        dimensions: dimensions_text || `${build_volume_mm.join(" × ")} mm`,
      })),
      materials: materialsFor(catalog, name).map(({ id, name }) => ({ id, name })),
      colors: colorsFor(catalog, name).map(({ color, material }) => ({
        id: color.id,
        name: color.name,
        hex: color.hex,
        material: material.id,
      })),
    })),
  };
}

/** What the lists hold at the moment; empty where nothing is chosen. */
export interface Chosen {
  print_method: string;
  material: string;
  color: string;
  printer: string;
}

/**
 * Id of the material that the choice comes to: a colour has one, and so has a method with a single material.
 * @returns undefined while it is still open
 */
export function materialChosen(offer: Offer, chosen: Chosen): string | undefined {
  const method = offer.methods.find(({ name }) => name === chosen.print_method);
  if (!method) return undefined;
  const color = method.colors.find(({ id }) => id === chosen.color);
  const only = method.materials.length === 1 ? method.materials[0]!.id : undefined;
  return color?.material ?? (chosen.material || only);
}
