/** The log as sentences. What a sentence does not tell stays in the log. Pure. */
import { formatCents, formatGrams, formatHours } from "@server/jobs/pricing";
import { isStatus, STATUS } from "@server/jobs/states";
import { REJECT_REASONS } from "@server/reject-reasons";

type Details = Record<string, unknown>;

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const number = (value: unknown): number | null => (typeof value === "number" ? value : null);
const status = (value: unknown): string => (isStatus(value) ? STATUS[value].label : text(value));
const cents = (value: unknown): string => (number(value) === null ? "" : formatCents(value as number));
const list = (...parts: string[]): string => parts.filter(Boolean).join(", ");

/** What became of the letter that said "ready for pickup". */
function completionMail(d: Details): string {
  if (d.completion_mail === "corrected") return " A correction is mailed.";
  return d.completion_mail === "withheld" ? " The student was not told yet." : "";
}

/** The other jobs of the same visit. */
function together(d: Details): string {
  const others = Array.isArray(d.together_with)
    ? d.together_with.filter((one) => typeof one === "number")
    : [];
  return others.length ? ` Paid together with ${others.map((one) => `job ${one}`).join(", ")}.` : "";
}

/** A reason code in words. */
export function reasonText(code: string): string {
  if (code === "declined_by_student") return "The student declined the price.";
  return REJECT_REASONS[code as keyof typeof REJECT_REASONS] ?? code;
}

/** What one event says: a sentence, and in its own words why. */
export interface EventText {
  sentence: string;
  reason?: string;
}

/** "Changed the catalog: PLA filament: price 10 ¢ → 12 ¢ per gram; and 2 more changes." */
function catalogText(d: Details): string {
  const version = number(d.restored_from);
  const what = version === null ? "Changed the catalog" : `Restored version ${version} of the catalog`;
  const changes = Array.isArray(d.changes) ? d.changes.map(String) : [];
  const more = number(d.more_changes);
  if (more !== null) changes.push(`and ${more} more changes`);
  return changes.length ? `${what}: ${changes.join("; ")}.` : `${what}.`;
}
const plural = (count: unknown): string => (count === 1 ? "1 job" : `${number(count) ?? 0} jobs`);

const ADMIN_ACTIONS: Record<string, (d: Details) => string> = {
  "force-unlock": (d) => `Override: took the job away from ${text(d.held_by)}.`,
  "test-letter": (d) =>
    d.letter ? `Had a test of the ${text(d.letter)} letter sent.` : "Had a test letter sent.",
  "alert-acknowledge": (d) => `Took note of the alert “${text(d.title)}”.`,
  restore: (d) => `Restored everything from the backup ${text(d.set)}.`,
  "audit-start": () => "Started an integrity audit.",
  "chore-run": (d) => `Had "${text(d.title)}" done by hand.`,
  "repair-metadata": () => "Audit: wrote metadata.json anew from the database.",
  "repair-location": (d) => `Audit: moved the files to ${text(d.to)}.`,
  archive: (d) => `Filed away ${plural(d.count)} that were due.`,
  prune: (d) => `Pruned ${plural(d.count)} that were due.`,
  "accept-file": (d) => `Audit: accepted ${text(d.path)} as it is now.`,
};

const SENTENCES: Record<string, (d: Details) => string> = {
  JobCreated: (d) => `Submitted${text(d.printer) && ` for ${text(d.printer)}`}.`,
  JobReviewed: (d) => (d.reviewed ? "Marked as reviewed." : "Marked as new again."),
  JobApproved: (d) =>
    `Approved: ${list(
      number(d.weight_g) === null ? "" : formatGrams(d.weight_g as number),
      number(d.time_hours) === null ? "" : formatHours(d.time_hours as number),
      cents(d.cost_cents),
    )}. File to print: ${text(d.authoritative_filename)}.`,
  JobRejected: () => "Rejected.",
  JobConfirmed: () => "Confirmed the price.",
  JobDeclined: () => "Declined the price.",
  JobForceConfirmed: () => "Confirmed for the student.",
  ConfirmationResent: () => "Asked for a new confirmation link.",
  ConfirmationExpired: () => "The confirmation link expired.",
  ConfirmationReminded: () => "Reminded the student to confirm.",
  PickupReminded: (d) => `Reminded the student to collect: ready for ${number(d.days) ?? 0} days.`,
  EventsRotated: (d) => `Took ${number(d.events) ?? 0} old events out of the log, into ${text(d.file)}.`,
  JobPrinting: () => "Print started.",
  PrintFailed: () => "The print failed; back to the print queue.",
  JobCompleted: () => "Print finished.",
  PaymentRecorded: (d) =>
    `Took ${cents(d.price_cents)} for ${formatGrams(number(d.grams) ?? 0)} (${list(text(d.payment_system), text(d.txn_no))}) and handed the print over.${together(d)}`,
  PaymentCorrected: (d) =>
    `Corrected the payment: ${list(cents((d.before as Details | undefined)?.price_cents), text((d.before as Details | undefined)?.txn_no))} became ${list(cents(d.price_cents), formatGrams(number(d.grams) ?? 0), text(d.payment_system), text(d.txn_no))}.`,
  PaymentVoided: (d) =>
    `Voided the payment of ${list(cents(d.price_cents), text(d.payment_system), text(d.txn_no))}. The print stays handed over.`,
  ReceiptMailed: (d) => `Had receipt ${number(d.receipt) ?? ""} mailed to the student.`,
  DataExported: (d) =>
    `Exported ${text(d.what)} from ${text(d.start_date)} to ${text(d.end_date)} as a file.`,
  JobPickedUp: (d) =>
    `Handed over to ${text(d.picked_up_by)}${d.paid ? ", already paid" : ", nothing charged"}.`,
  StatusReverted: (d) =>
    `Reverted from ${status(d.from)} to ${status(d.to)}.${completionMail(d)}${Array.isArray(d.voided_payments) && d.voided_payments.length ? " The payment was voided." : ""}`,
  AdminAction: (d) =>
    ADMIN_ACTIONS[text(d.action)]?.(d) ??
    `Override: changed the status from ${status(d.from)} to ${status(d.to)}.${completionMail(d)}`,
  FileDeleted: (d) =>
    `Deleted ${text(d.file_path)}, which ${d.kind === "stale_file" ? "was a second copy" : "no job explained"}.`,
  JobRestored: (d) => `Restored from the metadata.json in ${text(d.path)}; the database had lost the job.`,
  JobArchived: () => "Filed away.",
  NoteAdded: () => "Added a note.",
  EmailResent: (d) => `Sent the ${text(d.email_type)} letter again.`,
  FileOpened: (d) => `Opened ${text(d.file_name)} in the slicer.`,
  FileDownloaded: (d) => `Downloaded ${text(d.file_name)}.`,
  JobDeleted: (d) =>
    d.pruned ? "Pruned: the student's data and the files are gone." : "Deleted the job and its files.",
  AdminUnlocked: () => "Opened the administration with the passphrase.",
  AdminUnlockRefused: () => "Tried to open the administration with a wrong passphrase.",
  WorkstationLogin: () => "Logged in.",
  CatalogUpdated: (d) => catalogText(d),
  StaffAdded: (d) =>
    d.first ? "Began the staff list with this name." : `Put ${text(d.name)} on the staff list.`,
  StaffRenamed: (d) => `Renamed ${text(d.from)} to ${text(d.to)} on the staff list.`,
  StaffDeactivated: (d) => `Made ${text(d.name)} inactive.`,
  StaffReactivated: (d) => `Made ${text(d.name)} active again.`,
  AlertRaised: (d) => `Alert: ${text(d.title)}.`,
  AlertCleared: (d) => `Over: ${text(d.title)}.`,
  EffectRetried: (d) => `Had a failed ${text(d.kind)} tried again.`,
  EffectCancelled: (d) =>
    d.email_type ? `Cancelled the ${text(d.email_type)} letter.` : `Cancelled a waiting ${text(d.kind)}.`,
  LetterChanged: (d) =>
    d.default
      ? `Gave the ${text(d.letter)} letter its default wording back.`
      : `Changed the wording of the ${text(d.letter)} letter.`,
  SettingsChanged: (d) => `Changed settings: ${text(d.said)}.`,
  EmailRetried: (d) => `Had the failed ${text(d.email_type)} letter sent again.`,
};

/** An event as people read it; one that we do not know is told by its name. */
export function eventText(event: { event_type: string; details: Details }): EventText {
  const { details } = event;
  const known = SENTENCES[event.event_type];
  const codes = Array.isArray(details.reasons) ? details.reasons.map((code) => reasonText(String(code))) : [];
  const reason = [
    ...codes,
    text(details.custom_reason),
    text(details.reason),
    text(details.no_charge_reason),
    text(details.deviation_reason),
  ]
    .filter(Boolean)
    .join(" ");
  return {
    sentence: known?.(details) ?? `${event.event_type.replace(/(?<=[a-z])(?=[A-Z])/g, " ")}.`,
    reason: reason || undefined,
  };
}

/** Who did it, and where when that says more: staff as they are called, the others in words. */
export function actorText(event: {
  triggered_by: string;
  workstation_id: string;
  details: Details;
  inactive?: boolean;
}): string {
  const { triggered_by, workstation_id } = event;
  if (triggered_by === "student") return "The student";
  if (triggered_by === "system") return "The system";
  if (event.details.by_workstation === true) return `Somebody at ${triggered_by}`;
  return list(`${triggered_by}${event.inactive ? " (inactive)" : ""}`, workstation_id);
}
