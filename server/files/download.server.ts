/** Handing out one file of a job's folder. Only what the folder's own list names, and only safe names. */
import type { Readable } from "node:stream";
import { Refusal } from "../errors";
import { isSafeFileName } from "./names";
import { filesIn, openFile } from "./store.server";

/** A file on its way out; the stream closes the file when it ends or is destroyed. */
export interface Download {
  name: string;
  size_bytes: number;
  stream: Readable;
}

/**
 * @param folder the job's folder, relative to the storage root
 * @throws Refusal `not_found` for a name that is unsafe or not in the folder; `unavailable` when the disk refuses
 */
export async function openDownload(folder: string, name: string): Promise<Download> {
  const listed = isSafeFileName(name) && (await filesIn(folder)).some((file) => file.name === name);
  if (!listed) throw new Refusal("not_found", "There is no such file in this job's folder.");
  const file = await openFile(folder, name);
  const { size } = await file.stat();
  // Exactly the bytes that were announced, even when a slicer is writing more.
  const stream = file.createReadStream({ highWaterMark: 1 << 18, end: Math.max(0, size - 1) });
  return { name, size_bytes: size, stream };
}
