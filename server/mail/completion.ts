/** "Your print is ready": sent some minutes after a print was marked complete. Pure: no I/O. */
import { formatCents } from "../format";
import type { Settings } from "../settings/schema";
import { facts, greeting, type Letter, type LetterJob } from "./letter";

/** The letter that says a print is ready for pickup and how to pay. */
export function completion(
  job: LetterJob,
  extras: { status_url: string; settings: Pick<Settings, "lab_name" | "payment_system"> },
): Letter {
  return {
    subject: `Print request ${job.short_id}: ready for pickup`,
    blocks: [
      { kind: "heading", text: "Your print is ready" },
      greeting(job),
      {
        kind: "paragraph",
        text: `Your print is ready for pickup at the ${extras.settings.lab_name}. Please bring your request number: ${job.short_id}.`,
      },
      facts([
        ["Request", String(job.short_id)],
        ["File", job.original_filename],
        ["Printer", job.printer_name],
        ["Color", job.color_name],
        ["Estimated price", job.cost_cents === null ? null : formatCents(job.cost_cents)],
      ]),
      {
        kind: "paragraph",
        text: `${job.cost_cents === null ? "" : "The price above is an estimate. "}We weigh the print when you collect it, and that gives the final price. You pay with ${extras.settings.payment_system}.`,
      },
      { kind: "button", label: "See the status of your request", url: extras.status_url },
    ],
  };
}
