/** Names of catalog entries by their ids, also of those that have left the catalog. */
import { db } from "../../db.server";

export interface Names {
  printer(id: string): string;
  material(id: string): string;
  /** Every printer that any version knew, by name. */
  printers: { id: string; name: string }[];
}

/** As the newest version that knows them says. */
export async function namesOf(): Promise<Names> {
  const { rows } = await db().raw<{ rows: { kind: "printer" | "material"; id: string; name: string }[] }>(
    `SELECT DISTINCT ON (kind, id) kind, one->>'id' AS id, one->>'name' AS name
     FROM catalog_versions v, LATERAL (
       SELECT 'printer' AS kind, jsonb_array_elements(v.data->'printers') AS one
       UNION ALL SELECT 'material', jsonb_array_elements(v.data->'materials')) AS entries
     ORDER BY kind, id, v.version DESC`,
  );
  const named = (kind: "printer" | "material") =>
    new Map(rows.filter((row) => row.kind === kind).map(({ id, name }) => [id, name]));
  const [printers, materials] = [named("printer"), named("material")];
  return {
    printer: (id) => printers.get(id) ?? id,
    material: (id) => materials.get(id) ?? id,
    printers: [...printers].map(([id, name]) => ({ id, name })).sort((a, b) => a.name.localeCompare(b.name)),
  };
}
