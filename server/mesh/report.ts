/**
 * The report on a model file: read, measure, judge. It promises that any bytes at all end in a report or in a
 * `Refusal` with a sentence for the student, in bounded time and memory. Pure: `report.server.ts` opens files,
 * a Web Worker passes a Blob.
 */
import { Refusal } from "../errors";
import { detectFormat, nameMismatch } from "./detect";
import { boundingBox, measure, type Measures } from "./measure";
import {
  EXPORT_AGAIN,
  MESH_LIMITS,
  refuseFile,
  type Mesh,
  type MeshFormat,
  type MeshLimits,
  type MeshProblem,
  type MeshUnit,
  type ReadOptions,
} from "./mesh";
import { readObj } from "./obj";
import type { ModelSource } from "./source";
import { readAsciiStl, readBinaryStl } from "./stl";
import { read3mf } from "./threemf";
import { webUnpacker, type Unpacker } from "./zip";

type Triple = [x: number, y: number, z: number];

/** Everything the file itself tells; what depends on the catalog is in `fit.ts` and `estimate.ts`. */
export interface MeshReport {
  format: MeshFormat;
  encoding: Mesh["encoding"];
  triangles: number;
  vertices: number;
  /** The bounding box of everything to print, as it stands in the file, mm. */
  size_mm: Triple;
  min_mm: Triple;
  max_mm: Triple;
  /** 3MF with several build items: the size of each (the first 100), mm. Slicers may place them anew. */
  items: { name: string; size_mm: Triple; triangles: number }[];
  /** How many there are in all; 1 for STL and OBJ. */
  item_count: number;
  /** mm³, never negative: a surface that is all inside out counts as turned. */
  volume_mm3: number;
  area_mm2: number;
  /** Every edge is between exactly two triangles. */
  watertight: boolean;
  shells: number;
  open_edges: number;
  nonmanifold_edges: number;
  flipped_edges: number;
  flipped_triangles: number;
  zero_area_triangles: number;
  inverted_shells: number;
  cavities: number;
  /** What the file says; "unknown" was read as millimetres. */
  unit: MeshUnit;
  /** What the student should know, worst first; empty for a sound model. */
  advice: MeshProblem[];
}

export interface ReadModelOptions {
  limits?: Partial<MeshLimits>;
  /** The file's name as the person knows it; when given, a name that says something else is refused. */
  name?: string;
  signal?: AbortSignal;
  /** How to inflate; Node's is faster. */
  unpacker?: Unpacker;
}

const MOST_ITEMS = 100;

/**
 * Reads and measures a model.
 * @throws Refusal `invalid` on the field `file`, `details.reason` a `MeshRefusalCode`; the signal's reason when aborted
 */
export async function reportModel(source: ModelSource, options: ReadModelOptions = {}): Promise<MeshReport> {
  return reportMesh(await readMesh(source, options), checker(options));
}

/**
 * Reads a model without measuring it: what a thumbnail needs.
 * @throws as `reportModel`
 */
export async function readMesh(source: ModelSource, options: ReadModelOptions = {}): Promise<Mesh> {
  const limits = { ...MESH_LIMITS, ...options.limits };
  const read: ReadOptions = { limits, check: checker(options) };
  read.check();
  if (source.size > limits.bytes)
    throw refuseFile(
      "too_big",
      `This file is larger than ${Math.round(limits.bytes / 1024 / 1024)} MB. Reduce its detail (“decimate” or a coarser export) and choose the new file.`,
    );
  try {
    const { format, encoding } = await detectFormat(source);
    const mismatch = options.name === undefined ? undefined : nameMismatch(options.name, format);
    if (mismatch) throw refuseFile("wrong_name", mismatch);
    if (format === "3mf") return await read3mf(source, read, options.unpacker ?? webUnpacker);
    if (format === "obj") return await readObj(source, read);
    return await (encoding === "binary" ? readBinaryStl(source, read) : readAsciiStl(source, read));
  } catch (error) {
    // Typed arrays that do not fit in memory: the file's fault, and the process lives.
    if (
      error instanceof RangeError &&
      /array buffer allocation|invalid typed array length/i.test(error.message)
    )
      throw refuseFile(
        "too_detailed",
        `The model is too detailed to be read here. Reduce its detail and choose the new file.`,
      );
    throw error;
  }
}

/**
 * Measures a mesh and words what is wrong with it.
 * @param check called between passes; throws to stop
 */
export function reportMesh(mesh: Mesh, check: () => void = () => {}): MeshReport {
  const m = measure(mesh, check);
  const { triangles } = mesh;
  const many = mesh.items.length > 1 && triangles;
  return {
    format: mesh.format,
    encoding: mesh.encoding,
    triangles: m.triangles,
    vertices: m.vertices,
    size_mm: m.size,
    min_mm: m.min,
    max_mm: m.max,
    items: many
      ? mesh.items.slice(0, MOST_ITEMS).map(({ name, first, end }) => ({
          name,
          size_mm: sizeOf(boundingBox(mesh.vertices, triangles, first, end)),
          triangles: end - first,
        }))
      : [],
    item_count: Math.max(1, mesh.items.length),
    volume_mm3: Math.abs(m.volume),
    area_mm2: m.area,
    watertight: m.openEdges === 0 && m.nonmanifoldEdges === 0 && m.shells > 0,
    shells: m.shells,
    open_edges: m.openEdges,
    nonmanifold_edges: m.nonmanifoldEdges,
    flipped_edges: m.flippedEdges,
    flipped_triangles: m.flippedTriangles,
    zero_area_triangles: m.zeroAreaTriangles,
    inverted_shells: m.invertedShells,
    cavities: m.cavities,
    unit: mesh.unit,
    advice: [...judge(m), ...mesh.notes],
  };
}

function judge(m: Measures): MeshProblem[] {
  const found: MeshProblem[] = [];
  const add = (code: MeshProblem["code"], text: string) => found.push({ code, text });
  const slicer =
    "Slicers often close such gaps by themselves, not always as meant: repair the model, or compare the picture with it.";
  if (m.zeroAreaTriangles === m.triangles)
    add(
      "flat",
      "Every triangle of the model is without surface, so there is nothing to print. Export it again.",
    );
  else if (Math.min(...m.size) === 0)
    add(
      "flat",
      "The model is flat: it has no thickness in one direction. Give it some, or export it as a solid.",
    );
  if (m.openEdges > 0)
    add("open_edges", `The surface is not closed: ${count(m.openEdges, "open edge")}. ${slicer}`);
  if (m.nonmanifoldEdges > 0)
    add(
      "nonmanifold_edges",
      `${count(m.nonmanifoldEdges, "edge")} belong${m.nonmanifoldEdges === 1 ? "s" : ""} to more than two triangles (parts that touch, or walls inside). Merge the parts into one solid if the slicer complains.`,
    );
  if (m.flippedTriangles > 0)
    add(
      "flipped_faces",
      `${count(m.flippedTriangles, "triangle")} face${m.flippedTriangles === 1 ? "s" : ""} the wrong way. Recalculate the normals in the program the model came from.`,
    );
  if (m.invertedShells > 0)
    add(
      "inverted_shells",
      m.shells === 1
        ? "The whole surface is inside out. Slicers turn it by themselves; flipping the normals would be cleaner."
        : `${count(m.invertedShells, "part")} of the model ${m.invertedShells === 1 ? "is" : "are"} inside out and may be printed as a hole. Flip the normals there.`,
    );
  if (m.zeroAreaTriangles > 0 && m.zeroAreaTriangles < m.triangles)
    add("zero_area", `${count(m.zeroAreaTriangles, "triangle")} without surface; they do no harm.`);
  return found;
}

function count(n: number, what: string): string {
  return n === 1 ? `one ${what}` : `${n.toLocaleString("en-US")} ${what}s`;
}

function sizeOf({ min, max }: { min: Triple; max: Triple }): Triple {
  return [max[0] - min[0], max[1] - min[1], max[2] - min[2]];
}

/** Throws the signal's reason when it was aborted, a Refusal when time is over. */
function checker({ limits, signal }: ReadModelOptions): () => void {
  const milliseconds = limits?.milliseconds ?? MESH_LIMITS.milliseconds;
  const end = performance.now() + milliseconds;
  return () => {
    signal?.throwIfAborted();
    if (performance.now() > end)
      throw refuseFile(
        "too_slow",
        `The model took longer than ${Math.round(milliseconds / 1000)} seconds to read, so it was given up. ` +
          `Reduce its detail (“decimate”) and choose the new file. ${EXPORT_AGAIN}`,
      );
  };
}

/** Is this what the person can mend, rather than a fault of ours? */
export function isFileRefusal(error: unknown): error is Refusal {
  return error instanceof Refusal && error.code === "invalid";
}
