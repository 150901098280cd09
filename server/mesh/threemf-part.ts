/**
 * One model part of a 3MF package: its objects and build items, not yet put together (format: 3MF Core
 * Specification 1.3, Production Extension 1.1). The rows of vertices and triangles, nearly all of the file, are
 * read straight from the bytes; everything else goes tag by tag.
 */
import { checkTriangles, EXPORT_AGAIN, refuseFile, type MeshUnit, type ReadOptions } from "./mesh";
import { badNumber, tooLargeNumber, type TextWindow } from "./text";
import { floatBits, Growing, isNotFinite } from "./weld";
import { XmlTags, type Tag } from "./xml";

const CORE = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02";
/** Extensions whose required use changes nothing we measure. */
const HARMLESS = [
  "http://schemas.microsoft.com/3dmanufacturing/production/2015/06",
  "http://schemas.microsoft.com/3dmanufacturing/material/2015/02",
];
/** The bytes that one row surely fits in; a longer one goes tag by tag. */
const ROW_BYTES = 1024;
const MOST_OBJECTS = 100_000;

/** x' = x·m0 + y·m3 + z·m6 + m9, and so on: 3MF's row vectors, four rows of three. */
export type Matrix = readonly number[];
export const IDENTITY: Matrix = [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0];

/** A mention of an object: a component or a build item. */
export interface ObjectUse {
  objectId: string;
  /** The part that holds it, absolute; "" for this one. */
  path: string;
  matrix: Matrix;
}

export interface PartObject {
  name: string;
  type: string;
  /** x, y, z each, in the part's unit. */
  vertices: Float32Array | null;
  triangles: Uint32Array | null;
  components: ObjectUse[];
}

export interface ModelPart {
  unit: MeshUnit;
  objects: Map<string, PartObject>;
  items: ObjectUse[];
  /** Required extensions that we do not read. */
  unread: string[];
}

const UNITS: Record<string, MeshUnit> = {
  micron: "micron",
  millimeter: "mm",
  centimeter: "cm",
  meter: "m",
  inch: "inch",
  foot: "foot",
};

/**
 * Reads one model part.
 * @param blocks its bytes, unpacked
 * @param counts triangles read so far in the whole package; checked against the limit
 * @throws Refusal `invalid` (bad_xml, bad_model, bad_index, bad_text, not_finite, cut_off, endless, too_detailed)
 */
export async function readModelPart(
  blocks: AsyncIterable<Uint8Array>,
  bytes: number,
  options: ReadOptions,
  counts: { triangles: number },
): Promise<ModelPart> {
  const reader = new PartReader(bytes, options, counts);
  for await (const block of blocks) {
    options.check();
    reader.push(block);
  }
  return reader.finish();
}

class PartReader {
  private readonly tags = new XmlTags();
  private readonly window: TextWindow = this.tags.window;
  private readonly part: ModelPart = { unit: "mm", objects: new Map(), items: [], unread: [] };
  /** The prefix of the core namespace with its colon; mostly "". */
  private core = "";
  private object: PartObject | null = null;
  private vertices: Growing | null = null;
  private triangles: Growing | null = null;
  private largest = 0;
  private rows: "vertices" | "triangles" | null = null;
  private room: number;

  constructor(
    bytes: number,
    private readonly options: ReadOptions,
    private readonly counts: { triangles: number },
  ) {
    // About 40 bytes a vertex and as many a triangle, twice as many triangles.
    this.room = Math.ceil(Math.min(bytes / 120, options.limits.triangles));
  }

  push(block: Uint8Array): void {
    this.tags.push(block);
    for (;;) {
      if (this.rows === "vertices" && this.core === "") this.readVertexRows();
      else if (this.rows === "triangles" && this.core === "") this.readTriangleRows();
      const tag = this.tags.next();
      if (!tag) return;
      this.take(tag);
    }
  }

  finish(): ModelPart {
    this.tags.finish();
    return this.part;
  }

  private take(tag: Tag): void {
    if (!tag.name.startsWith(this.core) && this.tags.open.length > 1) return;
    const name = tag.name.slice(this.core.length);
    const parent = this.tags.open.at(tag.closing || tag.empty ? -1 : -2)?.slice(this.core.length);
    if (tag.closing) this.close(name);
    else {
      this.begin(name, parent);
      if (tag.empty) this.close(name);
    }
  }

  private begin(name: string, parent: string | undefined): void {
    if (name === "vertex" && parent === "vertices" && this.vertices) this.readVertex();
    else if (name === "triangle" && parent === "triangles" && this.triangles) this.readTriangle();
    else if (parent === undefined) this.beginModel();
    else if (name === "object" && parent === "resources") this.beginObject();
    else if (name === "mesh" && parent === "object" && this.object) {
      if (this.object.vertices) throw bad("an object with two meshes");
      this.vertices = new Growing(this.room * 3);
      this.triangles = new Growing(this.room * 6);
      this.largest = -1;
    } else if (name === "vertices" && parent === "mesh" && this.vertices) this.rows = "vertices";
    else if (name === "triangles" && parent === "mesh" && this.triangles) this.rows = "triangles";
    else if (name === "component" && parent === "components" && this.object) {
      this.object.components.push(this.use());
    } else if (name === "item" && parent === "build") this.part.items.push(this.use());
    if (this.part.items.length + (this.object?.components.length ?? 0) > MOST_OBJECTS)
      throw bad("too many copies of its parts");
  }

  private close(name: string): void {
    if (name === "vertices" || name === "triangles" || name === "mesh") this.rows = null;
    if (name === "mesh" && this.object && this.vertices && this.triangles) {
      const { vertices, triangles } = this;
      const count = vertices.length / 3;
      if (this.largest >= count)
        throw refuseFile(
          "bad_index",
          `A triangle names vertex ${this.largest}, but its part has only ${count} (counted from 0). The file is damaged. ${EXPORT_AGAIN}`,
        );
      this.object.vertices = new Float32Array(vertices.values.buffer, 0, vertices.length);
      this.object.triangles = triangles.done();
      if (triangles.values.length > triangles.length * 2) {
        // The room was meant for one large mesh; a small one must not keep it.
        this.object.vertices = this.object.vertices.slice();
        this.object.triangles = this.object.triangles.slice();
      }
      this.vertices = this.triangles = null;
      this.room = 64;
    } else if (name === "object") this.object = null;
  }

  private beginModel(): void {
    const attributes = this.tags.attributes();
    const element = this.tags.open.at(-1) ?? "";
    const spaces = new Map<string, string>();
    for (const [key, value] of attributes)
      if (key === "xmlns" || key.startsWith("xmlns:")) spaces.set(key.slice(6), value);
    const prefix = element.includes(":") ? element.slice(0, element.indexOf(":")) : "";
    if (element.slice(prefix ? prefix.length + 1 : 0) !== "model")
      throw bad(
        `it begins with “${element.replace(/[^\x20-\x7e]/g, "?").slice(0, 40)}” and not with a model`,
      );
    const space = spaces.get(prefix);
    if (space !== undefined && space !== CORE && prefix !== "") throw bad("its model is of another kind");
    this.core = prefix ? `${prefix}:` : "";
    const unit = attributes.get("unit") ?? "millimeter";
    if (!Object.hasOwn(UNITS, unit)) throw bad(`its unit (“${unit.slice(0, 40)}”) is none that 3MF knows`);
    this.part.unit = UNITS[unit]!;
    for (const name of (attributes.get("requiredextensions") ?? "").split(/\s+/).filter(Boolean)) {
      const extension = spaces.get(name) ?? name;
      if (!HARMLESS.includes(extension)) this.part.unread.push(extension.slice(0, 200));
    }
  }

  private beginObject(): void {
    const attributes = this.tags.attributes();
    const id = attributes.get("id");
    if (id === undefined) throw bad("an object without an id");
    if (this.part.objects.has(id)) throw bad(`two objects with the id ${id.slice(0, 20)}`);
    if (this.part.objects.size >= MOST_OBJECTS) throw bad("too many objects");
    this.object = {
      name: (attributes.get("name") ?? "").slice(0, 100),
      type: attributes.get("type") ?? "model",
      vertices: null,
      triangles: null,
      components: [],
    };
    this.part.objects.set(id, this.object);
  }

  private use(): ObjectUse {
    const attributes = this.tags.attributes();
    const objectId = attributes.get("objectid");
    if (objectId === undefined) throw bad("a build item or component that names no object");
    let path = "";
    for (const [key, value] of attributes) if (/^[^:]+:path$/.test(key)) path = value;
    return { objectId, path, matrix: matrixOf(attributes.get("transform")) };
  }

  private readVertex(): void {
    const attributes = this.tags.attributes();
    const value = (name: string) => {
      const text = attributes.get(name)?.trim() ?? "";
      const where = `vertex ${this.vertices!.length / 3}`;
      if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) throw badNumber(text.slice(0, 40), where);
      const bits = floatBits(Number(text));
      if (isNotFinite(bits)) throw tooLargeNumber(where);
      return bits;
    };
    this.addVertex(value("x"), value("y"), value("z"));
  }

  private readTriangle(): void {
    const attributes = this.tags.attributes();
    const value = (name: string) => {
      const text = attributes.get(name)?.trim() ?? "";
      if (!/^\d{1,10}$/.test(text))
        throw refuseFile(
          "bad_index",
          `A triangle has “${text.slice(0, 40)}” where the number of a vertex should be. The file is damaged. ${EXPORT_AGAIN}`,
        );
      return Number(text);
    };
    this.addTriangle(value("v1"), value("v2"), value("v3"));
  }

  private addVertex(x: number, y: number, z: number): void {
    if (this.vertices!.length > this.options.limits.triangles * 9)
      checkTriangles(Infinity, this.options.limits);
    this.vertices!.push3(x, y, z);
  }

  private addTriangle(a: number, b: number, c: number): void {
    if (a > this.largest) this.largest = a;
    if (b > this.largest) this.largest = b;
    if (c > this.largest) this.largest = c;
    this.counts.triangles += 1;
    if (this.counts.triangles > this.options.limits.triangles)
      checkTriangles(this.counts.triangles, this.options.limits);
    this.triangles!.push3(a, b, c);
  }

  /** `<vertex x="1" y="2" z="3"/>` as fast as it goes; leaves anything unusual to the tags. */
  private readVertexRows(): void {
    const { window } = this;
    const { data } = window;
    const last = window.end - ROW_BYTES;
    const place = [0, 0, 0];
    for (let at = window.at; at < last; at = window.at) {
      while (data[at]! <= 32 && at < last) at += 1;
      // <vertex and a blank
      if (data[at] !== 60 || data[at + 1] !== 118 || data[at + 6] !== 120 || data[at + 7]! > 32) break;
      if (data[at + 2] !== 101 || data[at + 3] !== 114 || data[at + 4] !== 116 || data[at + 5] !== 101) break;
      const start = window.at;
      let i = at + 8;
      let seen = 0;
      for (;;) {
        while (data[i]! <= 32 && i < last + ROW_BYTES) i += 1;
        const axis = data[i]! - 120;
        const quote = data[i + 2]!;
        if (axis < 0 || axis > 2 || data[i + 1] !== 61 || (quote !== 34 && quote !== 39)) break;
        window.at = i + 3;
        const value = window.number();
        if (value !== value || data[window.at] !== quote) break;
        const bits = floatBits(value);
        if (isNotFinite(bits) || seen & (1 << axis)) break;
        place[axis] = bits;
        seen |= 1 << axis;
        i = window.at + 1;
      }
      if (seen !== 7 || data[i] !== 47 || data[i + 1] !== 62 || i + 2 > window.end) {
        window.at = start;
        return;
      }
      window.at = i + 2;
      this.addVertex(place[0]!, place[1]!, place[2]!);
    }
  }

  /** `<triangle v1="0" v2="1" v3="2"/>` and other attributes in passing; leaves anything unusual to the tags. */
  private readTriangleRows(): void {
    const { window } = this;
    const { data } = window;
    const last = window.end - ROW_BYTES;
    const corner = [0, 0, 0];
    for (let at = window.at; at < last; at = window.at) {
      while (data[at]! <= 32 && at < last) at += 1;
      // <triangle and a blank
      if (data[at] !== 60 || data[at + 1] !== 116 || data[at + 8] !== 101 || data[at + 9]! > 32) break;
      if (data[at + 2] !== 114 || data[at + 3] !== 105 || data[at + 4] !== 97 || data[at + 5] !== 110) break;
      if (data[at + 6] !== 103 || data[at + 7] !== 108) break;
      let i = at + 10;
      let seen = 0;
      const stop = at + ROW_BYTES - 32;
      while (i < stop) {
        const c = data[i]!;
        if (c <= 32) {
          i += 1;
          continue;
        }
        if (c === 47) break;
        const k = data[i + 1]! - 49;
        if (c === 118 && k >= 0 && k <= 2 && data[i + 2] === 61) {
          const quote = data[i + 3]!;
          let value = 0;
          let d = data[(i += 4)]!;
          const from = i;
          while (d >= 48 && d <= 57 && i - from < 10) {
            value = value * 10 + (d - 48);
            d = data[(i += 1)]!;
          }
          if (d !== quote || (quote !== 34 && quote !== 39) || i === from || seen & (1 << k)) return;
          corner[k] = value;
          seen |= 1 << k;
          i += 1;
        } else {
          while (i < stop && data[i] !== 34 && data[i] !== 39 && data[i] !== 62) i += 1;
          const quote = data[i];
          if (quote === 62) return;
          i += 1;
          while (i < stop && data[i] !== quote && data[i] !== 60) i += 1;
          if (data[i] !== quote) return;
          i += 1;
        }
      }
      if (seen !== 7 || data[i] !== 47 || data[i + 1] !== 62) return;
      window.at = i + 2;
      this.addTriangle(corner[0]!, corner[1]!, corner[2]!);
    }
  }
}

/** Twelve numbers, row by row. @throws Refusal `invalid` (bad_model) */
function matrixOf(text: string | undefined): Matrix {
  if (text === undefined) return IDENTITY;
  const words = text.trim().split(/\s+/);
  const numbers = words.map(Number);
  if (
    numbers.length !== 12 ||
    words.includes("") ||
    !numbers.every((n) => Number.isFinite(n) && Math.abs(n) < 1e12)
  )
    throw bad("a transform that is not twelve numbers");
  return numbers;
}

function bad(what: string) {
  return refuseFile("bad_model", `This 3MF file contradicts itself (${what}). ${EXPORT_AGAIN}`);
}
