/**
 * Reads ZIP archives with limits (format: PKWARE APPNOTE 6.3.10, with ZIP64). Only the central directory is
 * believed; entries are unpacked in blocks, counted and their check sum compared. Nothing here unpacks an
 * archive within an archive.
 */
import { EXPORT_AGAIN, refuseFile, type MeshLimits } from "./mesh";
import { blocks, type ModelSource } from "./source";

export interface ZipEntry {
  name: string;
  /** 0 stored, 8 deflated. */
  method: number;
  crc32: number;
  /** Bytes packed and unpacked. */
  packed: number;
  size: number;
  /** Where its local header begins. */
  offset: number;
}

/** What unpacking needs from its surroundings. */
export interface Unpacker {
  /** Raw deflate, block by block; blocks may be reused once the next is asked for. */
  inflate(packed: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  /** The running CRC-32 (ISO 3309). */
  crc32(block: Uint8Array, value: number): number;
}

/** Ratio of unpacked to packed bytes that no honest entry over 1 MiB reaches. */
const LARGEST_RATIO = 200;
const RATIO_FROM = 1024 * 1024;
const NAMES_BYTES = 8 * 1024 * 1024;
const ARCHIVES = /\.(zip|3mf|7z|rar|gz|tgz|bz2|xz|zst|tar)$/i;

const damaged = (why: string) =>
  refuseFile("bad_zip", `This 3MF file is a damaged or cut off archive (${why}). ${EXPORT_AGAIN}`);
const harmful = (why: string) =>
  refuseFile(
    "harmful_zip",
    `This file cannot be accepted: ${why}. Export the model as 3MF or STL again and choose the new file.`,
  );

/**
 * Reads the archive's directory; the file itself is not unpacked.
 * @returns the entries that are files, in the archive's order
 * @throws Refusal `invalid` (bad_zip, harmful_zip)
 */
export async function readZip(
  source: ModelSource,
  limits: Pick<MeshLimits, "entries" | "unpackedBytes">,
): Promise<ZipEntry[]> {
  const end = await findEnd(source);
  if (end.entries > limits.entries)
    throw harmful(`it holds ${end.entries} files, and the most is ${limits.entries}`);
  if (end.offset + end.bytes > source.size || end.bytes > NAMES_BYTES)
    throw damaged("its list of files lies outside of it");
  const bytes = new Uint8Array(end.bytes);
  if ((await source.read(bytes, end.offset)) < end.bytes) throw damaged("it ends too early");
  const entries = parseDirectory(bytes, end.entries);
  checkEntries(entries, end.offset, limits);
  return entries.filter((entry) => !entry.name.endsWith("/"));
}

/** True when an entry is an archive itself, by its name. */
export function isArchive(entry: ZipEntry): boolean {
  return ARCHIVES.test(entry.name);
}

/** @throws Refusal `invalid` (harmful_zip) when the archive holds another one */
export function refuseNested(entries: ZipEntry[]): void {
  if (entries.some(isArchive)) throw harmful("it holds another archive inside");
}

async function findEnd(source: ModelSource): Promise<{ entries: number; bytes: number; offset: number }> {
  const tail = new Uint8Array(Math.min(source.size, 22 + 0xffff));
  const start = source.size - tail.length;
  if ((await source.read(tail, start)) < tail.length) throw damaged("it ends too early");
  const view = new DataView(tail.buffer);
  for (let at = tail.length - 22; at >= 0; at -= 1) {
    if (view.getUint32(at, true) !== 0x06054b50) continue;
    // The comment must fill the rest, or this is chance.
    if (view.getUint16(at + 20, true) !== tail.length - at - 22) continue;
    const entries = view.getUint16(at + 10, true);
    const bytes = view.getUint32(at + 12, true);
    const offset = view.getUint32(at + 16, true);
    const disks = view.getUint16(at + 4, true);
    if (entries === 0xffff || bytes === 0xffffffff || offset === 0xffffffff)
      return readZip64End(source, start + at - 20);
    if (disks !== 0 || view.getUint16(at + 8, true) !== entries)
      throw damaged("it is split over several files");
    return { entries, bytes, offset };
  }
  throw damaged("its list of files is missing");
}

async function readZip64End(source: ModelSource, locatorAt: number) {
  const locator = new DataView(new ArrayBuffer(20));
  if (locatorAt < 0 || (await source.read(new Uint8Array(locator.buffer), locatorAt)) < 20)
    throw damaged("its list of files is missing");
  if (locator.getUint32(0, true) !== 0x07064b50) throw damaged("its list of files is missing");
  const record = new DataView(new ArrayBuffer(56));
  const at = locator.getBigUint64(8, true);
  if (at > BigInt(source.size) || (await source.read(new Uint8Array(record.buffer), Number(at))) < 56)
    throw damaged("its list of files lies outside of it");
  if (record.getUint32(0, true) !== 0x06064b50) throw damaged("its list of files is missing");
  return {
    entries: Number(record.getBigUint64(32, true)),
    bytes: Number(record.getBigUint64(40, true)),
    offset: Number(record.getBigUint64(48, true)),
  };
}

function parseDirectory(bytes: Uint8Array, count: number): ZipEntry[] {
  const view = new DataView(bytes.buffer);
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let n = 0; n < count; n += 1) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== 0x02014b50)
      throw damaged("its list of files is broken");
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const next = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true);
    if (next > bytes.length) throw damaged("its list of files is broken");
    const flags = view.getUint16(at + 8, true);
    const entry: ZipEntry = {
      name: new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength)),
      method: view.getUint16(at + 10, true),
      crc32: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    };
    readZip64Extra(view, at + 46 + nameLength, extraLength, entry);
    if (flags & 0x41) throw harmful("it is protected with a password");
    if (entry.method !== 0 && entry.method !== 8)
      throw harmful("it is packed with a method that we cannot read");
    if (view.getUint16(at + 4, true) >>> 8 === 3 && view.getUint32(at + 38, true) >>> 28 === 0o12)
      throw harmful("it holds a link to another file");
    entries.push(entry);
    at = next;
  }
  return entries;
}

/** Extra field 1: the 64-bit values, in this order, of those that are all ones in the record. */
function readZip64Extra(view: DataView, from: number, length: number, entry: ZipEntry): void {
  for (let at = from; at + 4 <= from + length;) {
    const bytes = view.getUint16(at + 2, true);
    const end = at + 4 + bytes;
    if (end > from + length) return;
    if (view.getUint16(at, true) === 1) {
      let value = at + 4;
      for (const key of ["size", "packed", "offset"] as const) {
        if (entry[key] !== 0xffffffff || value + 8 > end) continue;
        entry[key] = Number(view.getBigUint64(value, true));
        value += 8;
      }
    }
    at = end;
  }
}

function checkEntries(
  entries: ZipEntry[],
  directoryAt: number,
  limits: Pick<MeshLimits, "unpackedBytes">,
): void {
  let total = 0;
  const names = new Set<string>();
  for (const { name, size, packed } of entries) {
    total += size;
    const path = name.replaceAll("\\", "/");
    if (/(^|\/)\.\.(\/|$)/.test(path) || /^(\/|[a-z]:)/i.test(path) || path.includes("\0"))
      throw harmful("a name in it points outside of the file");
    if (size > RATIO_FROM && size > LARGEST_RATIO * Math.max(1, packed))
      throw harmful("a file in it is packed so tightly that it could be a trap (a “zip bomb”)");
    const key = path.toLowerCase();
    if (names.has(key)) throw harmful(`it holds two files with the same name (${shortName(name)})`);
    names.add(key);
  }
  if (total > limits.unpackedBytes)
    throw harmful(`unpacked it would be larger than ${Math.round(limits.unpackedBytes / 1024 / 1024)} MB`);
  // Files that share bytes are the other kind of bomb.
  const byPlace = [...entries].sort((a, b) => a.offset - b.offset);
  byPlace.forEach((entry, i) => {
    const limit = byPlace[i + 1]?.offset ?? directoryAt;
    if (entry.offset + 30 + entry.packed > limit) throw damaged("files in it overlap");
  });
}

function shortName(name: string): string {
  return name.replace(/[^\x20-\x7e]/g, "?").slice(0, 60);
}

/**
 * Unpacks one entry, block by block; a block is valid until the next one is asked for.
 * @throws Refusal `invalid` (bad_zip when size or check sum differ from what the directory says)
 */
export async function* unzip(
  source: ModelSource,
  entry: ZipEntry,
  unpacker: Unpacker,
): AsyncGenerator<Uint8Array> {
  const header = new DataView(new ArrayBuffer(30));
  if (
    (await source.read(new Uint8Array(header.buffer), entry.offset)) < 30 ||
    header.getUint32(0, true) !== 0x04034b50
  )
    throw damaged(`${shortName(entry.name)} is not where it should be`);
  const from = entry.offset + 30 + header.getUint16(26, true) + header.getUint16(28, true);
  if (from + entry.packed > source.size) throw damaged("it ends too early");
  const packed = blocks(source, from, from + entry.packed, 128 * 1024);
  const wrong = () => damaged(`${shortName(entry.name)} is not what it was when it was packed`);
  let size = 0;
  let crc = 0;
  try {
    for await (const block of entry.method === 0 ? packed : unpacker.inflate(packed)) {
      size += block.length;
      if (size > entry.size) throw wrong();
      crc = unpacker.crc32(block, crc);
      yield block;
    }
  } catch (error) {
    // zlib's own codes; in a browser a TypeError from the decompression stream.
    const code = (error as { code?: unknown }).code;
    if (
      (typeof code === "string" && code.startsWith("Z_")) ||
      code === "ERR_TRAILING_JUNK_AFTER_STREAM_END" ||
      (error instanceof TypeError && entry.method === 8)
    )
      throw wrong();
    throw error;
  }
  if (size !== entry.size || crc >>> 0 !== entry.crc32) throw wrong();
}

/** Unpacks with what browsers and Node share: `DecompressionStream` and a table for the check sum. */
export const webUnpacker: Unpacker = {
  async *inflate(packed) {
    const iterator = packed[Symbol.asyncIterator]();
    const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
      async pull(controller) {
        const { done, value } = await iterator.next();
        if (done) controller.close();
        else controller.enqueue(new Uint8Array(value)); // a copy: the block is reused
      },
      cancel: () => void iterator.return?.(),
    });
    const reader = stream.pipeThrough(new DecompressionStream("deflate-raw")).getReader();
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        yield value;
      }
    } finally {
      reader.cancel().catch(() => {});
    }
  },
  crc32(block, value) {
    let crc = ~value;
    for (let i = 0; i < block.length; i += 1) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ block[i]!) & 255]!;
    return ~crc;
  },
};

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit += 1) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
  return n;
});
