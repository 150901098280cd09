/** What a decision's page and its action say to each other. Types only. */
import type { JobToDecide } from "@server/jobs/decision.server";
import type { StaffChoice } from "@server/staff/staff.server";
import type { StaffSession } from "./staff-session";
import type { ActionName } from "./staff-steps";

/** What was typed: field name → value, or values. */
export type Typed = Record<string, string | string[]>;

/** A lock as the page carries it. */
export interface Held {
  lock_key: string;
  locked_until: string;
}

/** What the page shows before anything is posted. */
export interface DecisionView {
  name: ActionName;
  session: StaffSession;
  job: JobToDecide;
  staff: StaffChoice[];
  /** The lock that the address names, when it is still this workstation's. */
  held: Held | null;
  form_key: string;
  /** The post that this page answers was refused. */
  failed: boolean;
}

/**
 * Why a post did not succeed.
 * - `invalid`: something to correct; everything is still held
 * - `stale`: the job has changed since the page was opened
 * - `locked`: somebody else holds it
 * - `retaken`: the hold had run out, and is there again
 * - `priced`: nothing was decided; the price of what was typed stands beside it
 * - `again`: looked at again after a conflict, with what was typed
 * - `refused`: it cannot be done at all
 */
export interface DecisionOutcome {
  kind: "invalid" | "stale" | "locked" | "retaken" | "again" | "priced" | "refused";
  message: string;
  fields: Record<string, string[]>;
  typed: Typed;
  held: Held | null;
  /** The version that the person looked at; null when this page shows the newest. */
  version: number | null;
  locked_by: string | null;
  locked_until: string | null;
}

/** What a dialog is told instead of being sent to another page. */
export type InPlace =
  | { kind: "opened"; lock_key: string }
  | { kind: "closed" }
  | { kind: "done"; text: string }
  | { kind: "gone"; text: string }
  | { kind: "unsent"; text: string };

/** What a decision's fields get: what was typed before, and what is wrong with it. */
export interface Fields {
  /** The text typed before, or what is offered. */
  value: (name: string, offered?: string) => string;
  /** All texts of a field that comes several times. */
  all?: (name: string) => string[];
  /** Was this value chosen in a list or a group? */
  chosen: (name: string, value: string) => boolean;
  /** Has the form been sent before? */
  sent: boolean;
  errors: Record<string, string[]>;
}
