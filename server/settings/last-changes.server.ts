import type { Knex } from "knex";
import { db } from "../db.server";
import { Event } from "../events/event.server";
import { SETTING_GROUP_NAMES, type SettingGroup } from "./descriptions";

/** Who changed a group last, and when (ISO 8601). */
export interface LastChange {
  by: string;
  at: string;
}

/** The last change of a group that the log knows, or null. */
export async function lastChangeOf(group: SettingGroup, on: Knex = db()): Promise<LastChange | null> {
  const event = await Event.query(on)
    .where("event_type", "SettingsChanged")
    .whereRaw("details->>'group' = ?", [group])
    .orderBy("timestamp", "desc")
    .first();
  return event ? { by: event.triggered_by, at: event.timestamp.toISOString() } : null;
}

/** The same of every group. */
export async function lastChanges(): Promise<Record<SettingGroup, LastChange | null>> {
  const found = await Promise.all(SETTING_GROUP_NAMES.map((group) => lastChangeOf(group)));
  return Object.fromEntries(SETTING_GROUP_NAMES.map((group, n) => [group, found[n]])) as Record<
    SettingGroup,
    LastChange | null
  >;
}
