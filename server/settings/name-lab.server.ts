import { isDeepStrictEqual } from "node:util";
import { inTransaction } from "../db.server";
import { Refusal } from "../errors";
import { appendEvent } from "../events/append.server";
import { activeStaff, requireActiveStaff } from "../staff/staff.server";
import { SettingsSchema } from "./schema";
import { settings } from "./settings.server";

/** What the first set-up asks about the lab. */
export const LAB_FIELDS = ["lab_name", "university_name", "contact_email", "time_zone"] as const;
export type LabField = (typeof LAB_FIELDS)[number];

const WRONG: Record<LabField, string> = {
  lab_name: "Enter the lab's name, at most 80 characters.",
  university_name: "Shorten the university's name to 80 characters or fewer.",
  contact_email: "Enter an e-mail address in the form name@example.edu, or leave it empty.",
  time_zone: "Choose a time zone from the list.",
};

/**
 * Says whose lab this is. While nobody is on the staff list, the workstation itself stands for who did it.
 * Doing it twice changes nothing more.
 * @throws Refusal `invalid` with a sentence per field, or on `staff_name` once somebody is on the list
 */
export async function nameLab(
  desk: { workstation_id: string; workstation_name: string },
  input: Record<LabField, string> & { staff_name?: string },
): Promise<void> {
  const nobody = (await activeStaff(0)).length === 0;
  const name = nobody ? desk.workstation_name : await requireActiveStaff(input.staff_name ?? "");
  const wanted: Partial<Record<LabField, string>> = {};
  const fields: Record<string, string[]> = {};
  for (const key of LAB_FIELDS) {
    const parsed = SettingsSchema.shape[key].safeParse(input[key].trim());
    if (parsed.success) wanted[key] = parsed.data;
    else fields[key] = [WRONG[key]];
  }
  if (Object.keys(fields).length)
    throw new Refusal("invalid", "Please correct the fields marked below.", { fields });
  await inTransaction(async (trx) => {
    const before = await settings(trx);
    const rows = await trx("settings").whereIn("key", LAB_FIELDS).pluck("key");
    // A name that is left as it was offered is chosen all the same.
    const chosen = LAB_FIELDS.filter((key) => !isDeepStrictEqual(before[key], wanted[key]) || (key === "lab_name" && !rows.includes(key))); // prettier-ignore
    if (chosen.length === 0) return;
    for (const key of chosen)
      await trx("settings")
        .insert({ key, value: JSON.stringify(wanted[key]), updated_by: name, updated_at: trx.fn.now() })
        .onConflict("key")
        .merge();
    const changes = Object.fromEntries(chosen.map((key) => [key, { from: before[key], to: wanted[key] }]));
    await appendEvent(
      trx,
      { name, workstation_id: desk.workstation_id },
      {
        type: "SettingsChanged",
        details: { group: "lab", changes, ...(nobody && { by_workstation: true }) },
      },
    );
  });
}
