/** "We can print this for …": sent with the link to confirm the price. Pure: no I/O. */
import { formatCents, formatGrams, formatHours } from "../format";
import type { Settings } from "../settings/schema";
import { facts, greeting, labTime, type Letter, type LetterJob } from "./letter";

export interface ApprovalExtras {
  status_url: string;
  confirm_url: string;
  expires_at: Date;
  /** From the prices that the job was approved with. */
  minimum_charge_cents: number;
  settings: Pick<Settings, "time_zone" | "payment_system">;
}

/** The letter that asks the student to confirm the price. */
export function approval(job: LetterJob, extras: ApprovalExtras): Letter {
  const until = labTime(extras.expires_at, extras.settings.time_zone);
  const price = job.cost_cents === null ? null : formatCents(job.cost_cents);
  return {
    subject: `Print request ${job.short_id}: please confirm the price`,
    blocks: [
      { kind: "heading", text: "Please confirm your print" },
      greeting(job),
      {
        kind: "paragraph",
        text: `We can print your model${price ? ` for about ${price}` : ""}. We start only after you confirm.`,
      },
      facts([
        ["Request", String(job.short_id)],
        ["File", job.original_filename],
        ["Printer", job.printer_name],
        ["Method", job.print_method],
        ["Material", job.material_name],
        ["Color", job.color_name],
        ["Weight", job.weight_g === null ? null : formatGrams(job.weight_g)],
        ["Print time", job.time_hours === null ? null : formatHours(job.time_hours)],
        ["Estimated price", price],
        ["Confirm by", until],
      ]),
      { kind: "button", label: "Confirm or decline", url: extras.confirm_url },
      {
        kind: "paragraph",
        text: `The final price is worked out from the weight when you collect the print. The minimum charge is ${formatCents(extras.minimum_charge_cents)}. You pay with ${extras.settings.payment_system} at pickup.`,
      },
      {
        kind: "paragraph",
        text: `The link works until ${until}. If you do nothing, we do not print and you owe nothing. If the link has expired, open it and ask for a new one.`,
      },
      { kind: "button", label: "See the status of your request", url: extras.status_url, quiet: true },
    ],
  };
}
