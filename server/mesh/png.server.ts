/**
 * Writes PNG pictures, and checks those that other programs made before we hand them on.
 * The format: W3C "Portable Network Graphics (PNG) Specification" (chunks §5, filters §9).
 */
import { crc32, deflateSync, inflateSync } from "node:zlib";

/** What a picture inside somebody's file may be at most. */
export const PNG_LIMITS = { edge: 2048, bytes: 2 * 1024 * 1024, chunks: 1024 };

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Samples per pixel by colour type, and the bit depths each may have. */
const COLOUR_TYPES: Record<number, { samples: number; depths: number[] }> = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  3: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
};

/**
 * A PNG of 8-bit RGBA pixels.
 *
 * @param rgba 4 × width × height bytes, rows from the top, alpha not premultiplied
 */
export function encodePng(width: number, height: number, rgba: Uint8Array): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 6, 0, 0, 0], 8);
  const data = deflateSync(filterRows(width, height, rgba), { level: 6, memLevel: 9 });
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("IDAT", data),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const out = Buffer.alloc(12 + data.length);
  out.writeUInt32BE(data.length, 0);
  out.write(type, 4, "latin1");
  data.copy(out, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + data.length)), 8 + data.length);
  return out;
}

/** Each row as the difference from the row above: for rendered surfaces within 4 % of the best choice per row. */
function filterRows(width: number, height: number, rgba: Uint8Array): Uint8Array {
  const bytes = width * 4;
  const out = new Uint8Array((bytes + 1) * height);
  for (let y = 0; y < height; y += 1) {
    const at = y * (bytes + 1) + 1;
    const row = y * bytes;
    const above = row - bytes;
    out[at - 1] = 2;
    if (y === 0) out.set(rgba.subarray(0, bytes), at);
    else for (let i = 0; i < bytes; i += 1) out[at + i] = rgba[row + i]! - rgba[above + i]!;
  }
  return out;
}

/**
 * The size in pixels of a whole, sound PNG within `PNG_LIMITS`; null for anything else.
 * Walks the chunks and their checksums; does not look into the pixels (`cleanPng` does).
 */
export function readPngSize(bytes: Buffer): { width: number; height: number } | null {
  const read = walk(bytes);
  return read && { width: read.width, height: read.height };
}

/**
 * The same picture with nothing in it but its pixels: no texts, profiles, animations or bytes after the end.
 *
 * @returns a PNG that decodes to exactly its size, or null when it is no sound PNG within `PNG_LIMITS`
 */
export function cleanPng(bytes: Buffer): Buffer | null {
  const read = walk(bytes);
  if (!read) return null;
  const { parts, pixels, rawBytes } = read;
  try {
    const raw = inflateSync(Buffer.concat(pixels), { maxOutputLength: rawBytes + 1 });
    if (raw.length !== rawBytes) return null;
  } catch {
    return null;
  }
  return Buffer.concat([SIGNATURE, ...parts]);
}

interface Walked {
  width: number;
  height: number;
  /** Whole chunks that make the picture, in their order. */
  parts: Buffer[];
  /** The compressed pixels. */
  pixels: Buffer[];
  /** Bytes of the pixels, filter bytes included, when uncompressed. */
  rawBytes: number;
}

function walk(bytes: Buffer): Walked | null {
  if (bytes.length > PNG_LIMITS.bytes || bytes.length < 57 || !bytes.subarray(0, 8).equals(SIGNATURE))
    return null;
  let at = 8;
  let walked: Walked | null = null;
  let palette = false;
  let colourType = -1;
  for (let count = 0; count < PNG_LIMITS.chunks && at + 12 <= bytes.length; count += 1) {
    const length = bytes.readUInt32BE(at);
    const end = at + 12 + length;
    if (end > bytes.length) return null;
    const type = bytes.toString("latin1", at + 4, at + 8);
    if (crc32(bytes.subarray(at + 4, end - 4)) !== bytes.readUInt32BE(end - 4)) return null;
    const whole = bytes.subarray(at, end);
    const data = bytes.subarray(at + 8, end - 4);
    at = end;
    if (!walked) {
      if (type !== "IHDR" || length !== 13) return null;
      const [width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)];
      const [depth, colour, compression, filter, interlace] = data.subarray(8) as unknown as number[];
      const kind = COLOUR_TYPES[colour!];
      if (width < 1 || height < 1 || width > PNG_LIMITS.edge || height > PNG_LIMITS.edge) return null;
      if (!kind?.depths.includes(depth!) || compression !== 0 || filter !== 0 || interlace! > 1) return null;
      const rawBytes = rawSize(width, height, kind.samples * depth!, interlace === 1);
      colourType = colour!;
      walked = { width, height, parts: [whole], pixels: [], rawBytes };
      continue;
    }
    if (type === "IEND") {
      if (walked.pixels.length === 0 || (colourType === 3 && !palette)) return null;
      walked.parts.push(whole);
      return walked;
    }
    if (type === "IDAT") {
      walked.pixels.push(data);
      walked.parts.push(whole);
    } else if (type === "PLTE" && walked.pixels.length === 0 && length % 3 === 0 && length <= 768) {
      palette = true;
      walked.parts.push(whole);
    } else if (type === "tRNS" && walked.pixels.length === 0 && length <= 256) {
      walked.parts.push(whole);
    } else if (type[0]! < "a" && type !== "PLTE") {
      return null; // a part that must be understood, and is not
    }
  }
  return null;
}

/** The seven passes of an interlaced picture: first column and row, steps. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

function rawSize(width: number, height: number, bits: number, interlaced: boolean): number {
  const plain = (w: number, h: number) => (w > 0 && h > 0 ? h * (1 + Math.ceil((w * bits) / 8)) : 0);
  if (!interlaced) return plain(width, height);
  return PASSES.reduce(
    (sum, [x, y, dx, dy]) => sum + plain(Math.ceil((width - x) / dx), Math.ceil((height - y) / dy)),
    0,
  );
}
