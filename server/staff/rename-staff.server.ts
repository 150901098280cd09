import { inTransaction } from "../db.server";
import { appendEvent } from "../events/append.server";
import { requireFreeName } from "./free-name.server";
import {
  findStaff,
  holdStaffList,
  requireActiveStaff,
  Staff,
  staffView,
  type StaffView,
} from "./staff.server";

/**
 * Gives a person another name on the list. The log keeps the old one, and nobody else can have it.
 * Doing it twice changes nothing more.
 * @param input.staff the person's id, or the present name
 * @throws Refusal `not_found`; `invalid` on `name` or `staff_name`; `conflict` (reason `name_taken`, on `name`)
 */
export async function renameStaff(
  desk: { workstation_id: string },
  input: { staff: string; name: string; staff_name: string },
): Promise<StaffView> {
  return inTransaction(async (trx) => {
    await holdStaffList(trx);
    const person = await findStaff(input.staff, trx);
    const name = await requireFreeName(trx, input.name, person.id);
    // Whoever renames themself may have pressed twice: the second press comes under the old name.
    if (name === person.name) return staffView(person);
    const by = await requireActiveStaff(input.staff_name, trx);
    const former_names = [...new Set([...person.former_names, person.name])].filter((old) => old !== name);
    const row = await Staff.query(trx).patchAndFetchById(person.id, { name, former_names });
    await appendEvent(
      trx,
      { name: by, workstation_id: desk.workstation_id },
      { type: "StaffRenamed", details: { staff_id: person.id, from: person.name, to: name } },
    );
    return staffView(row);
  });
}
