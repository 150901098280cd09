/** Printers and materials to begin with: those of the example, taken over one by one. Pure: no I/O. */
import { EXAMPLE_CATALOG } from "./example";
import type { Catalog } from "./schema";

export const PRESETS = { printers: EXAMPLE_CATALOG.printers, materials: EXAMPLE_CATALOG.materials };

/** The catalog with the chosen ones at its end; what it has already stays as it is, unknown ids are left out. */
export function withPresets(
  catalog: Catalog,
  kind: "printers" | "materials",
  ids: readonly string[],
): Catalog {
  const known: { id: string }[] = catalog[kind];
  const fresh = PRESETS[kind].filter(({ id }) => ids.includes(id) && !known.some((one) => one.id === id));
  const methods = fresh.flatMap((one) => ("methods" in one ? one.methods : [one.method]));
  const added = [...new Set(methods)].filter((method) => !catalog.methods.includes(method));
  return {
    ...catalog,
    methods: [...catalog.methods, ...added],
    method_notes: {
      ...catalog.method_notes,
      ...Object.fromEntries(added.map((method) => [method, EXAMPLE_CATALOG.method_notes[method] ?? ""])),
    },
    [kind]: [...known, ...fresh],
  };
}
