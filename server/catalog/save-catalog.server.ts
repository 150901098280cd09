import { isDeepStrictEqual } from "node:util";
import { inTransaction, type Trx } from "../db.server";
import { Refusal } from "../errors";
import { appendEvent } from "../events/append.server";
import { claimFormKey } from "../form-keys.server";
import { requireActiveStaff } from "../staff/staff.server";
import { CatalogVersion, currentCatalog, holdCatalog } from "./catalog.server";
import { catalogChanges } from "./changes";
import { reusedIds } from "./ids";
import { stillInUse } from "./in-use.server";
import { type Catalog, catalogErrors, type CatalogInForce, CatalogSchema } from "./schema";
import { catalogWarnings } from "./warnings";

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
 * Puts a new version of the catalog into force, whole or not at all. The one writer of versions.
 * @param desk where it is done
 * @throws Refusal `invalid` with a sentence per place (`"materials.0.price_per_gram_cents"`, reason `in_use` when
 * open jobs need what is left out) or on `staff_name`; `conflict` (reason `stale`) when another version has come
 * into force meanwhile, with `version`, `updated_by`, `updated_at` and `changes` since
 */
export async function saveCatalog(
  desk: { workstation_id: string },
  input: SaveCatalog,
): Promise<SavedCatalog> {
  const name = await requireActiveStaff(input.staff_name);
  const parsed = CatalogSchema.safeParse(input.data);
  if (!parsed.success) throw invalid(catalogErrors(parsed.error));
  const next = parsed.data;
  return inTransaction(async (trx) => {
    await holdCatalog(trx);
    const now = await currentCatalog(trx);
    const attempt = { guard: { form_key: input.form_key }, step: "catalog", input: { name, next } };
    const repeated = !(await claimFormKey(trx, attempt));
    if (!repeated && input.version !== undefined && input.version !== now.version)
      throw await stale(trx, input.version, now);
    const changes = catalogChanges(now.data, next);
    if (repeated || (now.version > 0 && isDeepStrictEqual(now.data, next))) return inForce(trx, now, []);
    refuse(reusedIds(await everyVersion(trx), next), "id_reused");
    refuse(await stillInUse(trx, now.data, next), "in_use");
    const row = {
      version: now.version + 1,
      data: next,
      updated_by: name,
      workstation_id: desk.workstation_id,
      restored_from: input.restored_from ?? null,
    };
    const { version, updated_at } = await CatalogVersion.query(trx).insert(row).returning("*");
    const told = changes.slice(0, CHANGES_TOLD);
    await appendEvent(
      trx,
      { name, workstation_id: desk.workstation_id },
      {
        type: "CatalogUpdated",
        details: {
          version,
          changes: told,
          ...(changes.length > told.length && { more_changes: changes.length - told.length }),
          ...(input.restored_from && { restored_from: input.restored_from }),
        },
      },
    );
    return { version, data: next, updated_by: name, updated_at, changes, warnings: catalogWarnings(next) };
  });
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

async function everyVersion(trx: Trx): Promise<Catalog[]> {
  const rows = await CatalogVersion.query(trx).orderBy("version").select("data");
  return rows.map(({ data }) => data);
}

async function inForce(trx: Trx, now: CatalogInForce, changes: string[]): Promise<SavedCatalog> {
  const { updated_by, updated_at } = await CatalogVersion.query(trx).findById(now.version).throwIfNotFound();
  return { ...now, updated_by, updated_at, changes, warnings: catalogWarnings(now.data) };
}

/** Somebody was faster: who, and what they changed since the form was made. */
async function stale(trx: Trx, seen: number, now: CatalogInForce): Promise<Refusal> {
  const then = await CatalogVersion.query(trx).findById(seen);
  const last = now.version > 0 ? await inForce(trx, now, []) : null;
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
