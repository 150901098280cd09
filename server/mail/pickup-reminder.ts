/** "Please collect your print": sent when a finished print has been waiting for some days. Pure: no I/O. */
import { formatCents } from "../format";
import { facts, labTime, type Letter, type LetterJob } from "./letter";
import { COMMON_BLOCKS, COMMON_VALUES, commonBlocks, commonValues, type LetterSettings } from "./parts";
import { type Wording, writeLetter, type LetterKind } from "./wording";

export const PICKUP_REMINDER: LetterKind = {
  title: "Reminder to collect",
  when: "A finished print has waited for some days. The settings say after which.",
  wording: {
    subject: "Print request {short_id}: please collect your print",
    body: `# Please collect your print

{greeting}

Your print is finished and waits for you at the {lab_name}. Please come by and bring your request number: {short_id}. You pay with {payment_system} when you collect it.

{facts}

If you cannot come, answer this letter or ask the lab, so that your print is kept for you.

{status_button}`,
  },
  placeholders: {
    values: { ...COMMON_VALUES, price: "the estimated price", ready_since: "since when it has been ready" },
    blocks: COMMON_BLOCKS,
    needed: ["short_id"],
  },
};

/** The letter that reminds a student to collect and pay. */
export function pickupReminder(
  job: LetterJob,
  extras: { status_url: string; ready_since: Date; settings: LetterSettings },
  wording: Wording = PICKUP_REMINDER.wording,
): Letter {
  const since = labTime(extras.ready_since, extras.settings.time_zone);
  const price = job.cost_cents === null ? null : formatCents(job.cost_cents);
  const table = facts([
    ["Request", String(job.short_id)],
    ["File", job.original_filename],
    ["Ready since", since],
    ["Estimated price", price],
  ]);
  return writeLetter(wording, {
    values: { ...commonValues(job, extras.settings), price: price ?? "", ready_since: since },
    blocks: commonBlocks(job, table, extras.status_url),
  });
}
