/** "Please collect your print": sent when a finished print has been waiting for some days. Pure: no I/O. */
import { formatCents } from "../format";
import type { Settings } from "../settings/schema";
import { facts, greeting, labTime, type Letter, type LetterJob } from "./letter";

/** The letter that reminds a student to collect and pay. */
export function pickupReminder(
  job: LetterJob,
  extras: {
    status_url: string;
    ready_since: Date;
    settings: Pick<Settings, "lab_name" | "payment_system" | "time_zone">;
  },
): Letter {
  const { lab_name, payment_system, time_zone } = extras.settings;
  return {
    subject: `Print request ${job.short_id}: please collect your print`,
    blocks: [
      { kind: "heading", text: "Please collect your print" },
      greeting(job),
      {
        kind: "paragraph",
        text: `Your print is finished and waits for you at the ${lab_name}. Please come by and bring your request number: ${job.short_id}. You pay with ${payment_system} when you collect it.`,
      },
      facts([
        ["Request", String(job.short_id)],
        ["File", job.original_filename],
        ["Ready since", labTime(extras.ready_since, time_zone)],
        ["Estimated price", job.cost_cents === null ? null : formatCents(job.cost_cents)],
      ]),
      {
        kind: "paragraph",
        text: "If you cannot come, answer this letter or ask the lab, so that your print is kept for you.",
      },
      { kind: "button", label: "See the status of your request", url: extras.status_url },
    ],
  };
}
