/** "We have your request": sent when a submission is stored. Pure: no I/O. */
import { facts, greeting, type Letter, type LetterJob } from "./letter";

/** The letter that says a submission arrived and what happens next. */
export function receipt(job: LetterJob, extras: { status_url: string }): Letter {
  return {
    subject: `Print request ${job.short_id}: we have your file`,
    blocks: [
      { kind: "heading", text: "We have your print request" },
      greeting(job),
      {
        kind: "paragraph",
        text: `Thank you. Your request number is ${job.short_id}; please keep it.`,
      },
      facts([
        ["Request", String(job.short_id)],
        ["File", job.original_filename],
        ["Method", job.print_method],
        ["Material", job.material_name],
        ["Printer", job.printer_name],
        ["Color", job.color_name],
      ]),
      { kind: "paragraph", text: "What happens next:" },
      {
        kind: "list",
        items: [
          "Our staff check your model.",
          "We write to you with the price, or tell you why we cannot print it.",
          "We print only after you confirm the price. Until then you owe nothing.",
        ],
      },
      { kind: "button", label: "See the status of your request", url: extras.status_url },
      {
        kind: "note",
        text: "The status page is private. Anyone with its address can see this request, so please do not pass it on.",
      },
    ],
  };
}
