/** Which file of a job the 3D view shows, and the printer around it. Pure. */
import type { Catalog } from "../catalog/schema";
import { MODEL_EXTENSIONS } from "../jobs/schemas";

/** What the 3D view needs. Sizes in bytes and mm. */
export interface ModelShown {
  /** The file's name in the job's folder. */
  name: string;
  size_bytes: number;
  /** The printer that was asked for, in service or not; null when the catalog no longer has it. */
  printer: { id: string; name: string; build_volume_mm: [number, number, number] } | null;
}

/** Slicers call their output so too; there is no mesh in it. */
const SLICED = /\.gcode\.3mf$/i;

/**
 * The file to be printed if it is a model, else the student's own.
 * @param files of the job's folder
 * @param printer the id that the student chose
 * @returns null when neither is a model that lies in the folder
 */
export function modelShown(
  files: readonly { name: string; size_bytes: number; roles: readonly string[]; on_disk: boolean }[],
  catalog: Pick<Catalog, "printers">,
  printer: string,
): ModelShown | null {
  const isModel = (name: string) =>
    MODEL_EXTENSIONS.some((extension) => name.toLowerCase().endsWith(`.${extension}`)) && !SLICED.test(name);
  const models = files.filter(({ name, on_disk }) => on_disk && isModel(name));
  const shown =
    models.find(({ roles }) => roles.includes("authoritative")) ??
    models.find(({ roles }) => roles.includes("original"));
  if (!shown) return null;
  const found = catalog.printers.find(({ id }) => id === printer);
  return {
    name: shown.name,
    size_bytes: shown.size_bytes,
    printer: found ? { id: found.id, name: found.name, build_volume_mm: found.build_volume_mm } : null,
  };
}
