/** A model's picture for lists and cards: PNG, alpha, the lab's accent colour. */
import { Refusal } from "../errors";
import { encodePng } from "./png.server";
import { ACCENT, type DrawnMesh, type RasterOptions, rasterMesh } from "./raster";
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
  mesh: DrawnMesh;
  options: ThumbnailOptions;
}

/**
 * The same in a thread of its own. The mesh's arrays are handed over: the caller cannot use them afterwards.
 *
 * @param options.milliseconds, heapMb, growthMb see `THREAD_LIMITS`; `signal` gives up
 * @returns a PNG
 * @throws ThreadError `timeout`, `memory` or `crash`; Refusal as `renderThumbnail`
 */
export async function renderInThread(
  mesh: DrawnMesh,
  options: ThumbnailOptions & Partial<ThreadLimits> & { signal?: AbortSignal } = {},
): Promise<Buffer> {
  const { size, color, ...rest } = options;
  const job: ThumbnailJob = {
    mesh: { vertices: mesh.vertices, triangles: mesh.triangles },
    options: { size, color },
  };
  const transfer = [mesh.vertices.buffer as ArrayBuffer];
  if (mesh.triangles && mesh.triangles.buffer !== mesh.vertices.buffer)
    transfer.push(mesh.triangles.buffer as ArrayBuffer);
  const png = await runInThread<Uint8Array>({ name: "thumbnail-thread" }, job, { ...rest, transfer });
  return Buffer.from(png.buffer, png.byteOffset, png.byteLength);
}
