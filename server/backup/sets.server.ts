/** The sets in a backup folder: one manifest each, with its own checksum, written last. */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { codeOf, writeAtomic } from "../files/disk.server";
import { type Manifest, ManifestSchema, objectsOf } from "./manifest";
import { DamagedBackup, type ObjectStore } from "./objects.server";
import { setsToKeep, setTime } from "./retention";

const ENDING = ".manifest";
const folderOf = (store: ObjectStore) => path.join(store.folder, "sets");

/** Names of the sets, newest first. */
export async function setNames(store: ObjectStore): Promise<string[]> {
  try {
    return (await readdir(folderOf(store)))
      .filter((name) => name.endsWith(ENDING) && setTime(name.slice(0, -ENDING.length)))
      .map((name) => name.slice(0, -ENDING.length))
      .sort()
      .reverse();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  }
}

/** Writes a manifest: with this the set exists. */
export async function writeSet(store: ObjectStore, manifest: Manifest): Promise<void> {
  const body = JSON.stringify(manifest);
  await mkdir(folderOf(store), { recursive: true, mode: 0o700 });
  const sealed = await store.seal(`${createHash("sha256").update(body).digest("hex")}\n${body}\n`);
  await writeAtomic(path.join(folderOf(store), `${manifest.set}${ENDING}`), sealed);
}

/**
 * Reads a set's manifest.
 * @throws DamagedBackup when it is missing, was changed, or needs another key
 */
export async function readSet(store: ObjectStore, name: string): Promise<Manifest> {
  const what = `The set ${name}`;
  let sealed: Buffer;
  try {
    if (!setTime(name)) throw new DamagedBackup(`"${name}" is no name of a set.`);
    sealed = await readFile(path.join(folderOf(store), `${name}${ENDING}`));
  } catch (error) {
    if (codeOf(error) === "ENOENT") throw new DamagedBackup(`${what} does not exist in ${store.folder}.`);
    throw error;
  }
  const text = store.unseal(sealed, what);
  const [sum, body = ""] = text.split("\n");
  if (createHash("sha256").update(body).digest("hex") !== sum)
    throw new DamagedBackup(`${what} is damaged: its manifest does not give its checksum.`);
  const parsed = ManifestSchema.safeParse(JSON.parse(body));
  if (!parsed.success)
    throw new DamagedBackup(`${what} was written by a version that this one does not know.`);
  return parsed.data;
}

/**
 * Deletes the sets that need not be kept, then the objects that no set needs any more. A manifest that cannot be
 * read stops it before anything is deleted: what it needs is not known.
 */
export async function pruneSets(
  store: ObjectStore,
): Promise<{ sets: string[]; objects: number; bytes: number }> {
  const all = await setNames(store);
  const keep = setsToKeep(all);
  const needed = new Set<string>();
  for (const name of keep)
    for (const { sha256 } of objectsOf(await readSet(store, name))) needed.add(store.nameOf(sha256));
  const sets = all.filter((name) => !keep.has(name));
  for (const name of sets) await rm(path.join(folderOf(store), `${name}${ENDING}`));
  return { sets, ...(await store.prune(needed)) };
}
