import { inTransaction } from "../db.server";
import { Refusal } from "../errors";
import { appendEvent } from "../events/append.server";
import { isUuid } from "../ids";
import type { Desk } from "../jobs/lock.server";
import { requireActiveStaff } from "../staff/staff.server";
import { AlertRow, titleOf } from "./alerts.server";

/**
 * Notes that somebody has seen an alert and looks after it. Pressed twice it stays as it is.
 * @returns the alert's title
 * @throws Refusal `not_found`; `conflict` (reason `cleared`) when it is over; `invalid` on `staff_name`
 */
export async function acknowledgeAlert(
  desk: Desk,
  alertId: string,
  input: { staff_name: string },
): Promise<{ title: string }> {
  const name = await requireActiveStaff(input.staff_name);
  return inTransaction(async (trx) => {
    const alert = isUuid(alertId) ? await AlertRow.query(trx).findById(alertId).forUpdate() : undefined;
    if (!alert) throw new Refusal("not_found", "There is no such alert.");
    const title = titleOf(alert);
    if (alert.cleared_at)
      throw new Refusal("conflict", `“${title}” is over already; nothing is left to do.`, {
        reason: "cleared",
      });
    if (alert.acknowledged_at) return { title };
    await trx("alerts")
      .where({ id: alert.id })
      .update({ acknowledged_at: trx.fn.now(), acknowledged_by: name });
    await appendEvent(
      trx,
      { name, workstation_id: desk.workstation_id },
      {
        type: "AdminAction",
        details: { action: "alert-acknowledge", alert_id: alert.id, alert: alert.kind, title },
      },
    );
    return { title };
  });
}
