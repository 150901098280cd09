/** "Not ready after all": sent when a print was reverted after its completion letter went out. Pure: no I/O. */
import { facts, greeting, type Letter, type LetterJob } from "./letter";

/** The letter that takes back a completion letter. */
export function correction(job: LetterJob, extras: { status_url: string }): Letter {
  return {
    subject: `Print request ${job.short_id}: not ready yet`,
    blocks: [
      { kind: "heading", text: "Your print is not ready yet" },
      greeting(job),
      {
        kind: "paragraph",
        text: "We told you that your print is ready. That was our mistake: it is not ready after all. We are sorry. Please do not come to collect it yet; we will write again as soon as it is ready.",
      },
      facts([
        ["Request", String(job.short_id)],
        ["File", job.original_filename],
        ["Printer", job.printer_name],
        ["Color", job.color_name],
      ]),
      { kind: "button", label: "See the status of your request", url: extras.status_url },
    ],
  };
}
