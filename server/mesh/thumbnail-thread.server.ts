/** The thread that draws thumbnails: takes a `ThumbnailJob`, answers with a PNG. Started by `renderInThread`. */
import { parentPort, workerData } from "node:worker_threads";
import { Refusal } from "../errors";
import type { ThreadAnswer } from "./thread.server";
import { type ThumbnailJob, renderThumbnail } from "./thumbnail.server";

const { mesh, options } = workerData as ThumbnailJob;
let answer: ThreadAnswer;
let transfer: ArrayBuffer[] = [];
try {
  const png = new Uint8Array(renderThumbnail(mesh, options));
  answer = { ok: png };
  transfer = [png.buffer];
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  answer = { refusal: { code: error.code, message: error.message, details: error.details } };
}
parentPort?.postMessage(answer, transfer);
