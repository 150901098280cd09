import { createHash } from "node:crypto";
import { type SettingGroup, settingsIn } from "./descriptions";
import type { Settings } from "./schema";

/**
 * What a group's form carries to tell whether somebody else has changed the group since: a digest of the values
 * it showed. The same values have the same stamp.
 */
export function stampOf(group: SettingGroup, values: Settings): string {
  const shown = settingsIn(group).map((key) => [key, values[key]]);
  return createHash("sha256").update(JSON.stringify(shown)).digest("hex").slice(0, 24);
}
