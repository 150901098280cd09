/** The settings in force: rows over the defaults, read fresh, so that a change holds everywhere at once. */
import type { Knex } from "knex";
import { BaseModel, db } from "../db.server";
import { log } from "../log.server";
import { oncePerRequest } from "../request-context.server";
import { type SettingKey, SETTING_KEYS, SettingsSchema, type Settings } from "./schema";

export class Setting extends BaseModel {
  static override tableName = "settings";
  static override idColumn = "key";

  declare key: string;
  declare value: unknown;
  declare updated_by: string;
  declare updated_at: Date;
}

/** All settings; what is not set, or not valid any more, has its default. */
export async function settings(on?: Knex): Promise<Settings> {
  return on ? readSettings(on) : oncePerRequest("settings", () => readSettings(db()));
}

/** The rows read last and what they make: checking sixty settings costs more than reading them. */
let last: { rows: string; settings: Settings } | undefined;

async function readSettings(on: Knex): Promise<Settings> {
  const found = await on("settings").select<{ key: string; value: unknown }[]>("key", "value").orderBy("key");
  const rows = JSON.stringify(found);
  if (last?.rows !== rows)
    last = { rows, settings: settingsOf(new Map(found.map(({ key, value }) => [key, value]))) };
  return last.settings;
}

/** The settings that stored values make. */
export function settingsOf(stored: ReadonlyMap<string, unknown>): Settings {
  const parsed = SettingsSchema.safeParse(Object.fromEntries(stored));
  if (parsed.success) return parsed.data;
  // One value that somebody has broken by hand must not close the lab.
  const bad = new Set(parsed.error.issues.map(({ path }) => String(path[0])));
  log.warn({ settings: [...bad] }, "Settings with a value that is not allowed have their default");
  return SettingsSchema.parse(Object.fromEntries([...stored].filter(([key]) => !bad.has(key))));
}

/** Is this the name of a setting? */
export function isSettingKey(key: string): key is SettingKey {
  return (SETTING_KEYS as string[]).includes(key);
}
