/** The kinds of events that a history can be narrowed to. An event can be of several kinds. Pure. */

export const EVENT_KINDS = {
  status: "Status changes",
  letters: "Letters",
  files: "Files",
  notes: "Notes",
  overrides: "Overrides",
  payments: "Payments",
  system: "System",
} as const;

export type EventKind = keyof typeof EVENT_KINDS;

export const EVENT_KIND_NAMES = Object.keys(EVENT_KINDS) as EventKind[];

/** What a kind asks of an event; it is enough that one of these holds. */
interface KindRule {
  types?: readonly string[];
  /** An entry that only such events have in their details. */
  detail?: string;
  /** It moves the job: its details say to which status. */
  moves?: true;
  /** Who did it, as the log writes it. */
  by?: string;
}

/** Which events belong to a kind. */
export const KIND_RULES: Record<EventKind, KindRule> = {
  status: { moves: true, types: ["JobCreated", "JobReviewed", "JobDeleted"] },
  letters: {
    types: [
      "EmailResent",
      "EmailRetried",
      "EffectCancelled",
      "ConfirmationResent",
      "ConfirmationReminded",
      "PickupReminded",
    ],
  },
  files: { types: ["JobCreated", "FileOpened", "FileDownloaded", "FileDeleted", "JobRestored"] },
  notes: { types: ["NoteAdded"] },
  overrides: { detail: "override" },
  payments: {
    detail: "voided_payments",
    types: ["PaymentRecorded", "JobPickedUp", "PaymentCorrected", "PaymentVoided", "ReceiptMailed"],
  },
  system: { by: "system" },
};

/** Is this a kind's name? */
export function isEventKind(value: unknown): value is EventKind {
  return typeof value === "string" && Object.hasOwn(EVENT_KINDS, value);
}
