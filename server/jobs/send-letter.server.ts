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
import type { OutboxRow } from "../outbox/outbox.server";
import type { Settings } from "../settings/schema";
import { settings } from "../settings/settings.server";
import { ConfirmToken } from "./confirm-token.server";
import { Job } from "./job.server";
import type { LetterName } from "./letters";
import { jobPart } from "./part-view.server";
import { referenceFor, tokenFor } from "./sign.server";

/**
 * The handler of `mail` rows.
 * @throws MailError; its `kind` tells the outbox whether to try again
 */
export async function sendLetter(row: OutboxRow): Promise<void | "overtaken"> {
  const job = row.job_id && (await Job.query().findById(row.job_id));
  if (!job) return "overtaken";
  const lab = await settings();
  const text = await write(row.payload.letter as LetterName, job, row.payload, lab);
  if (!text) return "overtaken";
  await sendMail({
    to: { name: job.student_name, address: job.student_email },
    letter: text,
    messageId: messageIdOf(row.id, config().PUBLIC_URL),
    frame: frameOf(lab),
  });
}

/** The letter's text, or null when events have overtaken it. */
async function write(
  name: LetterName,
  job: Job,
  payload: Record<string, string>,
  lab: Settings,
): Promise<Letter | null> {
  const home = config().PUBLIC_URL;
  const status_url = statusUrl(home, referenceFor(job.id));
  switch (name) {
    case "receipt":
      return receipt(job, { status_url, part: (await jobPart(job)).part });
    case "approval": {
      const token = await ConfirmToken.query().findById(payload.token_id ?? "");
      if (!token || token.used_at || token.replaced_at || job.status !== "PENDING") return null;
      return approval(job, {
        status_url,
        confirm_url: confirmUrl(home, tokenFor(token.id)),
        expires_at: token.expires_at,
        minimum_charge_cents: job.price_snapshot?.minimum_charge_cents ?? 0,
        settings: lab,
      });
    }
    case "confirm-reminder": {
      const token = await ConfirmToken.query().findById(payload.token_id ?? "");
      const over = !token || token.used_at || token.replaced_at || token.expires_at.getTime() <= Date.now();
      if (over || job.status !== "PENDING") return null;
      return confirmReminder(job, {
        status_url,
        confirm_url: confirmUrl(home, tokenFor(token.id)),
        expires_at: token.expires_at,
        settings: lab,
      });
    }
    case "rejection":
      if (job.status !== "REJECTED" || !rejectionIsSent(job)) return null;
      return rejection(job, { submit_url: submitUrl(home), status_url });
    case "completion":
      return job.status === "COMPLETED" ? completion(job, { status_url, settings: lab }) : null;
    case "pickup-reminder":
      if (job.status !== "COMPLETED" || String(job.status_since.getTime()) !== payload.since) return null;
      return pickupReminder(job, { status_url, ready_since: job.status_since, settings: lab });
    case "correction":
      return job.status === "COMPLETED" || job.status === "PAIDPICKEDUP"
        ? null
        : correction(job, { status_url });
  }
}
