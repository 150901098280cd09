/**
 * The files of a set. While the lab works, folders move; the set holds every job's files in the place that the database's
 * snapshot names, whatever they did meanwhile, and nothing of jobs that are younger than the snapshot.
 */
import path from "node:path";
import { config } from "../config.server";
import { db } from "../db.server";
import { crashPoint } from "../files/crash.server";
import { codeOf, diskStamp } from "../files/disk.server";
import { lstat, readdir, readStream } from "../files/file-system.server";
import { METADATA_FILE } from "../files/metadata";
import { folderOf, STAGING_PREFIX, storageRoot, UNDECIDED_MARK } from "../files/store.server";
import { STATUS, STATUSES } from "../jobs/states";
import type { SnapshotJob } from "./dump.server";
import type { BackedUpFile } from "./manifest";
import type { ObjectStore } from "./objects.server";

/** What the file system says of a file → its content, from the last set: it need not be read again. */
export type Known = Map<string, { sha256: string; size: number }>;

/** What lies beside a set so that the next one is quick: never needed for a restore. */
export type Stamps = { stamp: string; sha256: string; size: number }[];

export interface Collected {
  files: BackedUpFile[];
  missing: string[];
  stamps: Stamps;
  written: number;
  read: number;
  /** Jobs of the snapshot that have been deleted since, with their files. */
  deleted: { id: string; short_id: number }[];
}

/** Looks this often for files that were on their way. */
const ROUNDS = 4;

export async function collectFiles(
  store: ObjectStore,
  jobs: SnapshotJob[],
  known: Known,
): Promise<Collected> {
  const found = new Map<string, BackedUpFile>();
  const done: Collected = { files: [], missing: [], stamps: [], written: 0, read: 0, deleted: [] };
  const byStem = new Map(jobs.map((job) => [job.stem, job]));
  const unknown: { stem: string; file: BackedUpFile }[] = [];

  const take = async (root: BackedUpFile["root"], full: string, as: string, sure: boolean) => {
    const key = `${root}:${as}`;
    if (found.has(key) && !sure) return;
    const file = await keepFile(store, full, known, done);
    if (!file) return;
    const entry = { root, path: as, ...file };
    found.set(key, entry);
    return entry;
  };
  /** A job's folder, wherever it lies, taken as where the snapshot has it. */
  const takeFolder = async (job: SnapshotJob, status: (typeof STATUSES)[number]) => {
    const home = folderOf(job.status, job.stem);
    const at = path.join(storageRoot(), folderOf(status, job.stem));
    for await (const name of filesBelow(at)) await take("storage", path.join(at, name), `${home}/${name}`, status === job.status); // prettier-ignore
  };

  let walked = 0;
  for await (const name of filesBelow(storageRoot(), isOthers)) {
    const [folder = "", stem = "", ...rest] = name.split("/");
    const status = STATUSES.find((s) => STATUS[s].folder === folder);
    const job = status && rest.length ? byStem.get(stem) : undefined;
    const as = job ? `${folderOf(job.status, job.stem)}/${rest.join("/")}` : name;
    const file = await take("storage", path.join(storageRoot(), name), as, !job || status === job.status);
    if (file && !job && status && rest.length) unknown.push({ stem, file });
    if (++walked === 3) crashPoint("backup:half-the-files");
  }
  await leaveOutNew(unknown, found);
  await catchUp(jobs, found, takeFolder, done);
  for await (const name of filesBelow(path.resolve(config().EVENT_EXPORT_PATH)))
    await take("events", path.join(path.resolve(config().EVENT_EXPORT_PATH), name), name, true);
  done.files = [...found.values()].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return done;
}

/** What belongs to no set: uploads under way, folders being built, what earlier restores set aside. */
function isOthers(name: string): boolean {
  return [".incoming", ".restoring", ".before-restore"].some((prefix) => name.startsWith(prefix)) || name.startsWith(STAGING_PREFIX); // prettier-ignore
}

/**
 * Leaves out the folders of jobs that are younger than the snapshot; the next set has them. Such a job is in the database now, or
 * its folder is undecided: its submission had not been committed when we came by, or its deletion has begun since.
 */
async function leaveOutNew(
  unknown: { stem: string; file: BackedUpFile }[],
  found: Map<string, BackedUpFile>,
) {
  const stems = [...new Set(unknown.map(({ stem }) => stem))];
  const young = new Set<string>();
  for (let at = 0; at < stems.length; at += 1_000)
    for (const { stem } of await db()("jobs")
      .whereIn("stem", stems.slice(at, at + 1_000))
      .select("stem"))
      young.add(stem);
  const jobFolder = (file: BackedUpFile) => file.path.split("/", 2).join("/");
  const marked = new Set(
    unknown.filter(({ file }) => file.path.endsWith(`/${UNDECIDED_MARK}`)).map(({ file }) => jobFolder(file)),
  );
  const out = new Set<string>();
  for (const [folder, stem] of new Map(unknown.map(({ file, stem }) => [jobFolder(file), stem])))
    if (young.has(stem) || marked.has(folder) || (await isUndecided(folder))) out.add(folder);
  for (const { file } of unknown) if (out.has(jobFolder(file))) found.delete(`storage:${file.path}`);
}

/** Whether this folder, relative to the storage's root, is marked as undecided at this moment, or gone. */
async function isUndecided(folder: string): Promise<boolean> {
  try {
    return (await readdir(path.join(storageRoot(), folder))).includes(UNDECIDED_MARK);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return true;
    throw error;
  }
}

/** Files that were on their way while we walked are looked for where they are now. */
async function catchUp(
  jobs: SnapshotJob[],
  found: Map<string, BackedUpFile>,
  takeFolder: (job: SnapshotJob, status: SnapshotJob["status"]) => Promise<void>,
  done: Collected,
): Promise<void> {
  const lacks = (job: SnapshotJob) => {
    // A job that keeps no files any more needs no folder either.
    if (job.files.length === 0) return [];
    const home = folderOf(job.status, job.stem);
    const names = job.files.filter(({ role }) => role !== "other").map(({ name }) => name);
    return [...new Set([...names, METADATA_FILE])].filter((name) => !found.has(`storage:${home}/${name}`));
  };
  const leaveOut = ({ id, short_id, status, stem }: SnapshotJob) => {
    done.deleted.push({ id, short_id });
    for (const key of found.keys())
      if (key.startsWith(`storage:${folderOf(status, stem)}/`)) found.delete(key);
  };
  let open = jobs.filter((job) => lacks(job).length);
  for (let round = 0; open.length && round < ROUNDS; round++) {
    const now = new Map<string, { status: SnapshotJob["status"]; version: number }>();
    for (const row of await db()("jobs")
      .whereIn(
        "id",
        open.map(({ id }) => id),
      )
      .select("id", "status", "version"))
      // prettier-ignore
      now.set(row.id as string, row);
    for (const job of open) {
      const at = now.get(job.id);
      if (at) await takeFolder(job, at.status);
      else leaveOut(job);
    }
    open = open.filter((job) => now.has(job.id) && lacks(job).length);
    // Nobody has touched them: they were missing before, and an audit tells of them.
    if (open.every((job) => now.get(job.id)?.version === job.version)) break;
  }
  for (const job of open) done.missing.push(...lacks(job).map((name) => `${folderOf(job.status, job.stem)}/${name}`)); // prettier-ignore
}

/** Stores one file. @returns null when it has gone meanwhile */
async function keepFile(store: ObjectStore, full: string, known: Known, done: Collected) {
  try {
    const { mtimeMs } = await lstat(full);
    const stamp = await diskStamp(full);
    const before = stamp === null ? undefined : known.get(stamp);
    if (before && (await store.has(before.sha256, before.size))) {
      done.stamps.push({ stamp: stamp!, ...before });
      return { ...before, mtime_ms: mtimeMs };
    }
    const { sha256, size, written } = await store.put(() => readStream(full, { highWaterMark: 1 << 20 }));
    done.written += written;
    done.read++;
    // What was written a moment ago may change again within the same tick of the clock.
    if (stamp !== null && Date.now() - mtimeMs > 2_000 && (await diskStamp(full)) === stamp)
      done.stamps.push({ stamp, sha256, size });
    return { sha256, size, mtime_ms: mtimeMs };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}

/** Plain files below a folder, as paths with forward slashes; links are nobody's. A folder that goes meanwhile ends early. */
async function* filesBelow(
  folder: string,
  skip: (name: string) => boolean = () => false,
): AsyncGenerator<string> {
  const walk = async function* (below: string): AsyncGenerator<string> {
    let names: string[];
    try {
      names = (await readdir(path.join(folder, below))).sort();
    } catch (error) {
      if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return;
      throw error;
    }
    for (const name of names) {
      if (skip(name)) continue;
      const relative = below ? `${below}/${name}` : name;
      const facts = await lstat(path.join(folder, relative)).catch((error) => {
        if (codeOf(error) === "ENOENT") return null;
        throw error;
      });
      if (facts?.isDirectory()) yield* walk(relative);
      else if (facts?.isFile()) yield relative;
    }
  };
  yield* walk("");
}
