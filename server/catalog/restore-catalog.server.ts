import { findVersion } from "./history.server";
import { saveCatalog, type SavedCatalog } from "./save-catalog.server";

/**
 * Brings an old version back, as a new one.
 * @param input.restore the version that is brought back
 * @param input.version the version in force when the page was opened
 * @throws Refusal `not_found`, and as `saveCatalog`: what open jobs need meanwhile cannot be left out
 */
export async function restoreCatalog(
  desk: { workstation_id: string },
  input: { staff_name: string; restore: number; version?: number; form_key?: string },
): Promise<SavedCatalog> {
  const { data } = await findVersion(input.restore);
  return saveCatalog(desk, {
    staff_name: input.staff_name,
    version: input.version,
    form_key: input.form_key,
    data,
    restored_from: input.restore,
  });
}
