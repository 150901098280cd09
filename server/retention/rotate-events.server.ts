import { type Rotated, rotateOlderThan } from "../events/rotate.server";
import { settings } from "../settings/settings.server";

/** Moves events that are older than the lab keeps them into dated files. @returns the files that were written */
export async function rotateEvents(): Promise<Rotated[]> {
  const { event_days_high: high, event_days_medium: medium, event_days_low: low } = await settings();
  return rotateOlderThan({ high, medium, low });
}
