import { activeStaff, requireActiveStaff } from "../staff/staff.server";
import { type SaveSettings, saveAs, type SettingChanges } from "./save-settings.server";

/** What the first set-up asks about the lab. */
export const LAB_FIELDS = ["lab_name", "university_name", "contact_email", "time_zone"] as const;
export type LabField = (typeof LAB_FIELDS)[number];

/**
 * Says whose lab this is: `saveSettings` for these four, and a lab whose name is left as it was offered has chosen it.
 * While nobody is on the staff list, the workstation itself stands for who did it. Doing it twice changes nothing more.
 * @param input.stamp what `stampOf` said of the lab's settings when the form was made
 * @throws Refusal as `saveSettings`; `invalid` on `staff_name` only once somebody is on the list
 */
export async function nameLab(
  desk: { workstation_id: string; workstation_name: string },
  input: Record<LabField, string> & Pick<SaveSettings, "stamp"> & { staff_name?: string },
): Promise<SettingChanges> {
  const nobody = (await activeStaff(0)).length === 0;
  const name = nobody ? desk.workstation_name : await requireActiveStaff(input.staff_name ?? "");
  const entered = Object.fromEntries(LAB_FIELDS.map((key) => [key, input[key]]));
  return saveAs(
    { name, workstation_id: desk.workstation_id },
    { group: "lab", entered, stamp: input.stamp },
    { chosen: ["lab_name"], details: nobody ? { by_workstation: true } : {} },
  );
}
