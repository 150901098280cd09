/** "Your print is ready": sent some minutes after a print was marked complete. Pure: no I/O. */
import { formatCents } from "../format";
import { facts, type Letter, type LetterJob } from "./letter";
import { COMMON_BLOCKS, COMMON_VALUES, commonBlocks, commonValues, type LetterSettings } from "./parts";
import { type Wording, writeLetter, type LetterKind } from "./wording";

export const COMPLETION: LetterKind = {
  title: "Ready for pickup",
  when: "Some minutes after a print was marked complete.",
  wording: {
    subject: "Print request {short_id}: ready for pickup",
    body: `# Your print is ready

{greeting}

Your print is ready for pickup at the {lab_name}. Please bring your request number: {short_id}.

{facts}

[[The price above, {price}, is an estimate. ]]We weigh the print when you collect it, and that gives the final price. You pay with {payment_system}.

{status_button}`,
  },
  placeholders: {
    values: { ...COMMON_VALUES, price: "the estimated price" },
    blocks: COMMON_BLOCKS,
    needed: ["short_id"],
  },
};

/** The letter that says a print is ready for pickup and how to pay. */
export function completion(
  job: LetterJob,
  extras: { status_url: string; settings: LetterSettings },
  wording: Wording = COMPLETION.wording,
): Letter {
  const price = job.cost_cents === null ? null : formatCents(job.cost_cents);
  const table = facts([
    ["Request", String(job.short_id)],
    ["File", job.original_filename],
    ["Printer", job.printer_name],
    ["Color", job.color_name],
    ["Estimated price", price],
  ]);
  return writeLetter(wording, {
    values: { ...commonValues(job, extras.settings), price: price ?? "" },
    blocks: commonBlocks(job, table, extras.status_url),
  });
}
