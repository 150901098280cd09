/**
 * Where a job's files lie. Promises: the folder that the database names always holds the job's
 * files; a move is whole or it did not happen; nothing a job needs is ever deleted.
 *
 * A move has three steps around the database's commit: `stage` builds the whole folder beside its
 * target and renames it into place, the caller commits, `removeSource` then empties the old folder.
 * A crash leaves at worst a second folder, which `sweep.server.ts` recognises and clears.
 */
import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import path from "node:path";
import { config } from "../config.server";
import { STATUS, STATUSES, type Status } from "../jobs/states";
import { crashPoint } from "./crash.server";
import {
  codeOf,
  diskStamp,
  hashFile,
  linkOrCopy,
  namesIn,
  sameFile,
  storageRefusal,
  syncFolder,
  unlinkIfThere,
  writeAtomic,
} from "./disk.server";
import {
  access,
  lstat,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  rmdir,
  stat,
  unlink,
  writeFile,
} from "./file-system.server";
import { METADATA_FILE, type Metadata } from "./metadata";

/** Folders of work in progress start with this; they belong to nobody once their process is gone. */
export const STAGING_PREFIX = ".staging-";
/**
 * Lies in a folder while the commit that makes or ends its job is under way. Only a folder that carries
 * this mark, and whose job the database does not know, may be cleared away without asking a person.
 */
export const UNDECIDED_MARK = ".undecided";
/** A file that is being taken over from another file system; a crash leaves a part of it, and the whole where it was. */
const TAKEN_PREFIX = ".taken-";

/** The storage root, absolute. */
export function storageRoot(): string {
  return path.resolve(config().STORAGE_PATH);
}

/** Where uploads are received before a job exists. */
export function uploadStaging(): string {
  return path.join(storageRoot(), ".incoming");
}

/** A job's folder relative to the root, with forward slashes: `Uploaded/JaneDoe_Filament_Blue_1042`. */
export function folderOf(status: Status, stem: string): string {
  return `${STATUS[status].folder}/${stem}`;
}

/** An absolute path below the root for a relative one of ours. */
export function absolute(relative: string): string {
  const full = path.resolve(storageRoot(), relative);
  if (full !== storageRoot() && !full.startsWith(storageRoot() + path.sep))
    throw new Error(`The path leaves the storage root: ${relative}`);
  return full;
}

/** Creates the status folders and the place for uploads; never the root, whose absence means that the share is away. */
export async function prepareStorage(): Promise<void> {
  for (const folder of [...STATUSES.map((status) => absolute(STATUS[status].folder)), uploadStaging()])
    await mkdir(folder).catch((error) => {
      if (codeOf(error) !== "EEXIST") throw error;
    });
}

/** Is the storage there, with its status folders, and may we write to it? */
export async function storageAnswers(): Promise<boolean> {
  try {
    await access(absolute(STATUS.UPLOADED.folder), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** A folder that stands in its place but is not yet committed. */
export interface Staged {
  /** Relative path of the new folder. */
  folder: string;
  /** Takes the folder away again; for when the transaction fails. */
  discard(): Promise<void>;
}

/**
 * Puts a new job's folder in place: the received file under its final name, and metadata.json.
 * @param received absolute path of the upload; it stays where it is until the request is over
 * @returns with `stamp`, by which the file is known again without hashing it
 * @throws Refusal `unavailable` when the disk refuses; nothing is left behind then
 */
export async function stageNewJob(
  folder: string,
  received: string,
  fileName: string,
  metadata: Metadata,
): Promise<Staged & { stamp: string | null }> {
  let stamp: string | null = null;
  const staged = await stageFolder(folder, metadata, async (staging) => {
    await linkOrCopy(received, path.join(staging, fileName));
    stamp = await diskStamp(path.join(staging, fileName));
    await markUndecided(staging);
  });
  return { ...staged, stamp };
}

/** Takes the mark off a new job's folder, after its commit. */
export async function commitFolder(folder: string): Promise<void> {
  await unlinkIfThere(path.join(absolute(folder), UNDECIDED_MARK));
}

/** Marks a job's folder before the commit that deletes the job. */
export async function markForRemoval(folder: string): Promise<void> {
  try {
    await markUndecided(absolute(folder));
    await syncFolder(absolute(folder));
  } catch (error) {
    throw storageRefusal(error);
  }
}

async function markUndecided(folder: string): Promise<void> {
  await writeFile(path.join(folder, UNDECIDED_MARK), "");
}

/**
 * Builds the folder that a job will have after its move, beside its target, and renames it into place.
 * Every file in the old folder comes along, also those that nobody told us of. What an earlier move left at
 * the target goes back to the old folder first: until the commit that is the one the database names.
 * @throws Refusal `unavailable` when the disk refuses; nothing is left behind then
 */
export async function stageMove(from: string, to: string, metadata: Metadata): Promise<Staged> {
  return stageFolder(to, metadata, async (staging) => {
    await clearLeftover(absolute(to), absolute(from));
    for (const name of await movableNames(absolute(from))) {
      await linkOrCopy(path.join(absolute(from), name), path.join(staging, name));
      crashPoint("move:mid-copy");
    }
  });
}

async function stageFolder(
  folder: string,
  metadata: Metadata,
  fill: (staging: string) => Promise<void>,
): Promise<Staged> {
  const target = absolute(folder);
  const parent = path.dirname(target);
  const staging = path.join(parent, `${STAGING_PREFIX}${metadata.job_id}-${randomUUID()}`);
  let standing = false;
  const discard = () =>
    standing ? removeFolder(folder, metadata.job_id) : rm(staging, { recursive: true, force: true });
  try {
    crashPoint("folder:before");
    // The status folder is not made here: when the share is not mounted, a fresh empty tree must not hide that.
    await mkdir(staging, { mode: 0o770 });
    crashPoint("folder:made");
    await fill(staging);
    crashPoint("folder:filled");
    await writeAtomic(path.join(staging, METADATA_FILE), `${JSON.stringify(metadata, null, 2)}\n`);
    crashPoint("folder:before-fsync");
    await syncFolder(staging);
    crashPoint("folder:before-rename");
    await rename(staging, target);
    standing = true;
    crashPoint("folder:before-parent-fsync");
    await syncFolder(parent);
    return { folder, discard };
  } catch (error) {
    await discard().catch(() => undefined);
    throw storageRefusal(error);
  }
}

/**
 * A folder that a crashed earlier move, or a slicer that saved late, left at the target: the caller holds the
 * job's row, so nobody else moves it. What it holds and the job's folder lacks is taken over there.
 */
async function clearLeftover(target: string, home: string): Promise<void> {
  for (const name of await namesIn(target)) {
    const old = path.join(target, name);
    if (isOurs(name)) await rm(old, { recursive: true, force: true });
    else await keepOrDrop(old, home, name);
  }
  await rmdir(target).catch((error) => {
    if (codeOf(error) !== "ENOENT") throw error;
  });
}

/**
 * Empties the folder that a job has left. A file that is the same in the new folder goes; one that
 * appeared or changed meanwhile (a slicer saved) is taken over, never lost.
 * @returns names that were taken over
 */
export async function removeSource(from: string, to: string): Promise<string[]> {
  const source = absolute(from);
  const target = absolute(to);
  const kept: string[] = [];
  crashPoint("move:before-source-delete");
  for (const name of await namesIn(source)) {
    if (isOurs(name)) continue;
    const takenAs = await keepOrDrop(path.join(source, name), target, name);
    if (takenAs) kept.push(takenAs);
    crashPoint("move:mid-source-delete");
  }
  crashPoint("move:before-metadata-delete");
  for (const name of await namesIn(source)) {
    if (isOurs(name)) await rm(path.join(source, name), { recursive: true, force: true });
  }
  crashPoint("move:before-source-folder-delete");
  await rmdir(source).catch((error) => {
    // Something new was saved in this very moment: the next sweep takes it over.
    if (!["ENOENT", "ENOTEMPTY", "EEXIST"].includes(codeOf(error))) throw error;
  });
  return kept;
}

/**
 * Drops `file` when `folder` holds the same bytes under `name`, else moves it there under a free name.
 * A symbolic link is dropped: it belongs to no job, and a copy would bring in what lies outside the storage.
 * @returns the name it was kept under, or null when it was dropped
 */
async function keepOrDrop(file: string, folder: string, name: string): Promise<string | null> {
  if ((await lstat(file)).isSymbolicLink()) {
    await unlinkIfThere(file);
    return null;
  }
  for (let n = 0; ; n++) {
    const extension = path.extname(name);
    const as = n === 0 ? name : `${name.slice(0, name.length - extension.length)}~${n}${extension}`;
    const other = path.join(folder, as);
    if (!(await isThere(other))) {
      await rename(file, other).catch(async (error) => {
        if (codeOf(error) !== "EXDEV") throw error;
        // Under its name only when it is whole.
        const copy = path.join(folder, `${TAKEN_PREFIX}${randomUUID()}.tmp`);
        await linkOrCopy(file, copy);
        await rename(copy, other);
        await unlink(file);
      });
      return as;
    }
    if ((await sameFile(file, other)) || (await sameContent(file, other))) {
      await unlinkIfThere(file);
      return null;
    }
  }
}

/** Is the name taken? Only a clear "no such file" is a no: whatever lies there would be overwritten. */
async function isThere(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    (error) => {
      if (codeOf(error) === "ENOENT") return false;
      throw error;
    },
  );
}

async function sameContent(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([lstat(a), lstat(b)]);
  if (!first.isFile() || !second.isFile() || first.size !== second.size) return false;
  return (await hashFile(a)) === (await hashFile(b));
}

/** Files that we write ourselves beside a job's own: they are made anew, never moved. */
function isOurs(name: string): boolean {
  return (
    name === METADATA_FILE ||
    name === UNDECIDED_MARK ||
    /^\.metadata\.json\..*\.tmp$/.test(name) ||
    (name.startsWith(TAKEN_PREFIX) && name.endsWith(".tmp"))
  );
}

/** The plain files of a job's folder that belong to the job: not links, not ours. A folder that is not there is an error. */
async function movableNames(folder: string): Promise<string[]> {
  const names: string[] = [];
  for (const name of (await readdir(folder)).sort()) {
    if (isOurs(name)) continue;
    if ((await lstat(path.join(folder, name))).isFile()) names.push(name);
  }
  return names;
}

/** Puts a folder that lies in the wrong place into its own, which does not exist; for the sweep. */
export async function putBack(from: string, to: string, jobId: string): Promise<void> {
  try {
    await rename(absolute(from), absolute(to));
  } catch (error) {
    if (codeOf(error) !== "EXDEV") throw error;
    const staging = path.join(path.dirname(absolute(to)), `${STAGING_PREFIX}${jobId}-${randomUUID()}`);
    await mkdir(staging, { mode: 0o770 });
    for (const name of [...(await movableNames(absolute(from))), METADATA_FILE])
      await linkOrCopy(path.join(absolute(from), name), path.join(staging, name));
    await syncFolder(staging);
    await rename(staging, absolute(to));
    await removeSource(from, to);
  }
}

/** A file as it lies in a job's folder. */
export interface FoundFile {
  name: string;
  size_bytes: number;
  modified_at: Date;
}

/**
 * The plain files in a job's folder, newest first; metadata.json and hidden files left out.
 * @throws Refusal `unavailable` when the folder cannot be read or is not there: then the share is away
 */
export async function filesIn(folder: string): Promise<FoundFile[]> {
  try {
    await stat(absolute(folder));
    const found: FoundFile[] = [];
    for (const name of await movableNames(absolute(folder))) {
      if (name.startsWith(".")) continue;
      const facts = await stat(path.join(absolute(folder), name));
      found.push({ name, size_bytes: facts.size, modified_at: facts.mtime });
    }
    return found.sort(
      (a, b) => b.modified_at.getTime() - a.modified_at.getTime() || a.name.localeCompare(b.name),
    );
  } catch (error) {
    throw storageRefusal(error);
  }
}

/** Rewrites a job's metadata.json in place. */
export async function writeMetadata(folder: string, metadata: Metadata): Promise<void> {
  try {
    await writeAtomic(path.join(absolute(folder), METADATA_FILE), `${JSON.stringify(metadata, null, 2)}\n`);
  } catch (error) {
    throw storageRefusal(error);
  }
}

/**
 * Deletes a folder of a job for good; for direct deletion, after its commit. First it loses its name: what a crash
 * leaves of it is then taken for work in progress, never for a job's folder.
 */
export async function removeFolder(folder: string, jobId: string): Promise<void> {
  const aside = path.join(path.dirname(absolute(folder)), `${STAGING_PREFIX}${jobId}-${randomUUID()}`);
  try {
    await rename(absolute(folder), aside);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw error;
  }
  crashPoint("remove:set-aside");
  for (const name of await namesIn(aside)) {
    await rm(path.join(aside, name), { recursive: true, force: true });
    crashPoint("remove:half-done");
  }
  await rmdir(aside);
}

/** Opens a job's file for reading. */
export async function openFile(folder: string, name: string) {
  try {
    return await open(path.join(absolute(folder), name), "r");
  } catch (error) {
    throw storageRefusal(error);
  }
}
