/**
 * Reads what slicers wrote into their files, and the picture they put there: G-code, binary G-code, 3MF.
 * Never a whole file: at most `SLICED_LIMITS.bytes` of it (a picture: its own bytes more), and nothing that a
 * hostile file says makes it throw.
 */
import { crc32, constants, inflateRawSync, inflateSync } from "node:zlib";
import { cleanPng, PNG_LIMITS, readPngSize } from "./png.server";
import {
  attribute,
  factsOf,
  first,
  gramsOf,
  hoursOf,
  NO_FACTS,
  readComments,
  readIni,
  readProjectSettings,
  readSliceInfo,
  type SlicedFacts,
  type Words,
} from "./sliced";
import type { ModelSource } from "./source";
import { fileSource } from "./source.server";
import { readZip, type ZipEntry } from "./zip";

export type SlicedFormat = "gcode" | "bgcode" | "3mf" | "form";

/** Why a sliced file says little or nothing. */
export type SlicedProblem =
  | "unreadable" // the file cannot be opened or read
  | "empty"
  | "unknown" // none of the formats, or no slicer's words in it
  | "damaged" // it contradicts itself; what was sound is given
  | "not_sliced" // a project or model, not a print
  | "name_only"; // a format whose inside we do not read (.form)

export interface SlicedFile extends SlicedFacts {
  /** By content; `form` by name. */
  format: SlicedFormat | null;
  problem: SlicedProblem | null;
  /** Bytes of the file that were read. */
  bytesRead: number;
}

export const SLICED_LIMITS = { end: 256 * 1024, bytes: 512 * 1024 };

/**
 * Reads a sliced file's facts.
 *
 * @param name the file's own name, when the path does not end in it
 * @returns the facts; those that the file does not state are null. Never rejects.
 */
export async function readSliced(path: string, name = path): Promise<SlicedFile> {
  try {
    await using source = await fileSource(path);
    return await readSlicedSource(source, name);
  } catch {
    return { ...NO_FACTS, format: null, problem: "unreadable", bytesRead: 0 };
  }
}

/** The same from any source. */
export async function readSlicedSource(source: ModelSource, name: string): Promise<SlicedFile> {
  const counted = new Counted(source, SLICED_LIMITS.bytes);
  const extension = /\.([a-z0-9]{1,8})$/i.exec(name)?.[1]?.toLowerCase();
  let outcome: Omit<SlicedFile, "bytesRead">;
  try {
    if (source.size === 0) outcome = { ...NO_FACTS, format: null, problem: "empty" };
    else if (extension === "form") outcome = { ...NO_FACTS, format: "form", problem: "name_only" };
    else outcome = await readByContent(counted);
  } catch (error) {
    const problem = error instanceof Error && "syscall" in error ? "unreadable" : "damaged";
    outcome = { ...NO_FACTS, format: null, problem };
  }
  return { ...outcome, bytesRead: counted.bytesRead };
}

async function readByContent(source: Counted): Promise<Omit<SlicedFile, "bytesRead">> {
  const magic = (await source.bytes(0, 4)).toString("latin1");
  if (magic === "GCDE") return readBgcode(source);
  if (magic === "PK\x03\x04") return read3mf(source);
  return readGcode(source);
}

/** Counts what is read, and stops at a limit. */
class Counted implements ModelSource {
  readonly size: number;
  bytesRead = 0;

  constructor(
    private readonly inner: ModelSource,
    private readonly limit: number,
  ) {
    this.size = inner.size;
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    if (this.bytesRead + into.length > this.limit)
      throw new Error("More would have to be read than the limit allows.");
    const count = await this.inner.read(into, position);
    this.bytesRead += count;
    return count;
  }

  /** Up to `length` bytes from `position`; fewer at the end. */
  async bytes(position: number, length: number): Promise<Buffer> {
    const into = Buffer.alloc(Math.max(0, Math.min(length, this.size - position)));
    return into.subarray(0, await this.read(into, position));
  }

  get left(): number {
    return this.limit - this.bytesRead;
  }
}

async function readGcode(source: Counted): Promise<Omit<SlicedFile, "bytesRead">> {
  const head = await source.bytes(0, Math.min(SLICED_LIMITS.end, source.left));
  const tailAt = Math.max(head.length, source.size - Math.min(SLICED_LIMITS.end, source.left));
  const tail = tailAt < source.size ? await source.bytes(tailAt, source.size - tailAt) : Buffer.alloc(0);
  if (tailAt === head.length) return gcodeFacts(readComments(Buffer.concat([head, tail]).toString("utf8")));
  // Neither end may begin or stop within a line.
  const words = readComments(head.subarray(0, head.lastIndexOf(10) + 1).toString("utf8"));
  return gcodeFacts(readComments(tail.subarray(tail.indexOf(10) + 1).toString("utf8"), words));
}

function gcodeFacts(words: Words): Omit<SlicedFile, "bytesRead"> {
  const facts = factsOf(words);
  const said = Object.values(facts).some((fact) => fact !== null);
  return { ...facts, format: said ? "gcode" : null, problem: said ? null : "unknown" };
}

/** Block types of binary G-code that hold words; thumbnails are 5, G-code 1. */
const BLOCK = { gcode: 1, thumbnail: 5, words: new Set([0, 2, 3, 4]) };
const BLOCKS = 64;

interface Block {
  type: number;
  compression: number;
  /** Where header, parameters and data begin, and where the check sum ends. */
  at: number;
  parametersAt: number;
  dataAt: number;
  end: number;
  size: number;
  packed: number;
  checked: boolean;
}

/** Binary G-code (github.com/prusa3d/libbgcode, doc/specifications.md): the blocks before the first G-code. */
async function* bgcodeBlocks(source: Counted): AsyncGenerator<Block> {
  const header = await source.bytes(0, 10);
  if (header.length < 10 || header.readUInt32LE(4) !== 1) throw new Error("Not version 1.");
  const checked = header.readUInt16LE(8) === 1;
  let at = 10;
  for (let count = 0; count < BLOCKS; count += 1) {
    const head = await source.bytes(at, 12);
    if (head.length < 8) return;
    const type = head.readUInt16LE(0);
    const compression = head.readUInt16LE(2);
    if (type === BLOCK.gcode || type > 5) return;
    if (compression > 0 && head.length < 12) return;
    const size = head.readUInt32LE(4);
    const packed = compression === 0 ? size : head.readUInt32LE(8);
    const parametersAt = at + (compression === 0 ? 8 : 12);
    const dataAt = parametersAt + (type === BLOCK.thumbnail ? 6 : 2);
    const end = dataAt + packed + (checked ? 4 : 0);
    if (end > source.size) throw new Error("A block ends after the file.");
    yield { type, compression, at, parametersAt, dataAt, end, size, packed, checked };
    at = end;
  }
}

async function readBgcode(source: Counted): Promise<Omit<SlicedFile, "bytesRead">> {
  const words: Words = new Map();
  let damaged = false;
  try {
    for await (const block of bgcodeBlocks(source)) {
      if (!BLOCK.words.has(block.type)) continue;
      const text = await blockText(source, block);
      if (text === null) damaged = true;
      else readIni(text, words);
    }
  } catch (error) {
    if (error instanceof Error && "syscall" in error) throw error;
    damaged = true;
  }
  const facts = factsOf(words);
  const said = Object.values(facts).some((fact) => fact !== null);
  return { ...facts, format: "bgcode", problem: damaged ? "damaged" : said ? null : "unknown" };
}

/** A block's words; null when it is not what its check sum or sizes say, or packed as only G-code may be. */
async function blockText(source: Counted, block: Block): Promise<string | null> {
  if (block.packed > SLICED_LIMITS.end || block.size > 1024 * 1024) return null;
  const whole = await source.bytes(block.at, block.end - block.at);
  if (whole.length < block.end - block.at) return null;
  const data = whole.subarray(block.dataAt - block.at, block.dataAt - block.at + block.packed);
  if (block.checked && crc32(whole.subarray(0, whole.length - 4)) !== whole.readUInt32LE(whole.length - 4))
    return null;
  if (whole.readUInt16LE(block.parametersAt - block.at) !== 0) return null;
  if (block.compression === 0) return data.toString("utf8");
  if (block.compression !== 1) return null;
  try {
    return inflateSync(data, { maxOutputLength: Math.max(1, block.size) }).toString("utf8");
  } catch {
    return null;
  }
}

/** An archive of prints may unpack to far more than a model; we only ever unpack small pieces. */
const ZIP = { entries: 1_000, unpackedBytes: 16 * 1024 ** 3 };
const WHOLE_BYTES = 96 * 1024;

async function read3mf(source: Counted): Promise<Omit<SlicedFile, "bytesRead">> {
  const entries = await readZip(source, ZIP);
  const find = (name: string) => entries.find((entry) => entry.name.toLowerCase() === name);
  const text = async (entry: ZipEntry | undefined, whole = true) => {
    if (!entry || (whole && entry.packed > WHOLE_BYTES)) return "";
    const bytes = await entryBytes(source, entry, WHOLE_BYTES, 2 * 1024 * 1024).catch(ignoreDamage);
    return bytes?.toString("utf8") ?? "";
  };
  const plates = entries.filter(({ name }) => /^metadata\/plate_\d{1,3}\.gcode$/i.test(name));
  const infoText = await text(find("metadata/slice_info.config"));
  const info = readSliceInfo(infoText);
  const head = await text(plates[0], false);
  const words = readComments(head.slice(0, head.lastIndexOf("\n") + 1));
  if (!words.has("printer_model"))
    readProjectSettings(await text(find("metadata/project_settings.config"))).forEach((value, key) => {
      if (!words.has(key)) words.set(key, value);
    });
  readComments(await text(find("metadata/slic3r_pe.config")), words);

  const facts = factsOf(words);
  // The head of one plate speaks for the whole only when there is but one.
  const alone = plates.length <= 1;
  const hours = first(hoursOf(info.seconds), alone ? facts.hours : null);
  const grams = first(gramsOf(info.grams), alone ? facts.grams : null);
  const sliced = hours !== null || grams !== null || plates.length > 0;
  return {
    ...facts,
    slicer: facts.slicer ?? (info.version === null ? null : "Bambu Studio"),
    slicerVersion: facts.slicer === null ? info.version : facts.slicerVersion,
    material: first(info.material, facts.material),
    hours,
    grams,
    format: "3mf",
    problem: sliced ? null : "not_sliced",
  };
}

/** Damage inside one entry leaves the others; a storage that fails does not. */
function ignoreDamage(error: unknown): null {
  if (error instanceof Error && "syscall" in error) throw error;
  return null;
}

/**
 * The beginning of an entry, from at most `packedBytes` of the file.
 * @returns all of it when it fits, else what could be unpacked; null when it is damaged
 */
async function entryBytes(
  source: Counted,
  entry: ZipEntry,
  packedBytes: number,
  unpackedBytes: number,
): Promise<Buffer | null> {
  const header = await source.bytes(entry.offset, 30);
  if (header.length < 30 || header.readUInt32LE(0) !== 0x04034b50) return null;
  const from = entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const packed = await source.bytes(from, Math.min(entry.packed, packedBytes));
  if (packed.length < Math.min(entry.packed, packedBytes)) return null;
  const bytes =
    entry.method === 0
      ? packed
      : inflateRawSync(packed, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: unpackedBytes });
  const whole = packed.length === entry.packed;
  if (whole && (bytes.length !== entry.size || crc32(bytes) !== entry.crc32)) return null;
  return bytes;
}

/** A slicer's smaller pictures are icons for a printer's screen. */
const LEAST_EDGE = 96;
/** Bytes of a G-code file in which its pictures are looked for: several, as base64. */
const PICTURES_BYTES = 4 * 1024 * 1024;

/**
 * The largest picture that a slicer put into a file (G-code, binary G-code, 3MF).
 *
 * @returns a PNG of at most `PNG_LIMITS` with nothing in it but pixels; null when there is none that is sound and
 *   at least 96 pixels wide and high. Never rejects.
 */
export async function embeddedPicture(path: string): Promise<Buffer | null> {
  try {
    await using file = await fileSource(path);
    const source = new Counted(file, PICTURES_BYTES + SLICED_LIMITS.bytes);
    const magic = (await source.bytes(0, 4)).toString("latin1");
    if (magic === "GCDE") return await bgcodePicture(source);
    if (magic === "PK\x03\x04") return await packagePicture(source);
    return await gcodePicture(source);
  } catch {
    return null;
  }
}

/** The picture when it is sound and large enough. */
function sound(bytes: Buffer | null): Buffer | null {
  const size = bytes && readPngSize(bytes);
  return size && size.width >= LEAST_EDGE && size.height >= LEAST_EDGE ? cleanPng(bytes) : null;
}

/** The first sound one, from the largest by its own word. */
function largest(pictures: { area: number; bytes: () => Buffer }[]): Buffer | null {
  for (const picture of pictures.sort((a, b) => b.area - a.area)) {
    const png = sound(picture.bytes());
    if (png) return png;
  }
  return null;
}

/** `; thumbnail begin 300x300 12345`, base64 in comments, `; thumbnail end` (PrusaSlicer and its descendants). */
async function gcodePicture(source: Counted): Promise<Buffer | null> {
  let head = await source.bytes(0, SLICED_LIMITS.end);
  const begun = head.lastIndexOf("; thumbnail begin ");
  if (begun === -1 || !/^\s*[;\w]/.test(head.toString("latin1", 0, 64))) return null;
  if (head.indexOf("; thumbnail end", begun) === -1)
    head = Buffer.concat([head, await source.bytes(head.length, PICTURES_BYTES - head.length)]);
  const text = head.toString("latin1");
  const pictures: { area: number; bytes: () => Buffer }[] = [];
  const marker = /^; thumbnail begin (\d{1,4})x(\d{1,4}) \d+\s*$/gm;
  for (let found = marker.exec(text); found && pictures.length < 16; found = marker.exec(text)) {
    const from = marker.lastIndex;
    const end = text.indexOf("; thumbnail end", from);
    if (end === -1 || end - from > PNG_LIMITS.bytes * 1.5) break;
    marker.lastIndex = end;
    pictures.push({
      area: Number(found[1]) * Number(found[2]),
      bytes: () => Buffer.from(text.slice(from, end).replace(/[;\s]+/g, ""), "base64"),
    });
  }
  return largest(pictures);
}

async function bgcodePicture(source: Counted): Promise<Buffer | null> {
  const pictures: { area: number; bytes: () => Buffer }[] = [];
  for await (const block of bgcodeBlocks(source)) {
    if (block.type !== BLOCK.thumbnail || block.compression !== 0 || block.packed > PNG_LIMITS.bytes)
      continue;
    const bytes = await source.bytes(block.parametersAt, block.dataAt + block.packed - block.parametersAt);
    if (bytes.readUInt16LE(0) !== 0) continue; // not PNG
    pictures.push({ area: bytes.readUInt16LE(2) * bytes.readUInt16LE(4), bytes: () => bytes.subarray(6) });
  }
  return largest(pictures);
}

/** The package's thumbnail by its relationships (ECMA-376 part 2, annex "thumbnails"), else where slicers put it. */
async function packagePicture(source: Counted): Promise<Buffer | null> {
  const entries = await readZip(source, ZIP);
  const find = (name: string) => entries.find((entry) => entry.name.toLowerCase() === name);
  const rels = find("_rels/.rels");
  const xml =
    rels && rels.packed <= WHOLE_BYTES ? await entryBytes(source, rels, WHOLE_BYTES, 1024 * 1024) : null;
  const targets = [...(xml?.toString("utf8") ?? "").matchAll(/<Relationship\b([^<>]{0,2000})>/g)]
    .filter(([, tag]) => /\/metadata\/thumbnail$/.test(attribute(tag!, "Type") ?? ""))
    .map(([, tag]) => (attribute(tag!, "Target") ?? "").replace(/^\//, "").toLowerCase());
  const names = new Set([...targets.slice(0, 4), "metadata/plate_1.png", "metadata/thumbnail.png"]);
  for (const name of names) {
    const entry = find(name);
    if (!entry || entry.size > PNG_LIMITS.bytes || entry.packed > Math.min(source.left, PNG_LIMITS.bytes))
      continue;
    const png = sound(
      await entryBytes(source, entry, PNG_LIMITS.bytes, PNG_LIMITS.bytes + 1).catch(ignoreDamage),
    );
    if (png) return png;
  }
  return null;
}
