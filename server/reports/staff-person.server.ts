/** What the log says about one person's place on the staff list. Read-only. */
import { db } from "../db.server";
import { findStaff, inactiveStaffNames, staffView, type StaffView } from "../staff/staff.server";
import type { HistoryEvent } from "./job-history.server";

/**
 * A person of the list, and what was done to their entry, newest first.
 * @throws Refusal `not_found`
 */
export async function staffPerson(
  id: string,
  newForDays: number,
): Promise<{ person: StaffView; events: HistoryEvent[] }> {
  const [row, inactive] = await Promise.all([findStaff(id), inactiveStaffNames()]);
  const events = await db()("events")
    .whereIn("event_type", ["StaffAdded", "StaffRenamed", "StaffDeactivated", "StaffReactivated"])
    .whereRaw("details->>'staff_id' = ?", [row.id])
    .orderBy("id", "desc")
    .limit(50)
    .select("id", "timestamp", "event_type", "details", "triggered_by", "workstation_id");
  return {
    person: staffView(row, newForDays),
    events: events.map((event) => ({
      ...event,
      timestamp: event.timestamp.toISOString(),
      inactive: inactive.includes(event.triggered_by),
    })),
  };
}
