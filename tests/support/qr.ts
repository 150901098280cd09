/**
 * Reads a QR code as a scanner does once it has found the modules: format, mask, codewords, bytes. Knows versions
 * 1 to 10 with medium error correction, which a clean print does not need, so that is skipped.
 */

/** Blocks with medium error correction by version: data codewords of each block. */
const BLOCKS: number[][] = [
  [16],
  [28],
  [44],
  [32, 32],
  [43, 43],
  [27, 27, 27, 27],
  [31, 31, 31, 31],
  [38, 38, 39, 39],
  [36, 36, 36, 37, 37],
  [43, 43, 43, 43, 44],
];

/** Where alignment patterns have their centres, by version. */
const CENTRES: number[][] = [
  [],
  [6, 18],
  [6, 22],
  [6, 26],
  [6, 30],
  [6, 34],
  [6, 22, 38],
  [6, 24, 42],
  [6, 26, 46],
  [6, 28, 50],
];

const MASKS: ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

/** @param dark rows of modules without the quiet zone, true is dark @returns the text; throws when it is no such code */
export function decodeQr(dark: boolean[][]): string {
  const size = dark.length;
  const version = (size - 17) / 4;
  const blocks = BLOCKS[version - 1];
  const centres = CENTRES[version - 1];
  if (!blocks || !centres) throw new Error(`no code of ${size} modules`);

  // Format: fifteen bits around the first corner, of which five say something.
  let format = 0;
  for (let i = 0; i < 15; i++) {
    const [x, y] = i < 6 ? [8, i] : i < 8 ? [8, i + 1] : i === 8 ? [7, 8] : [14 - i, 8];
    format |= Number(dark[y]![x]) << i;
  }
  const facts = (format ^ 0x5412) >> 10;
  if (facts >> 3 !== 0) throw new Error("not medium error correction");
  const mask = MASKS[facts & 7]!;

  const isFunction = (x: number, y: number): boolean => {
    const low = (n: number) => n < 9;
    const high = (n: number) => n >= size - 8;
    if ((low(x) && low(y)) || (high(x) && low(y)) || (low(x) && high(y)) || x === 6 || y === 6) return true;
    if (version >= 7 && ((x >= size - 11 && y < 6) || (y >= size - 11 && x < 6))) return true;
    return centres.some((cx) =>
      centres.some((cy) => {
        const corner = (cx === 6 && (cy === 6 || cy === size - 7)) || (cx === size - 7 && cy === 6);
        return !corner && Math.abs(x - cx) <= 2 && Math.abs(y - cy) <= 2;
      }),
    );
  };

  // Two columns at a time from the right, up and down in turn.
  const bits: number[] = [];
  let up = true;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right--;
    for (let i = 0; i < size; i++) {
      const y = up ? size - 1 - i : i;
      for (const x of [right, right - 1])
        if (!isFunction(x, y)) bits.push(Number(dark[y]![x]! !== mask(x, y)));
    }
    up = !up;
  }
  const codewords = Array.from({ length: bits.length >> 3 }, (_, i) =>
    bits.slice(i * 8, i * 8 + 8).reduce((byte, bit) => (byte << 1) | bit, 0),
  );

  // The blocks are interleaved: the first word of each, then the second of each …
  const parts: number[][] = blocks.map(() => []);
  let at = 0;
  for (let i = 0; i < Math.max(...blocks); i++)
    for (const [n, length] of blocks.entries()) if (i < length) parts[n]!.push(codewords[at++]!);
  const stream = parts.flat().flatMap((byte) => [7, 6, 5, 4, 3, 2, 1, 0].map((n) => (byte >> n) & 1));
  const read = (length: number) => stream.splice(0, length).reduce((n, bit) => n * 2 + bit, 0);
  if (read(4) !== 0b0100) throw new Error("not in byte mode");
  const length = read(version < 10 ? 8 : 16);
  return Buffer.from(Array.from({ length }, () => read(8))).toString("utf8");
}
