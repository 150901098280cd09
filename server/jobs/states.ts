/**
 * The one table of states. Guards, buttons, pages, API, mails, folders and tests all read it;
 * nothing else knows which step may follow which. Pure: the browser may have it.
 */

export const STATUSES = [
  "UPLOADED",
  "PENDING",
  "READYTOPRINT",
  "PRINTING",
  "COMPLETED",
  "PAIDPICKEDUP",
  "REJECTED",
  "ARCHIVED",
] as const;

export type Status = (typeof STATUSES)[number];

interface StatusFacts {
  /** Folder below the storage root. */
  folder: string;
  /** What people read. */
  label: string;
  /** One line for staff. */
  description: string;
}

export const STATUS: Record<Status, StatusFacts> = {
  UPLOADED: { folder: "Uploaded", label: "Uploaded", description: "Student submission received" },
  PENDING: { folder: "Pending", label: "Pending", description: "Awaiting student confirmation" },
  READYTOPRINT: { folder: "ReadyToPrint", label: "Ready to Print", description: "Approved and confirmed" },
  PRINTING: { folder: "Printing", label: "Printing", description: "Currently being printed" },
  COMPLETED: { folder: "Completed", label: "Completed", description: "Print finished" },
  PAIDPICKEDUP: { folder: "PaidPickedUp", label: "Paid & Picked Up", description: "Final state" },
  REJECTED: { folder: "Rejected", label: "Rejected", description: "Job rejected by staff" },
  ARCHIVED: { folder: "Archived", label: "Archived", description: "Archived for retention" },
};

/** The statuses in which a job counts as active for the duplicate rule: before printing begins. */
export const ACTIVE_STATUSES: readonly Status[] = ["UPLOADED", "PENDING", "READYTOPRINT"];

/** The statuses in which somebody will still do something with a job. */
export const OPEN_STATUSES: readonly Status[] = [...ACTIVE_STATUSES, "PRINTING", "COMPLETED"];

/** Who may do a step: a member of staff at a workstation, the student by link, or the system. */
export type By = "staff" | "student" | "system";

export interface Step {
  /** What the button says. */
  label: string;
  /** One sentence that says what will happen. */
  hint: string;
  from: readonly Status[];
  /** `null`: the status stays. `"chosen"`: an admin chooses. `"deleted"`: the job goes away. */
  to: Status | null | "chosen" | "deleted";
  by: By;
  /** The event type written to the log. */
  event: string;
  /** Must the caller hold the job's lock? */
  lock: boolean;
  /** An override: the event is flagged and carries a reason. */
  override?: boolean;
  /** Only within the revert window after the last change of status. */
  withinRevertWindow?: boolean;
  /** Colour of the button. */
  tone: "primary" | "neutral" | "danger";
}

const ALL: readonly Status[] = STATUSES;
const LIVING: readonly Status[] = STATUSES.filter((s) => s !== "ARCHIVED");

/** Every event a job knows, named as in the URL and the API. */
export const STEPS = {
  review: {
    label: "Mark as reviewed",
    hint: "Clears the NEW mark, or puts it back.",
    from: LIVING,
    to: null,
    by: "staff",
    event: "JobReviewed",
    lock: true,
    tone: "neutral",
  },
  approve: {
    label: "Approve",
    hint: "Sets weight, time and price and mails the student a link to confirm.",
    from: ["UPLOADED"],
    to: "PENDING",
    by: "staff",
    event: "JobApproved",
    lock: true,
    tone: "primary",
  },
  reject: {
    label: "Reject",
    hint: "Ends the request and mails the student the reasons.",
    from: ["UPLOADED"],
    to: "REJECTED",
    by: "staff",
    event: "JobRejected",
    lock: true,
    tone: "danger",
  },
  confirm: {
    label: "Confirm",
    hint: "The student accepts the price.",
    from: ["PENDING"],
    to: "READYTOPRINT",
    by: "student",
    event: "JobConfirmed",
    lock: false,
    tone: "primary",
  },
  decline: {
    label: "No thanks",
    hint: "The student declines; nothing is printed and nothing is charged.",
    from: ["PENDING"],
    to: "REJECTED",
    by: "student",
    event: "JobDeclined",
    lock: false,
    tone: "neutral",
  },
  "force-confirm": {
    label: "Confirm for the student",
    hint: "For a student who confirmed in person or by phone. Needs a reason.",
    from: ["PENDING"],
    to: "READYTOPRINT",
    by: "staff",
    event: "JobForceConfirmed",
    lock: true,
    override: true,
    tone: "neutral",
  },
  "resend-confirmation": {
    label: "Resend Confirmation Email",
    hint: "The student asks for a fresh link; the old one stops working.",
    from: ["PENDING"],
    to: null,
    by: "student",
    event: "ConfirmationResent",
    lock: false,
    tone: "neutral",
  },
  "mark-printing": {
    label: "Mark printing",
    hint: "The print has been started.",
    from: ["READYTOPRINT"],
    to: "PRINTING",
    by: "staff",
    event: "JobPrinting",
    lock: true,
    tone: "primary",
  },
  "mark-failed": {
    label: "Print failed",
    hint: "Logs why and puts the job back in the print queue. The price stays, the student need not confirm again.",
    from: ["PRINTING"],
    to: "READYTOPRINT",
    by: "staff",
    event: "PrintFailed",
    lock: true,
    override: true,
    tone: "danger",
  },
  "mark-complete": {
    label: "Mark complete",
    hint: "The print is done. The student is told by mail a few minutes later.",
    from: ["PRINTING"],
    to: "COMPLETED",
    by: "staff",
    event: "JobCompleted",
    lock: true,
    tone: "primary",
  },
  payment: {
    label: "Take payment & hand over",
    hint: "Weigh the print, take the payment and hand it over.",
    from: ["COMPLETED"],
    to: "PAIDPICKEDUP",
    by: "staff",
    event: "PaymentRecorded",
    lock: true,
    tone: "primary",
  },
  "mark-picked-up": {
    label: "Hand over without payment",
    hint: "For a print that is already paid, or that costs nothing for a reason you give.",
    from: ["COMPLETED"],
    to: "PAIDPICKEDUP",
    by: "staff",
    event: "JobPickedUp",
    lock: true,
    tone: "neutral",
  },
  "revert-completion": {
    label: "Revert completion",
    hint: "The print is not done after all: back to Printing.",
    from: ["COMPLETED"],
    to: "PRINTING",
    by: "staff",
    event: "StatusReverted",
    lock: true,
    withinRevertWindow: true,
    tone: "neutral",
  },
  "revert-pickup": {
    label: "Revert pickup",
    hint: "The print was not handed over: back to Completed. The payment is voided.",
    from: ["PAIDPICKEDUP"],
    to: "COMPLETED",
    by: "staff",
    event: "StatusReverted",
    lock: true,
    withinRevertWindow: true,
    tone: "neutral",
  },
  "correct-payment": {
    label: "Correct a payment",
    hint: "Voids what was written down and writes it anew, with the right weight or number. The print stays handed over.",
    from: ["PAIDPICKEDUP", "ARCHIVED"],
    to: null,
    by: "staff",
    event: "PaymentCorrected",
    lock: true,
    tone: "neutral",
  },
  "void-payment": {
    label: "Void a payment",
    hint: "The money was given back, or never came. The print stays handed over, and what is owed stands on the dashboard.",
    from: ["PAIDPICKEDUP", "ARCHIVED"],
    to: null,
    by: "staff",
    event: "PaymentVoided",
    lock: true,
    tone: "danger",
  },
  "change-status": {
    label: "Change status",
    hint: "Puts the job into any status. For repairs only; needs a reason.",
    from: ALL,
    to: "chosen",
    by: "staff",
    event: "AdminAction",
    lock: true,
    override: true,
    tone: "danger",
  },
  archive: {
    label: "Archive",
    hint: "Files away a finished or rejected job.",
    from: ["PAIDPICKEDUP", "REJECTED"],
    to: "ARCHIVED",
    by: "system",
    event: "JobArchived",
    lock: false,
    tone: "neutral",
  },
  delete: {
    label: "Delete",
    hint: "Permanently deletes the job and its files. Only a note of who deleted it, when and why remains.",
    from: ["UPLOADED", "PENDING"],
    to: "deleted",
    by: "staff",
    event: "JobDeleted",
    lock: true,
    tone: "danger",
  },
  notes: {
    label: "Add note",
    hint: "Notes are for staff only and are never changed afterwards.",
    from: ALL,
    to: null,
    by: "staff",
    event: "NoteAdded",
    lock: true,
    tone: "neutral",
  },
  "resend-email": {
    label: "Resend e-mail",
    hint: "Sends a letter again; an approval gets a fresh link and the old one stops working.",
    from: ["PENDING", "REJECTED", "COMPLETED"],
    to: null,
    by: "staff",
    event: "EmailResent",
    lock: true,
    tone: "neutral",
  },
} as const satisfies Record<string, Step>;

export type StepName = keyof typeof STEPS;

export const STEP_NAMES = Object.keys(STEPS) as StepName[];

/** The step's row, widened to `Step`. */
export function step(name: StepName): Step {
  return STEPS[name];
}

/** Does the table allow this step from this status? (Lock, version and time window are checked elsewhere.) */
export function allows(name: StepName, status: Status): boolean {
  return step(name).from.includes(status);
}

/** The staff steps that a status offers, the likely next one first. */
export function stepsFrom(status: Status): StepName[] {
  const order: Record<Step["tone"], number> = { primary: 0, neutral: 1, danger: 2 };
  return STEP_NAMES.filter((name) => step(name).by === "staff" && allows(name, status)).sort(
    (a, b) => order[step(a).tone] - order[step(b).tone],
  );
}

/** Is this a status word? */
export function isStatus(value: unknown): value is Status {
  return typeof value === "string" && (STATUSES as readonly string[]).includes(value);
}
