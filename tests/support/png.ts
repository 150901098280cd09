/** Reads the PNGs that we write: 8-bit RGBA, one image; and screenshots, which are the same without the A. */
import { inflateSync } from "node:zlib";

export interface Decoded {
  width: number;
  height: number;
  /** 4 bytes a pixel, rows from the top. */
  rgba: Uint8Array;
}

/** Decodes by the standard's rules; throws when something is not as they say. */
export function decodePng(bytes: Buffer, kind: "rgba" | "opaque" = "rgba"): Decoded {
  const size = kind === "rgba" ? 4 : 3;
  if (bytes.toString("latin1", 0, 8) !== "\x89PNG\r\n\x1a\n") throw new Error("no signature");
  let [width, height, at] = [0, 0, 8];
  const data: Buffer[] = [];
  for (let type = ""; type !== "IEND";) {
    const length = bytes.readUInt32BE(at);
    type = bytes.toString("latin1", at + 4, at + 8);
    const body = bytes.subarray(at + 8, at + 8 + length);
    if (type === "IHDR") {
      [width, height] = [body.readUInt32BE(0), body.readUInt32BE(4)];
      if (body.subarray(8).toString("hex") !== `080${size === 4 ? 6 : 2}000000`)
        throw new Error(`not 8-bit ${kind}`);
    }
    if (type === "IDAT") data.push(body);
    at += 12 + length;
  }
  const raw = inflateSync(Buffer.concat(data));
  const row = width * size;
  if (raw.length !== (row + 1) * height) throw new Error("wrong size");
  const pixels = new Uint8Array(row * height);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (row + 1)]!;
    for (let i = 0; i < row; i += 1) {
      const a = i < size ? 0 : pixels[y * row + i - size]!;
      const b = y === 0 ? 0 : pixels[(y - 1) * row + i]!;
      const c = i < size || y === 0 ? 0 : pixels[(y - 1) * row + i - size]!;
      const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
      const paeth = pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
      pixels[y * row + i] = raw[y * (row + 1) + 1 + i]! + [0, a, b, (a + b) >> 1, paeth][filter]!;
    }
  }
  if (size === 4) return { width, height, rgba: pixels };
  const rgba = new Uint8Array(width * height * 4).fill(255);
  for (let n = 0; n < width * height; n += 1) rgba.set(pixels.subarray(n * 3, n * 3 + 3), n * 4);
  return { width, height, rgba };
}
