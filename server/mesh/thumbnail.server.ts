/** A model's picture for lists and cards: PNG, alpha, the lab's accent colour. */
import { Refusal } from "../errors";
import { encodePng } from "./png.server";
import { ACCENT, type DrawnMesh, type RasterOptions, rasterMesh } from "./raster";
import type { MeshReport } from "./report";
import { runInThread, type ThreadLimits } from "./thread.server";

export type ThumbnailOptions = RasterOptions;

/**
 * Draws a mesh.
 *
 * @param options.size edge of the square picture, pixels (512)
 * @param options.color `#rrggbb` of the surface (the accent)
 * @returns a PNG
 * @throws Refusal `invalid` (reason `no_picture`) when no triangle has any extent
 */
export function renderThumbnail(
  mesh: DrawnMesh,
  { size = 512, color = ACCENT }: ThumbnailOptions = {},
): Buffer {
  const picture = rasterMesh(mesh, { size, color });
  if (picture.covered === 0)
    throw new Refusal("invalid", "There is nothing to see in this model: all its triangles are empty.", {
      reason: "no_picture",
    });
  return encodePng(picture.width, picture.height, picture.rgba);
}

/** What the thread is given. */
export interface ThumbnailJob {
  model: DrawnMesh | { path: string; name?: string };
  options: ThumbnailOptions;
  /** Measure the model too. */
  report: boolean;
}

/** What the thread answers. */
export interface ThumbnailResult {
  png: Uint8Array | null;
  report: MeshReport | null;
}

/** Limits of the thread (`THREAD_LIMITS`), and a signal to give up. */
export type InThread = ThumbnailOptions & Partial<ThreadLimits> & { signal?: AbortSignal };

/**
 * Draws a model in a thread of its own: a file, or a mesh whose arrays are handed over (the caller cannot use
 * them afterwards).
 *
 * @returns a PNG
 * @throws ThreadError `timeout`, `memory` or `crash`; Refusal as `renderThumbnail` and `readMeshFile`
 */
export async function renderInThread(model: ThumbnailJob["model"], options: InThread = {}): Promise<Buffer> {
  const { png } = await run(model, options, false);
  return png!;
}

/**
 * Reads a file once and both measures and draws it, in a thread of its own.
 *
 * @param options.name the file's name as the person knows it; when given, a name that says something else is refused
 * @returns the report, and a PNG; null when nothing in the model can be seen
 * @throws as `renderInThread`
 */
export async function examineInThread(
  path: string,
  options: InThread & { name?: string } = {},
): Promise<{ report: MeshReport; png: Buffer | null }> {
  const { name, ...rest } = options;
  const { report, png } = await run({ path, name }, rest, true);
  return { report: report!, png };
}

async function run(model: ThumbnailJob["model"], { size, color, ...rest }: InThread, report: boolean) {
  const transfer = new Set<ArrayBuffer>();
  let data = model;
  if (!("path" in model)) {
    const { vertices, triangles } = model;
    data = { vertices, triangles };
    transfer.add(vertices.buffer as ArrayBuffer);
    if (triangles) transfer.add(triangles.buffer as ArrayBuffer);
  }
  const job: ThumbnailJob = { model: data, options: { size, color }, report };
  const program = { name: "thumbnail-thread" };
  const result = await runInThread<ThumbnailResult>(program, job, { ...rest, transfer: [...transfer] });
  const { png } = result;
  return { report: result.report, png: png && Buffer.from(png.buffer, png.byteOffset, png.byteLength) };
}
