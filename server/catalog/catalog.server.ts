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

/**
 * The catalog in force.
 * @throws Refusal `unavailable` when none has been set up yet
 */
export async function currentCatalog(on: Knex = db()): Promise<CatalogInForce> {
  const row = await CatalogVersion.query(on).orderBy("version", "desc").first();
  if (!row)
    throw new Refusal("unavailable", "The lab has not set up its catalog yet. Please come back later.");
  return { version: row.version, data: CatalogSchema.parse(row.data) };
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
