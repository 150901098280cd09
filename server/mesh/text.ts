/** A cursor over text in bytes: what ASCII STL, OBJ and a 3MF's XML have in common. No strings on the way. */
import { EXPORT_AGAIN, refuseFile } from "./mesh";

const LARGEST_EXACT = Number.MAX_SAFE_INTEGER;
const POWERS = Array.from({ length: 23 }, (_, i) => 10 ** i);
const UTF8 = new TextDecoder();
const LONGEST_NUMBER = 1024;

/** A window on the bytes: what has arrived and is not yet used, plus one line feed so that no loop needs a bound. */
export class TextWindow {
  data: Uint8Array;
  at = 0;
  end = 0;
  private fresh = true;

  constructor(capacity: number) {
    this.data = new Uint8Array(capacity + 1);
  }

  /** Appends a block behind what has not been used yet. */
  push(block: Uint8Array): void {
    const rest = this.end - this.at;
    if (rest + block.length >= this.data.length) {
      const larger = new Uint8Array(Math.max(rest + block.length + 1, this.data.length * 2));
      larger.set(this.data.subarray(this.at, this.end));
      this.data = larger;
    } else {
      this.data.copyWithin(0, this.at, this.end);
    }
    this.data.set(block, rest);
    this.at = 0;
    this.end = rest + block.length;
    this.data[this.end] = 10;
    if (this.fresh && block.length >= 3) {
      this.fresh = false;
      if (block[0] === 0xef && block[1] === 0xbb && block[2] === 0xbf) this.at = 3; // a byte order mark
    }
  }

  /**
   * Reads a decimal number at the cursor and moves behind it; the value is the double next to the text.
   * @returns NaN, with the cursor unmoved, when there is no number (also for the words nan and inf)
   */
  number(): number {
    const { data } = this;
    const start = this.at;
    let i = start;
    let c = data[i]!;
    const negative = c === 45;
    if (negative || c === 43) c = data[(i += 1)]!;
    let mantissa = 0;
    let exponent = 0;
    const first = i;
    while (c >= 48 && c <= 57) {
      mantissa = mantissa * 10 + (c - 48);
      c = data[(i += 1)]!;
    }
    let digits = i - first;
    if (c === 46) {
      const point = i;
      c = data[(i += 1)]!;
      while (c >= 48 && c <= 57) {
        mantissa = mantissa * 10 + (c - 48);
        c = data[(i += 1)]!;
      }
      exponent = point + 1 - i;
      digits -= exponent;
    }
    if (digits === 0 || i - start > LONGEST_NUMBER) return NaN;
    if (c === 101 || c === 69) {
      c = data[(i += 1)]!;
      const down = c === 45;
      if (down || c === 43) c = data[(i += 1)]!;
      if (c < 48 || c > 57) return NaN;
      let e = 0;
      while (c >= 48 && c <= 57) {
        if (e < 100_000) e = e * 10 + (c - 48);
        c = data[(i += 1)]!;
      }
      exponent += down ? -e : e;
    }
    this.at = i;
    // Both exact in a double, so one operation rounds once (Clinger's fast path); the rest is left to the engine.
    if (mantissa <= LARGEST_EXACT && exponent >= -22 && exponent <= 22) {
      const value = exponent < 0 ? mantissa / POWERS[-exponent]! : mantissa * POWERS[exponent]!;
      return negative ? -value : value;
    }
    return Number(this.text(start, i));
  }

  /** The bytes as text, for words and messages. */
  text(from: number, to: number): string {
    return UTF8.decode(this.data.subarray(from, Math.min(to, from + 4096)));
  }

  /** Is this word there? Spares making a string of a word that is likely the same again. */
  is(word: string, from: number, to: number): boolean {
    if (word.length !== to - from) return false;
    for (let i = 0; i < word.length; i += 1) if (this.data[from + i] !== word.charCodeAt(i)) return false;
    return true;
  }

  /** Moves over blanks (not line ends) within `stop`. */
  skipBlanks(stop: number): void {
    const { data } = this;
    let i = this.at;
    while (i < stop && (data[i] === 32 || data[i] === 9 || data[i] === 11 || data[i] === 12)) i += 1;
    this.at = i;
  }

  /** The word at the cursor, shortened for a message. */
  wordHere(): string {
    let i = this.at;
    while (i < this.end && this.data[i]! > 32 && i - this.at < 40) i += 1;
    return this.text(this.at, i).replace(/[^\x20-\x7e]/g, "?");
  }
}

/** The refusal for something that is no coordinate, worded by what stands there. */
export function badNumber(word: string, where: string) {
  if (/^[-+]?(nan|inf|1\.#)/i.test(word))
    return refuseFile(
      "not_finite",
      `The model has a corner at no real place (“${word}” ${where}). Repair it in the program it came from, then export it again.`,
    );
  if (/^[-+]?\d+,\d/.test(word))
    return refuseFile(
      "bad_text",
      `The file writes numbers with a comma (“${word}” ${where}), and they need a point. ` +
        `Set the exporting program's number format to English, or export a binary STL.`,
    );
  return refuseFile(
    "bad_text",
    `The file has ${word ? `“${word}”` : "nothing"} where a number should be (${where}). It is damaged. ${EXPORT_AGAIN}`,
  );
}

/** The refusal for a number too large for any format. */
export function tooLargeNumber(where: string) {
  return refuseFile(
    "not_finite",
    `The model has a corner at no real place (a number too large to be a length, ${where}). ` +
      `Repair it in the program it came from, then export it again.`,
  );
}
