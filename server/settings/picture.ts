/**
 * What an uploaded logo is, told from its bytes and never from its name or the type it claims. Raster pictures
 * only: an SVG is a document that can carry scripts. Pure: no I/O.
 */

export type PictureType = "image/png" | "image/jpeg" | "image/webp";

export interface Picture {
  type: PictureType;
  /** In pixels. */
  width: number;
  height: number;
}

export const LOGO_LIMITS = { bytes: 256 * 1024, pixels: 2000 } as const;

/** The picture that these bytes are, or null when they are none of the kinds we take, or broken at their start. */
export function pictureIn(bytes: Uint8Array): Picture | null {
  const found = png(bytes) ?? jpeg(bytes) ?? webp(bytes);
  return found && found.width > 0 && found.height > 0 ? found : null;
}

const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const text = (bytes: Uint8Array, at: number, length: number) =>
  String.fromCharCode(...bytes.subarray(at, at + length));

/** Every chunk must fit, the first one tells the size and the last one ends the file. */
function png(bytes: Uint8Array): Picture | null {
  if (bytes.length < 45 || text(bytes, 1, 3) !== "PNG" || view(bytes).getUint32(0) !== 0x89504e47)
    return null;
  if (view(bytes).getUint32(4) !== 0x0d0a1a0a || text(bytes, 12, 4) !== "IHDR") return null;
  const size = { width: view(bytes).getUint32(16), height: view(bytes).getUint32(20) };
  for (let at = 8, data = false; at + 12 <= bytes.length; at += 12 + view(bytes).getUint32(at)) {
    const kind = text(bytes, at + 4, 4);
    if (kind === "IDAT") data = true;
    if (kind === "IEND") return data ? { type: "image/png", ...size } : null;
  }
  return null;
}

/** Goes from segment to segment until one tells the size of the frame. */
function jpeg(bytes: Uint8Array): Picture | null {
  if (bytes.length < 12 || bytes[0] !== 0xff || bytes[1] !== 0xd8) return null;
  for (let at = 2; at + 9 < bytes.length;) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at++;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame)
      return {
        type: "image/jpeg",
        height: view(bytes).getUint16(at + 5),
        width: view(bytes).getUint16(at + 7),
      };
    // The picture's data has begun, and nothing has told the size.
    if (marker === 0xda || marker === 0xd9) return null;
    at += 2 + view(bytes).getUint16(at + 2);
  }
  return null;
}

function webp(bytes: Uint8Array): Picture | null {
  if (bytes.length < 30 || text(bytes, 0, 4) !== "RIFF" || text(bytes, 8, 4) !== "WEBP") return null;
  const at = view(bytes);
  const type = "image/webp" as const;
  switch (text(bytes, 12, 4)) {
    case "VP8 ":
      if (text(bytes, 23, 3) !== "\x9d\x01\x2a") return null;
      return { type, width: at.getUint16(26, true) & 0x3fff, height: at.getUint16(28, true) & 0x3fff };
    case "VP8L": {
      if (bytes[20] !== 0x2f) return null;
      const bits = at.getUint32(21, true);
      return { type, width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case "VP8X": {
      const of = (offset: number) => 1 + (at.getUint16(offset, true) | (bytes[offset + 2]! << 16));
      return { type, width: of(24), height: of(27) };
    }
    default:
      return null;
  }
}
