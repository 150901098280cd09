/**
 * What a model file is. Parsers turn bytes into a `Mesh`, `measure.ts` measures it, `report.ts` words it.
 * Pure: the same code runs in the web, the worker, the command line and a browser's Web Worker.
 */
import { Refusal } from "../errors";

export type MeshFormat = "stl" | "obj" | "3mf";

/** The unit a file says its numbers are in; STL and OBJ never say. */
export type MeshUnit = "unknown" | "micron" | "mm" | "cm" | "m" | "inch" | "foot";

/** One thing to print inside a file: the triangles from `first` (inclusive) to `end` (exclusive). */
export interface MeshItem {
  name: string;
  first: number;
  end: number;
}

export interface Mesh {
  format: MeshFormat;
  /** How the file was written; 3MF is always a package. */
  encoding: "binary" | "ascii" | "package";
  /** x, y, z of each vertex, in millimetres (units and transforms of the file already applied). */
  vertices: Float32Array;
  /** Three vertex indices a triangle, counter-clockwise seen from outside; null: every 9 floats are a triangle. */
  triangles: Uint32Array | null;
  /** True when no two vertices are at the same place and each is used: indices alone tell what touches what. */
  welded: boolean;
  /** What the file itself said; `unknown` is taken for millimetres. */
  unit: MeshUnit;
  /** 3MF: one per build item. Otherwise empty: the whole mesh is the item. */
  items: MeshItem[];
  /** What the parser noticed and could live with. */
  notes: MeshProblem[];
}

/** Why a file is refused, as a stable word. */
export type MeshRefusalCode =
  | "empty" // no bytes
  | "too_big" // more bytes than the limit
  | "too_detailed" // more triangles than the limit
  | "too_slow" // took longer than the limit
  | "unknown_format" // none of STL, OBJ, 3MF
  | "other_format" // something else that we know by name
  | "wrong_name" // a model, but not the one its name says
  | "no_triangles"
  | "bad_count" // a binary STL whose header and size disagree
  | "cut_off"
  | "bad_text" // a word or number that does not belong there
  | "not_finite" // NaN or infinity
  | "bad_index" // a triangle names a vertex that does not exist
  | "endless" // a word, line or tag that does not end
  | "bad_zip"
  | "harmful_zip" // bombs, traversal, links, encryption, archives inside
  | "bad_xml"
  | "no_model" // a ZIP without a 3MF model in it
  | "bad_model"; // a 3MF that contradicts itself

/** What is wrong with a model we can still read: a stable word and a sentence that says what to do. */
export type MeshAdviceCode =
  | "trailing_bytes"
  | "no_endsolid"
  | "skipped_faces"
  | "no_rels"
  | "left_out"
  | "unread_extension"
  | "open_edges"
  | "nonmanifold_edges"
  | "flipped_faces"
  | "inverted_shells"
  | "zero_area"
  | "flat"
  | "unknown_unit";

/** Something about the model that the student should hear of; never a reason to refuse. */
export interface MeshProblem {
  code: MeshAdviceCode;
  text: string;
}

/** Bounds on what one file may cost. */
export interface MeshLimits {
  /** Largest file, bytes. */
  bytes: number;
  /** Most triangles after every copy is made. */
  triangles: number;
  /** Longest reading and measuring, milliseconds. */
  milliseconds: number;
  /** Most entries of a 3MF's archive. */
  entries: number;
  /** Most bytes of a 3MF's archive when unpacked. */
  unpackedBytes: number;
}

/** Twice the largest upload, and memory for its mesh within 256 MB or so. */
export const MESH_LIMITS: MeshLimits = {
  bytes: 100 * 1024 * 1024,
  triangles: 5_000_000,
  milliseconds: 60_000,
  entries: 1_000,
  unpackedBytes: 500 * 1024 * 1024,
};

/** What every parser gets beside the bytes. */
export interface ReadOptions {
  limits: MeshLimits;
  /** Throws when the caller has given up or time is over; parsers call it between blocks. */
  check: () => void;
}

/**
 * A refusal of the file, for a person.
 * @returns Refusal `invalid` on the field `file`; `reason` is the code
 */
export function refuseFile(code: MeshRefusalCode, sentence: string): Refusal {
  return new Refusal("invalid", sentence, { reason: code, fields: { file: [sentence] } });
}

/** Said wherever exporting the model once more is the remedy. */
export const EXPORT_AGAIN = "Export the model again and choose the new file.";

/** @throws Refusal `invalid` (too_detailed) when a mesh would have more triangles than the limit */
export function checkTriangles(count: number, limits: MeshLimits): void {
  if (count > limits.triangles)
    throw refuseFile(
      "too_detailed",
      `The model has more than ${limits.triangles.toLocaleString("en-US")} triangles, far finer than a printer can print. ` +
        `Reduce its detail (“decimate” or a coarser export) and choose the new file.`,
    );
}

export function noTriangles(): Refusal {
  return refuseFile("no_triangles", `This file has no surface in it: not a single triangle. ${EXPORT_AGAIN}`);
}
