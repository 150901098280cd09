import { inTransaction } from "../db.server";
import { Refusal } from "../errors";
import { appendEvent } from "../events/append.server";
import {
  findStaff,
  holdStaffList,
  requireActiveStaff,
  Staff,
  staffView,
  type StaffView,
} from "./staff.server";

/**
 * Takes a person off the lists to choose from; what they did stays theirs. Doing it twice changes nothing more.
 * @param input.staff the person's id or name
 * @throws Refusal `not_found`; `invalid` on `staff_name`; `forbidden` (reason `last_active`) for the last name
 */
export async function deactivateStaff(
  desk: { workstation_id: string },
  input: { staff: string; staff_name: string },
): Promise<StaffView> {
  return inTransaction(async (trx) => {
    await holdStaffList(trx);
    const person = await findStaff(input.staff, trx);
    // First, because somebody who has just deactivated themself is no active name at the second press.
    if (!person.is_active) return staffView(person);
    const by = await requireActiveStaff(input.staff_name, trx);
    if ((await Staff.query(trx).where("is_active", true).resultSize()) === 1)
      throw new Refusal(
        "forbidden",
        `${person.name} is the last active name, and without one nothing can be done. Add or reactivate another name first.`,
        { reason: "last_active" },
      );
    const row = await Staff.query(trx).patchAndFetchById(person.id, {
      is_active: false,
      deactivated_at: new Date(),
    });
    await appendEvent(
      trx,
      { name: by, workstation_id: desk.workstation_id },
      { type: "StaffDeactivated", details: { staff_id: person.id, name: person.name } },
    );
    return staffView(row);
  });
}
