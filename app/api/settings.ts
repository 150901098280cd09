/** The lab's settings: what the settings page edits, by name. */
import { z } from "zod";
import { AttributedSchema } from "@server/jobs/schemas";
import { changeSettings } from "@server/settings/change-settings.server";
import { SETTINGS } from "@server/settings/descriptions";
import { type SettingKey, SETTING_KEYS, type Settings, SettingsSchema } from "@server/settings/schema";
import { settings } from "@server/settings/settings.server";
import { endpoint } from "./endpoint";
import { administering } from "./limits";

/** The specification has these two in an object of their own. */
const SOUND = ["sound_enabled", "sound_volume"] as const;
/** A picture comes as a file, on its page. */
const BY_NAME = SETTING_KEYS.filter(
  (key) => key !== "logo" && !(SOUND as readonly SettingKey[]).includes(key),
);

const { sound_enabled, sound_volume } = SettingsSchema.shape;
/** Without the default, which would put back what is not named. */
const given = (key: SettingKey) =>
  (SettingsSchema.shape[key].unwrap() as z.ZodType).optional().describe(SETTINGS[key].explanation);
const ChangeSchema = z.strictObject({
  ...(Object.fromEntries(BY_NAME.map((key) => [key, given(key)])) as Record<string, z.ZodType>),
  sound: z.strictObject({ enabled: sound_enabled.unwrap().optional(), volume: sound_volume.unwrap().optional() }).optional(), // prettier-ignore
  staff_name: AttributedSchema.shape.staff_name,
});

const Sound = z.object({ enabled: z.boolean(), volume: z.int() });
const InForce = z
  .looseObject({
    ...(Object.fromEntries(BY_NAME.map((key) => [key, SettingsSchema.shape[key]])) as Record<
      string,
      z.ZodType
    >),
    sound: Sound,
  })
  .meta({ id: "Settings" });

export const settingsEndpoints = [
  endpoint({
    method: "GET",
    path: "admin/settings",
    tag: "Administration",
    summary: "The settings in force",
    auth: "admin",
    status: 200,
    answer: InForce,
    run: async () => {
      const { sound_enabled: enabled, sound_volume: volume, ...rest } = await settings();
      return { ...rest, sound: { enabled, volume } };
    },
  }),
  endpoint({
    method: "POST",
    path: "admin/settings",
    tag: "Administration",
    summary: "Change settings",
    about: "All that are named, or none. What is not named stays as it is.",
    auth: "admin",
    body: ChangeSchema,
    limit: administering,
    status: 200,
    answer: z.object({ message: z.string(), changed: z.array(z.string()) }),
    run: async ({ desk, body }) => {
      const { staff_name, sound, ...named } = body as z.output<typeof ChangeSchema> & {
        staff_name: string;
        sound?: { enabled?: boolean; volume?: number };
      };
      const all = { ...named, sound_enabled: sound?.enabled, sound_volume: sound?.volume };
      const values = Object.fromEntries(
        Object.entries(all).filter(([, value]) => value !== undefined),
      ) as Partial<Settings>;
      const changed = Object.keys(await changeSettings(desk, { staff_name, values }));
      return { message: "Settings updated successfully", changed };
    },
  }),
];
