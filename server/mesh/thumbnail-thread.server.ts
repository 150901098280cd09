/** The thread that draws thumbnails: takes a `ThumbnailJob`, answers with a `ThumbnailResult`. */
import { parentPort, workerData } from "node:worker_threads";
import { Refusal } from "../errors";
import type { Mesh } from "./mesh";
import { reportMesh } from "./report";
import { readMeshFile } from "./report.server";
import type { ThreadAnswer } from "./thread.server";
import { renderThumbnail, type ThumbnailJob, type ThumbnailResult } from "./thumbnail.server";

async function work({ model, options, report }: ThumbnailJob): Promise<ThumbnailResult> {
  if (!("path" in model)) return { png: new Uint8Array(renderThumbnail(model, options)), report: null };
  const mesh = await readMeshFile(model.path, { name: model.name });
  if (!report) return { png: new Uint8Array(renderThumbnail(mesh, options)), report: null };
  return { png: pictureIfAny(mesh, options), report: reportMesh(mesh) };
}

/** A model without a picture still has measures. */
function pictureIfAny(mesh: Mesh, options: ThumbnailJob["options"]): Uint8Array | null {
  try {
    return new Uint8Array(renderThumbnail(mesh, options));
  } catch (error) {
    if (error instanceof Refusal && error.details.reason === "no_picture") return null;
    throw error;
  }
}

function answer(message: ThreadAnswer, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

work(workerData as ThumbnailJob).then(
  (result) => answer({ ok: result }, result.png ? [result.png.buffer as ArrayBuffer] : []),
  (error: unknown) => {
    if (!(error instanceof Refusal)) throw error;
    const { code, message, details } = error;
    answer({ refusal: { code, message, details } });
  },
);
