/**
 * A letter's wording: a subject and a body that the lab writes, with placeholders for what only the job knows. The
 * body becomes the blocks of a letter, so text and HTML come from one source. Pure: no I/O.
 *
 * A blank line parts paragraphs. A line that starts with `# ` is a heading; lines with `- ` are a list, with `> ` a
 * remark in small print; `[label](https://…)` alone is a link. `{name}` stands for a value; some stand alone on
 * their line for a whole block. What is between `[[` and `]]` is left out when a value in it is missing.
 */
import { bracesProblem, fill, placeholdersIn } from "../placeholders";
import { type Block, type Letter, oneLine, safeUrl } from "./letter";

export interface Wording {
  subject: string;
  body: string;
}

/** What a letter's placeholders stand for: words within a line, and blocks that stand alone. */
export interface LetterParts {
  values: Record<string, string>;
  blocks: Record<string, Block[]>;
}

/** What may and what must stand in a letter's wording. */
export interface Placeholders {
  /** Name → what it stands for, in words. */
  values: Record<string, string>;
  blocks: Record<string, string>;
  needed: readonly string[];
}

/** One kind of letter. */
export interface LetterKind {
  title: string;
  /** When it is sent. */
  when: string;
  wording: Wording;
  placeholders: Placeholders;
}

export const MOST_SUBJECT = 150;
export const MOST_BODY = 5000;

const OPTIONAL = /\[\[([^[\]]*)\]\]/g;
const ALONE = /^\{([a-z_]+)\}$/;
const LINK = /^\[([^[\]]+)\]\((\S+)\)$/;

/** The paragraphs of a body. */
function chunksOf(body: string): string[] {
  return body
    .replace(/\r\n?/g, "\n")
    .split(/\n[ \t]*\n/)
    .map((chunk) => chunk.split("\n").map((line) => line.trim()).filter(Boolean).join("\n"))
    .filter(Boolean); // prettier-ignore
}

/** Puts values in; an optional part goes when one of its values is missing. */
function words(text: string, values: Record<string, string>): string {
  const kept = text.replace(OPTIONAL, (_, part: string) =>
    placeholdersIn(part).every((name) => values[name]) ? part : "",
  );
  return fill(kept, values);
}

function blocksOf(chunk: string, { values, blocks }: LetterParts): Block[] {
  const alone = ALONE.exec(chunk)?.[1];
  if (alone && Object.hasOwn(blocks, alone)) return blocks[alone]!;
  const link = LINK.exec(chunk);
  if (link) return [{ kind: "button", label: words(link[1]!, values), url: link[2]!, quiet: true }];
  const lines = chunk.split("\n");
  const all = (sign: string) => lines.every((line) => line.startsWith(sign));
  const without = (sign: string) => lines.map((line) => words(line.slice(sign.length).trim(), values));
  if (lines.length === 1 && all("# ")) return [{ kind: "heading", text: without("# ")[0]! }];
  if (all("- ")) return [{ kind: "list", items: without("- ").filter(Boolean) }];
  if (all("> ")) return [{ kind: "note", text: without("> ").join("\n") }];
  const text = lines
    .map((line) => words(line, values))
    .join("\n")
    .trim();
  return text ? [{ kind: "paragraph", text }] : []; // prettier-ignore
}

/** Writes a letter. The wording has been checked (`wordingProblems`). */
export function writeLetter(wording: Wording, parts: LetterParts): Letter {
  return {
    subject: oneLine(words(wording.subject, parts.values)),
    blocks: chunksOf(wording.body).flatMap((chunk) => blocksOf(chunk, parts)),
  };
}

/** What is wrong with a wording, by field; nothing when it can be used. */
export function wordingProblems(
  { subject, body }: Wording,
  allowed: Placeholders,
): Partial<Record<keyof Wording, string>> {
  const problems: Partial<Record<keyof Wording, string>> = {};
  const inSubject = subjectProblem(subject, allowed);
  if (inSubject) problems.subject = inSubject;
  const inBody = bodyProblem(body, allowed);
  if (inBody) problems.body = inBody;
  return problems;
}

function subjectProblem(subject: string, { values, blocks }: Placeholders): string | null {
  if (!subject.trim()) return "Enter a subject.";
  if ([...subject].length > MOST_SUBJECT)
    return `Shorten the subject to ${MOST_SUBJECT} characters or fewer.`;
  if (/[\r\n]/.test(subject)) return "The subject is one line.";
  const block = placeholdersIn(subject).find((name) => Object.hasOwn(blocks, name));
  if (block) return `{${block}} is a whole block and cannot stand in the subject.`;
  return bracesProblem(subject, Object.keys(values)) ?? bracketsProblem(subject);
}

function bodyProblem(body: string, { values, blocks, needed }: Placeholders): string | null {
  if (!body.trim()) return "Enter the letter's text.";
  if ([...body].length > MOST_BODY) return `Shorten the text to ${MOST_BODY} characters or fewer.`;
  const braces = bracesProblem(body, [...Object.keys(values), ...Object.keys(blocks)], needed);
  if (braces) return braces;
  for (const chunk of chunksOf(body)) {
    const block = placeholdersIn(chunk).find((name) => Object.hasOwn(blocks, name));
    if (block && chunk !== `{${block}}`)
      return `Put {${block}} on a line of its own, with a blank line before and after it.`;
    const link = LINK.exec(chunk);
    if (link && !isSafe(link[2]!))
      return `“${link[2]}” is no address for a link. Use one that starts with https:// or http://.`;
    if (link) continue;
    const brackets = bracketsProblem(chunk);
    if (brackets) return brackets;
  }
  if (!chunksOf(body).some((chunk) => chunk.startsWith("# ") && !chunk.includes("\n")))
    return "Start the letter with a heading: a line that begins with “# ”.";
  return null;
}

function bracketsProblem(text: string): string | null {
  return /\[\[|\]\]/.test(text.replace(OPTIONAL, ""))
    ? "“[[” and “]]” come in pairs, on one paragraph, and not one within another."
    : null;
}

function isSafe(url: string): boolean {
  try {
    return Boolean(safeUrl(url));
  } catch {
    return false;
  }
}
