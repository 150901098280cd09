/**
 * What a print will about weigh and cost, as an honest range. Only the slicer knows; this is marked as an
 * estimate wherever it is shown, and there is none when the mesh does not allow one.
 *
 * Filament: walls are solid, the rest is filled in part. A body of volume V and surface A loses, under walls of
 * thickness t, at least the core that remains of a ball with the same A/V: V·(1 − (1 − t·A/3V)³) (exact for
 * balls and cubes), and at most V or A·t. The range comes from common profiles: PrusaSlicer's and Bambu
 * Studio's defaults are two walls of 0.45 mm and 15 % infill, labs go to three walls and 25 %; brim, purge and
 * some support add up to 15 %. Checked against PrusaSlicer 2.5 on six shapes (tests/unit/mesh-fit.test.ts).
 * Resin: printed solid (PreForm's default); supports and base add 5 to 30 %.
 */
import type { MeshReport } from "./report";

/** Of a material in the catalog. */
export interface EstimateMaterial {
  /** The catalog's method, "Filament" or "Resin" in the example. */
  method: string;
  density_g_cm3: number;
}

export interface Estimate {
  grams: [low: number, high: number];
  /** In cents, through `price`. */
  cents: [low: number, high: number];
}

const FILAMENT = {
  low: { wall: 0.8, infill: 0.1, extra: 1 },
  high: { wall: 1.4, infill: 0.25, extra: 1.15 },
};
const RESIN = { low: 1.05, high: 1.3 };
/** Heavier than any part the lab prints: the unit or the mesh is wrong. */
const ABSURD_GRAMS = 20_000;
const TINY_MM = 3;

/** Is everything inside printed solid? By the method's name, since the catalog's methods are free text. */
export function isSolidMethod(method: string): boolean {
  return /resin|sla\b|dlp|msla|powder|sls/i.test(method);
}

/**
 * Weight and price of one copy.
 * @param price cents for a weight in grams (the lab's pricing rule with its minimum)
 * @returns null when the mesh is open or inside out in parts, or the result would be absurd
 */
export function estimate(
  report: Pick<
    MeshReport,
    "watertight" | "volume_mm3" | "area_mm2" | "size_mm" | "flipped_triangles" | "inverted_shells" | "shells"
  >,
  material: EstimateMaterial,
  price: (grams: number) => number,
): Estimate | null {
  const { volume_mm3: volume, area_mm2: area, size_mm: size } = report;
  const box = size[0] * size[1] * size[2];
  if (!report.watertight || report.flipped_triangles > 0 || !(volume > 0) || !(area > 0)) return null;
  // All inside out is harmless, slicers turn it; a mixture makes the volume a difference of unknowns.
  if (report.inverted_shells > 0 && report.inverted_shells < report.shells) return null;
  // More than its box: shells that overlap count twice.
  if (volume > box * 1.001 || Math.max(...size) < TINY_MM) return null;
  const gramsOf = (mm3: number) => (mm3 / 1000) * material.density_g_cm3;
  const [low, high] = isSolidMethod(material.method)
    ? [gramsOf(volume) * RESIN.low, gramsOf(volume) * RESIN.high]
    : [gramsOf(filamentVolume(volume, area, false)), gramsOf(filamentVolume(volume, area, true))];
  if (!(high < ABSURD_GRAMS) || !(low > 0.005)) return null;
  const grams: [number, number] = [round(low, Math.floor), round(high, Math.ceil)];
  return { grams, cents: [price(grams[0]), price(grams[1])] };
}

function filamentVolume(volume: number, area: number, high: boolean): number {
  const { wall, infill, extra } = high ? FILAMENT.high : FILAMENT.low;
  const reach = Math.min(1, (wall * area) / (3 * volume));
  const walls = high ? Math.min(volume, wall * area) : volume * (1 - (1 - reach) ** 3);
  return (walls + (volume - walls) * infill) * extra;
}

/** To two figures or a tenth of a gram, outwards. */
function round(grams: number, direction: (value: number) => number): number {
  const step = Math.max(0.1, 10 ** (Math.floor(Math.log10(grams)) - 1));
  return Number((direction(grams / step - (direction === Math.ceil ? 1e-9 : -1e-9)) * step).toFixed(2));
}

/** "about 12–19 g, $3.00–$3.80 (estimate)" @param money cents as text */
export function describeEstimate({ grams, cents }: Estimate, money: (cents: number) => string): string {
  const weight = grams[0] === grams[1] ? `${grams[0]} g` : `${grams[0]}–${grams[1]} g`;
  const cost = cents[0] === cents[1] ? money(cents[0]) : `${money(cents[0])}–${money(cents[1])}`;
  return `about ${weight}, ${cost} (estimate)`;
}
