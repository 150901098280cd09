/** The settings in force: rows over the defaults, read fresh, so that a change holds everywhere at once. */
import type { Knex } from "knex";
import { BaseModel, db } from "../db.server";
import { SettingsSchema, type Settings } from "./schema";

export class Setting extends BaseModel {
  static override tableName = "settings";
  static override idColumn = "key";

  declare key: string;
  declare value: unknown;
  declare updated_by: string;
  declare updated_at: Date;
}

/** All settings; what is not set has its default. */
export async function settings(on: Knex = db()): Promise<Settings> {
  const rows = await Setting.query(on).select("key", "value");
  return SettingsSchema.parse(Object.fromEntries(rows.map((row) => [row.key, row.value])));
}
