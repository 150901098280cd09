import type { z } from "zod";
import { invalidField, Refusal } from "../errors";
import { rejectionIsSent } from "../mail/rejection";
import { settings } from "../settings/settings.server";
import { requireActiveStaff } from "../staff/staff.server";
import { advance } from "./advance.server";
import { issueToken } from "./confirm-token.server";
import type { Job } from "./job.server";
import { letter } from "./letters";
import type { Desk } from "./lock.server";
import { type Guard, LETTERS_TO_RESEND, type ResendSchema } from "./schemas";
import type { Status } from "./states";

/** Which status each letter belongs to. */
const LETTER_STATUS = {
  approval: "PENDING",
  rejection: "REJECTED",
  completion: "COMPLETED",
} as const satisfies Record<string, Status>;

export type LetterToResend = keyof typeof LETTER_STATUS;

/** The letters that can be sent again for a job as it is now; a student who declined gets no rejection. */
export function lettersToResend(job: Pick<Job, "status" | "reject_reasons">): LetterToResend[] {
  return LETTERS_TO_RESEND.filter(
    (name) => LETTER_STATUS[name] === job.status && (name !== "rejection" || rejectionIsSent(job)),
  );
}

/**
 * Sends a letter again. An approval gets a fresh link.
 * @throws Refusal as `advance`; `invalid` on `email_type` when the letter does not fit the status;
 * `too_many` with `retryAfterSeconds` when it was sent a moment ago
 */
export async function resendEmail(
  desk: Desk,
  jobId: string,
  input: z.output<typeof ResendSchema>,
  guard: Guard,
): Promise<Job> {
  const name = await requireActiveStaff(input.staff_name);
  return advance(
    { name, workstation_id: desk.workstation_id },
    { job_id: jobId, step: "resend-email", guard, desk, input },
    async ({ trx, job, now }) => {
      if (LETTER_STATUS[input.email_type] !== job.status)
        throw invalidField("email_type", "This letter does not fit the job's status. Choose another one.");
      if (!lettersToResend(job).includes(input.email_type))
        throw invalidField(
          "email_type",
          "The student declined this job; there is no rejection letter for it.",
        );
      const { staff_resend_cooldown_minutes, confirm_hours } = await settings(trx);
      const last = await trx("outbox")
        .where({ job_id: jobId, kind: "mail" })
        .whereRaw("payload @> ?::jsonb", [JSON.stringify({ letter: input.email_type })])
        .max("created_at AS at")
        .first();
      const passed = last?.at ? (now.getTime() - (last.at as Date).getTime()) / 1000 : Infinity;
      const wait = Math.ceil(staff_resend_cooldown_minutes * 60 - passed);
      if (wait > 0)
        throw new Refusal(
          "too_many",
          `An email was sent recently. Please wait ${Math.ceil(wait / 60)} min before resending.`,
          {
            retryAfterSeconds: wait,
          },
        );
      const details = { email_type: input.email_type };
      if (input.email_type === "approval") {
        if (job.cost_cents === null)
          throw invalidField(
            "email_type",
            "This job has no price yet. Put it back to Uploaded and approve it first.",
          );
        const link = await issueToken(trx, job, now, confirm_hours);
        return { patch: link.patch, effects: [link.effect], details };
      }
      return { effects: [letter(input.email_type, jobId, `resend-v${job.version + 1}`)], details };
    },
  );
}
