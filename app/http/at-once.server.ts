/** Actions that are done in one press from wherever the job is shown, with and without a script. */
import type { Desk } from "@server/jobs/lock.server";
import { addNote } from "@server/jobs/note.server";
import { retryMail, RetryMailSchema } from "@server/jobs/retry-mail.server";
import { GuardSchema, NoteSchema } from "@server/jobs/schemas";
import { requireJobId } from "@server/jobs/decision.server";
import { Refusal } from "@server/errors";
import type { AtOnceIntent, AtOnceRefusal } from "~/components/at-once";
import { parseForm, refusalHeaders, refused, valuesOf } from "./form.server";

type Values = Record<string, string | string[]>;

/** Each checks its form, asks one verb and says what was done. */
const ACTIONS: Record<AtOnceIntent, (desk: Desk, jobId: string, values: Values) => Promise<string>> = {
  note: async (desk, jobId, values) => {
    const form_key = GuardSchema.shape.form_key.safeParse(values.form_key).data;
    // Without a version: a note says nothing about the job's state, and nothing is lost by a newer one.
    await addNote(desk, jobId, parseForm(NoteSchema, values), { form_key }, { at_once: true }).catch(
      sentBefore,
    );
    return "The note is saved.";
  },
  "retry-mail": async (desk, jobId, values) => {
    const { letter } = await retryMail(desk, jobId, parseForm(RetryMailSchema, values));
    return `The ${letter} letter is on its way again.`;
  },
};

/** The answer to the first note was lost on its way, and the text was changed before it was sent again. */
function sentBefore(error: unknown): never {
  if (!(error instanceof Refusal) || error.details.reason !== "form_reused") throw error;
  throw new Refusal(
    "invalid",
    "The note that you sent before is saved after all. To save this one too, press the button once more.",
    { reason: "form_reused" },
  );
}

/** How it ended. */
export type AtOnceOutcome =
  | { done: string; values: Values }
  | { refusal: AtOnceRefusal; init: { status: number; headers: HeadersInit } };

/**
 * Does what a form asks for by its `intent`.
 * @throws Response 404 when there is no such job
 */
export async function doAtOnce(desk: Desk, jobId: string, form: FormData): Promise<AtOnceOutcome> {
  const values = valuesOf(form);
  try {
    const run = Object.hasOwn(ACTIONS, String(values.intent)) && ACTIONS[values.intent as AtOnceIntent];
    if (!run) throw new Refusal("invalid", "Open the page again: what was to be done is missing.");
    return { done: await run(desk, requireJobId(jobId), values), values };
  } catch (error) {
    const refusal = refused(error);
    const { status, message, fields, reason } = refusal;
    if (status === 404) throw new Response(message, { status });
    const typed = Object.fromEntries(
      Object.entries(values).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    );
    return {
      refusal: { message, fields, reason, typed },
      init: { status, headers: refusalHeaders(refusal) },
    };
  }
}
