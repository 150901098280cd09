/** "Your print waits for your answer": sent some time before a confirm link runs out. Pure: no I/O. */
import { formatCents } from "../format";
import type { Settings } from "../settings/schema";
import { facts, greeting, labTime, type Letter, type LetterJob } from "./letter";

/** The letter that reminds a student to confirm or decline; it carries the same link as the approval. */
export function confirmReminder(
  job: LetterJob,
  extras: {
    status_url: string;
    confirm_url: string;
    expires_at: Date;
    settings: Pick<Settings, "time_zone">;
  },
): Letter {
  const until = labTime(extras.expires_at, extras.settings.time_zone);
  return {
    subject: `Print request ${job.short_id}: still waiting for your answer`,
    blocks: [
      { kind: "heading", text: "Your print waits for your answer" },
      greeting(job),
      {
        kind: "paragraph",
        text: "We have looked at your model and can print it, but we have not heard from you yet. We start only after you confirm the price.",
      },
      facts([
        ["Request", String(job.short_id)],
        ["File", job.original_filename],
        ["Printer", job.printer_name],
        ["Estimated price", job.cost_cents === null ? null : formatCents(job.cost_cents)],
        ["Confirm by", until],
      ]),
      { kind: "button", label: "Confirm or decline", url: extras.confirm_url },
      {
        kind: "paragraph",
        text: `The link works until ${until}. If you do nothing, we do not print and you owe nothing.`,
      },
      { kind: "button", label: "See the status of your request", url: extras.status_url, quiet: true },
    ],
  };
}
