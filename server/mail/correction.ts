/** "Not ready after all": sent when a print was reverted after its completion letter went out. Pure: no I/O. */
import { facts, type Letter, type LetterJob } from "./letter";
import { COMMON_BLOCKS, COMMON_VALUES, commonBlocks, commonValues, type LetterSettings } from "./parts";
import { type Wording, writeLetter, type LetterKind } from "./wording";

export const CORRECTION: LetterKind = {
  title: "Correction: not ready yet",
  when: "A completion is taken back after its letter went out.",
  wording: {
    subject: "Print request {short_id}: not ready yet",
    body: `# Your print is not ready yet

{greeting}

We told you that your print is ready. That was our mistake: it is not ready after all. We are sorry. Please do not come to collect it yet; we will write again as soon as it is ready.

{facts}

{status_button}`,
  },
  placeholders: { values: COMMON_VALUES, blocks: COMMON_BLOCKS, needed: [] },
};

/** The letter that takes back a completion letter. */
export function correction(
  job: LetterJob,
  extras: { status_url: string; settings: LetterSettings },
  wording: Wording = CORRECTION.wording,
): Letter {
  const table = facts([
    ["Request", String(job.short_id)],
    ["File", job.original_filename],
    ["Printer", job.printer_name],
    ["Color", job.color_name],
  ]);
  return writeLetter(wording, {
    values: commonValues(job, extras.settings),
    blocks: commonBlocks(job, table, extras.status_url),
  });
}
