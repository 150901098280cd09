/** The catalog: every version is kept, the highest is in force. */
import type { Knex } from "knex";
import { BaseModel, db, type Trx } from "../db.server";
import { EMPTY_CATALOG } from "./example";
import { type Catalog, type CatalogInForce, StoredCatalogSchema } from "./schema";

export class CatalogVersion extends BaseModel {
  static override tableName = "catalog_versions";
  static override idColumn = "version";
  static override jsonAttributes = ["data"];

  declare version: number;
  declare data: Catalog;
  declare updated_by: string;
  declare updated_at: Date;
  /** Where it was made; null for what Printdesk wrote itself. */
  declare workstation_id: string | null;
  /** The older version that this one brought back. */
  declare restored_from: number | null;
}

/** The version read last, by database; a version that was committed never changes. */
const read = new WeakMap<Knex, CatalogInForce>();

/** The catalog in force. Before the lab has set one up it is version 0, which has no printers and no materials. */
export async function currentCatalog(on: Knex = db()): Promise<CatalogInForce> {
  // In a transaction a version may be seen that is never committed: nothing is remembered there.
  const known = on.isTransaction ? undefined : read.get(on);
  if (known) {
    const [newest] = await on("catalog_versions").max("version AS version");
    if ((newest?.version ?? 0) === known.version) return known;
  }
  const row = await CatalogVersion.query(on).orderBy("version", "desc").first();
  const current = row
    ? { version: row.version, data: StoredCatalogSchema.parse(row.data) }
    : { version: 0, data: EMPTY_CATALOG };
  if (!on.isTransaction) read.set(on, current);
  return current;
}

/** Only the number of the version in force, for those who ask often; 0 when there is none. */
export async function catalogVersion(on: Knex = db()): Promise<number> {
  const row = await CatalogVersion.query(on).max("version as version").first();
  return row?.version ?? 0;
}

const CATALOG_LOCK = 7_302_607;

/** Versions are written one after the other, until the transaction ends. */
export async function holdCatalog(trx: Trx): Promise<void> {
  await trx.raw("SELECT pg_advisory_xact_lock(?)", [CATALOG_LOCK]);
}

/** No other version comes into force until the transaction ends; any number may rely on that at a time. */
export async function holdCatalogAsItIs(trx: Trx): Promise<void> {
  await trx.raw("SELECT pg_advisory_xact_lock_shared(?)", [CATALOG_LOCK]);
}

/** Every version there ever was, oldest first: an id that was used once is never used for something else. */
export async function catalogVersions(on: Knex = db()): Promise<Catalog[]> {
  const rows = await CatalogVersion.query(on).orderBy("version").select("data");
  return rows.map(({ data }) => data);
}

/** A catalog with who put it in force and when; the time is UTC ISO 8601. */
export interface CatalogRecord extends CatalogInForce {
  updated_by: string;
  updated_at: string;
}

/**
 * The catalog in force, and who made it so.
 * @throws Refusal `unavailable` when none has been set up yet
 */
export async function catalogRecord(): Promise<CatalogRecord> {
  const { version, data } = await currentCatalog();
  const row = await CatalogVersion.query().findById(version).throwIfNotFound();
  return { version, data, updated_by: row.updated_by, updated_at: row.updated_at.toISOString() };
}
