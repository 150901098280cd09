/** How much lies in the storage, counted on the disk: slicers save files there that no table knows. */
import { opendir, stat } from "node:fs/promises";
import path from "node:path";
import { storageRoot } from "../files/store.server";
import { STATUS, STATUSES } from "../jobs/states";
import type { Measures } from "./machine.server";

/** How long a count holds, in ms: a share with thousands of files is not walked every minute. */
const HOLDS_MS = 10 * 60_000;

let last: { at: number; root: string; measures: Measures } | undefined;

/** Bytes below the root, in all (`storage_bytes`) and by status folder (`storage_bytes_Uploaded`), counted anew after ten minutes. */
export async function measureStorageUse(): Promise<Measures> {
  const root = storageRoot();
  if (last && last.root === root && Date.now() - last.at < HOLDS_MS && Date.now() >= last.at)
    return last.measures;
  const measures = await countStorage();
  last = { at: Date.now(), root, measures };
  return measures;
}

/** The same, counted now. */
export async function countStorage(): Promise<Measures> {
  const root = storageRoot();
  const measures: Measures = {};
  let all = 0;
  let files = 0;
  const folders = new Set<string>(STATUSES.map((status) => STATUS[status].folder));
  for await (const entry of await opendir(root)) {
    const below = await bytesIn(path.join(root, entry.name));
    all += below.bytes;
    files += below.files;
    if (folders.has(entry.name)) measures[`storage_bytes_${entry.name}`] = below.bytes;
  }
  return { storage_bytes: all, storage_files: files, ...measures };
}

/** One thing after the other: counting must not be noticed. Links are not followed; what vanishes meanwhile is nothing. */
async function bytesIn(place: string): Promise<{ bytes: number; files: number }> {
  let bytes = 0;
  let files = 0;
  try {
    for await (const entry of await opendir(place)) {
      const inner = path.join(place, entry.name);
      if (entry.isDirectory()) {
        const below = await bytesIn(inner);
        bytes += below.bytes;
        files += below.files;
      } else if (entry.isFile()) {
        bytes += await stat(inner).then(({ size }) => size, () => 0); // prettier-ignore
        files++;
      }
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOTDIR") return stat(place).then(({ size }) => ({ bytes: size, files: 1 }), () => ({ bytes, files })); // prettier-ignore
    if (code !== "ENOENT") throw error;
  }
  return { bytes, files };
}
