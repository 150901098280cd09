/** A model's picture for lists and cards: PNG, alpha, the lab's accent colour. */
import { Refusal } from "../errors";
import { encodePng } from "./png.server";
import { ACCENT, type DrawnMesh, halved, type RasterOptions, rasterMesh } from "./raster";
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

/** Widths of the pictures that are kept: a card, a card on a dense screen, the job's page. */
export const PICTURE_WIDTHS = [128, 256, 512] as const;

/** A picture and how wide it is, pixels. */
export interface SizedPng {
  width: number;
  png: Buffer;
}

/**
 * Draws a mesh once and gives the picture in all widths, smallest first.
 * @throws as `renderThumbnail`
 */
export function renderWidths(mesh: DrawnMesh, color = ACCENT): SizedPng[] {
  let picture = rasterMesh(mesh, { size: PICTURE_WIDTHS.at(-1)!, color });
  if (picture.covered === 0) return [];
  const sized: SizedPng[] = [];
  for (const width of [...PICTURE_WIDTHS].reverse()) {
    while (picture.width > width) picture = halved(picture);
    sized.unshift({ width, png: encodePng(picture.width, picture.height, picture.rgba) });
  }
  return sized;
}

/** What the thread is given. */
export interface ThumbnailJob {
  model: DrawnMesh | { path: string; name?: string };
  options: ThumbnailOptions;
  /** Measure the model. */
  report: boolean;
  /** One picture of `options.size`, one in every width, or none. */
  draw: "one" | "widths" | "none";
}

/** What the thread answers. */
export interface ThumbnailResult {
  /** Empty when none was asked for, or nothing in the model can be seen. */
  pictures: { width: number; png: Uint8Array }[];
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
  const { pictures } = await run(model, options, { report: false, draw: "one" });
  return pictures[0]!.png;
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
  const { report, pictures } = await run({ path, name }, rest, { report: true, draw: "one" });
  return { report: report!, png: pictures[0]?.png ?? null };
}

/**
 * Reads and measures a file in a thread of its own.
 * @throws ThreadError; Refusal as `readModel`
 */
export async function measureInThread(
  path: string,
  options: Partial<ThreadLimits> & { signal?: AbortSignal } = {},
): Promise<MeshReport> {
  const { report } = await run({ path }, options, { report: true, draw: "none" });
  return report!;
}

/**
 * Draws a file in every width, and measures it if asked, in a thread of its own.
 * @returns no pictures when nothing in the model can be seen
 * @throws ThreadError; Refusal as `readMeshFile`
 */
export async function drawInThread(
  path: string,
  { report, ...options }: InThread & { report: boolean },
): Promise<{ report: MeshReport | null; pictures: SizedPng[] }> {
  return run({ path }, options, { report, draw: "widths" });
}

async function run(
  model: ThumbnailJob["model"],
  { size, color, ...rest }: InThread,
  wanted: Pick<ThumbnailJob, "report" | "draw">,
): Promise<{ report: MeshReport | null; pictures: SizedPng[] }> {
  const transfer = new Set<ArrayBuffer>();
  let data = model;
  if (!("path" in model)) {
    const { vertices, triangles } = model;
    data = { vertices, triangles };
    transfer.add(vertices.buffer as ArrayBuffer);
    if (triangles) transfer.add(triangles.buffer as ArrayBuffer);
  }
  const job: ThumbnailJob = { model: data, options: { size, color }, ...wanted };
  const program = { name: "thumbnail-thread" };
  const { report, pictures } = await runInThread<ThumbnailResult>(program, job, {
    ...rest,
    transfer: [...transfer],
    // A thread that draws has a lower priority, and keeps it.
    keep: wanted.draw === "widths" ? "draw" : "measure",
  });
  const buffer = (png: Uint8Array) => Buffer.from(png.buffer, png.byteOffset, png.byteLength);
  return { report, pictures: pictures.map(({ width, png }) => ({ width, png: buffer(png) })) };
}
