/**
 * The tags of an XML document, one after the other, from blocks of bytes. A subset of XML 1.0 (5th edition) that
 * is enough for 3MF: UTF-8, no document type and so no entities but the five predefined ones. Text between
 * tags is passed over.
 */
import { EXPORT_AGAIN, refuseFile } from "./mesh";
import { TextWindow } from "./text";

/** Longest tag with its attributes, bytes. */
const LONGEST_TAG = 1024 * 1024;
const DEEPEST = 64;

const LT = 60;
const GT = 62;

/** One tag; the positions are valid until the window gets its next block. */
export interface Tag {
  name: string;
  /** `</name>` */
  closing: boolean;
  /** `<name/>` */
  empty: boolean;
}

export class XmlTags {
  readonly window: TextWindow;
  /** Names of the elements that are open, outermost first. */
  readonly open: string[] = [];
  private attributesFrom = 0;
  private attributesTo = 0;
  private readonly tag: Tag = { name: "", closing: false, empty: false };
  /** Within a comment, CDATA section or instruction: what ends it. */
  private until = "";
  private started = false;
  private seenRoot = false;

  constructor(capacity = 320 * 1024) {
    this.window = new TextWindow(capacity);
  }

  push(block: Uint8Array): void {
    this.window.push(block);
  }

  /**
   * @returns the next tag, or null when the next block is needed
   * @throws Refusal `invalid` (bad_xml, endless)
   */
  next(): Tag | null {
    const { window } = this;
    for (;;) {
      const { data, end } = window;
      if (this.until && !this.skipUntil()) return null;
      if (!this.started && !this.start()) return null;
      let at = data.indexOf(LT, window.at);
      if (at < 0 || at >= end) {
        window.at = end;
        return null;
      }
      window.at = at;
      const second = data[at + 1];
      if (at + 2 > end || (second === 33 && at + 9 > end)) return this.wait();
      if (second === 33 || second === 63) {
        this.skipMarkup(second);
        continue;
      }
      const close = this.closeOf(at);
      if (close < 0) return this.wait();
      const closing = second === 47;
      if (closing) at += 1;
      const empty = !closing && data[close - 1] === 47;
      let i = at + 1;
      while (i < close && data[i]! > 32 && data[i] !== 47) i += 1;
      if (i === at + 1) throw bad("a tag without a name");
      const { tag } = this;
      if (!window.is(tag.name, at + 1, i)) tag.name = window.text(at + 1, i);
      tag.closing = closing;
      tag.empty = empty;
      this.attributesFrom = i;
      this.attributesTo = empty ? close - 1 : close;
      window.at = close + 1;
      this.follow(tag);
      return tag;
    }
  }

  /** @throws Refusal `invalid` (cut_off) when elements are still open */
  finish(): void {
    const rest = this.window.end - this.window.at;
    if (this.open.length > 0 || this.until || rest > 0 || !this.seenRoot)
      throw refuseFile("cut_off", `The model inside this 3MF file is cut off. ${EXPORT_AGAIN}`);
  }

  /** The attributes of the tag that `next` just returned. @throws Refusal `invalid` (bad_xml) */
  attributes(): Map<string, string> {
    const found = new Map<string, string>();
    const { data } = this.window;
    let i = this.attributesFrom;
    const end = this.attributesTo;
    for (;;) {
      while (i < end && data[i]! <= 32) i += 1;
      if (i >= end) return found;
      const nameFrom = i;
      while (i < end && data[i]! > 32 && data[i] !== 61) i += 1;
      const name = this.window.text(nameFrom, i);
      while (i < end && data[i]! <= 32) i += 1;
      if (data[i] !== 61 || i >= end) throw bad(`an attribute without a value (${short(name)})`);
      i += 1;
      while (i < end && data[i]! <= 32) i += 1;
      const quote = data[i];
      if ((quote !== 34 && quote !== 39) || i >= end) throw bad(`a value without quotes (${short(name)})`);
      const from = i + 1;
      i = data.indexOf(quote, from);
      if (i < 0 || i >= end) throw bad(`a value that does not end (${short(name)})`);
      if (found.has(name)) throw bad(`the same attribute twice (${short(name)})`);
      found.set(name, decode(this.window.text(from, i)));
      i += 1;
    }
  }

  private follow(tag: Tag): void {
    if (tag.closing) {
      if (this.open.pop() !== tag.name) throw bad(`a closing tag that does not match (${short(tag.name)})`);
      return;
    }
    if (this.open.length === 0 && this.seenRoot) throw bad("more than one document");
    this.seenRoot = true;
    if (tag.empty) return;
    if (this.open.length >= DEEPEST) throw bad(`tags nested more than ${DEEPEST} deep`);
    this.open.push(tag.name);
  }

  /** The `>` of the tag at `from`, past quoted ones; -1 when it has not arrived yet. */
  private closeOf(from: number): number {
    const { data, end } = this.window;
    for (let i = from + 1; i < end; i += 1) {
      const c = data[i]!;
      if (c === GT) return i;
      if (c === LT) throw bad("a “<” within a tag");
      if (c === 34 || c === 39) {
        i = data.indexOf(c, i + 1);
        if (i < 0 || i >= end) return -1;
      }
    }
    return -1;
  }

  private skipMarkup(second: number): void {
    const { window } = this;
    const head = window.text(window.at, window.at + 9);
    if (second === 63) this.until = "?>";
    else if (head.startsWith("<!--")) this.until = "-->";
    else if (head === "<![CDATA[") this.until = "]]>";
    else
      throw refuseFile(
        "bad_xml",
        /^<!DOCTYPE/i.test(head)
          ? `This 3MF file cannot be accepted: it declares a document type, which 3MF forbids because it can be a trap. Export the model as 3MF or STL again and choose the new file.`
          : `The model inside this 3MF file is not well written (a declaration that does not belong there). ${EXPORT_AGAIN}`,
      );
    window.at += head.startsWith("<!--") ? 4 : 2;
  }

  private skipUntil(): boolean {
    const { window } = this;
    const { data, end } = window;
    const last = this.until.length - 1;
    for (let i = window.at + last; i < end; i += 1) {
      i = data.indexOf(GT, i);
      if (i < 0 || i >= end) break;
      let same = true;
      for (let k = 0; k < last; k += 1) same &&= data[i - last + k] === this.until.charCodeAt(k);
      if (!same) continue;
      window.at = i + 1;
      this.until = "";
      return true;
    }
    window.at = Math.max(window.at, end - last);
    return false;
  }

  private start(): boolean {
    const { window } = this;
    const { data } = window;
    if (window.end - window.at < 4) return false;
    if (
      (data[0] === 0xff && data[1] === 0xfe) ||
      (data[0] === 0xfe && data[1] === 0xff) ||
      data[0] === 0 ||
      data[1] === 0
    )
      throw bad("it is written in UTF-16 or UTF-32, and we read UTF-8");
    while (window.at < window.end && data[window.at]! <= 32) window.at += 1;
    if (window.at >= window.end) return true; // blanks only so far: nothing to judge
    if (data[window.at] !== LT) throw bad("it is no XML");
    this.started = true;
    return true;
  }

  private wait(): null {
    if (this.window.end - this.window.at > LONGEST_TAG)
      throw refuseFile(
        "endless",
        `The model inside this 3MF file has a tag that does not end. ${EXPORT_AGAIN}`,
      );
    return null;
  }
}

function bad(why: string) {
  return refuseFile("bad_xml", `The model inside this 3MF file is not well written: ${why}. ${EXPORT_AGAIN}`);
}

function short(name: string): string {
  return name.replace(/[^\x20-\x7e]/g, "?").slice(0, 40);
}

const PREDEFINED: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/** The five predefined entities and numbered characters; anything else needs a document type. */
function decode(value: string): string {
  if (!value.includes("&")) return value;
  return value.replace(
    /&(#x[0-9a-f]{1,6}|#\d{1,7}|\w+)?(;?)/gi,
    (_all, name: string | undefined, semicolon: string) => {
      if (!name || !semicolon) throw bad("a stray “&”");
      const code =
        name[0] === "#"
          ? Number(name[1] === "x" || name[1] === "X" ? `0${name.slice(1)}` : name.slice(1))
          : NaN;
      const text = Number.isNaN(code)
        ? PREDEFINED[name]
        : code <= 0x10ffff
          ? String.fromCodePoint(code)
          : undefined;
      if (text === undefined) throw bad(`an entity that nobody defined (${short(name)})`);
      return text;
    },
  );
}
