/** What students' programs may do: hand in, look at a link, answer it, ask for a new one. */
import { z } from "zod";
import { confirmJob, openConfirmation } from "@server/jobs/confirm.server";
import { declineJob } from "@server/jobs/decline.server";
import { isOurReference, resendConfirmation, resendState } from "@server/jobs/resend-confirmation.server";
import { SubmitSchema } from "@server/jobs/schemas";
import { submitJob } from "@server/jobs/submit.server";
import { Refusal } from "@server/errors";
import { At, Cents, PublicJobSchema } from "@server/reports/job-object";
import { publicJobObject } from "@server/reports/job-object.server";
import { endpoint } from "./endpoint";

const reference = z
  .string({ error: "Give the job's reference." })
  .min(1, "Give the job's reference.")
  .max(200, "This is no reference of ours.");

/** A link that is over. */
const OVER = ["expired", "used", "replaced"] as const;

export const submitEndpoints = [
  endpoint({
    method: "POST",
    path: "submit",
    tag: "Student submission",
    summary: "Hand in a model",
    about:
      'A form as `multipart/form-data` with the file in `file` (STL, OBJ or 3MF). Methods, materials, colors and printers are named by their ids in the catalog. With `"error": "another_copy"` the same file is in the queue with other options: send `another_copy=yes` if that is meant. With `"error": "fits_nowhere"` the model fits no printer: send `acknowledged_fit=yes` to hand it in all the same.',
    auth: "public",
    form: SubmitSchema.strict(),
    status: 201,
    answer: PublicJobSchema,
    idempotent: true,
    refuses: {
      400: ["fits_nowhere"],
      409: ["duplicate", "another_copy"],
      410: ["deleted"],
      429: ["too_many"],
    },
    run: async ({ body, file, form_key, ip }) => {
      const { reference } = await submitJob(body, file, { form_key, ip });
      return publicJobObject(reference, true);
    },
  }),
  endpoint({
    method: "POST",
    path: "submit/resend-confirmation",
    tag: "Student submission",
    summary: "Ask for a new confirmation mail",
    about: "Once an hour for a job (a setting). The link in the older mail stops working.",
    auth: "public",
    body: z.strictObject({ job_id: reference }),
    status: 200,
    answer: z.object({ message: z.string() }),
    refuses: { 404: ["not_found"], 429: ["too_many"] },
    run: async ({ body }) => {
      await resendConfirmation(body.job_id);
      return { message: "A new confirmation email has been sent." };
    },
  }),
  endpoint({
    method: "GET",
    path: "confirm/expired",
    tag: "Student submission",
    summary: "What to do about a link that is over",
    auth: "public",
    query: z.strictObject({ job_id: reference }),
    status: 200,
    answer: z.object({
      job: PublicJobSchema,
      can_resend: z.boolean(),
      resend_wait_seconds: z.int().min(0),
      instructions: z.string(),
    }),
    refuses: { 404: ["not_found"] },
    run: ({ query }) => expired(query.job_id),
  }),
  endpoint({
    method: "GET",
    path: "confirm/{token}",
    tag: "Student submission",
    summary: "Look at what is to be confirmed",
    about: "Changes nothing: mail scanners open links too.",
    auth: "public",
    status: 200,
    answer: z.object({
      short_id: z.int(),
      original_filename: z.string(),
      display_name: z.string(),
      print_method: z.string(),
      material_name: z.string(),
      color_name: z.string(),
      printer_name: z.string(),
      weight_g: z.number(),
      time_hours: z.number(),
      cost_cents: Cents,
      expires_at: At,
    }),
    refuses: { 410: OVER },
    run: ({ params }) => openConfirmation(params.token!),
  }),
  endpoint({
    method: "POST",
    path: "confirm/{token}",
    tag: "Student submission",
    summary: "Accept the price",
    about:
      "A link works once. When it is over, `details.job_id` is the job's reference, to ask for a new one.",
    auth: "public",
    status: 200,
    answer: PublicJobSchema,
    refuses: { 410: OVER },
    run: async ({ params }) => publicJobObject((await confirmJob(params.token!)).reference),
  }),
  endpoint({
    method: "POST",
    path: "confirm/{token}/decline",
    tag: "Student submission",
    summary: "Decline the price",
    about: "Nothing is printed and nothing is charged.",
    auth: "public",
    status: 200,
    answer: PublicJobSchema,
    refuses: { 410: OVER },
    run: async ({ params }) => publicJobObject((await declineJob(params.token!)).reference),
  }),
];

async function expired(job_id: string) {
  if (!(await isOurReference(job_id)))
    throw new Refusal("not_found", "We do not know this reference. Use the link in the newest mail from us.");
  const [job, state] = await Promise.all([publicJobObject(job_id), resendState(job_id)]);
  return {
    job,
    can_resend: state?.can_resend ?? false,
    resend_wait_seconds: state?.wait_seconds ?? 0,
    instructions: state
      ? "The print still waits for an answer. Ask for a new mail with POST /submit/resend-confirmation, then use the link in it."
      : "There is nothing to confirm at the moment. If the price was confirmed already, nothing needs to be done.",
  };
}
