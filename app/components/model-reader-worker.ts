/** The Web Worker behind the 3D view: downloads a model, reads it as the server does, and puts it on the plate. */
import { fitReport } from "@server/mesh/fit";
import { boundingBox, boxOfAll } from "@server/mesh/measure";
import { isFileRefusal, readMesh } from "@server/mesh/report";
import { blobSource, type ModelSource } from "@server/mesh/source";
import type { DrawnModel, ReadAnswer, ReadRequest } from "./model-reader";

/** The DOM's types know no worker's global scope; to the page it is a `Worker`, and it posts the same way. */
const scope = self as unknown as Pick<Worker, "postMessage" | "onmessage">;

scope.onmessage = async ({ data }: MessageEvent<ReadRequest>) => {
  const answer = (message: ReadAnswer, transfer: Transferable[] = []) => scope.postMessage(message, transfer);
  try {
    const model = await read(data, (percent) => answer({ percent }));
    const { vertices, triangles } = model;
    // Handed over, not copied; one buffer may hold both.
    const buffers = new Set([vertices.buffer, (triangles ?? vertices).buffer]);
    answer({ model }, [...buffers] as ArrayBuffer[]);
  } catch (error) {
    answer({ problem: sentenceFor(error) });
  }
};

/** Half of the progress is the download, half the reading. */
async function read({ url, name, printer }: ReadRequest, tell: (percent: number) => void) {
  let told = -1;
  const half = (from: number) => (part: number) => {
    const percent = Math.min(100, from + Math.floor(50 * part));
    if (percent > told) tell((told = percent));
  };
  const file = await download(url, half(0));
  const mesh = await readMesh(watched(blobSource(file), half(50)), { name });
  return placed(mesh.vertices, mesh.triangles, printer);
}

/** @param onPart the part that has come, 0 to 1 */
async function download(url: string, onPart: (part: number) => void): Promise<Blob> {
  const response = await fetch(url).catch(() => {
    throw new Said("The file could not be fetched. Check the connection, close this view and open it again.");
  });
  if (response.redirected)
    throw new Said("Nobody is logged in any more. Log in again, then open this view again.");
  if (response.status === 404) throw new Said("The file is no longer in the job's folder. Reload the page.");
  if (!response.ok || !response.body)
    throw new Said("The file cannot be fetched right now. Close this view and open it again in a minute.");
  const total = Number(response.headers.get("Content-Length")) || Infinity;
  const parts: BlobPart[] = [];
  let bytes = 0;
  for (const reader = response.body.getReader(); ;) {
    const { done, value } = await reader.read().catch(() => {
      throw new Said("The download was cut off. Close this view and open it again.");
    });
    if (done) return new Blob(parts);
    parts.push(value);
    bytes += value.length;
    onPart(bytes / total);
  }
}

/** The same source, telling how far it has been read. */
function watched(source: ModelSource, onPart: (part: number) => void): ModelSource {
  return {
    size: source.size,
    read(into, position) {
      onPart(position / source.size);
      return source.read(into, position);
    },
  };
}

/** Moves the model to the middle of the plate, as it stands; in doubles, so that a far-off one keeps its shape. */
function placed(
  vertices: Float32Array,
  triangles: Uint32Array | null,
  printer: ReadRequest["printer"],
): DrawnModel {
  const { min, max } = triangles ? boundingBox(vertices, triangles) : boxOfAll(vertices);
  const [x, y, z] = [(min[0] + max[0]) / 2, (min[1] + max[1]) / 2, min[2]];
  for (let i = 0; i < vertices.length; i += 3) {
    vertices[i] = vertices[i]! - x;
    vertices[i + 1] = vertices[i + 1]! - y;
    vertices[i + 2] = vertices[i + 2]! - z;
  }
  const size: DrawnModel["size_mm"] = [max[0] - min[0], max[1] - min[1], max[2] - min[2]];
  const fit = printer ? fitReport(size, [printer]).printers[0]! : null;
  return { vertices, triangles, size_mm: size, fit };
}

/** What went wrong, in a sentence that may be shown. */
class Said extends Error {}

function sentenceFor(error: unknown): string {
  if (error instanceof Said) return error.message;
  if (isFileRefusal(error)) return `This file cannot be shown. ${error.message}`;
  return "The model could not be read. Download the file to look at it.";
}
