import { STUDENT } from "../events/append.server";
import { Refusal } from "../errors";
import { db } from "../db.server";
import { settings } from "../settings/settings.server";
import { advance } from "./advance.server";
import { issueToken } from "./confirm-token.server";
import { Job } from "./job.server";
import { jobIdFrom } from "./sign.server";

/**
 * A student asks for a fresh link; once an hour (a setting) per job.
 * @param reference the job's public reference
 * @throws Refusal `not_found` when it is unknown or not waiting for a confirmation; `too_many` with
 * `retryAfterSeconds` when a link was sent recently
 */
export async function resendConfirmation(reference: string): Promise<void> {
  const jobId = jobIdFrom(reference);
  if (!jobId) throw nothingToConfirm();
  await advance(
    STUDENT,
    { job_id: jobId, step: "resend-confirmation", guard: {} },
    async ({ trx, job, now }) => {
      const { confirm_hours, resend_cooldown_minutes } = await settings(trx);
      const wait = secondsToWait(job, now, resend_cooldown_minutes);
      if (wait > 0) throw tooSoon(wait);
      const link = await issueToken(trx, job, now, confirm_hours);
      return { patch: link.patch, effects: [link.effect] };
    },
  ).catch((error) => {
    if (error instanceof Refusal && (error.details.reason === "status" || error.code === "not_found"))
      throw nothingToConfirm();
    throw error;
  });
}

/** Whether a job waits for a confirmation, and how long until a fresh link may be asked for; null when it does not. */
export async function resendState(
  reference: string,
): Promise<{ can_resend: boolean; wait_seconds: number } | null> {
  const jobId = jobIdFrom(reference);
  const job = jobId && (await Job.query().findById(jobId));
  if (!job || job.status !== "PENDING") return null;
  const { resend_cooldown_minutes } = await settings();
  const { now } = (await db().raw<{ rows: [{ now: Date }] }>("SELECT now()")).rows[0];
  const wait_seconds = secondsToWait(job, now, resend_cooldown_minutes);
  return { can_resend: wait_seconds === 0, wait_seconds };
}

/** Is this a reference of one of our jobs, whatever its status? */
export async function isOurReference(reference: string): Promise<boolean> {
  const jobId = jobIdFrom(reference);
  return jobId !== null && (await Job.query().findById(jobId)) !== undefined;
}

function secondsToWait(job: Pick<Job, "confirmation_last_sent_at">, now: Date, minutes: number): number {
  if (!job.confirmation_last_sent_at) return 0;
  const passed = (now.getTime() - job.confirmation_last_sent_at.getTime()) / 1000;
  return Math.max(0, Math.ceil(minutes * 60 - passed));
}

function tooSoon(seconds: number): Refusal {
  const minutes = Math.ceil(seconds / 60);
  return new Refusal(
    "too_many",
    `You can request a new email in ${minutes} ${minutes === 1 ? "minute" : "minutes"}.`,
    {
      retryAfterSeconds: seconds,
    },
  );
}

function nothingToConfirm(): Refusal {
  return new Refusal("not_found", "There is no request waiting for a confirmation under this link.");
}
