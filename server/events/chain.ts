/** What can be wrong with the log, in words. Pure: no I/O. */

/**
 * - `edited`: the content does not give the hash beside it
 * - `rewritten`: content and hash fit, but the next link remembers another hash
 * - `missing`: numbers that are neither in the log nor anchored
 * - `inserted`: a number that the chain never gave, or that has left the log
 * - `head`: the head of the chain and the last event disagree
 * - `forged-anchor`: an anchor that no rotation in the log accounts for
 */
export type GapProblem = "edited" | "rewritten" | "missing" | "inserted" | "head" | "forged-anchor";

/** Where the chain breaks first; `to` is the last number of a hole. */
export interface Gap {
  event_id: number;
  problem: GapProblem;
  to?: number;
}

/** A file of events that left the log, as it was found. */
export interface ExportProblem {
  file: string;
  problem: "missing" | "changed";
}

/** One sentence on what is wrong, with the number of the event. */
export function describeGap({ event_id, problem, to }: Gap): string {
  switch (problem) {
    case "edited":
      return `Event ${event_id} was edited: its content does not give the hash beside it.`;
    case "rewritten":
      return `Event ${event_id} was rewritten with a fresh hash: the link after it remembers another one.`;
    case "missing":
      return to !== undefined && to !== event_id
        ? `Events ${event_id} to ${to} were deleted.`
        : `Event ${event_id} was deleted.`;
    case "inserted":
      return `Event ${event_id} was put in behind the chain's back.`;
    case "head":
      return `Event ${event_id}, the last one, and the head of the chain disagree: one of the two was rewritten.`;
    case "forged-anchor":
      return `Event ${event_id} is said to have left the log, but no rotation accounts for it: it was deleted and covered up.`;
  }
}

/** One sentence on a file. */
export function describeExport({ file, problem }: ExportProblem): string {
  return problem === "missing"
    ? `The export ${file} is missing from its folder.`
    : `The export ${file} was changed: it is not what was written down.`;
}

/** The result of a check in one sentence. */
export function describeCheck(check: {
  checked: number;
  rotated: number;
  gap: Gap | null;
  exports: ExportProblem[];
}): string {
  if (check.gap) return describeGap(check.gap);
  const [first, ...more] = check.exports;
  if (first) return describeExport(first) + (more.length ? ` So it is with ${more.length} more.` : "");
  const n = (count: number) => count.toLocaleString("en-US");
  return `Whole: ${n(check.checked)} events${check.rotated ? `, and ${n(check.rotated)} more that left for files` : ""}.`;
}
