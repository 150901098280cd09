/** Reads the PNGs that we write: 8-bit RGBA, one image. */
import { inflateSync } from "node:zlib";

export interface Decoded {
  width: number;
  height: number;
  /** 4 bytes a pixel, rows from the top. */
  rgba: Uint8Array;
}

/** Decodes by the standard's rules; throws when something is not as they say. */
export function decodePng(bytes: Buffer): Decoded {
  if (bytes.toString("latin1", 0, 8) !== "\x89PNG\r\n\x1a\n") throw new Error("no signature");
  let [width, height, at] = [0, 0, 8];
  const data: Buffer[] = [];
  for (let type = ""; type !== "IEND";) {
    const length = bytes.readUInt32BE(at);
    type = bytes.toString("latin1", at + 4, at + 8);
    const body = bytes.subarray(at + 8, at + 8 + length);
    if (type === "IHDR") {
      [width, height] = [body.readUInt32BE(0), body.readUInt32BE(4)];
      if (body.subarray(8).toString("hex") !== "0806000000") throw new Error("not 8-bit RGBA");
    }
    if (type === "IDAT") data.push(body);
    at += 12 + length;
  }
  const raw = inflateSync(Buffer.concat(data));
  const row = width * 4;
  if (raw.length !== (row + 1) * height) throw new Error("wrong size");
  const rgba = new Uint8Array(row * height);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (row + 1)]!;
    for (let i = 0; i < row; i += 1) {
      const a = i < 4 ? 0 : rgba[y * row + i - 4]!;
      const b = y === 0 ? 0 : rgba[(y - 1) * row + i]!;
      const c = i < 4 || y === 0 ? 0 : rgba[(y - 1) * row + i - 4]!;
      const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
      const paeth = pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
      rgba[y * row + i] = raw[y * (row + 1) + 1 + i]! + [0, a, b, (a + b) >> 1, paeth][filter]!;
    }
  }
  return { width, height, rgba };
}
