/**
 * The log. Events are only ever added, in the transaction of the change they tell of, so that
 * history and state cannot disagree. The database numbers and chains them (see the migration).
 */
import type { Trx } from "../db.server";
import { Event } from "./event.server";

/** Who did it, and where: a staff name and a workstation, or a student by link, or the system. */
export interface Actor {
  /** Staff name from the list, `"student"` or `"system"`. */
  name: string;
  /** Workstation id, `"public"` for students, `"worker"` for the night shift. */
  workstation_id: string;
}

export const STUDENT: Actor = { name: "student", workstation_id: "public" };
export const SYSTEM: Actor = { name: "system", workstation_id: "worker" };

/**
 * Appends one event. Takes the chain's lock until the transaction ends, so it comes late in a transaction.
 * @returns the event's number
 */
export async function appendEvent(
  trx: Trx,
  actor: Actor,
  event: { type: string; job_id?: string | null; details?: Record<string, unknown> },
): Promise<number> {
  const row = await Event.query(trx)
    .insert({
      event_type: event.type,
      job_id: event.job_id ?? null,
      details: event.details ?? {},
      triggered_by: actor.name,
      workstation_id: actor.workstation_id,
    })
    .returning("id");
  return row.id;
}
