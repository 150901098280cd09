/** Placeholders that all letters share, in words and in what they stand for. Pure: no I/O. */
import type { Settings } from "../settings/schema";
import { type Block, greeting, type LetterJob } from "./letter";

/** What the letters say of the lab. */
export type LetterSettings = Pick<Settings, "lab_name" | "payment_system" | "time_zone">;

export const COMMON_VALUES = {
  short_id: "the request's number",
  lab_name: "the lab's name",
  payment_system: "what students pay with",
} as const;

export const COMMON_BLOCKS = {
  greeting: "“Hello Ada,”",
  facts: "the table with request, file, printer and so on",
  status_button: "the link to the status page",
} as const;

/** The values of `COMMON_VALUES` for a job. */
export function commonValues(job: Pick<LetterJob, "short_id">, settings: LetterSettings) {
  return {
    short_id: String(job.short_id),
    lab_name: settings.lab_name,
    payment_system: settings.payment_system,
  };
}

/** The blocks of `COMMON_BLOCKS`. @param quiet the status page is the second-most likely thing to open */
export function commonBlocks(
  job: Pick<LetterJob, "student_name">,
  facts: Block,
  status_url: string,
  quiet = false,
): Record<keyof typeof COMMON_BLOCKS, Block[]> {
  const label = "See the status of your request";
  return {
    greeting: [greeting(job)],
    facts: [facts],
    status_button: [quiet ? { kind: "button", label, url: status_url, quiet } : { kind: "button", label, url: status_url }], // prettier-ignore
  };
}
