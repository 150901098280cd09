/** The log of openings: one line of JSON each, the newest file and three older ones of a megabyte. */
import fs from "node:fs";
import path from "node:path";
import type { Verdict } from "./verdicts";

const LARGEST = 1_000_000;
const KEPT = 3;
const LONGEST_URL = 2_000;

export interface Entry {
  time: string;
  /** What was asked for, as it came. */
  url: string;
  /** Where it really leads; null when it was refused before the disk was asked. */
  real_path: string | null;
  verdict: Verdict;
  /** What was done, in words. */
  action: string;
  slicer: string | null;
  ms: number;
  version: string;
}

/**
 * Adds a line. A log that cannot be written must not keep a file from being opened.
 * @param places where to try, the best first
 * @returns the file, or null
 */
export function writeLog(places: readonly string[], entry: Entry): string | null {
  const url = entry.url.length > LONGEST_URL ? `${entry.url.slice(0, LONGEST_URL)}…` : entry.url;
  // JSON keeps line ends inside a link from making lines of their own; marks a terminal obeys are escaped as well.
  const line = JSON.stringify({ ...entry, url }).replace(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  for (const place of places) {
    try {
      fs.mkdirSync(path.dirname(place), { recursive: true });
      rotate(place);
      fs.appendFileSync(place, `${line}\n`);
      return place;
    } catch {
      // the next place
    }
  }
  return null;
}

function rotate(file: string): void {
  const size = fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size < LARGEST) return;
  for (let n = KEPT; n > 0; n -= 1) {
    const older = n === 1 ? file : `${file}.${n - 1}`;
    try {
      fs.renameSync(older, `${file}.${n}`);
    } catch {
      // not there yet, or another opening has just done it
    }
  }
}
