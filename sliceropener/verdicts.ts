/** How an opening can end. The verdict stands in the log, its number is the program's exit code. */

export const EXIT = {
  opened: 0,
  arguments: 2,
  config: 3,
  not_a_link: 4,
  old_scheme: 4,
  forbidden: 5,
  outside: 5,
  not_found: 6,
  not_a_file: 6,
  unreachable: 7,
  no_slicer: 8,
  slicer_missing: 8,
  slicer_failed: 9,
  cancelled: 10,
} as const;

export type Verdict = keyof typeof EXIT;

/** The end of an opening that opened nothing; the message is for the person at the computer. */
export class Stop extends Error {
  readonly verdict: Verdict;
  /** Where the path really leads, when that is known. */
  readonly realPath: string | undefined;
  constructor(verdict: Verdict, message: string, realPath?: string) {
    super(message);
    this.verdict = verdict;
    this.realPath = realPath;
  }
}

/** Control characters, and marks that turn the direction of text round or cannot be seen. */
export const UNSEEN = /[\p{Cc}\p{Cs}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/u;

/** Text out of a link as it may be shown: short, without anything unseen, without anything a dialog could read as markup. */
export function shown(text: string, most = 300): string {
  const seen = text
    .slice(0, most)
    .replace(new RegExp(UNSEEN.source, "gu"), "\ufffd")
    .replaceAll("<", "‹")
    .replaceAll(">", "›");
  return text.length > most ? `${seen}…` : seen;
}
