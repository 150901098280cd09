import { isDeepStrictEqual } from "node:util";
import { inTransaction, type Trx } from "../db.server";
import { Refusal } from "../errors";
import { appendEvent } from "../events/append.server";
import { requireActiveStaff } from "../staff/staff.server";
import { SETTINGS, type SettingGroup, settingsIn } from "./descriptions";
import { DEFAULTS, inWords, readSetting } from "./read-form";
import type { SettingKey, Settings } from "./schema";
import { lastChangeOf } from "./last-changes.server";
import { Setting, settings } from "./settings.server";
import { stampOf } from "./stamp.server";

export interface SaveSettings {
  staff_name: string;
  group: SettingGroup;
  /** Key → what was entered; a setting that is not named stays as it is. */
  entered: Readonly<Record<string, unknown>>;
  /** Settings that get their default back, whatever was entered. */
  use_default?: readonly string[];
  /** What `stampOf` said of the group when the form was made; without it nothing is compared. */
  stamp?: string;
}

/** What was there before and what is there now. */
export type SettingChanges = Partial<Record<SettingKey, { from: unknown; to: unknown }>>;

/**
 * Saves a group of settings as one, in force at once everywhere. A form sent twice changes nothing more.
 * @param desk where it is done
 * @returns what has changed; nothing when all is as it was
 * @throws Refusal `invalid` with a sentence per field; `conflict` (reason `stale`, with the new `stamp`) when
 * somebody else has changed the group since the form was made
 */
export async function saveSettings(
  desk: { workstation_id: string },
  input: SaveSettings,
): Promise<SettingChanges> {
  const name = await requireActiveStaff(input.staff_name);
  return saveAs({ name, workstation_id: desk.workstation_id }, input);
}

/**
 * What `saveSettings` does, once it is known in whose name.
 * @param more.chosen settings that count as chosen and get a row even when they are left at their default
 * @param more.details what the event says besides
 */
export async function saveAs(
  actor: { name: string; workstation_id: string },
  input: Omit<SaveSettings, "staff_name">,
  { chosen = [], details = {} }: { chosen?: readonly SettingKey[]; details?: Record<string, unknown> } = {},
): Promise<SettingChanges> {
  const { group, stamp } = input;
  const wanted = read(input);
  return inTransaction(async (trx) => {
    await holdSettings(trx);
    const before = await settings(trx);
    const changes = changesOf(before, wanted);
    const rows = chosen.length ? await Setting.query(trx).findByIds([...chosen]) : [];
    for (const key of chosen)
      if (!rows.some((row) => row.key === key)) changes[key] ??= { from: before[key], to: wanted[key] };
    if (Object.keys(changes).length === 0) return changes;
    if (stamp !== undefined && stamp !== stampOf(group, before)) throw await stale(trx, group);
    await writeSettings(trx, actor.name, changes, chosen);
    const event = { group, said: said(changes), changes, ...details };
    await appendEvent(trx, actor, { type: "SettingsChanged", details: event });
    return changes;
  });
}

/** Settings are changed one editor after the other. */
export async function holdSettings(trx: Trx): Promise<void> {
  await trx.raw("SELECT pg_advisory_xact_lock(7302611)");
}

/** Writes values; one that is its default needs no row, unless it is `chosen`. */
export async function writeSettings(
  trx: Trx,
  name: string,
  changes: SettingChanges,
  chosen: readonly SettingKey[] = [],
): Promise<void> {
  for (const [key, change] of Object.entries(changes)) {
    const needless = isDeepStrictEqual(change.to, DEFAULTS[key as SettingKey]);
    if (needless && !chosen.includes(key as SettingKey)) {
      await Setting.query(trx).deleteById(key);
      continue;
    }
    const row = { key, value: JSON.stringify(change.to), updated_by: name, updated_at: trx.fn.now() };
    await trx("settings").insert(row).onConflict("key").merge();
  }
}

/** The values asked for. @throws Refusal `invalid` with a sentence per field */
function read({ group, entered, use_default = [] }: Omit<SaveSettings, "staff_name">): Partial<Settings> {
  const fields: Record<string, string[]> = {};
  const wanted: Record<string, unknown> = {};
  for (const key of settingsIn(group)) {
    // It comes as a file, by a verb of its own.
    if (SETTINGS[key].control === "logo") continue;
    if (use_default.includes(key)) {
      wanted[key] = DEFAULTS[key];
      continue;
    }
    if (!Object.hasOwn(entered, key)) continue;
    const found = readSetting(key, entered[key]);
    if ("problem" in found) fields[key] = [found.problem];
    else wanted[key] = found.value;
  }
  if (Object.keys(fields).length)
    throw new Refusal("invalid", "Please correct the fields marked below. Nothing was saved.", { fields });
  return wanted as Partial<Settings>;
}

/** The settings that would be other than before. */
export function changesOf(before: Settings, wanted: Partial<Settings>): SettingChanges {
  return Object.fromEntries(
    (Object.keys(wanted) as SettingKey[])
      .filter((key) => !isDeepStrictEqual(before[key], wanted[key]))
      .map((key) => [key, { from: before[key], to: wanted[key] }]),
  );
}

/** "Volume from 50% to 60%", "Name of the lab stays …"; long texts, paths and pictures are only named. */
export function said(changes: SettingChanges): string {
  return (Object.keys(changes) as SettingKey[])
    .map((key) => {
      const { label, control } = SETTINGS[key];
      if (control === "prose" || control === "paths" || control === "logo") return label;
      const words = (value: unknown) => inWords(key, value as Settings[SettingKey]);
      const { from, to } = changes[key]!;
      return isDeepStrictEqual(from, to)
        ? `${label} stays ${words(to)}`
        : `${label} from ${words(from)} to ${words(to)}`;
    })
    .join("; ");
}

/** Who was faster, and what the settings are now. */
async function stale(trx: Trx, group: SettingGroup): Promise<Refusal> {
  const now = await settings(trx);
  const last = await lastChangeOf(group, trx);
  const who = last ? `${last.by} has` : "Somebody has";
  return new Refusal(
    "conflict",
    `${who} changed these settings since you opened the page. Nothing was saved. What you typed is still here, with what is in force now beside it; save again to put yours in its place.`,
    { reason: "stale", stamp: stampOf(group, now) },
  );
}
