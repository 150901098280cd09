/** QR codes as the path of an SVG. Pure: no I/O. */
import { encode } from "uqr";

/** A QR code: `size` modules each way, quiet zone included, and the dark ones as an SVG path in that grid. */
export interface QrPath {
  size: number;
  path: string;
}

/** Light modules around the code, as the standard asks. */
const QUIET = 4;

/** Encodes a text with medium error correction: a scratched bag still opens its job. */
export function qrPath(text: string): QrPath {
  const { size, data } = encode(text, { ecc: "M", border: QUIET });
  const runs: string[] = [];
  data.forEach((row, y) => {
    for (let x = 0, end = 0; x < size; x = end) {
      end = x + 1;
      while (end < size && row[end] === row[x]) end++;
      if (row[x]) runs.push(`M${x} ${y}h${end - x}v1h${x - end}z`);
    }
  });
  return { size, path: runs.join("") };
}
