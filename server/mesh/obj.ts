/**
 * Wavefront OBJ (format: Advanced Visualizer manual, appendix B1): vertices and faces; everything else (normals,
 * textures, groups, materials, lines, points) is passed over. Faces with more than three corners become a fan
 * from their first corner. Vertices keep the file's indices and are not welded here.
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
import { floatBits, Growing, isNotFinite } from "./weld";

/** A line longer than this, continuations included, is no OBJ. */
const LONGEST_LINE = 4 * 1024 * 1024;
/** Most vertices; an index must stay exact in 32 bits and its memory bounded. */
const VERTICES_A_TRIANGLE = 4;

/**
 * Reads an OBJ.
 * @throws Refusal `invalid` (bad_text, not_finite, bad_index, endless, no_triangles, too_detailed)
 */
export async function readObj(source: ModelSource, options: ReadOptions): Promise<Mesh> {
  const parser = new ObjParser(source.size, options);
  for await (const block of blocks(source)) {
    options.check();
    parser.push(block);
  }
  return parser.finish();
}

class ObjParser {
  private readonly window = new TextWindow(640 * 1024);
  private readonly vertices: Growing;
  private readonly triangles: Growing;
  private line = 0;
  private largest = -1;
  private largestLine = 0;
  private skippedFaces = 0;
  private curves = 0;
  private readonly place = [0, 0, 0];
  private readonly mostVertexValues: number;

  constructor(
    size: number,
    private readonly options: ReadOptions,
  ) {
    // A closed mesh has about twice as many triangles as vertices; both lines take some 30 bytes.
    const room = Math.ceil(Math.min(size / 80, options.limits.triangles));
    this.mostVertexValues = options.limits.triangles * VERTICES_A_TRIANGLE * 3;
    this.vertices = new Growing(room * 3);
    this.triangles = new Growing(room * 6);
  }

  push(block: Uint8Array): void {
    const { window } = this;
    window.push(block);
    const { data } = window;
    // Up to the last line that is surely whole.
    let stop = window.end;
    while (stop > window.at && !(isLineEnd(data[stop - 1]!) && !continues(data, stop - 1, window.at)))
      stop -= 1;
    if (window.end - stop > LONGEST_LINE)
      throw refuseFile(
        "endless",
        `The text in this file does not end anywhere (line ${this.line + 1}), so it is no OBJ file. ${EXPORT_AGAIN}`,
      );
    this.parse(stop);
  }

  finish(): Mesh {
    this.parse(this.window.end);
    const count = this.vertices.length / 3;
    if (this.largest >= count)
      throw refuseFile(
        "bad_index",
        `A face names vertex ${this.largest + 1}, but the file has only ${count} (line ${this.largestLine}). ` +
          `It is damaged or cut off. ${EXPORT_AGAIN}`,
      );
    if (this.triangles.length === 0) {
      if (this.curves > 0)
        throw refuseFile(
          "no_triangles",
          "This OBJ file holds curved surfaces only, and a printer needs a mesh. Export the model as a mesh (STL) and choose the new file.",
        );
      throw count > 0
        ? refuseFile(
            "no_triangles",
            `This OBJ file has ${count} vertices but no faces, so there is no surface to print. Export the model as a mesh and choose the new file.`,
          )
        : noTriangles();
    }
    const { vertices } = this;
    return {
      format: "obj",
      encoding: "ascii",
      vertices: new Float32Array(vertices.values.buffer, 0, vertices.length),
      triangles: this.triangles.done(),
      welded: false,
      unit: "unknown",
      items: [],
      notes: this.notes(),
    };
  }

  private notes(): MeshProblem[] {
    const notes: MeshProblem[] = [];
    if (this.skippedFaces > 0)
      notes.push({
        code: "skipped_faces",
        text: `${this.skippedFaces === 1 ? "One face" : `${this.skippedFaces} faces`} with fewer than three corners were left out.`,
      });
    if (this.curves > 0)
      notes.push({
        code: "left_out",
        text: "The file also holds curved surfaces, which were left out. Export the model as a mesh (STL) if something is missing.",
      });
    return notes;
  }

  private parse(stop: number): void {
    const { window } = this;
    const { data } = window;
    for (;;) {
      let at = window.at;
      let c = 0;
      while (at < stop && (c = data[at]!) <= 32) {
        if (c === 10) this.line += 1;
        at += 1;
      }
      window.at = at;
      if (at >= stop) return;
      const next = data[at + 1]!;
      const blank = next === 32 || next === 9;
      if (c === 118 && blank) this.readVertex(stop);
      else if (c === 102 && blank) this.readFace(stop);
      else {
        if (c === 115 && next === 117 && window.text(window.at, window.at + 5) === "surf ") this.curves += 1;
        this.skipLine(stop);
      }
    }
  }

  private readVertex(stop: number): void {
    const { window } = this;
    const { data } = window;
    window.at += 1;
    for (let axis = 0; axis < 3; axis += 1) {
      let at = window.at;
      while (data[at] === 32 || data[at] === 9) at += 1;
      window.at = at;
      if (data[at] === 92) this.skipBlanks(stop);
      const start = window.at;
      const value = window.number();
      if (value !== value || data[window.at]! > 32) {
        window.at = start;
        throw badNumber(start < stop ? window.wordHere() : "", `line ${this.line + 1}`);
      }
      const bits = floatBits(value);
      if (isNotFinite(bits)) throw tooLargeNumber(`line ${this.line + 1}`);
      this.place[axis] = bits;
    }
    if (this.vertices.length > this.mostVertexValues) checkTriangles(Infinity, this.options.limits);
    this.vertices.push3(this.place[0]!, this.place[1]!, this.place[2]!);
    if (data[window.at] !== 10) this.skipLine(stop); // w or a colour
  }

  private readFace(stop: number): void {
    const { window, triangles } = this;
    const { data } = window;
    window.at += 1;
    let corners = 0;
    let first = 0;
    let previous = 0;
    const count = this.vertices.length / 3;
    const mostValues = this.options.limits.triangles * 3;
    for (;;) {
      let i = window.at;
      while (data[i] === 32 || data[i] === 9) i += 1;
      let c = data[i]!;
      if (c === 92) {
        window.at = i;
        this.skipBlanks(stop);
        i = window.at;
        c = data[i]!;
      }
      if (i >= stop || c === 10 || c === 13) {
        window.at = i;
        break;
      }
      if (c === 35) {
        window.at = i;
        this.skipLine(stop);
        break;
      }
      window.at = i;
      const negative = c === 45;
      if (negative) c = data[(i += 1)]!;
      let value = 0;
      const start = i;
      while (c >= 48 && c <= 57 && i - start < 12) {
        value = value * 10 + (c - 48);
        c = data[(i += 1)]!;
      }
      // Texture and normal after the slashes do not matter.
      if (c === 47 && i > start) while (i < stop && (c = data[i]!) > 32 && c !== 92) i += 1;
      if (i === start || value === 0 || (c > 32 && c !== 92)) throw this.badCorner();
      const index = negative ? count - value : value - 1;
      if (index < 0)
        throw refuseFile(
          "bad_index",
          `A face counts back to a vertex before the first one (line ${this.line + 1}). The file is damaged. ${EXPORT_AGAIN}`,
        );
      if (index > this.largest) {
        this.largest = index;
        this.largestLine = this.line + 1;
      }
      if (corners === 0) first = index;
      else if (corners >= 2) {
        if (triangles.length >= mostValues) checkTriangles(triangles.length / 3 + 1, this.options.limits);
        triangles.push3(first, previous, index);
      }
      previous = index;
      corners += 1;
      window.at = i;
    }
    if (corners < 3) this.skippedFaces += 1;
  }

  private badCorner() {
    const word = this.window.wordHere();
    return refuseFile(
      /^[-+]?0+(\/|$)/.test(word) ? "bad_index" : "bad_text",
      `A face has “${word}” where a vertex number should be (line ${this.line + 1}); the first vertex is 1. ` +
        `The file is damaged. ${EXPORT_AGAIN}`,
    );
  }

  /** Blanks, and a backslash that continues the line. */
  private skipBlanks(stop: number): void {
    const { window } = this;
    const { data } = window;
    window.skipBlanks(stop);
    while (data[window.at] === 92 && window.at < stop) {
      let i = window.at + 1;
      if (data[i] === 13) i += 1;
      if (i >= stop || data[i] !== 10) return;
      this.line += 1;
      window.at = i + 1;
      window.skipBlanks(stop);
    }
  }

  private skipLine(stop: number): void {
    const { window } = this;
    const { data } = window;
    let i = window.at;
    const comment = data[i] === 35; // may well end with a backslash: a Windows folder
    for (;;) {
      while (i < stop && data[i] !== 10 && data[i] !== 13) i += 1;
      if (comment || i >= stop || !continues(data, i, window.at)) break;
      if (data[i] === 10) this.line += 1;
      i += 1;
    }
    window.at = i;
  }
}

function isLineEnd(c: number): boolean {
  return c === 10 || c === 13;
}

/** Is the line end at `i` taken back by a backslash before it? CR LF counts as one line end. */
function continues(data: Uint8Array, i: number, from: number): boolean {
  const before = data[i] === 10 && data[i - 1] === 13 ? i - 2 : i - 1;
  return before >= from && data[before] === 92;
}
