/**
 * 3MF: a ZIP with model parts (format: 3MF Core Specification 1.3, Production Extension 1.1; Open Packaging
 * Conventions for finding the root part). Every build item is put in its place, copies and transforms included.
 */
import {
  checkTriangles,
  EXPORT_AGAIN,
  refuseFile,
  type Mesh,
  type MeshItem,
  type MeshProblem,
  type MeshUnit,
  type ReadOptions,
} from "./mesh";
import type { ModelSource } from "./source";
import {
  IDENTITY,
  readModelPart,
  type Matrix,
  type ModelPart,
  type ObjectUse,
  type PartObject,
} from "./threemf-part";
import { XmlTags } from "./xml";
import { isArchive, readZip, refuseNested, unzip, type Unpacker, type ZipEntry } from "./zip";

const START_PART = "http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel";
const RELS_BYTES = 1024 * 1024;
const DEEPEST = 32;
/** Most objects put in place, empty ones included: components may double at each level. */
const MOST_COPIES = 100_000;

/** Millimetres in one of each. */
export const MILLIMETRES: Record<Exclude<MeshUnit, "unknown">, number> = {
  micron: 0.001,
  mm: 1,
  cm: 10,
  m: 1000,
  inch: 25.4,
  foot: 304.8,
};

/** A mesh object and where it goes. */
interface Placed {
  object: PartObject;
  matrix: Matrix;
}

/**
 * Reads a 3MF.
 * @throws Refusal `invalid` (bad_zip, harmful_zip, no_model, bad_xml, bad_model, bad_index, not_finite, no_triangles …)
 */
export async function read3mf(source: ModelSource, options: ReadOptions, unpacker: Unpacker): Promise<Mesh> {
  const entries = await readZip(source, options.limits);
  const parts = new Map(entries.map((entry) => [normal(entry.name), entry]));
  const notes: MeshProblem[] = [];
  const root = await findRoot(source, entries, parts, unpacker, notes);
  refuseNested(entries);

  const counts = { triangles: 0 };
  const models = new Map<string, ModelPart>();
  const load = async (path: string): Promise<ModelPart> => {
    const known = models.get(path);
    if (known) return known;
    const entry = parts.get(path);
    if (!entry) throw bad(`it names a part that it does not hold, ${path.slice(0, 100)}`);
    const model = await readModelPart(unzip(source, entry, unpacker), entry.size, options, counts);
    models.set(path, model);
    for (const object of model.objects.values())
      for (const use of object.components) if (use.path) await load(normal(use.path));
    return model;
  };
  const rootPath = normal(root.name);
  const model = await load(rootPath);
  for (const item of model.items) if (item.path) await load(normal(item.path));
  for (const part of models.values())
    for (const extension of part.unread)
      if (!notes.some((note) => note.text.includes(extension)))
        notes.push({
          code: "unread_extension",
          text: `The file uses an extension of 3MF that is not read here (${extension}), so its size and weight may be wrong.`,
        });
  return assemble(models, rootPath, options, notes, entries);
}

/** The part that the package says is its model; without such a word, the only one there is. */
async function findRoot(
  source: ModelSource,
  entries: ZipEntry[],
  parts: Map<string, ZipEntry>,
  unpacker: Unpacker,
  notes: MeshProblem[],
): Promise<ZipEntry> {
  const rels = parts.get("/_rels/.rels");
  if (rels && rels.size <= RELS_BYTES) {
    const tags = new XmlTags(8 * 1024);
    let target = "";
    for await (const block of unzip(source, rels, unpacker)) {
      tags.push(block);
      for (let tag = tags.next(); tag; tag = tags.next()) {
        if (tag.closing || !/(^|:)Relationship$/.test(tag.name)) continue;
        const attributes = tags.attributes();
        if (attributes.get("Type") === START_PART) target ||= attributes.get("Target") ?? "";
      }
    }
    const entry = target ? parts.get(normal(target)) : undefined;
    if (entry) return entry;
  }
  const models = entries.filter((entry) => /\.model$/i.test(entry.name));
  const found = parts.get("/3d/3dmodel.model") ?? (models.length === 1 ? models[0] : undefined);
  if (!found) throw refuseFile("no_model", `This file is ${describeZip(entries)}`);
  notes.push({
    code: "no_rels",
    text: "The 3MF archive does not say which part of it is the model; the only one was taken.",
  });
  return found;
}

/** Part names are compared without case and always begin with a slash (OPC, section 6.2.2.3). */
function normal(path: string): string {
  const clean = path.replaceAll("\\", "/").toLowerCase();
  return clean.startsWith("/") ? clean : `/${clean}`;
}

function assemble(
  models: Map<string, ModelPart>,
  rootPath: string,
  options: ReadOptions,
  notes: MeshProblem[],
  entries: ZipEntry[],
): Mesh {
  const root = models.get(rootPath)!;
  const placed: { name: string; meshes: Placed[] }[] = [];
  let copies = 0;
  let total = 0;
  let leftOut = 0;

  const place = (use: ObjectUse, from: string, outer: Matrix, open: PartObject[], into: Placed[]): void => {
    const path = use.path ? normal(use.path) : from;
    const object = models.get(path)?.objects.get(use.objectId);
    if (!object) throw bad(`it names an object that it does not hold, ${use.objectId.slice(0, 40)}`);
    if (open.includes(object)) throw bad("a part that contains itself");
    if (open.length >= DEEPEST) throw bad(`parts nested more than ${DEEPEST} deep`);
    copies += 1;
    if (copies > MOST_COPIES) throw bad("too many copies of its parts");
    if (object.type !== "model") {
      leftOut += 1;
      return;
    }
    const matrix = multiply(use.matrix, outer);
    if (object.triangles && object.triangles.length > 0) {
      total += object.triangles.length / 3;
      checkTriangles(total, options.limits);
      into.push({ object, matrix });
    }
    for (const component of object.components) place(component, path, matrix, [...open, object], into);
  };

  const scale = MILLIMETRES[root.unit as keyof typeof MILLIMETRES];
  const toMm: Matrix = scale === 1 ? IDENTITY : [scale, 0, 0, 0, scale, 0, 0, 0, scale, 0, 0, 0];
  for (const item of root.items) {
    const meshes: Placed[] = [];
    place(item, rootPath, toMm, [], meshes);
    const name = models.get(item.path ? normal(item.path) : rootPath)?.objects.get(item.objectId)?.name ?? "";
    if (meshes.length > 0) placed.push({ name, meshes });
  }
  if (total === 0) throw nothingToPrint(root, leftOut, entries);
  if (leftOut > 0)
    notes.push({
      code: "left_out",
      text: `${leftOut === 1 ? "One part" : `${leftOut} parts`} of the file that are not to be printed themselves (supports, helpers) were left out.`,
    });
  return flatten(placed, root.unit, total, notes);
}

function nothingToPrint(root: ModelPart, leftOut: number, entries: ZipEntry[]) {
  if (entries.some((entry) => /\.gcode$/i.test(entry.name)))
    return refuseFile(
      "no_triangles",
      "This 3MF file is sliced already and holds no model. Choose the model it was made from (STL, OBJ or 3MF).",
    );
  const why =
    root.items.length === 0
      ? "nothing stands on its build plate"
      : leftOut > 0
        ? "it holds only supports or helper parts"
        : "what stands on its build plate has no surface";
  return refuseFile("no_triangles", `This 3MF file has no model to print: ${why}. ${EXPORT_AGAIN}`);
}

function flatten(
  placed: { name: string; meshes: Placed[] }[],
  unit: MeshUnit,
  total: number,
  notes: MeshProblem[],
): Mesh {
  const all = placed.flatMap((item) => item.meshes);
  const only = all.length === 1 ? all[0] : undefined;
  const vertices = only
    ? only.object.vertices!
    : new Float32Array(all.reduce((n, m) => n + m.object.vertices!.length, 0));
  const triangles = only ? only.object.triangles! : new Uint32Array(total * 3);
  const items: MeshItem[] = [];
  let v = 0;
  let t = 0;
  for (const { name, meshes } of placed) {
    const first = t / 3;
    for (const { object, matrix } of meshes) {
      transform(object.vertices!, matrix, vertices, v);
      copyTriangles(object.triangles!, v / 3, isMirror(matrix), triangles, t);
      v += object.vertices!.length;
      t += object.triangles!.length;
    }
    items.push({ name, first, end: t / 3 });
  }
  return { format: "3mf", encoding: "package", vertices, triangles, welded: false, unit, items, notes };
}

/** May work in place. */
function transform(from: Float32Array, m: Matrix, to: Float32Array, at: number): void {
  if (m.every((value, i) => value === IDENTITY[i])) {
    if (to.buffer !== from.buffer) to.set(from, at);
    return;
  }
  const [a, b, c, d, e, f, g, h, i, j, k, l] = m as number[] & { length: 12 };
  for (let n = 0; n < from.length; n += 3) {
    const [x, y, z] = [from[n]!, from[n + 1]!, from[n + 2]!];
    to[at + n] = x * a! + y * d! + z * g! + j!;
    to[at + n + 1] = x * b! + y * e! + z * h! + k!;
    to[at + n + 2] = x * c! + y * f! + z * i! + l!;
  }
  for (let n = at; n < at + from.length; n += 1)
    if (!Number.isFinite(to[n]!)) throw bad("a transform that moves its model out of the world");
}

/** A mirrored part keeps its outside outside. */
function copyTriangles(
  from: Uint32Array,
  offset: number,
  mirrored: boolean,
  to: Uint32Array,
  at: number,
): void {
  if (offset === 0 && !mirrored) {
    if (to.buffer !== from.buffer) to.set(from, at);
    return;
  }
  for (let n = 0; n < from.length; n += 3) {
    const [b, c] = [from[n + 1]!, from[n + 2]!];
    to[at + n] = from[n]! + offset;
    to[at + n + 1] = (mirrored ? c : b) + offset;
    to[at + n + 2] = (mirrored ? b : c) + offset;
  }
}

function isMirror([a, b, c, d, e, f, g, h, i]: Matrix): boolean {
  return a! * (e! * i! - f! * h!) - b! * (d! * i! - f! * g!) + c! * (d! * h! - e! * g!) < 0;
}

/** First `inner`, then `outer`. */
function multiply(inner: Matrix, outer: Matrix): Matrix {
  if (outer === IDENTITY) return inner;
  const result: number[] = [];
  for (let row = 0; row < 4; row += 1)
    for (let column = 0; column < 3; column += 1) {
      let sum = row === 3 ? outer[9 + column]! : 0;
      for (let k = 0; k < 3; k += 1) sum += inner[row * 3 + k]! * outer[k * 3 + column]!;
      result.push(sum);
    }
  return result;
}

const CHOOSE = "Export your model as STL, OBJ or 3MF and choose that file.";

/** Formats that are ZIP archives inside. */
const PACKED: [startsWith: string, what: string][] = [
  ["word/", "a Word document"],
  ["xl/", "an Excel workbook"],
  ["ppt/", "a PowerPoint presentation"],
  ["Document.xml", "a FreeCAD project"],
  ["META-INF/", "a Java or e-book archive"],
];

function describeZip(entries: ZipEntry[]): string {
  const model = entries.find(({ name }) => /\.(stl|obj|3mf)$/i.test(name));
  if (model)
    return `a ZIP archive. Unpack it and choose the model in it (${model.name.split("/").at(-1)!.slice(0, 80)}).`;
  if (entries.some(isArchive))
    return `a ZIP archive with another archive inside. Unpack it and choose the model in it.`;
  const known = PACKED.find(([part]) => entries.some(({ name }) => name.startsWith(part)));
  return known
    ? `really ${known[1]}, not a 3D model. ${CHOOSE}`
    : `a ZIP archive without a 3D model in it. ${CHOOSE}`;
}

function bad(what: string) {
  return refuseFile("bad_model", `This 3MF file contradicts itself (${what}). ${EXPORT_AGAIN}`);
}
