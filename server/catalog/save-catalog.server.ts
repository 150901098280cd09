import { isDeepStrictEqual } from "node:util";
import { inTransaction, type Trx } from "../db.server";
import { Refusal } from "../errors";
import { appendEvent } from "../events/append.server";
import { claimFormKey } from "../form-keys.server";
import { requireActiveStaff } from "../staff/staff.server";
import { catalogVersions, CatalogVersion, currentCatalog, holdCatalog } from "./catalog.server";
import { catalogChanges } from "./changes";
import { reusedIds } from "./ids";
import { stillInUse } from "./in-use.server";
import { type Catalog, catalogErrors, type CatalogInForce, CatalogSchema } from "./schema";
import { catalogWarnings } from "./warnings";

/** Where it is done. */
type AtDesk = { workstation_id: string };

export interface SaveCatalog {
  staff_name: string;
  /** The version that the form was made from; without it, whatever is in force is replaced. */
  version?: number;
  /** The whole catalog, as it came in. */
  data: unknown;
  /** The older version whose content this is. */
  restored_from?: number;
  /** Sent twice, it has one effect. */
  form_key?: string;
}

export interface SavedCatalog {
  /** The version in force now. */
  version: number;
  data: Catalog;
  updated_by: string;
  updated_at: Date;
  /** What is different from the version before, as sentences; empty when nothing was and no version was written. */
  changes: string[];
  /** What is allowed and perhaps not meant. */
  warnings: string[];
}

/** Sentences kept in the log; the versions themselves hold everything. */
const CHANGES_TOLD = 40;

/**
 * Puts a new version of the catalog into force, whole or not at all.
 * @param desk where it is done
 * @throws Refusal `invalid` with a sentence per place (`"materials.0.price_per_gram_cents"`, reason `in_use` when
 * open jobs need what is left out, `id_reused` when an id would mean something else) or on `staff_name`;
 * `conflict` (reason `stale`) when another version has come into force meanwhile, with `version`, `updated_by`,
 * `updated_at` and `changes` since
 */
export function saveCatalog(desk: AtDesk, input: SaveCatalog): Promise<SavedCatalog> {
  const { data, ...rest } = input;
  return writeVersion(desk, { ...rest, said: data ?? null }, () => data);
}

/**
 * Puts one change of the catalog into force: what `edit` makes of the one that the form was made from.
 * @param input.said what the form said, to tell a repeated post from another one with the same key
 * @throws Refusal as `saveCatalog`, and what `edit` throws
 */
export function changeCatalog(
  desk: AtDesk,
  input: Omit<SaveCatalog, "data"> & { version: number; said: unknown },
  edit: (catalog: Catalog) => unknown,
): Promise<SavedCatalog> {
  return writeVersion(desk, input, edit);
}

/** The one writer of versions. */
async function writeVersion(
  desk: AtDesk,
  input: Omit<SaveCatalog, "data"> & { said: unknown },
  edit: (catalog: Catalog) => unknown,
): Promise<SavedCatalog> {
  const name = await requireActiveStaff(input.staff_name);
  return inTransaction(async (trx) => {
    await holdCatalog(trx);
    const now = await currentCatalog(trx);
    const { form_key, said } = input;
    if (!(await claimFormKey(trx, { guard: { form_key }, step: "catalog", input: { name, said } })))
      return inForce(trx, now);
    if (input.version !== undefined && input.version !== now.version)
      throw await stale(trx, input.version, now);
    const parsed = CatalogSchema.safeParse(edit(now.data));
    if (!parsed.success) throw invalid(catalogErrors(parsed.error));
    const next = parsed.data;
    if (now.version > 0 && isDeepStrictEqual(now.data, next)) return inForce(trx, now);
    refuse(reusedIds(await catalogVersions(trx), next), "id_reused");
    refuse(await stillInUse(trx, now.data, next), "in_use");
    const { version, updated_at } = await CatalogVersion.query(trx)
      .insert({
        version: now.version + 1,
        data: next,
        updated_by: name,
        workstation_id: desk.workstation_id,
        restored_from: input.restored_from ?? null,
      })
      .returning("*");
    const changes = catalogChanges(now.data, next);
    await appendEvent(
      trx,
      { name, workstation_id: desk.workstation_id },
      {
        type: "CatalogUpdated",
        details: {
          version,
          ...told(changes),
          ...(input.restored_from && { restored_from: input.restored_from }),
        },
      },
    );
    return { version, data: next, updated_by: name, updated_at, changes, warnings: catalogWarnings(next) };
  });
}

function told(changes: string[]): Record<string, unknown> {
  const more_changes = changes.length - CHANGES_TOLD;
  return { changes: changes.slice(0, CHANGES_TOLD), ...(more_changes > 0 && { more_changes }) };
}

function refuse(fields: Record<string, string[]>, reason: string): void {
  if (Object.keys(fields).length) throw invalid(fields, reason);
}

function invalid(fields: Record<string, string[]>, reason?: string): Refusal {
  const sentences = Object.values(fields).flat();
  const message =
    sentences.length === 1 ? sentences[0]! : "Please correct what is marked. Nothing was saved.";
  return new Refusal("invalid", message, { fields, ...(reason && { reason }) });
}

async function inForce(trx: Trx, now: CatalogInForce): Promise<SavedCatalog> {
  const { updated_by, updated_at } = await CatalogVersion.query(trx).findById(now.version).throwIfNotFound();
  return { ...now, updated_by, updated_at, changes: [], warnings: catalogWarnings(now.data) };
}

/** Somebody was faster: who, and what they changed since the form was made. */
async function stale(trx: Trx, seen: number, now: CatalogInForce): Promise<Refusal> {
  const then = await CatalogVersion.query(trx).findById(seen);
  const last = now.version > 0 ? await inForce(trx, now) : null;
  return new Refusal(
    "conflict",
    `${last?.updated_by ?? "Somebody"} has changed the catalog since you opened this page. Nothing was saved.`,
    {
      reason: "stale",
      version: now.version,
      updated_by: last?.updated_by ?? null,
      updated_at: last?.updated_at.toISOString() ?? null,
      changes: then ? catalogChanges(then.data, now.data) : [],
    },
  );
}
