/**
 * What each form and each API body may say: one schema per verb, used in the browser, in the route
 * and in the tests. What needs the database (active names, catalog, lock) is checked in the verb.
 * Fields are named as in the specification. Pure: no I/O.
 */
import { z } from "zod";
import { isUuid } from "../ids";
import { CONTROL } from "../invisible";
import { REJECT_REASONS, type RejectReason } from "../reject-reasons";
import { MOST_AT_ONCE, type SeenJob, SEVERAL_STEPS } from "./several";
import { MAX_NOTE } from "./note-limits";
import { STATUSES } from "./states";

/** Something that can be seen: a letter, a digit, a sign. */
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** A number from a slip of paper: wide forms of letters and digits become the plain ones, a gap is one space. */
const asNumber = (text: string) => text.normalize("NFKC").replace(/\p{Zs}+/gu, " ");

/**
 * A text field: trimmed, without control characters. `least`/`most` count characters after trimming.
 * @param tidy how the text is written before it is looked at
 */
function line(what: string, least: number, most: number, tidy = (text: string) => text) {
  return z
    .string({ error: `Enter ${what}.` })
    .overwrite(tidy)
    .trim()
    .min(least, least <= 1 ? `Enter ${what}.` : `Enter ${what}: at least ${least} characters.`)
    .max(most, `Shorten ${what} to ${most} characters or fewer.`)
    .refine((v) => !CONTROL.test(v), `Remove the invisible control characters from ${what}.`)
    .refine((v) => VISIBLE.test(v), `Enter ${what}.`);
}

/** An answer chosen from a list; whether it is on the list is checked in the verb. */
function choice(what: string, most: number) {
  return z
    .string({ error: `Choose ${what}.` })
    .trim()
    .min(1, `Choose ${what}.`)
    .max(most, `Choose ${what}.`)
    .refine((v) => !CONTROL.test(v), `Choose ${what}.`);
}

/** Several lines of text: the same, with line breaks and tabs allowed. */
function prose(what: string, least: number, most: number) {
  return z
    .string({ error: `Enter ${what}.` })
    .transform((v) => v.replace(/\r\n?/g, "\n").trim())
    .pipe(
      z
        .string()
        .min(least, `Enter ${what}.`)
        // As the database and the counters beside the fields count: an emoji is one character.
        .refine((v) => [...v].length <= most, `Shorten ${what} to ${most} characters or fewer.`)
        .refine(
          (v) => !CONTROL.test(v.replace(/[\n\t]/g, "")),
          `Remove the invisible control characters from ${what}.`,
        ),
    );
}

const optional = (most: number, what: string) => prose(what, 0, most).optional().default("");

const email = z
  .string({ error: "Enter your e-mail address." })
  .trim()
  .min(1, "Enter your e-mail address.")
  .max(100, "Shorten the e-mail address to 100 characters or fewer.")
  .pipe(z.email("Enter an e-mail address in the form name@example.edu."));

/** A decimal number typed by a person: a comma works too. */
function decimal(what: string, unit: string, least: number, most: number, decimals: number) {
  const shape = new RegExp(`^\\d{1,7}([.,]\\d{1,${decimals}})?$`);
  return z
    .union([z.string(), z.number()], { error: `Enter ${what}.` })
    .transform((v) => String(v).trim())
    .pipe(
      z
        .string()
        .min(1, `Enter ${what}.`)
        .regex(shape, `Enter ${what} in ${unit} as a number such as 25.5, with at most ${decimals} decimals.`)
        .transform((v) => Number(v.replace(",", ".")))
        .pipe(
          z
            .number()
            .min(least, `Enter ${what} of at least ${least} ${unit}.`)
            .max(most, `Enter ${what} of at most ${most} ${unit}.`),
        ),
    );
}

/** File endings that students may upload. */
export const MODEL_EXTENSIONS = ["stl", "obj", "3mf"] as const;

/** Endings that may be chosen as the authoritative file: models and what slicers save. */
export const AUTHORITATIVE_EXTENSIONS = [...MODEL_EXTENSIONS, "form", "idea", "gcode", "bgcode"] as const;

/** The student's form, without the file. */
export const SubmitSchema = z.object({
  student_name: line("your name", 2, 100),
  student_email: email,
  discipline: choice("your discipline", 50),
  class_number: line('your class number, or "N/A"', 1, 50),
  print_method: choice("a print method", 64),
  material: z
    .string({ error: "Choose one material." })
    .trim()
    .max(64, "Choose one material.")
    .optional()
    .default(""),
  color: choice("a color", 64),
  printer: choice("a printer", 64),
  acknowledged_minimum_charge: z
    .enum(["yes", "no", "true", "false"], { error: "Answer the question about the minimum charge." })
    .transform((v) => v === "yes" || v === "true")
    .refine(
      (yes) => yes,
      "We can only print for students who accept the minimum charge. If you agree, choose Yes; if you do not, please do not submit.",
    ),
  /** Which version of the consent's text stood on the form. */
  consent_version: z.string().max(50).optional(),
  /** "yes" when the student wants another copy of a file that is already in the queue with other options. */
  another_copy: z.string().optional().transform((v) => v === "yes" || v === "true"), // prettier-ignore
  /** "yes" when the student has read that the model fits none of the lab's printers and sends it all the same. */
  acknowledged_fit: z.string().optional().transform((v) => v === "yes" || v === "true"), // prettier-ignore
});
export type SubmitInput = z.output<typeof SubmitSchema>;

/** What every staff form carries: who, and which state of the job the person was looking at. */
const attributed = {
  staff_name: z
    .string({ error: "Choose your name." })
    .trim()
    .min(1, "Choose your name.")
    .max(100, "Choose your name.")
    .refine((v) => !CONTROL.test(v), "Choose your name."),
};

export const AttributedSchema = z.object(attributed);
export const ReviewSchema = z.object({
  ...attributed,
  reviewed: z
    .union([z.boolean(), z.enum(["true", "false"])], { error: "Say whether the job is reviewed." })
    .transform((v) => v === true || v === "true"),
});
export const ApproveSchema = z.object({
  ...attributed,
  weight_g: decimal("the weight", "grams", 0.1, 50_000, 2),
  time_hours: decimal("the print time", "hours", 0.01, 2_000, 2),
  authoritative_filename: z
    .string({ error: "Choose the file that will be printed." })
    .min(1, "Choose the file that will be printed.")
    .max(255),
});
export { REJECT_REASONS, type RejectReason };
export const RejectSchema = z
  .object({
    ...attributed,
    reasons: z
      .union([z.array(z.string()), z.string().transform((v) => [v])])
      .optional()
      .default([])
      .pipe(
        z.array(
          z.enum(Object.keys(REJECT_REASONS) as [RejectReason, ...RejectReason[]], {
            error: "Choose reasons from the list.",
          }),
        ),
      ),
    custom_reason: optional(1000, "the reason"),
  })
  .refine((v) => v.reasons.length > 0 || v.custom_reason.length > 0, {
    path: ["reasons"],
    message: "Choose at least one reason, or write your own.",
  });
const reason = prose("a reason", 3, 500);
export const ReasonSchema = z.object({ ...attributed, reason });
/** A job in the state that somebody looked at, as `writeSeen` names it. */
const seenJob = z.string().transform((text, ctx): SeenJob => {
  const [, id, version] = /^(.{36})\.(\d{1,9})$/.exec(text) ?? [];
  if (isUuid(id)) return { id: id.toLowerCase(), version: Number(version) };
  ctx.addIssue("The list of jobs could not be read. Choose them again.");
  return z.NEVER;
});
const grams = decimal("the weight", "grams", 0.1, 50_000, 2);
const paid = {
  grams,
  txn_no: line("the transaction number", 1, 50, asNumber),
  /** One of the lab's kinds of payment; its main system when not given. */
  payment_system: z.string().trim().max(40, "Choose how it was paid.").optional(),
};
export const PaymentSchema = z.object({
  ...attributed,
  ...paid,
  picked_up_by: line("who collected the print", 2, 100),
  /** Needed when the price is far from the estimate. */
  deviation_reason: optional(500, "the reason").optional(),
});
export const PickedUpSchema = z.object({
  ...attributed,
  picked_up_by: line("who collected the print", 2, 100),
  /** Needed when the job has no payment: why nothing is charged. */
  reason: optional(500, "the reason"),
});
/** Another job of the same visit: the state it was seen in, and what it weighs. */
export interface AlsoTaken extends SeenJob {
  grams: number;
}
/** The payment form: other jobs of the student stand in `also`, their weights in `also_grams`, empty where one stays. */
export const CheckoutSchema = PaymentSchema.extend({
  also: z.array(seenJob).max(MOST_AT_ONCE).optional().default([]),
  also_grams: z.array(z.string().trim()).max(MOST_AT_ONCE).optional().default([]),
}).transform(({ also, also_grams, ...input }, ctx) => {
  const taken: AlsoTaken[] = [];
  also.forEach((seen, n) => {
    const typed = also_grams[n] ?? "";
    if (typed === "") return;
    const weight = grams.safeParse(typed);
    if (weight.success) taken.push({ ...seen, grams: weight.data });
    else ctx.addIssue({ code: "custom", path: ["also_grams"], message: weight.error.issues[0]!.message });
  });
  return { ...input, also: [...new Map(taken.map((job) => [job.id, job])).values()] };
});
/** The same for programs: one visit, with its other jobs named one by one. */
export const VisitSchema = PaymentSchema.extend({
  also: z
    .array(
      z
        .strictObject({
          job_id: z.uuid({ error: "Name the other jobs by their ids." }).toLowerCase(),
          version: z.int({ error: "Give the version of each other job." }).positive(),
          grams,
        })
        .transform(({ job_id, ...job }): AlsoTaken => ({ id: job_id, ...job })),
      { error: "List the other jobs." },
    )
    .max(MOST_AT_ONCE, `Take at most ${MOST_AT_ONCE} other jobs along.`)
    .refine((jobs) => new Set(jobs.map(({ id }) => id)).size === jobs.length, "Name each job once only.")
    .optional()
    .default([])
    .describe("The student's other jobs: `job_id`, `version` as last seen, `grams`."),
});
export const VoidPaymentSchema = z.object({
  ...attributed,
  payment_id: z.uuid({ error: "Choose the payment." }),
  reason,
});
export const CorrectPaymentSchema = z.object({
  ...attributed,
  ...paid,
  payment_id: z.uuid({ error: "Choose the payment." }),
  reason,
});
export const NoteSchema = z.object({ ...attributed, notes: prose("a note", 1, MAX_NOTE) });
export const ChangeStatusSchema = z.object({
  ...attributed,
  new_status: z.enum(STATUSES, { error: "Choose the new status." }),
  reason,
});
export const LETTERS_TO_RESEND = ["approval", "rejection", "completion"] as const;
export const ResendSchema = z.object({
  ...attributed,
  email_type: z.enum(LETTERS_TO_RESEND, { error: "Choose which letter to send again." }),
});

/** Which step, who, and the jobs. A job named twice is done once. */
export const SeveralSchema = z.object({
  ...attributed,
  action: z.enum(SEVERAL_STEPS, { error: "Choose what to do." }),
  form_key: z.uuid({ error: "Open this page again: the form is not complete." }),
  job: z
    .array(seenJob)
    .transform((jobs) => [...new Map(jobs.map((job) => [job.id, job])).values()])
    .refine((jobs) => jobs.length > 0, "Choose at least one job.")
    .refine((jobs) => jobs.length <= MOST_AT_ONCE, `Choose at most ${MOST_AT_ONCE} jobs at once.`),
});
export type SeveralInput = z.output<typeof SeveralSchema>;

/** What a form adds to its fields: the state it was rendered for, the lock it holds, and its own key. */
export const GuardSchema = z.object({
  version: z.coerce.number().int().positive().optional(),
  lock_key: z.uuid().optional(),
  form_key: z.uuid().optional(),
});
export type Guard = z.output<typeof GuardSchema>;

/** Field-by-field messages of a failed parse, in the form that pages and API show. */
export function fieldErrors(error: z.ZodError): Record<string, string[]> {
  const fields: Record<string, string[]> = {};
  for (const issue of error.issues) {
    const name = String(issue.path[0] ?? "");
    (fields[name] ??= []).push(issue.message);
  }
  return fields;
}
