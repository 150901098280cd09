/** "Admin Override Endpoints". */
import { z } from "zod";
import { liveToken } from "@server/jobs/confirm-token.server";
import { forceUnlock } from "@server/jobs/force-unlock.server";
import { resendEmail } from "@server/jobs/resend-email.server";
import { ChangeStatusSchema, ReasonSchema, ResendSchema } from "@server/jobs/schemas";
import { changeStatus, forceConfirm, markFailed } from "@server/jobs/steps.server";
import { decision } from "./decision";
import { endpoint } from "./endpoint";
import { jobIdOf } from "./job-id";

const common = { tag: "Overrides", limit: { name: "admin", points: 60, seconds: 60 } } as const;

export const overrideEndpoints = [
  endpoint({
    ...common,
    method: "POST",
    path: "jobs/{job_id}/admin/force-unlock",
    summary: "Take a lock away",
    about: "For a lock that is stuck. What its holder has not sent yet is refused afterwards.",
    auth: "admin",
    body: ReasonSchema.strict(),
    status: 200,
    answer: z.object({ message: z.string() }),
    idempotent: true,
    refuses: { 403: ["not_locked"] },
    run: async (call) => {
      await forceUnlock(call.desk, jobIdOf(call), call.body, { form_key: call.form_key });
      return { message: "Lock has been forcibly released." };
    },
  }),
  decision({
    ...common,
    step: "force-confirm",
    path: "jobs/{job_id}/admin/force-confirm",
    auth: "admin",
    schema: ReasonSchema.extend({
      bypass_email: z
        .literal(true, { error: "This is what the call does; say true or leave it out." })
        .optional()
        .describe("What the call does in any case: no answer to the mail is waited for."),
    }),
    run: (desk, id, { bypass_email: _, ...input }, guard) => forceConfirm(desk, id, input, guard),
  }),
  decision({
    ...common,
    step: "change-status",
    path: "jobs/{job_id}/admin/change-status",
    auth: "admin",
    schema: ChangeStatusSchema,
    run: changeStatus,
  }),
  decision({
    ...common,
    step: "mark-failed",
    path: "jobs/{job_id}/admin/mark-failed",
    schema: ReasonSchema,
    run: markFailed,
  }),
  decision({
    ...common,
    step: "resend-email",
    path: "jobs/{job_id}/admin/resend-email",
    about: "`new_token` is the new link's, or null when the letter has none.",
    schema: ResendSchema,
    answer: z.object({ message: z.string(), new_token: z.string().nullable() }),
    refuses: { 429: ["too_many"] },
    run: resendEmail,
    say: async (id, { email_type }) => ({
      message: "Email resent successfully",
      new_token: email_type === "approval" ? await liveToken(id) : null,
    }),
  }),
];
