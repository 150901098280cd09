/** "We have your request": sent when a submission is stored. Pure: no I/O. */
import { formatCents } from "../format";
import { describeEstimate, type Estimate } from "../mesh/estimate";
import type { MeshProblem } from "../mesh/mesh";
import { type Block, facts, type Letter, type LetterJob } from "./letter";
import { COMMON_BLOCKS, COMMON_VALUES, commonBlocks, commonValues, type LetterSettings } from "./parts";
import { type Wording, writeLetter, type LetterKind } from "./wording";

/** What we read off the model, as far as the letter tells it. */
export interface ReceiptPart {
  size_mm: readonly [number, number, number];
  fits: "as_is" | "turned" | "no";
  fit_text: string;
  scale_text: string | null;
  advice: MeshProblem[];
  estimate: Estimate | null;
}

export const RECEIPT: LetterKind = {
  title: "Receipt",
  when: "A request has arrived.",
  wording: {
    subject: "Print request {short_id}: we have your file",
    body: `# We have your print request

{greeting}

Thank you. Your request number is {short_id}; please keep it.

{facts}

{warnings}

What happens next:

- Our staff check your model.
- We write to you with the price, or tell you why we cannot print it.
- We print only after you confirm the price. Until then you owe nothing.

{status_button}

> The status page is private. Anyone with its address can see this request, so please do not pass it on.`,
  },
  placeholders: {
    values: COMMON_VALUES,
    blocks: { ...COMMON_BLOCKS, warnings: "what is poor about the model; nothing for a sound one" },
    needed: ["short_id", "status_button"],
  },
};

/** The letter that says a submission arrived and what happens next. */
export function receipt(
  job: LetterJob,
  extras: { status_url: string; settings: LetterSettings; part?: ReceiptPart | null },
  wording: Wording = RECEIPT.wording,
): Letter {
  const { part } = extras;
  const table = facts([
    ["Request", String(job.short_id)],
    ["File", job.original_filename],
    ["Method", job.print_method],
    ["Material", job.material_name],
    ["Printer", job.printer_name],
    ["Color", job.color_name],
    ["Size", part && `${part.size_mm.map((mm) => Number(mm.toFixed(1))).join(" × ")} mm`],
    ["Fit", part && part.fit_text],
    ["Weight and price", part?.estimate && describeEstimate(part.estimate, formatCents)],
  ]);
  return writeLetter(wording, {
    values: commonValues(job, extras.settings),
    blocks: { ...commonBlocks(job, table, extras.status_url), warnings: warnings(part) },
  });
}

/** What the student should look at before the lab does; nothing for a sound model. */
function warnings(part: ReceiptPart | null | undefined): Block[] {
  if (!part) return [];
  const items = [...(part.scale_text ? [part.scale_text] : []), ...part.advice.map(({ text }) => text)];
  if (items.length === 0) return [];
  return [
    { kind: "paragraph", text: "Our program noticed this about your model; please check it:" },
    { kind: "list", items },
  ];
}
