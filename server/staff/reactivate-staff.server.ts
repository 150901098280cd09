import { inTransaction } from "../db.server";
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
 * Puts a person back on the lists to choose from. Doing it twice changes nothing more.
 * @param input.staff the person's id or name
 * @throws Refusal `not_found`; `invalid` on `staff_name`
 */
export async function reactivateStaff(
  desk: { workstation_id: string },
  input: { staff: string; staff_name: string },
): Promise<StaffView> {
  return inTransaction(async (trx) => {
    await holdStaffList(trx);
    const person = await findStaff(input.staff, trx);
    const by = await requireActiveStaff(input.staff_name, trx);
    if (person.is_active) return staffView(person);
    const row = await Staff.query(trx).patchAndFetchById(person.id, {
      is_active: true,
      deactivated_at: null,
    });
    await appendEvent(
      trx,
      { name: by, workstation_id: desk.workstation_id },
      { type: "StaffReactivated", details: { staff_id: person.id, name: person.name } },
    );
    return staffView(row);
  });
}
