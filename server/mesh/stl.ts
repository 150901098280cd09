/**
 * STL, binary and ASCII (format: 3D Systems' StereoLithography Interface Specification, 1989). Binary: 80 bytes
 * of header, the count as uint32, then 50 bytes a triangle (normal, three corners, 2 bytes); little-endian.
 * Stored normals are ignored: the order of the corners says what is outside. Corners are welded while reading.
 */
import {
  checkTriangles,
  EXPORT_AGAIN,
  noTriangles,
  refuseFile,
  type Mesh,
  type MeshProblem,
  type ReadOptions,
} from "./mesh";
import { blocks, type ModelSource } from "./source";
import { badNumber, TextWindow, tooLargeNumber } from "./text";
import { floatBits, Growing, isNotFinite, NEGATIVE_ZERO, Welder } from "./weld";

export const STL_HEADER_BYTES = 84;
export const STL_TRIANGLE_BYTES = 50;
/** More than this behind the last triangle, and the count is not believed. */
const TRAILING_BYTES = 1024;
/** A word longer than this is no text. */
const LONGEST_WORD = 64 * 1024;

/** The bytes that a binary STL with this count has. */
export function binaryStlBytes(triangles: number): number {
  return STL_HEADER_BYTES + STL_TRIANGLE_BYTES * triangles;
}

/**
 * Reads a binary STL. Memory: 12 bytes a triangle and a welded vertex, plus the weld's table.
 * @throws Refusal `invalid` (bad_count, no_triangles, not_finite, too_detailed)
 */
export async function readBinaryStl(source: ModelSource, options: ReadOptions): Promise<Mesh> {
  const header = new Uint8Array(STL_HEADER_BYTES);
  if ((await source.read(header, 0)) < STL_HEADER_BYTES)
    throw refuseFile("cut_off", `This STL file is cut off within its header. ${EXPORT_AGAIN}`);
  const count = new DataView(header.buffer).getUint32(80, true);
  const notes = checkSize(count, source.size);
  checkTriangles(count, options.limits);

  const welder = new Welder(count / 2 + 2);
  const triangles = new Uint32Array(count * 3);
  let t = 0;
  for await (const block of blocks(source, STL_HEADER_BYTES, binaryStlBytes(count))) {
    options.check();
    t = readTriangles(block, welder, triangles, t);
  }
  if (t < count * 3) throw refuseFile("cut_off", `This STL file is cut off. ${EXPORT_AGAIN}`); // it shrank meanwhile
  return {
    format: "stl",
    encoding: "binary",
    vertices: welder.vertices(),
    triangles,
    welded: true,
    unit: "unknown",
    items: [],
    notes,
  };
}

/** The size rule: header and triangles make up the file, or nearly. */
function checkSize(count: number, size: number): MeshProblem[] {
  const expected = binaryStlBytes(count);
  const left = size - expected;
  const room = Math.floor((size - STL_HEADER_BYTES) / STL_TRIANGLE_BYTES);
  if (count === 0 && room === 0) throw noTriangles();
  if (left < 0 || left > TRAILING_BYTES || (left > 0 && left % STL_TRIANGLE_BYTES === 0))
    throw refuseFile(
      "bad_count",
      `This STL file contradicts itself: its header announces ${count} triangles, which take ${expected} bytes, ` +
        `but the file has ${size}${left > 0 ? ` (room for ${room})` : ""}. It is damaged or cut off. ${EXPORT_AGAIN}`,
    );
  if (count === 0) throw noTriangles();
  if (left === 0) return [];
  return [
    {
      code: "trailing_bytes",
      text: `The file has ${left} unused bytes behind its last triangle. Nothing is missing, but the program that wrote it made a mistake.`,
    },
  ];
}

function readTriangles(block: Uint8Array, welder: Welder, triangles: Uint32Array, from: number): number {
  const view = new DataView(block.buffer, block.byteOffset, block.length);
  let t = from;
  const last = block.length - STL_TRIANGLE_BYTES;
  for (let at = 12; at <= last + 12; at += STL_TRIANGLE_BYTES) {
    for (let corner = at; corner < at + 36; corner += 12) {
      let x = view.getInt32(corner, true);
      let y = view.getInt32(corner + 4, true);
      let z = view.getInt32(corner + 8, true);
      if (isNotFinite(x) || isNotFinite(y) || isNotFinite(z))
        throw refuseFile(
          "not_finite",
          `The model has a corner at no real place (triangle ${Math.floor(t / 3) + 1} holds NaN or infinity). ` +
            `Repair it in the program it came from, then export it again.`,
        );
      if (x === NEGATIVE_ZERO) x = 0;
      if (y === NEGATIVE_ZERO) y = 0;
      if (z === NEGATIVE_ZERO) z = 0;
      triangles[t] = welder.add(x, y, z);
      t += 1;
    }
  }
  return t;
}

/**
 * Reads an ASCII STL: words between any white space, any case, several solids, any line ends. The file is taken
 * in blocks; a word that does not end within 64 KiB ends the reading.
 * @throws Refusal `invalid` (bad_text, not_finite, cut_off, endless, no_triangles, too_detailed)
 */
export async function readAsciiStl(source: ModelSource, options: ReadOptions): Promise<Mesh> {
  const parser = new AsciiStl(source.size, options);
  for await (const block of blocks(source)) {
    options.check();
    parser.push(block);
  }
  return parser.finish();
}

/** A usual facet is shorter than this. */
const FACET_BYTES = 2048;
const letters = (word: string) => Uint8Array.from(word, (c) => c.charCodeAt(0));
const NORMAL = letters("normal");
const VERTEX = letters("vertex");
const FACET_WORDS = [
  letters("facet"),
  NORMAL,
  letters("outer"),
  letters("loop"),
  ...[VERTEX, VERTEX, VERTEX],
  letters("endloop"),
  letters("endfacet"),
];

class AsciiStl {
  private readonly window = new TextWindow(LONGEST_WORD * 10);
  private readonly welder: Welder;
  private readonly triangles: Growing;
  private line = 1;
  /** What the next word is: a keyword, a coordinate of a corner, or one of `skip` words we do not need. */
  private coordinates = 0;
  private skip = 0;
  private inName = false;
  private inFacet = false;
  private inSolid = false;
  private corners = 0;
  private readonly place = [0, 0, 0];
  private readonly corner = [0, 0, 0];

  constructor(
    size: number,
    private readonly options: ReadOptions,
  ) {
    const triangles = Math.min(size / 240, options.limits.triangles);
    this.welder = new Welder(triangles / 2);
    this.triangles = new Growing(Math.ceil(triangles) * 3);
  }

  push(block: Uint8Array): void {
    const { window } = this;
    window.push(block);
    let stop = window.end;
    while (stop > window.at && window.data[stop - 1]! > 32) stop -= 1;
    this.parse(stop);
    // A name may be one long word; it is passed over as it comes.
    if (this.inName) this.parse(window.end);
    if (window.end - window.at > LONGEST_WORD)
      throw refuseFile(
        "endless",
        `The text in this file does not end anywhere (line ${this.line}), so it is no STL file. ${EXPORT_AGAIN}`,
      );
  }

  finish(): Mesh {
    this.parse(this.window.end);
    if (this.inFacet || this.coordinates || this.skip)
      throw refuseFile(
        "cut_off",
        `This STL file is cut off: it ends in the middle of a triangle (line ${this.line}). ${EXPORT_AGAIN}`,
      );
    if (this.triangles.length === 0) throw noTriangles();
    return {
      format: "stl",
      encoding: "ascii",
      vertices: this.welder.vertices(),
      triangles: this.triangles.done(),
      welded: true,
      unit: "unknown",
      items: [],
      notes: this.inSolid
        ? [
            {
              code: "no_endsolid",
              text: "The file ends without its last line (“endsolid”), so it may be cut off. Compare the picture with your model.",
            },
          ]
        : [],
    };
  }

  /**
   * Whole facets in the usual words, as fast as it goes; stops, with nothing used, before anything unusual.
   * Only while so many bytes are left that a usual facet surely ends before `stop`.
   */
  private readFacets(stop: number): void {
    const { window, welder, triangles } = this;
    const { data } = window;
    const mostValues = this.options.limits.triangles * 3;
    while (window.at < stop - FACET_BYTES && triangles.length < mostValues) {
      const start = window.at;
      let line = this.line;
      let at = start;
      let corner = 0;
      for (let k = 0; k < FACET_WORDS.length; k += 1) {
        const word = FACET_WORDS[k]!;
        while (data[at]! <= 32) {
          if (data[at] === 10) line += 1;
          at += 1;
        }
        let i = 0;
        while (i < word.length && (data[at + i]! | 32) === word[i]) i += 1;
        if (i < word.length || data[at + i]! > 32) {
          window.at = start;
          return;
        }
        at += i;
        if (word === NORMAL) {
          for (let n = 0; n < 3; n += 1) {
            while (data[at] === 32 || data[at] === 9) at += 1;
            while (data[at]! > 32) at += 1;
          }
        } else if (word === VERTEX) {
          for (let n = 0; n < 3; n += 1) {
            while (data[at] === 32 || data[at] === 9) at += 1;
            window.at = at;
            const bits = floatBits(window.number());
            at = window.at;
            if (isNotFinite(bits) || data[at]! > 32) {
              window.at = start;
              return;
            }
            this.place[n] = bits;
          }
          this.corner[corner] = welder.add(this.place[0]!, this.place[1]!, this.place[2]!);
          corner += 1;
        }
        if (at > stop) {
          window.at = start;
          return;
        }
      }
      window.at = at;
      this.line = line;
      triangles.push3(this.corner[0]!, this.corner[1]!, this.corner[2]!);
    }
  }

  private parse(stop: number): void {
    const { window } = this;
    const { data } = window;
    for (;;) {
      if (this.inName && !this.skipName(stop)) return;
      if (!this.inFacet && this.inSolid && this.skip === 0) this.readFacets(stop);
      let i = window.at;
      let c = 0;
      while (i < stop && (c = data[i]!) <= 32) {
        if (c === 10) this.line += 1;
        i += 1;
      }
      window.at = i;
      if (i >= stop) return;
      if (this.coordinates > 0) this.readCoordinate();
      else if (this.skip > 0) {
        while (i < stop && data[i]! > 32) i += 1;
        window.at = i;
        this.skip -= 1;
      } else this.readKeyword(stop);
    }
  }

  private skipName(stop: number): boolean {
    const { data } = this.window;
    let i = this.window.at;
    while (i < stop && data[i] !== 10 && data[i] !== 13) i += 1;
    this.window.at = i;
    if (i < stop) this.inName = false;
    return i < stop;
  }

  private readCoordinate(): void {
    const { window } = this;
    const start = window.at;
    const value = window.number();
    // NaN, or something glued to the number.
    if (value !== value || window.data[window.at]! > 32) {
      window.at = start;
      throw badNumber(window.wordHere(), `line ${this.line}`);
    }
    const bits = floatBits(value);
    if (isNotFinite(bits)) throw tooLargeNumber(`line ${this.line}`);
    this.place[3 - this.coordinates] = bits;
    this.coordinates -= 1;
    if (this.coordinates > 0) return;
    this.corner[this.corners] = this.welder.add(this.place[0]!, this.place[1]!, this.place[2]!);
    this.corners += 1;
  }

  private readKeyword(stop: number): void {
    const { window } = this;
    const { data, at } = window;
    let i = at;
    while (i < stop && data[i]! > 32) i += 1;
    const length = i - at;
    window.at = i;
    // First letter and length narrow it down; the rest is compared.
    switch ((data[at]! | 32) * 16 + Math.min(length, 15)) {
      case 118 * 16 + 6:
        if (!this.is(at, "vertex")) break;
        if (!this.inFacet) throw this.unexpected("vertex");
        if (this.corners === 3)
          throw refuseFile(
            "bad_text",
            `The file has a triangle with more than three corners (line ${this.line}). ${EXPORT_AGAIN}`,
          );
        this.coordinates = 3;
        return;
      case 102 * 16 + 5:
        if (!this.is(at, "facet")) break;
        if (this.inFacet) throw this.unexpected("facet");
        this.inFacet = true;
        this.corners = 0;
        this.skip = 4; // "normal" and its three numbers, which some programs write as nan
        return;
      case 101 * 16 + 8:
        if (this.is(at, "endsolid")) {
          if (this.inFacet) throw this.unexpected("endsolid");
          this.inSolid = false;
          this.inName = true;
          return;
        }
        if (!this.is(at, "endfacet")) break;
        if (!this.inFacet) throw this.unexpected("endfacet");
        if (this.corners < 3)
          throw refuseFile(
            "bad_text",
            `The file has a triangle with only ${this.corners} corners (line ${this.line}). It is damaged. ${EXPORT_AGAIN}`,
          );
        this.inFacet = false;
        checkTriangles(this.triangles.length / 3 + 1, this.options.limits);
        this.triangles.push3(this.corner[0]!, this.corner[1]!, this.corner[2]!);
        return;
      case 111 * 16 + 5:
        if (!this.is(at, "outer")) break;
        this.skip = 1;
        return;
      case 101 * 16 + 7:
        if (this.is(at, "endloop")) return;
        break;
      case 115 * 16 + 5:
        if (!this.is(at, "solid")) break;
        if (this.inFacet) throw this.unexpected("solid");
        this.inSolid = true;
        this.inName = true;
        return;
    }
    throw this.unexpected(window.text(at, Math.min(i, at + 40)).replace(/[^\x20-\x7e]/g, "?"));
  }

  private is(at: number, word: string): boolean {
    const { data } = this.window;
    for (let i = 0; i < word.length; i += 1) if ((data[at + i]! | 32) !== word.charCodeAt(i)) return false;
    return true;
  }

  private unexpected(word: string) {
    return refuseFile(
      "bad_text",
      `The file has “${word}” where an STL file cannot have it (line ${this.line}). It is damaged. ${EXPORT_AGAIN}`,
    );
  }
}
