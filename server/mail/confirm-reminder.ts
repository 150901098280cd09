/** "Your print waits for your answer": sent some time before a confirm link runs out. Pure: no I/O. */
import { formatCents } from "../format";
import { facts, labTime, type Letter, type LetterJob } from "./letter";
import { COMMON_BLOCKS, COMMON_VALUES, commonBlocks, commonValues, type LetterSettings } from "./parts";
import { type Wording, writeLetter, type LetterKind } from "./wording";

export const CONFIRM_REMINDER: LetterKind = {
  title: "Reminder to confirm",
  when: "Some hours before the link to confirm runs out, once for each link. The settings say how many.",
  wording: {
    subject: "Print request {short_id}: still waiting for your answer",
    body: `# Your print waits for your answer

{greeting}

We have looked at your model and can print it, but we have not heard from you yet. We start only after you confirm the price.

{facts}

{confirm_button}

The link works until {confirm_by}. If you do nothing, we do not print and you owe nothing.

{status_button}`,
  },
  placeholders: {
    values: { ...COMMON_VALUES, price: "the estimated price", confirm_by: "until when the link works" },
    blocks: { ...COMMON_BLOCKS, confirm_button: "the link to confirm or decline" },
    needed: ["confirm_button"],
  },
};

/** The letter that reminds a student to confirm or decline; it carries the same link as the approval. */
export function confirmReminder(
  job: LetterJob,
  extras: { status_url: string; confirm_url: string; expires_at: Date; settings: LetterSettings },
  wording: Wording = CONFIRM_REMINDER.wording,
): Letter {
  const until = labTime(extras.expires_at, extras.settings.time_zone);
  const price = job.cost_cents === null ? null : formatCents(job.cost_cents);
  const table = facts([
    ["Request", String(job.short_id)],
    ["File", job.original_filename],
    ["Printer", job.printer_name],
    ["Estimated price", price],
    ["Confirm by", until],
  ]);
  return writeLetter(wording, {
    values: { ...commonValues(job, extras.settings), price: price ?? "", confirm_by: until },
    blocks: {
      ...commonBlocks(job, table, extras.status_url, true),
      confirm_button: [{ kind: "button", label: "Confirm or decline", url: extras.confirm_url }],
    },
  });
}
