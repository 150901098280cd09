/** What the submission form offers, read off the catalog: methods with their printers, materials and colours. Pure. */
import {
  colorsFor,
  materialsFor,
  methodsOffered,
  offersMaterials,
  printersFor,
} from "@server/catalog/choices";
import type { Catalog } from "@server/catalog/schema";

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
}

export function offerOf(catalog: Catalog): Offer {
  return {
    asksMaterial: offersMaterials(catalog),
    minimumChargeCents: catalog.minimum_charge_cents,
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
