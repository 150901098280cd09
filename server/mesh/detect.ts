/**
 * Decides what a file is by its content: the first bytes and the size. Names do not matter here; `checkName`
 * compares afterwards.
 */
import { EXPORT_AGAIN, refuseFile, type MeshFormat } from "./mesh";
import type { ModelSource } from "./source";
import { binaryStlBytes, STL_HEADER_BYTES } from "./stl";

/** How to read a file. */
export interface Detected {
  format: MeshFormat;
  encoding: "binary" | "ascii" | "package";
}

/** Enough to tell; an OBJ may begin with a longer comment, which tells as well. */
const HEAD_BYTES = 8 * 1024;
const MODELS = "Export your model as STL, OBJ or 3MF and choose that file.";
const NAMES: Record<MeshFormat, string> = { stl: "an STL", obj: "an OBJ", "3mf": "a 3MF" };

/**
 * What the file is, by content.
 * @throws Refusal `invalid` (empty, other_format, unknown_format) with a sentence that says what it really is
 */
export async function detectFormat(source: ModelSource): Promise<Detected> {
  if (source.size === 0) throw refuseFile("empty", `This file is empty. ${EXPORT_AGAIN}`);
  const head = new Uint8Array(Math.min(HEAD_BYTES, source.size));
  if ((await source.read(head, 0)) < head.length)
    throw refuseFile("cut_off", `This file is shorter than it was a moment ago. ${EXPORT_AGAIN}`);
  const view = new DataView(head.buffer);
  if (head.length >= 4 && (view.getUint32(0) === 0x504b0304 || view.getUint32(0) === 0x504b0506))
    return { format: "3mf", encoding: "package" };

  const binary: Detected = { format: "stl", encoding: "binary" };
  const announced = head.length >= STL_HEADER_BYTES ? binaryStlBytes(view.getUint32(80, true)) : NaN;
  const start = latin1(head.subarray(0, 512));
  const other = OTHER_FORMATS.find(
    ({ magic, weak }) => magic.test(start) && !(weak && announced === source.size),
  );
  if (other)
    throw refuseFile(
      "other_format",
      `This file is really ${other.what}, not a 3D model. ${other.todo ?? MODELS}`,
    );
  // The size rule comes before the word: many programs begin the header of a binary STL with "solid".
  if (announced === source.size && announced > STL_HEADER_BYTES) return binary;
  if (isText(head) && (isUtf8(head) || !mayBeStl(view, announced, source.size)))
    return detectText(latin1(head));
  if (/^[\0]*$/.test(start))
    throw refuseFile(
      "unknown_format",
      `This file holds nothing but zeros. The copy went wrong: ${lower(EXPORT_AGAIN)}`,
    );
  // Binary, but its count is wrong: if it can be an STL at all, the reader says what is wrong with it.
  if (mayBeStl(view, announced, source.size)) return binary;
  throw refuseFile("unknown_format", `This file is none of the model formats that we can read. ${MODELS}`);
}

/**
 * Compares what a file is with what its name says.
 * @returns nothing when they agree, else what to tell the person
 */
export function nameMismatch(name: string, format: MeshFormat): string | undefined {
  const extension = /\.([^./\\]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
  if (extension === format) return undefined;
  return (
    `This file is really ${NAMES[format]} file. Give it the ending .${format} and choose it again` +
    (Object.hasOwn(NAMES, extension) ? `, or export it as ${extension.toUpperCase()}.` : ".")
  );
}

const OBJ_LINE = /^[ \t]*(?:v[ \t]+[-+.\dni]|f[ \t]+[-\d]|v[tnp][ \t]+[-+.\d]|mtllib[ \t]|usemtl[ \t])/m;

function detectText(text: string): Detected {
  if (/^(?:\xef\xbb\xbf)?\s*solid\b/i.test(text)) return { format: "stl", encoding: "ascii" };
  const lines = text
    .split(/\r\n?|\n/)
    .filter((line) => /[^\s#\ufeff]/.test(line[0] ?? "") || /^\s+[^\s#]/.test(line));
  // Only comments so far, or a line that no other text has: "v 1 2 3", "f 1 2 3", "usemtl steel" …
  if (OBJ_LINE.test(text) || (lines.length === 0 && /^\s*#/.test(text)))
    return { format: "obj", encoding: "ascii" };
  if (/^[ \t]*(?:facet[ \t]+normal|outer[ \t]+loop)\b/im.test(text))
    throw refuseFile("cut_off", `This file looks like an STL whose beginning is missing. ${EXPORT_AGAIN}`);
  throw refuseFile("unknown_format", `This file is a text, not a 3D model. ${MODELS}`);
}

/** A header of text or zeros, or a count near the truth: more than noise. */
function mayBeStl(view: DataView, announced: number, size: number): boolean {
  if (Number.isNaN(announced)) return false;
  const room = Math.floor((size - STL_HEADER_BYTES) / 50);
  const count = (announced - STL_HEADER_BYTES) / 50;
  if (count > 0 && count <= room * 4 && room <= count * 4) return true;
  for (let i = 0; i < 80; i += 1) {
    const c = view.getUint8(i);
    if (c !== 0 && c !== 9 && c !== 10 && c !== 13 && (c < 32 || c > 126)) return false;
  }
  return true;
}

/** Text as far as one can see: no control characters but white space. */
function isText(head: Uint8Array): boolean {
  return head.every((c) => (c >= 32 && c !== 127) || (c >= 9 && c <= 13));
}

function isUtf8(head: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}

function lower(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}

/**
 * What people (and worse) send instead of a model, by the first bytes as latin1. Signs that no header of a
 * real STL begins with; a `weak` one yields to a binary STL whose size is right. ZIP is not here, since a
 * 3MF is one.
 */
const SAVE_AS =
  "Open it in the program it came from, export the model as STL, OBJ or 3MF and choose that file.";
export const OTHER_FORMATS: { magic: RegExp; what: string; todo?: string; weak?: boolean }[] = [
  { magic: /^\x89PNG\r\n/, what: "a PNG image" },
  { magic: /^\xff\xd8\xff/, what: "a JPEG image" },
  { magic: /^GIF8[79]a/, what: "a GIF image" },
  { magic: /^RIFF[^]{4}WEBP/, what: "a WebP image" },
  { magic: /^RIFF[^]{4}(?:WAVE|AVI )/, what: "a sound or video file" },
  { magic: /^[^]{4}ftyp(?:heic|heix|mif1|avif)/, what: "a photo (HEIC or AVIF)" },
  { magic: /^[^]{4}ftyp/, what: "a video" },
  { magic: /^(?:II\*\0|MM\0\*)/, what: "a TIFF image" },
  { magic: /^BM[^]{4}\0\0\0\0[^]{4}[\x28\x6c\x7c]\0\0\0/, what: "a BMP image" },
  { magic: /^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^]*)?<svg\b/i, what: "an SVG drawing" },
  { magic: /^%PDF-/, what: "a PDF document" },
  { magic: /^%!PS/, what: "a PostScript document" },
  { magic: /^\{\\rtf/, what: "a text document (RTF)" },
  { magic: /^\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1/, what: "a SolidWorks or Office document", todo: SAVE_AS },
  { magic: /^MZ/, what: "a Windows program", weak: true },
  { magic: /^\x7fELF/, what: "a Linux program" },
  { magic: /^(?:\xcf\xfa\xed\xfe|\xce\xfa\xed\xfe|\xca\xfe\xba\xbe)/, what: "a program" },
  { magic: /^#!/, what: "a script" },
  { magic: /^\x1f\x8b\x08/, what: "a gzip archive", todo: "Unpack it and choose the model in it." },
  { magic: /^(?:7z\xbc\xaf|Rar!\x1a|BZh[1-9]1AY|\xfd7zXZ)/, what: "an archive", todo: "Unpack it and choose the model in it." }, // prettier-ignore
  { magic: /^\s*ISO-10303-21;/, what: "a STEP file", todo: SAVE_AS },
  { magic: /^ {20,}[^]{0,60}S {5,}\d/, what: "an IGES file", todo: SAVE_AS },
  { magic: /^AC10\d\d/, what: "a DWG drawing", todo: SAVE_AS },
  { magic: /^\s*0\s+SECTION\s/, what: "a DXF drawing", todo: SAVE_AS },
  { magic: /^BLENDER[-_]/, what: "a Blender project", todo: SAVE_AS },
  { magic: /^Kaydara FBX/, what: "an FBX file", todo: SAVE_AS },
  { magic: /^glTF/, what: "a glTF file", todo: SAVE_AS },
  { magic: /^ply\r?\n/, what: "a PLY file", todo: SAVE_AS },
  { magic: /^#VRML /, what: "a VRML file", todo: SAVE_AS },
  { magic: /^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^]*?)?<COLLADA\b/i, what: "a COLLADA file", todo: SAVE_AS },
  { magic: /^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^]*?)?<amf\b/i, what: "an AMF file", todo: SAVE_AS },
  { magic: /^(?:\xef\xbb\xbf)?\s*(?:<!--[^]*?-->\s*)?(?:<!doctype html|<html|<head|<body|<script)\b/i, what: "a web page", todo: "Download the model itself and choose that file." }, // prettier-ignore
  { magic: /^(?:\xef\xbb\xbf)?\s*<\?xml\b/i, what: "an XML file" },
  { magic: /^(?:\xff\xfe|\xfe\xff)/, what: "a text file in the UTF-16 encoding", todo: MODELS },
  {
    magic: /^GCDE/,
    what: "sliced G-code",
    todo: "We slice the model ourselves: choose the STL, OBJ or 3MF.",
  },
  { magic: /^;\s*(?:generated by|FLAVOR:|HEADER_BLOCK|gcode)/i, what: "sliced G-code", todo: "We slice the model ourselves: choose the STL, OBJ or 3MF." }, // prettier-ignore
];
