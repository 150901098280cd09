import { inTransaction } from "../db.server";
import { appendEvent } from "../events/append.server";
import { claimFormKey } from "../form-keys.server";
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
 * Puts a name on the list. The very first one names itself: there is nobody yet who could.
 * @param desk where it is done
 * @param input.staff_name who does it; may be left out while no name is active
 * @throws Refusal `invalid` on `name` or `staff_name`; `conflict` (reason `name_taken`, on `name`)
 */
export async function addStaff(
  desk: { workstation_id: string },
  input: { name: string; staff_name?: string; form_key?: string },
): Promise<StaffView> {
  return inTransaction(async (trx) => {
    await holdStaffList(trx);
    const first = (await Staff.query(trx).where("is_active", true).resultSize()) === 0;
    const said = { name: input.name, staff_name: input.staff_name ?? "" };
    if (!(await claimFormKey(trx, { guard: { form_key: input.form_key }, step: "add-staff", input: said })))
      return staffView(await findStaff(input.name.normalize("NFC").replace(/\s+/gu, " "), trx));
    const by = first ? null : await requireActiveStaff(input.staff_name ?? "", trx);
    const name = await requireFreeName(trx, input.name);
    const row = await Staff.query(trx).insert({ name }).returning("*");
    await appendEvent(
      trx,
      { name: by ?? name, workstation_id: desk.workstation_id },
      { type: "StaffAdded", details: { staff_id: row.id, name, ...(first && { first: true }) } },
    );
    return staffView(row);
  });
}
