/** The catalog: every version is kept, the highest is in force. */
import type { Knex } from "knex";
import { BaseModel, db } from "../db.server";
import { Refusal } from "../errors";
import { CatalogSchema, type Catalog, type CatalogInForce } from "./schema";

export class CatalogVersion extends BaseModel {
  static override tableName = "catalog_versions";
  static override idColumn = "version";

  declare version: number;
  declare data: Catalog;
  declare updated_by: string;
  declare updated_at: Date;
}

/** The version read last, by database; a version that was committed never changes. */
const read = new WeakMap<Knex, CatalogInForce>();

/**
 * The catalog in force.
 * @throws Refusal `unavailable` when none has been set up yet
 */
export async function currentCatalog(on: Knex = db()): Promise<CatalogInForce> {
  // In a transaction a version may be seen that is never committed: nothing is remembered there.
  const known = on.isTransaction ? undefined : read.get(on);
  if (known) {
    const [newest] = await on("catalog_versions").max("version AS version");
    if (newest?.version === known.version) return known;
  }
  const row = await CatalogVersion.query(on).orderBy("version", "desc").first();
  if (!row)
    throw new Refusal("unavailable", "The lab has not set up its catalog yet. Please come back later.");
  const current = { version: row.version, data: CatalogSchema.parse(row.data) };
  if (!on.isTransaction) read.set(on, current);
  return current;
}
