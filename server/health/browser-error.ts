/**
 * What may be written down of an error that a browser reports: what broke and where in our scripts, never what stood on
 * the page. Pure: no I/O.
 */
import { z } from "zod";

/** What a browser sends; anything longer is not ours. */
export const BrowserErrorSchema = z.strictObject({
  name: z.string().max(100).default("Error"),
  message: z.string().max(1000),
  stack: z.string().max(4000).default(""),
  /** Which guard caught it. */
  where: z.enum(["page", "piece", "window", "promise"]),
  path: z.string().max(300),
});
export type BrowserError = z.output<typeof BrowserErrorSchema>;

/** Most bytes of a report. */
export const REPORT_BYTES = 8_192;

const FRAMES = 8;
const FRAME = /\/assets\/([\w.$-]{1,100}\.js):(\d{1,7}):(\d{1,7})/g;
/** Names of code; other quoted words may be what somebody typed. */
const CODE_NAME = /^[\w$.[\]]{1,40}$/;

/** The line for the log. */
export function lineOf({ name, message, stack, where, path }: BrowserError) {
  return {
    error: /^\w{1,40}$/.test(name) ? name : "Error",
    message: harmless(message),
    where,
    path: harmlessPath(path),
    frames: [...stack.matchAll(FRAME)]
      .slice(0, FRAMES)
      .map(([, file, line, column]) => `${file}:${line}:${column}`),
  };
}

function harmless(message: string): string {
  return message
    .replace(/[\p{C}\s]+/gu, " ")
    .replace(/(["'`“‘])(.*?)(["'`”’])/g, (_, open: string, inside: string, end: string) =>
      CODE_NAME.test(inside) ? open + inside + end : `${open}…${end}`,
    )
    .replace(/\S*@\S*/g, "…")
    .replace(/\S+:\/\/\S+/g, "…")
    .replace(/[\w-]{20,}/g, "…")
    .replace(/\d{4,}/g, "…")
    .slice(0, 200);
}

/** Only the words of our own addresses; ids, references and whatever follows a question mark are left out. */
function harmlessPath(path: string): string {
  return path
    .split(/[?#]/)[0]!
    .split("/")
    .map((part) => (part === "" || /^[a-z][a-z-]{0,24}$/.test(part) ? part : ":x"))
    .slice(0, 8)
    .join("/");
}
