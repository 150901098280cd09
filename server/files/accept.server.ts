/**
 * Decides what an uploaded file really is: by its content, then compares with what its name says. Only the
 * outer shape is checked here (reading the mesh is another room's work), in bounded time and without ever
 * holding a whole file in memory.
 */
import yauzl from "yauzl";
import { Refusal, invalidField } from "../errors";
import { detectFormat, OTHER_FORMATS } from "../mesh/detect";
import { fileSource } from "../mesh/source.server";
import { readStream } from "./file-system.server";
import { extensionOf } from "./names";
import type { StagedFile } from "./receive.server";

export type ModelFormat = "stl" | "obj" | "3mf";

/** What an accepted model is; `extension` is the one its stored file gets (without the dot). */
export interface AcceptedModel {
  format: ModelFormat;
  extension: string;
}

const STL_HEADER_BYTES = 84;
const STL_TRIANGLE_BYTES = 50;
/** A storage that answers no faster than this is away. */
const READ_MS = 15_000;
const LINE_CHARS = 64 * 1024;
const ZIP = { entries: 1_000, bytes: 500 * 1024 * 1024, ratio: 200, ratioFrom: 1024 * 1024 };
const MODELS = "Export your model as STL, OBJ or 3MF and choose that file.";

/**
 * Checks that a staged file is a model we can take.
 *
 * @param file as `receiveUpload` staged it; it is only read
 * @param limits.minBytes smallest size accepted, in bytes
 * @returns the format, which is also the extension
 * @throws Refusal `invalid` on the field `file`, with a sentence that says what the file is and what to do;
 *   Refusal `unavailable` when the staged file cannot be read
 */
export async function acceptModel(file: StagedFile, limits: { minBytes: number }): Promise<AcceptedModel> {
  const name = `"${file.original_name}"`;
  const extension = extensionOf(file.original_name);
  if (file.size_bytes === 0)
    throw refuse(`${name} is empty. Export the model again and choose the new file.`);

  const start = file.head.toString("latin1");
  const stl = binaryStlBytes(file) === file.size_bytes;
  const other = OTHER_FORMATS.find(({ magic, weak }) => magic.test(start) && !(weak && stl));
  if (!isModelExtension(extension)) {
    if (other) throw refuse(`${name} is ${other.what}, not a 3D model we can print. ${other.todo ?? MODELS}`);
    throw refuse(
      extension
        ? `${name} has the ending .${extension}, which we cannot print. ${MODELS}`
        : `${name} has no ending that says what it is. ${MODELS}`,
    );
  }
  if (file.size_bytes < limits.minBytes) {
    throw refuse(
      `${name} is too small to be a model: ${file.size_bytes} bytes, and the least is ${limits.minBytes}. ` +
        `Export the model again and choose the new file.`,
    );
  }
  if (other) throw refuse(`${name} is really ${other.what}, not a 3D model. ${other.todo ?? MODELS}`);

  const format = await readFormat(file, name, extension);
  if (format !== extension) {
    throw refuse(
      `${name} is really ${format === "stl" ? "an STL" : format === "obj" ? "an OBJ" : "a 3MF"} file. ` +
        `Give it the ending .${format} and choose it again, or export it as ${extension.toUpperCase()}.`,
    );
  }
  return { format, extension };
}

async function readFormat(file: StagedFile, name: string, extension: ModelFormat): Promise<ModelFormat> {
  try {
    if (/^PK(\x03\x04|\x05\x06)/.test(file.head.toString("latin1", 0, 4))) {
      await check3mf(file, name);
      return "3mf";
    }
    // The size rule comes first: many programs begin the header of a binary STL with "solid".
    if (binaryStlBytes(file) === file.size_bytes) {
      if (file.size_bytes > STL_HEADER_BYTES) return "stl";
      throw refuse(
        `${name} is an STL file without a single triangle. Export the model again and choose the new file.`,
      );
    }
    if (isText(file.head)) return await readTextFormat(file, name, extension);
  } catch (error) {
    throw error instanceof Refusal ? error : unreadable(error);
  }
  if (extension !== "stl") throw refuse(`${name} is not ${NAMES[extension]}. ${MODELS}`);
  await refuseNoise(file);
  throw wrongTriangleCount(file, name);
}

/** Zeros and bytes without meaning have no triangle count to speak of; the reader has words for them. */
async function refuseNoise(file: StagedFile): Promise<void> {
  try {
    await using source = await fileSource(file.path);
    await detectFormat(source);
  } catch (error) {
    throw error instanceof Refusal ? error : unreadable(error);
  }
}

/** The size that a binary STL's header announces, in bytes; NaN when there is no header. */
function binaryStlBytes(file: StagedFile): number {
  if (file.head.length < STL_HEADER_BYTES) return NaN;
  return STL_HEADER_BYTES + STL_TRIANGLE_BYTES * file.head.readUInt32LE(STL_HEADER_BYTES - 4);
}

function wrongTriangleCount(file: StagedFile, name: string): Refusal {
  const expected = binaryStlBytes(file);
  if (Number.isNaN(expected)) return refuse(`${name} is not an STL file. ${MODELS}`);
  const triangles = (expected - STL_HEADER_BYTES) / STL_TRIANGLE_BYTES;
  return refuse(
    `${name} is not a whole STL file: its header announces ${triangles} triangles, which take ${expected} bytes, ` +
      `but the file has ${file.size_bytes}. It is damaged or cut off. Export the model again and choose the new file.`,
  );
}

/** ASCII STL and OBJ: reads lines until there is enough to know, at worst to the end. */
async function readTextFormat(file: StagedFile, name: string, extension: ModelFormat): Promise<ModelFormat> {
  const solid = /^(?:\xef\xbb\xbf)?\s*solid\b/i.test(file.head.toString("latin1"));
  let facet = false;
  let vertices = 0;
  let face = false;
  for await (const lines of linesOf(file.path)) {
    if (solid) {
      facet ||= /^[ \t]*facet[ \t]+normal\b/im.test(lines);
      vertices += lines.match(/^[ \t]*vertex[ \t]+[-+.\d]/gim)?.length ?? 0;
      if (facet && vertices >= 3) return "stl";
    } else {
      vertices += lines.match(/^[ \t]*v[ \t]+[-+.\d]/gm)?.length ?? 0;
      face ||= /^[ \t]*f[ \t]+-?\d/m.test(lines);
      if (face && vertices >= 3) return "obj";
    }
  }
  if (solid) {
    throw refuse(
      `${name} is an ASCII STL file without a single facet. Export the model again and choose the new file.`,
    );
  }
  if (extension === "obj" && (vertices > 0 || face)) {
    throw refuse(
      `${name} is an OBJ file without ${face ? "enough vertices" : "faces"}, so there is no surface to print. ` +
        `Export the model as a mesh and choose the new file.`,
    );
  }
  throw refuse(`${name} is a text file, not ${NAMES[extension]}. ${MODELS}`);
}

/** The text as latin1, in blocks of whole lines; a line past `LINE_CHARS` is cut. */
async function* linesOf(path: string): AsyncGenerator<string> {
  const stream = readStream(path, {
    encoding: "latin1",
    highWaterMark: 256 * 1024,
    signal: AbortSignal.timeout(READ_MS),
  });
  let rest = "";
  for await (const chunk of stream as AsyncIterable<string>) {
    const text = rest + chunk;
    const end = Math.max(text.lastIndexOf("\n"), text.lastIndexOf("\r")) + 1;
    yield text.slice(0, end);
    rest = text.slice(end, end + LINE_CHARS);
  }
  yield rest;
}

/** A 3MF is a ZIP with a model part. Reads the directory only; what it declares must be harmless. */
async function check3mf(file: StagedFile, name: string): Promise<void> {
  const zip = await yauzl.openPromise(file.path, { autoClose: false }).catch((error: unknown) => {
    throw zipRefusal(error, name);
  });
  const harmful = (why: string) =>
    refuse(
      `${name} cannot be accepted: ${why}. Export the model as 3MF or STL again and choose the new file.`,
    );
  try {
    if (zip.entryCount > ZIP.entries)
      throw harmful(`it holds ${zip.entryCount} files, and the most is ${ZIP.entries}`);
    let bytes = 0;
    let model = false;
    const names: string[] = [];
    for await (const entry of zip.eachEntry()) {
      bytes += entry.uncompressedSize;
      if (bytes > ZIP.bytes) throw harmful("unpacked it would be larger than 500 MB");
      if (
        entry.uncompressedSize > ZIP.ratioFrom &&
        entry.uncompressedSize > ZIP.ratio * Math.max(1, entry.compressedSize)
      )
        throw harmful("a file in it is packed so tightly that it could be a trap (a “zip bomb”)");
      if (entry.isEncrypted()) throw harmful("it is protected with a password");
      if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8)
        throw harmful("it is packed with a method that we cannot read");
      if (isLink(entry)) throw harmful("it holds a link to another file");
      if (/(^|\/)\.\.(\/|$)/.test(entry.fileName.replaceAll("\\", "/"))) throw harmful(TRAVERSAL);
      model ||= /\.model$/i.test(entry.fileName) && entry.uncompressedSize > 0;
      names.push(entry.fileName);
    }
    if (!model) throw refuse(`${name} is ${describeZip(names)}`);
  } catch (error) {
    throw error instanceof Refusal ? error : zipRefusal(error, name);
  } finally {
    zip.close();
  }
}

const TRAVERSAL = "a name in it points outside of the file";

function isLink(entry: yauzl.Entry): boolean {
  return entry.versionMadeBy >>> 8 === 3 && ((entry.externalFileAttributes >>> 16) & 0o170000) === 0o120000;
}

function describeZip(names: string[]): string {
  const model = names.find((n) => /\.(stl|obj|3mf)$/i.test(n));
  if (model)
    return `a ZIP archive. Unpack it and choose the model in it (${model.split("/").at(-1)!.slice(0, 80)}).`;
  const known = PACKED.find(([part]) => names.some((n) => n.startsWith(part)));
  return known
    ? `really ${known[1]}, not a 3D model. ${MODELS}`
    : `a ZIP archive without a 3D model in it. ${MODELS}`;
}

/** Formats that are ZIP archives inside. */
const PACKED: [startsWith: string, what: string][] = [
  ["word/", "a Word document"],
  ["xl/", "an Excel workbook"],
  ["ppt/", "a PowerPoint presentation"],
  ["Document.xml", "a FreeCAD project"],
  ["META-INF/", "a Java or e-book archive"],
];

function zipRefusal(error: unknown, name: string): Refusal {
  if (error instanceof Refusal) return error;
  if (isSystemError(error)) return unreadable(error);
  return /relative path|absolute path|fileName/i.test(String(error))
    ? refuse(`${name} cannot be accepted: ${TRAVERSAL}. Export the model again and choose the new file.`)
    : refuse(
        `${name} is a damaged or cut off 3MF or ZIP file. Export the model again and choose the new file.`,
      );
}

function isSystemError(error: unknown): boolean {
  const { syscall, name } = error as { syscall?: string; name?: string };
  return syscall !== undefined || name === "AbortError" || name === "TimeoutError";
}

function unreadable(error: unknown): Refusal {
  if (!isSystemError(error)) throw error; // a mistake of ours
  const refusal = new Refusal(
    "unavailable",
    "The lab's file storage cannot be read just now, so your file could not be checked. Try again later.",
    { reason: "storage" },
  );
  return Object.defineProperty(refusal, "cause", { value: error }); // for the log; not enumerable, so never in an answer
}

const NAMES: Record<ModelFormat, string> = { stl: "an STL file", obj: "an OBJ file", "3mf": "a 3MF file" };

function isModelExtension(extension: string): extension is ModelFormat {
  return Object.hasOwn(NAMES, extension);
}

/** Text as far as one can see: no control characters but white space. */
function isText(head: Buffer): boolean {
  return !/[\0-\x08\x0e-\x1f\x7f]/.test(head.toString("latin1"));
}

function refuse(message: string): Refusal {
  return invalidField("file", message);
}
