/** The versions of the catalog: who made each, when, and what it changed. Read-only. */
import { Refusal } from "../errors";
import { inactiveStaffNames } from "../staff/staff.server";
import { CatalogVersion } from "./catalog.server";
import { catalogChanges } from "./changes";
import { EMPTY_CATALOG } from "./example";
import type { Catalog } from "./schema";

/** One version. The time is UTC ISO 8601. */
export interface VersionView {
  version: number;
  updated_by: string;
  updated_at: string;
  workstation_id: string | null;
  restored_from: number | null;
  /** Whoever made it is not active any more. */
  inactive: boolean;
  /** What it changed, as sentences. */
  changes: string[];
}

/**
 * A page of versions, newest first.
 * @param below begin below this version
 * @returns the versions, and where the next page begins (null: there is none)
 */
export async function catalogHistory(
  below: number | null = null,
  perPage = 20,
): Promise<{ versions: VersionView[]; older: number | null }> {
  // One more than is shown: the last one shown is compared with it.
  const page = CatalogVersion.query()
    .orderBy("version", "desc")
    .limit(perPage + 1);
  if (below !== null) page.where("version", "<", below);
  const [rows, inactive] = await Promise.all([page, inactiveStaffNames()]);
  const versions = rows
    .slice(0, perPage)
    .map((row, i) => view(row, rows[i + 1]?.data ?? EMPTY_CATALOG, inactive));
  return { versions, older: rows.length > perPage ? versions.at(-1)!.version : null };
}

function view(row: CatalogVersion, before: Catalog, inactive: string[]): VersionView {
  const { version, updated_by, updated_at, workstation_id, restored_from, data } = row;
  return {
    version,
    updated_by,
    updated_at: updated_at.toISOString(),
    workstation_id,
    restored_from,
    inactive: inactive.includes(updated_by),
    changes: catalogChanges(before, data),
  };
}

/**
 * One version with its content.
 * @throws Refusal `not_found`
 */
export async function findVersion(version: number): Promise<VersionView & { data: Catalog }> {
  const sound = Number.isInteger(version) && version > 0 && version < 2 ** 31;
  const rows = sound
    ? await CatalogVersion.query()
        .whereIn("version", [version, version - 1])
        .orderBy("version", "desc")
    : [];
  const [row, before] = rows;
  if (row?.version !== version) throw new Refusal("not_found", "There is no such version of the catalog.");
  return { ...view(row, before?.data ?? EMPTY_CATALOG, await inactiveStaffNames()), data: row.data };
}
