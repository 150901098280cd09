import { inTransaction } from "../db.server";
import { Refusal } from "../errors";
import { appendEvent } from "../events/append.server";
import { requireActiveStaff } from "../staff/staff.server";
import { SETTING_GROUP_NAMES, SETTINGS, settingsIn } from "./descriptions";
import { readSetting, shownAs } from "./read-form";
import { changesOf, holdSettings, said, type SettingChanges, writeSettings } from "./save-settings.server";
import type { SettingKey, Settings } from "./schema";
import { settings } from "./settings.server";

/**
 * Changes settings by name, whatever groups they are of: all of them or none. Doing it twice changes nothing more.
 * @param desk where it is done
 * @param input.values typed values; a setting that is not named stays as it is, and the logo has a verb of its own
 * @returns what has changed; an event for each group that has
 * @throws Refusal `invalid` with a sentence per setting, or on `staff_name`
 */
export async function changeSettings(
  desk: { workstation_id: string },
  input: { staff_name: string; values: Partial<Settings> },
): Promise<SettingChanges> {
  const name = await requireActiveStaff(input.staff_name);
  const wanted = checked(input.values);
  return inTransaction(async (trx) => {
    await holdSettings(trx);
    const changes = changesOf(await settings(trx), wanted);
    await writeSettings(trx, name, changes);
    for (const group of SETTING_GROUP_NAMES) {
      const own = Object.fromEntries(
        settingsIn(group).flatMap((key) => (changes[key] ? [[key, changes[key]]] : [])),
      ) as SettingChanges;
      if (Object.keys(own).length)
        await appendEvent(
          trx,
          { name, workstation_id: desk.workstation_id },
          { type: "SettingsChanged", details: { group, said: said(own), changes: own } },
        );
    }
    return changes;
  });
}

/** What may be entered on the page may be said here, and nothing else. */
function checked(values: Partial<Settings>): Partial<Settings> {
  const fields: Record<string, string[]> = {};
  const wanted: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(values) as [SettingKey, Settings[SettingKey]][]) {
    const found = readSetting(key, SETTINGS[key].control === "paths" ? value : shownAs(key, value));
    if ("problem" in found) fields[key] = [found.problem];
    else wanted[key] = found.value;
  }
  if (Object.keys(fields).length)
    throw new Refusal("invalid", "Some settings cannot be so. Nothing was saved.", { fields });
  return wanted as Partial<Settings>;
}
