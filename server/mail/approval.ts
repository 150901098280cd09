/** "We can print this for …": sent with the link to confirm the price. Pure: no I/O. */
import { formatCents, formatGrams, formatHours } from "../format";
import { facts, labTime, type Letter, type LetterJob } from "./letter";
import { COMMON_BLOCKS, COMMON_VALUES, commonBlocks, commonValues, type LetterSettings } from "./parts";
import { type Wording, writeLetter, type LetterKind } from "./wording";

export interface ApprovalExtras {
  status_url: string;
  confirm_url: string;
  expires_at: Date;
  /** From the prices that the job was approved with. */
  minimum_charge_cents: number;
  settings: LetterSettings;
}

export const APPROVAL: LetterKind = {
  title: "Approval",
  when: "A request is approved, or its link is asked for again: the student is to confirm the price.",
  wording: {
    subject: "Print request {short_id}: please confirm the price",
    body: `# Please confirm your print

{greeting}

We can print your model[[ for about {price}]]. We start only after you confirm.

{facts}

{confirm_button}

The final price is worked out from the weight when you collect the print. The minimum charge is {minimum_charge}. You pay with {payment_system} at pickup.

The link works until {confirm_by}. If you do nothing, we do not print and you owe nothing. If the link has expired, open it and ask for a new one.

{status_button}`,
  },
  placeholders: {
    values: {
      ...COMMON_VALUES,
      price: "the estimated price",
      minimum_charge: "the minimum charge",
      confirm_by: "until when the link works",
    },
    blocks: { ...COMMON_BLOCKS, confirm_button: "the link to confirm or decline" },
    needed: ["confirm_button", "price"],
  },
};

/** The letter that asks the student to confirm the price. */
export function approval(
  job: LetterJob,
  extras: ApprovalExtras,
  wording: Wording = APPROVAL.wording,
): Letter {
  const until = labTime(extras.expires_at, extras.settings.time_zone);
  const price = job.cost_cents === null ? null : formatCents(job.cost_cents);
  const table = facts([
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
  ]);
  return writeLetter(wording, {
    values: {
      ...commonValues(job, extras.settings),
      price: price ?? "",
      minimum_charge: formatCents(extras.minimum_charge_cents),
      confirm_by: until,
    },
    blocks: {
      ...commonBlocks(job, table, extras.status_url, true),
      confirm_button: [{ kind: "button", label: "Confirm or decline", url: extras.confirm_url }],
    },
  });
}
