/**
 * JSON as it comes from anybody: read to a limit and within a time, refused when it is ambiguous (a key twice,
 * letters that are none) or deeper than anything we ask for. Pure but for the stream that it reads.
 */
import { Refusal } from "@server/errors";

/** Largest body, bytes. */
export const MOST_BYTES = 100 * 1024;
/** A body that is too large is read on up to this many bytes, so that its sender can read the answer. */
export const MOST_DRAINED = 1024 * 1024;
/** Deepest nesting; the catalog, our deepest, has five. */
const MOST_DEPTH = 20;

/** What the stream held, and whether its end was reached. */
interface Read {
  bytes: Uint8Array;
  ended: boolean;
  timedOut: boolean;
}

/**
 * Reads a body to its end, keeping no more than `MOST_BYTES` + 1 of it.
 * @param milliseconds for the whole of it
 */
export async function readBody(body: ReadableStream<Uint8Array> | null, milliseconds: number): Promise<Read> {
  if (!body) return { bytes: new Uint8Array(), ended: true, timedOut: false };
  const reader = body.getReader();
  const kept: Uint8Array[] = [];
  let size = 0;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(resolve, milliseconds, "late");
  });
  try {
    while (size <= MOST_DRAINED) {
      const next = await Promise.race([reader.read(), late]);
      if (next === "late") return { bytes: new Uint8Array(), ended: false, timedOut: true };
      if (next.done) return { bytes: Buffer.concat(kept), ended: true, timedOut: false };
      if (size <= MOST_BYTES) kept.push(next.value);
      size += next.value.byteLength;
    }
    return { bytes: Buffer.concat(kept), ended: false, timedOut: false };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Parses a JSON text.
 * @throws Refusal `invalid` with reason `malformed_json`
 */
export function parseJson(bytes: Uint8Array): unknown {
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw malformed("The body is not UTF-8.");
  }
  const fault = shapeFault(text);
  try {
    if (!fault) value = JSON.parse(text);
  } catch {
    throw malformed("The body is no JSON.");
  }
  if (fault) throw malformed(fault);
  return value;
}

function malformed(message: string): Refusal {
  return new Refusal("invalid", message, { reason: "malformed_json" });
}

/**
 * Looks at a text's brackets and keys without recursion; whether it is JSON at all is not asked here.
 * @returns a sentence when it is too deep or an object has a key twice
 */
function shapeFault(text: string): string | null {
  const open: (Set<string> | null)[] = [];
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === "{" || char === "[") {
      open.push(char === "{" ? new Set() : null);
      if (open.length > MOST_DEPTH) return `The body is nested more than ${MOST_DEPTH} deep.`;
    } else if (char === "}" || char === "]") open.pop();
    else if (char === '"') {
      const start = at;
      for (at++; at < text.length && text[at] !== '"'; at++) if (text[at] === "\\") at++;
      if (!/^\s*:/.test(text.slice(at + 1, at + 200))) continue;
      const keys = open.at(-1);
      let key: string;
      try {
        key = JSON.parse(text.slice(start, at + 1)) as string;
      } catch {
        return null; // no JSON; the parser will say so
      }
      if (keys?.has(key)) return `The body names ${JSON.stringify(key)} twice.`;
      keys?.add(key);
    }
  }
  return null;
}

/** The first text, in a value or a key, that no database takes: with a NUL, or with half a character. */
export function unstorable(value: unknown): boolean {
  if (typeof value === "string") return value.includes("\0") || !isWellFormed(value);
  if (Array.isArray(value)) return value.some(unstorable);
  if (value && typeof value === "object")
    return Object.entries(value).some(([key, inner]) => unstorable(key) || unstorable(inner));
  return false;
}

function isWellFormed(text: string): boolean {
  return !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text);
}
