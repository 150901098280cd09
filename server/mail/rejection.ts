/** "We cannot print this": why, and how to try again. Pure: no I/O. */
import { REJECT_REASONS } from "../reject-reasons";
import { type Block, facts, type Letter, type LetterJob } from "./letter";
import { COMMON_BLOCKS, COMMON_VALUES, commonBlocks, commonValues, type LetterSettings } from "./parts";
import { type Wording, writeLetter, type LetterKind } from "./wording";

export const REJECTION: LetterKind = {
  title: "Rejection",
  when: "A request is rejected, unless the student declined it.",
  wording: {
    subject: "Print request {short_id}: we cannot print this model",
    body: `# We cannot print this model as it is

{greeting}

We are sorry, we cannot print the model you sent. {why}

{reasons}

{facts}

You owe nothing. To try again, correct the model and submit it as a new request. If you are not sure what to change, ask us; we are glad to help.

{submit_button}

{status_button}`,
  },
  placeholders: {
    values: { ...COMMON_VALUES, why: "“This is why:”, or that the student may ask when no reason was given" },
    blocks: { ...COMMON_BLOCKS, reasons: "the reasons", submit_button: "the link to the submission form" },
    needed: ["reasons"],
  },
};

/** False when the student said no: they know, so nothing is sent. */
export function rejectionIsSent(job: Pick<LetterJob, "reject_reasons">): boolean {
  return !job.reject_reasons?.reasons.includes("declined_by_student");
}

/**
 * The letter that says why a request is not printed and how to submit again.
 * @throws Error when the student declined; ask `rejectionIsSent` first
 */
export function rejection(
  job: LetterJob,
  extras: { submit_url: string; status_url: string; settings: LetterSettings },
  wording: Wording = REJECTION.wording,
): Letter {
  if (!rejectionIsSent(job)) throw new Error("A request that the student declined gets no rejection letter.");
  const sentences: Record<string, string | undefined> = REJECT_REASONS;
  const items = (job.reject_reasons?.reasons ?? []).flatMap((key) =>
    Object.hasOwn(sentences, key) ? [sentences[key]!] : [],
  );
  const own = job.reject_reasons?.custom_reason.trim() ?? "";
  const reasons: Block[] = [
    ...(items.length ? [{ kind: "list" as const, items }] : []),
    ...(own ? [{ kind: "paragraph" as const, text: own }] : []),
  ];
  const table = facts([
    ["Request", String(job.short_id)],
    ["File", job.original_filename],
    ["Printer", job.printer_name],
    ["Method", job.print_method],
    ["Color", job.color_name],
  ]);
  return writeLetter(wording, {
    values: {
      ...commonValues(job, extras.settings),
      why: reasons.length ? "This is why:" : "Please ask us for the details.",
    },
    blocks: {
      ...commonBlocks(job, table, extras.status_url, true),
      reasons,
      submit_button: [{ kind: "button", label: "Submit a corrected model", url: extras.submit_url }],
    },
  });
}
