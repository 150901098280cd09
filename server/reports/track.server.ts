/** The student's private status page: what happened, what comes next, what it costs. No staff notes, no names of staff. */
import { Event } from "../events/event.server";
import { Refusal } from "../errors";
import { colorHexes } from "../jobs/card.server";
import { Job } from "../jobs/job.server";
import { resendState } from "../jobs/resend-confirmation.server";
import { REJECT_REASONS, type RejectReason } from "../jobs/schemas";
import { type JobPart, jobPart } from "../jobs/part-view.server";
import { jobIdFrom } from "../jobs/sign.server";
import type { Status } from "../jobs/states";
import { validPayments } from "../payments/payment.server";
import type { Settings } from "../settings/schema";
import { settings } from "../settings/settings.server";
import { formatCents } from "../jobs/pricing";

/** What the page shows. Times are UTC ISO 8601, money in cents, weight in g, time in h. */
export interface TrackView extends JobPart {
  short_id: number;
  status: Status;
  original_filename: string;
  display_name: string;
  print_method: string;
  material_name: string;
  color_name: string;
  color_hex: string | null;
  printer_name: string;
  weight_g: number | null;
  time_hours: number | null;
  cost_cents: number | null;
  created_at: string;
  timeline: { at: string; title: string; text: string }[];
  next_step: string;
  can_resend: boolean;
  resend_wait_seconds: number;
  reject_reasons: string[];
  payment: { price_cents: number; paid_ts: string } | null;
}

/**
 * @param reference the signed reference of the link
 * @throws Refusal `not_found`
 */
export async function trackJob(reference: string): Promise<TrackView> {
  const jobId = jobIdFrom(reference);
  const job = jobId && (await Job.query().findById(jobId));
  if (!job)
    throw new Refusal(
      "not_found",
      "We do not know this link. Use the one in the mail you got from us, or ask at the lab.",
    );
  const [part, lab, hexes, events, payments, resend] = await Promise.all([
    jobPart(job),
    settings(),
    colorHexes(),
    Event.query().where("job_id", job.id).orderBy("id"),
    validPayments(undefined, job.id),
    resendState(reference),
  ]);
  return {
    ...part,
    short_id: job.short_id,
    status: job.status,
    original_filename: job.original_filename,
    display_name: job.display_name,
    print_method: job.print_method,
    material_name: job.material_name,
    color_name: job.color_name,
    color_hex: hexes.get(job.color) ?? null,
    printer_name: job.printer_name,
    weight_g: job.weight_g,
    time_hours: job.time_hours,
    cost_cents: job.cost_cents,
    created_at: job.created_at.toISOString(),
    timeline: events.flatMap((event) => line(event)),
    next_step: nextStep(job, lab),
    can_resend: resend?.can_resend ?? false,
    resend_wait_seconds: resend?.wait_seconds ?? 0,
    reject_reasons: reasonsOf(job),
    payment: payments[0]
      ? { price_cents: payments[0].price_cents, paid_ts: payments[0].paid_ts.toISOString() }
      : null,
  };
}

/**
 * The content whose picture the page shows.
 * @throws Refusal `not_found` for an unknown reference, or while there is no picture
 */
export async function trackPicture(reference: string): Promise<string> {
  const jobId = jobIdFrom(reference);
  const job = jobId && (await Job.query().findById(jobId));
  const picture = job ? (await jobPart(job)).picture : null;
  if (!picture?.widths.length) throw new Refusal("not_found", "There is no picture of this model.");
  return picture.sha256;
}

function reasonsOf(job: Job): string[] {
  const { reasons = [], custom_reason = "" } = job.reject_reasons ?? {};
  if (job.status !== "REJECTED" || reasons.includes("declined_by_student")) return [];
  return [...reasons.map((code) => REJECT_REASONS[code as RejectReason] ?? code), custom_reason].filter(
    Boolean,
  );
}

/** What an event means to the student; most of the lab's doings mean nothing to them. */
function line(event: Event): { at: string; title: string; text: string }[] {
  const words: Record<string, [title: string, text: string]> = {
    JobCreated: ["Submitted", "We have your model."],
    JobApproved: ["Approved", "The lab checked your model and set the price."],
    JobRejected: ["Rejected", "The lab cannot print this model as it is."],
    JobConfirmed: ["Confirmed", "You accepted the price."],
    JobForceConfirmed: ["Confirmed", "The lab confirmed the request for you."],
    JobDeclined: ["Declined", "You said no thanks. Nothing is printed and nothing is charged."],
    JobPrinting: ["Printing", "Your print has been started."],
    PrintFailed: ["Print failed", "The print did not work out; it will be started again at the same price."],
    JobCompleted: ["Printed", "Your print is done."],
    StatusReverted: ["Corrected", "The lab corrected the status of your request."],
    PaymentRecorded: ["Paid and picked up", "Thank you!"],
    JobPickedUp: ["Picked up", "Thank you!"],
  };
  const found = words[event.event_type];
  return found ? [{ at: event.timestamp.toISOString(), title: found[0], text: found[1] }] : [];
}

function nextStep(job: Job, lab: Settings): string {
  const price = job.cost_cents === null ? "" : ` The price is about ${formatCents(job.cost_cents)}.`;
  switch (job.status) {
    case "UPLOADED":
      return "Your submission is with staff for review. You will get an e-mail when it is approved or rejected.";
    case "PENDING":
      return `Open the mail we sent you and confirm, so that we can print.${price}`;
    case "READYTOPRINT":
      return "Your print is waiting for its turn. You need not do anything.";
    case "PRINTING":
      return "Your print is on the printer. You will get an e-mail when it can be picked up.";
    case "COMPLETED":
      return `Come to the lab to pick up your print and pay with ${lab.payment_system}. Tell us the print number. The final price is weighed at the counter.`;
    case "PAIDPICKEDUP":
      return "All done. We hope it turned out well.";
    case "REJECTED":
      return job.reject_reasons?.reasons.includes("declined_by_student")
        ? "You declined this request. You are welcome to submit again."
        : "Mend the model as described and submit it again; it will be a new request.";
    case "ARCHIVED":
      return "This request is closed and filed away.";
  }
}
