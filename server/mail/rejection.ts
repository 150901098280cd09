/** "We cannot print this": why, and how to try again. Pure: no I/O. */
import { REJECT_REASONS } from "../reject-reasons";
import { facts, greeting, type Letter, type LetterJob } from "./letter";

/** False when the student said no: they know, so nothing is sent. */
export function rejectionIsSent(job: Pick<LetterJob, "reject_reasons">): boolean {
  return !job.reject_reasons?.reasons.includes("declined_by_student");
}

/**
 * The letter that says why a request is not printed and how to submit again.
 * @throws Error when the student declined; ask `rejectionIsSent` first
 */
export function rejection(job: LetterJob, extras: { submit_url: string; status_url: string }): Letter {
  if (!rejectionIsSent(job)) throw new Error("A request that the student declined gets no rejection letter.");
  const sentences: Record<string, string | undefined> = REJECT_REASONS;
  const reasons = (job.reject_reasons?.reasons ?? []).flatMap((key) =>
    Object.hasOwn(sentences, key) ? [sentences[key]!] : [],
  );
  const own = job.reject_reasons?.custom_reason.trim() ?? "";
  return {
    subject: `Print request ${job.short_id}: we cannot print this model`,
    blocks: [
      { kind: "heading", text: "We cannot print this model as it is" },
      greeting(job),
      {
        kind: "paragraph",
        text:
          reasons.length || own
            ? "We are sorry, we cannot print the model you sent. This is why:"
            : "We are sorry, we cannot print the model you sent. Please ask us for the details.",
      },
      ...(reasons.length ? [{ kind: "list" as const, items: reasons }] : []),
      ...(own ? [{ kind: "paragraph" as const, text: own }] : []),
      facts([
        ["Request", String(job.short_id)],
        ["File", job.original_filename],
        ["Printer", job.printer_name],
        ["Method", job.print_method],
        ["Color", job.color_name],
      ]),
      {
        kind: "paragraph",
        text: "You owe nothing. To try again, correct the model and submit it as a new request. If you are not sure what to change, ask us; we are glad to help.",
      },
      { kind: "button", label: "Submit a corrected model", url: extras.submit_url },
      { kind: "button", label: "See the status of your request", url: extras.status_url, quiet: true },
    ],
  };
}
