/**
 * A letter is data: a subject and blocks. Text and HTML are made from the same blocks, so they cannot say
 * different things. Pure: no I/O.
 */
import type { Settings } from "../settings/schema";
import { formatDateTime } from "../time";

/** One part of a letter. A line break in a paragraph or note stays a line break. */
export type Block =
  | { kind: "heading"; text: string }
  | { kind: "paragraph"; text: string }
  | { kind: "facts"; rows: { label: string; value: string }[] }
  | { kind: "list"; items: string[] }
  /** `quiet` is a plain link for the second-most likely thing to do. */
  | { kind: "button"; label: string; url: string; quiet?: boolean }
  | { kind: "note"; text: string };

export interface Letter {
  subject: string;
  blocks: Block[];
}

/** Who writes: shown above and below every letter. */
export interface Frame {
  lab_name: string;
  university_name: string;
  contact_email: string;
  footer: string;
}

/** What the letters know about a job. */
export interface LetterJob {
  short_id: number | string;
  student_name: string;
  student_email: string;
  display_name: string | null;
  original_filename: string;
  print_method: string;
  material_name: string | null;
  color_name: string;
  printer_name: string;
  weight_g: number | null;
  time_hours: number | null;
  cost_cents: number | null;
  reject_reasons: { reasons: string[]; custom_reason: string } | null;
}

/** The frame of the lab's own settings. */
export function frameOf(settings: Pick<Settings, "lab_name" | "university_name" | "contact_email">): Frame {
  return {
    lab_name: settings.lab_name,
    university_name: settings.university_name,
    contact_email: settings.contact_email,
    footer:
      "You get this message because this address was given with a 3D print request. If that was not you, please ignore it.",
  };
}

const COLUMNS = 76;

/** Control characters except the line break, and the marks that turn text direction round. */

const INVISIBLE =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/g;

/** One clean line: no control characters, no line breaks, single spaces. For everything people typed. */
export function oneLine(text: string): string {
  return text
    .replace(/\p{Cs}/gu, "\ufffd")
    .replace(INVISIBLE, " ")
    .replace(/\s+/g, " ")
    .trim();
}

/** The same for text that may have several lines. */
function lines(text: string): string[] {
  return text
    .replace(/\r\n?/g, "\n")
    .split("\n")
    .map(oneLine)
    .filter((line, at, all) => line !== "" || (at > 0 && all[at - 1] !== ""));
}

/**
 * The normalised form of a link that may stand in a letter.
 * @throws TypeError for anything but http and https
 */
export function safeUrl(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || (parsed.protocol !== "https:" && parsed.protocol !== "http:") || parsed.username)
    throw new TypeError("A letter may only link to http and https addresses.");
  return parsed.href;
}

/** The links of a letter, in order, each once. */
export function linksOf(letter: Letter): string[] {
  return [...new Set(letter.blocks.flatMap((b) => (b.kind === "button" ? [safeUrl(b.url)] : [])))];
}

/**
 * "Hello Ada," — or just "Hello," when the name looks like a web or mail address: anybody may type somebody
 * else's address into the form, and the lab must not deliver links for strangers.
 */
export function greeting(job: Pick<LetterJob, "student_name">): Block {
  const name = oneLine(job.student_name);
  const linkLike = /:\/\/|www\.|@|\.\p{L}{2,}/iu.test(name);
  return { kind: "paragraph", text: name && !linkLike ? `Hello ${name},` : "Hello," };
}

/** "Nov 23, 2026, 14:05 (Chicago time)". */
export function labTime(at: Date, timeZone: string): string {
  const place = timeZone.includes("/") ? `${timeZone.split("/").pop()!.replaceAll("_", " ")} time` : timeZone;
  return `${formatDateTime(at, timeZone)} (${place})`;
}

/** Rows with something to say: empty and missing values are left out. */
export function facts(rows: [label: string, value: string | null | undefined][]): Block {
  return {
    kind: "facts",
    rows: rows.flatMap(([label, value]) => (value ? [{ label, value: oneLine(value) }] : [])),
  };
}

function senderLine(frame: Frame): string {
  return [frame.lab_name, frame.university_name].map(oneLine).filter(Boolean).join(", ");
}

// --- Text ---------------------------------------------------------------------------------------------------

/** Fills lines up to 76 columns; a word that is longer, such as an address, stays whole on its own line. */
function wrap(text: string, first = "", rest = ""): string {
  const out: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(" ")) {
    if (!empty && [...line].length + 1 + [...word].length > COLUMNS) {
      out.push(line);
      line = rest;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...out, line].map((l) => l.trimEnd()).join("\n");
}

const wrapLines = (text: string) => lines(text).map((line) => wrap(line)).join("\n"); // prettier-ignore

function textBlock(block: Block): string {
  switch (block.kind) {
    case "heading": {
      const title = oneLine(block.text);
      return `${wrap(title)}\n${"=".repeat(Math.min([...title].length, COLUMNS))}`;
    }
    case "paragraph":
    case "note":
      return wrapLines(block.text);
    case "facts": {
      const width = Math.max(0, ...block.rows.map((row) => [...oneLine(row.label)].length)) + 2;
      return block.rows
        .map((row) => wrap(oneLine(row.value), `${oneLine(row.label)}:`.padEnd(width), " ".repeat(width)))
        .join("\n");
    }
    case "list":
      return block.items.map((item) => wrap(oneLine(item), "- ", "  ")).join("\n");
    case "button":
      return `${wrap(`${oneLine(block.label)}:`)}\n${safeUrl(block.url)}`;
  }
}

/** The letter as plain text, at most 76 columns wide except for addresses. */
export function renderText(letter: Letter, frame: Frame): string {
  const contact = oneLine(frame.contact_email);
  const foot = [
    "-- ",
    wrap(senderLine(frame)),
    ...(contact ? [wrap(`Questions? Write to ${contact}`)] : []),
    ...(frame.footer ? [wrapLines(frame.footer)] : []),
  ];
  return `${[...letter.blocks.map(textBlock).filter(Boolean), foot.join("\n")].join("\n\n")}\n`;
}

// --- HTML ---------------------------------------------------------------------------------------------------

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text for element content and for quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => ENTITIES[c]!);
}

const FONT = "font-family:'Segoe UI',Roboto,Helvetica,Arial,sans-serif;";
const BODY = `${FONT}font-size:16px;line-height:24px;color:#1f2328;`;
const BREAK = "word-break:break-word;overflow-wrap:anywhere;";
const ACCENT = "#0b5563";
const table = (attributes: string, inside: string) =>
  `<table role="presentation" cellpadding="0" cellspacing="0" border="0" ${attributes}>${inside}</table>`;

const paragraph = (text: string, style: string, kind: string) =>
  `<p class="${kind}" style="margin:0 0 16px;${style}${BREAK}">${lines(text).map(escapeHtml).join("<br>")}</p>`;

function htmlBlock(block: Block): string {
  switch (block.kind) {
    case "heading":
      return `<h1 class="ink" style="margin:0 0 16px;${FONT}font-size:22px;line-height:28px;font-weight:600;color:#1f2328;${BREAK}">${escapeHtml(oneLine(block.text))}</h1>`;
    case "paragraph":
      return paragraph(block.text, BODY, "ink");
    case "note":
      return paragraph(block.text, `${FONT}font-size:14px;line-height:20px;color:#57606a;`, "soft");
    case "facts":
      return table(
        'width="100%" style="margin:0 0 16px;border-collapse:collapse;"',
        block.rows
          .map(
            (row) =>
              `<tr><td class="soft line" valign="top" width="140" style="padding:8px 16px 8px 0;border-bottom:1px solid #d8dee4;${FONT}font-size:14px;line-height:24px;color:#57606a;">${escapeHtml(oneLine(row.label))}</td>` +
              `<td class="ink line" valign="top" style="padding:8px 0;border-bottom:1px solid #d8dee4;${BODY}${BREAK}">${escapeHtml(oneLine(row.value))}</td></tr>`,
          )
          .join(""),
      );
    case "list":
      return `<ul class="ink" style="margin:0 0 16px;padding:0 0 0 24px;${BODY}">${block.items
        .map((item) => `<li style="margin:0 0 4px;${BREAK}">${escapeHtml(oneLine(item))}</li>`)
        .join("")}</ul>`;
    case "button": {
      const href = escapeHtml(safeUrl(block.url));
      const label = escapeHtml(oneLine(block.label));
      if (block.quiet)
        return `<p class="ink" style="margin:0 0 16px;${BODY}"><a class="link" href="${href}" style="color:${ACCENT};text-decoration:underline;">${label}</a></p>`;
      return (
        table(
          'style="margin:8px 0 12px;"',
          `<tr><td align="center" bgcolor="${ACCENT}" style="border-radius:6px;background-color:${ACCENT};">` +
            `<a href="${href}" style="display:inline-block;padding:12px 24px;border:1px solid ${ACCENT};border-radius:6px;${FONT}font-size:16px;line-height:20px;font-weight:600;color:#ffffff;text-decoration:none;">${label}</a></td></tr>`,
        ) +
        `<p class="soft" style="margin:0 0 16px;${FONT}font-size:13px;line-height:18px;color:#57606a;word-break:break-all;">If the button does not work, open this address:<br><a class="link" href="${href}" style="color:${ACCENT};">${href}</a></p>`
      );
    }
  }
}

/** The letter as a whole HTML document for mail programs: tables, inline styles, at most 600 px wide. */
export function renderHtml(letter: Letter, frame: Frame): string {
  const contact = escapeHtml(oneLine(frame.contact_email));
  const small = `${FONT}font-size:13px;line-height:18px;color:#57606a;`;
  const foot = [
    escapeHtml(senderLine(frame)),
    ...(contact
      ? [
          `Questions? Write to <a class="link" href="mailto:${contact}" style="color:${ACCENT};">${contact}</a>`,
        ]
      : []),
    ...lines(frame.footer).map(escapeHtml),
  ].join("<br>");
  const sheet = table(
    'align="center" width="100%" class="sheet" style="max-width:600px;margin:0 auto;background-color:#ffffff;"',
    `<tr><td class="soft line" style="padding:16px 24px;border-bottom:1px solid #d8dee4;${FONT}font-size:14px;line-height:20px;font-weight:600;color:#57606a;${BREAK}">${escapeHtml(senderLine(frame))}</td></tr>\n` +
      `<tr><td style="padding:24px 24px 8px;">\n${letter.blocks.map(htmlBlock).join("\n")}\n</td></tr>\n` +
      `<tr><td class="soft line" style="padding:16px 24px 24px;border-top:1px solid #d8dee4;${small}${BREAK}">${foot}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no, date=no, address=no">
<title>${escapeHtml(oneLine(letter.subject))}</title>
<style>
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
.page, .sheet { background-color: #16181c !important; }
.ink { color: #e6e8eb !important; }
.soft { color: #a9b1ba !important; }
.line { border-color: #3a3f46 !important; }
.link { color: #8ab4ff !important; }
}
</style>
</head>
<body class="page" style="margin:0;padding:0;background-color:#f3f4f6;">
${table(
  'width="100%" class="page" style="background-color:#f3f4f6;"',
  `<tr><td align="center" style="padding:16px 8px;">
<!--[if mso]><table role="presentation" align="center" width="600" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->
${sheet}
<!--[if mso]></td></tr></table><![endif]-->
</td></tr>`,
)}
</body>
</html>
`;
}
