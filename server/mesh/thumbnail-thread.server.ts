/** The thread that measures and draws: takes a `ThumbnailJob`, answers with a `ThumbnailResult`. */
import os from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { Refusal } from "../errors";
import type { Mesh } from "./mesh";
import { reportMesh } from "./report";
import { readMeshFile } from "./report.server";
import type { ThreadAnswer } from "./thread.server";
import { renderThumbnail, renderWidths, type ThumbnailJob, type ThumbnailResult } from "./thumbnail.server";

/** A picture can wait; a student who waits for the measures cannot. */
const NICENESS = 10;

let back = false;

/** Pages come first. On Linux a priority belongs to the thread; elsewhere it would be the whole process's. */
function stepBack(): void {
  if (back || process.platform !== "linux") return;
  back = true;
  try {
    os.setPriority(Math.min(19, os.getPriority() + NICENESS));
  } catch {
    // Not allowed here: then we are only less polite.
  }
}

async function work({ model, options, report, draw }: ThumbnailJob): Promise<ThumbnailResult> {
  if (draw === "widths") stepBack();
  if (!("path" in model)) return { pictures: [one(renderThumbnail(model, options))], report: null };
  const mesh = await readMeshFile(model.path, { name: model.name });
  const pictures =
    draw === "none"
      ? []
      : draw === "widths"
        ? renderWidths(mesh, options.color).map(({ png }) => one(png))
        : report
          ? pictureIfAny(mesh, options)
          : [one(renderThumbnail(mesh, options))];
  return { pictures, report: report ? reportMesh(mesh) : null };
}

/** The width stands in the PNG's own header. */
function one(png: Buffer): { width: number; png: Uint8Array } {
  return { width: png.readUInt32BE(16), png: new Uint8Array(png) };
}

/** A model without a picture still has measures. */
function pictureIfAny(mesh: Mesh, options: ThumbnailJob["options"]): ThumbnailResult["pictures"] {
  try {
    return [one(renderThumbnail(mesh, options))];
  } catch (error) {
    if (error instanceof Refusal && error.details.reason === "no_picture") return [];
    throw error;
  }
}

function answer(message: ThreadAnswer, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

function take(job: ThumbnailJob): void {
  void work(job).then(
    (result) =>
      answer(
        { ok: result },
        result.pictures.map(({ png }) => png.buffer as ArrayBuffer),
      ),
    (error: unknown) => {
      if (!(error instanceof Refusal)) throw error;
      const { code, message, details } = error;
      answer({ refusal: { code, message, details } });
    },
  );
}

take(workerData as ThumbnailJob);
parentPort?.on("message", take);
