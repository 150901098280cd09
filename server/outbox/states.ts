/** The outbox in words. Pure: no I/O. */
import type { OutboxState } from "./outbox.server";

export const OUTBOX_STATES: Record<OutboxState, string> = {
  due: "waiting",
  running: "under way",
  done: "done",
  failed: "failed",
  cancelled: "cancelled",
};
export const OUTBOX_STATE_NAMES = Object.keys(OUTBOX_STATES) as OutboxState[];

/** What kinds of effects are called; one that is not here is called by its own name. */
export const EFFECT_KINDS: Record<string, string> = {
  mail: "Letter",
  "test-letter": "Test letter",
  alert: "Letter about an alert",
  report: "Report of a chore",
  picture: "Picture of a model",
  audit: "Integrity audit",
};
