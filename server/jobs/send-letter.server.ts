/** Writes and sends a job's letter when its outbox row comes up. Safe to run twice: same text, same Message-ID. */
import { config } from "../config.server";
import { approval } from "../mail/approval";
import { confirmReminder } from "../mail/confirm-reminder";
import { pickupReminder } from "../mail/pickup-reminder";
import { completion } from "../mail/completion";
import { correction } from "../mail/correction";
import { frameOf, type Letter } from "../mail/letter";
import { confirmUrl, messageIdOf, statusUrl, submitUrl } from "../mail/links";
import { receipt } from "../mail/receipt";
import { rejection, rejectionIsSent } from "../mail/rejection";
import { sendMail } from "../mail/transport.server";
import { wordingOf } from "../mail/wording.server";
import type { OutboxRow } from "../outbox/outbox.server";
import type { Settings } from "../settings/schema";
import { settings } from "../settings/settings.server";
import { ConfirmToken } from "./confirm-token.server";
import { Job } from "./job.server";
import type { LetterName } from "./letters";
import { jobPart } from "./part-view.server";
import { referenceFor, tokenFor } from "./sign.server";

/** The letters about a job alone; the receipt of a payment is written where the ledger is. */
type JobLetter = Exclude<LetterName, "payment_receipt">;

/**
 * The handler of `mail` rows.
 * @throws MailError; its `kind` tells the outbox whether to try again
 */
export async function sendLetter(row: OutboxRow): Promise<void | "overtaken"> {
  const job = row.job_id && (await Job.query().findById(row.job_id));
  if (!job || job.pruned_at) return "overtaken";
  const lab = await settings();
  const text = await write(job, row.payload, lab);
  if (!text) return "overtaken";
  await sendMail({
    to: { name: job.student_name, address: job.student_email },
    letter: text,
    messageId: messageIdOf(row.id, config().PUBLIC_URL),
    frame: frameOf(lab),
  });
}

/**
 * The letter of a `mail` row as it would be written now, for staff to look at: the link that only the student
 * may use is not in it. `would_be_sent`: false when events have overtaken it.
 * @returns null when there is no such letter any more
 */
export async function showJobLetter(
  row: OutboxRow,
): Promise<{ to: string; letter: Letter; would_be_sent: boolean } | null> {
  const job = row.job_id && (await Job.query().findById(row.job_id));
  if (!job || job.pruned_at) return null;
  const lab = await settings();
  const letter = await write(job, row.payload, lab, { toLookAt: true });
  const strict = letter && (await write(job, row.payload, lab));
  return letter && { to: job.student_email, letter, would_be_sent: strict !== null };
}

/** The letter in the wording in force, or null when events have overtaken it. */
async function write(
  job: Job,
  payload: Record<string, string>,
  lab: Settings,
  { toLookAt = false } = {},
): Promise<Letter | null> {
  const home = config().PUBLIC_URL;
  const name = payload.letter as JobLetter;
  const wording = await wordingOf(name);
  const extras = { status_url: statusUrl(home, referenceFor(job.id)), settings: lab };
  switch (name) {
    case "receipt":
      return receipt(job, { ...extras, part: (await jobPart(job)).part }, wording);
    case "approval":
    case "confirm-reminder": {
      const token = await ConfirmToken.query().findById(payload.token_id ?? "");
      const live = token && !token.used_at && !token.replaced_at && job.status === "PENDING";
      if (!token || !(live || toLookAt)) return null;
      const { expires_at } = token;
      const confirm_url = confirmUrl(home, toLookAt ? "only-in-the-students-letter" : tokenFor(token.id));
      if (name === "confirm-reminder")
        return expires_at.getTime() > Date.now() || toLookAt
          ? confirmReminder(job, { ...extras, confirm_url, expires_at }, wording)
          : null;
      const minimum_charge_cents = job.price_snapshot?.minimum_charge_cents ?? 0;
      return approval(job, { ...extras, confirm_url, expires_at, minimum_charge_cents }, wording);
    }
    case "rejection":
      if (!rejectionIsSent(job) || !(job.status === "REJECTED" || toLookAt)) return null;
      return rejection(job, { ...extras, submit_url: submitUrl(home) }, wording);
    case "completion":
      return job.status === "COMPLETED" || toLookAt ? completion(job, extras, wording) : null;
    case "pickup-reminder": {
      const waits = job.status === "COMPLETED" && String(job.status_since.getTime()) === payload.since;
      const reminder = { ...extras, ready_since: job.status_since };
      return waits || toLookAt ? pickupReminder(job, reminder, wording) : null;
    }
    case "correction":
      return (job.status === "COMPLETED" || job.status === "PAIDPICKEDUP") && !toLookAt
        ? null
        : correction(job, extras, wording);
  }
}
