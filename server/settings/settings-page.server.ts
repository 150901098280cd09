/** What the settings' page shows. Read-only. */
import { config } from "../config.server";
import { SETTING_GROUP_NAMES, type SettingGroup } from "./descriptions";
import { type LastChange, lastChanges } from "./last-changes.server";
import type { Settings } from "./schema";
import { settings } from "./settings.server";
import { stampOf } from "./stamp.server";

export interface SettingsPage {
  values: Settings;
  stamps: Record<SettingGroup, string>;
  last: Record<SettingGroup, LastChange | null>;
  /** The configured computers, each with the path that its configuration gives it. */
  workstations: { id: string; name: string; configured: string }[];
  /** What the installation is, for whoever looks after it; nothing that is secret. */
  system: { label: string; value: string }[];
}

/** Everything the page shows. */
export async function settingsPage(): Promise<SettingsPage> {
  const [values, last] = await Promise.all([settings(), lastChanges()]);
  const { APP_ENV, PUBLIC_URL, MAIL_SERVER, MAIL_PORT, MAX_FILE_SIZE_MB, WORKSTATIONS, STORAGE_PATH } = config(); // prettier-ignore
  const lock = config().ADMIN_PASSPHRASE_HASH !== undefined;
  return {
    values,
    last,
    stamps: Object.fromEntries(SETTING_GROUP_NAMES.map((g) => [g, stampOf(g, values)])) as SettingsPage["stamps"], // prettier-ignore
    workstations: WORKSTATIONS.map(({ id, name, storage_path }) => ({
      id,
      name,
      configured: storage_path ?? "",
    })),
    system: [
      { label: "Installation", value: APP_ENV },
      { label: "Address", value: PUBLIC_URL },
      { label: "Storage", value: STORAGE_PATH },
      { label: "Mail", value: MAIL_SERVER ? `${MAIL_SERVER}:${MAIL_PORT}` : "kept in the mailbox folder" },
      { label: "Largest upload", value: `${MAX_FILE_SIZE_MB} MB` },
      { label: "Administration", value: lock ? "asks for a passphrase" : "open to every workstation that may administer" }, // prettier-ignore
      { label: "Node.js", value: process.version },
    ],
  };
}
