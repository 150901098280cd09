/**
 * Start is recovery. Compares the status folders with the database and puts right what a crash left:
 * half-built folders, second copies, folders whose commit never came. The database is the truth; a folder
 * that is needed, or that nobody can explain, is never removed (the audit shows it to a person).
 */
import path from "node:path";
import { db, inTransaction } from "../db.server";
import { codeOf, namesIn } from "../files/disk.server";
import { lstat, readFile, rm } from "../files/file-system.server";
import { METADATA_FILE } from "../files/metadata";
import { sweepStaging } from "../files/receive.server";
import {
  absolute,
  commitFolder,
  folderOf,
  prepareStorage,
  putBack,
  removeFolder,
  removeSource,
  STAGING_PREFIX,
  UNDECIDED_MARK,
  uploadStaging,
} from "../files/store.server";
import { config } from "../config.server";
import { log } from "../log.server";
import { tryHoldFiles } from "./guard.server";
import { Job } from "./job.server";
import { STATUS, STATUSES, type Status } from "./states";

/** What a sweep did. A second one right after finds nothing. */
export interface Swept {
  half_built: number;
  second_copies: number;
  put_back: number;
  undecided: number;
  unexplained: string[];
  /** Jobs left alone because somebody was at work on them, or because the disk refused; the next sweep sees them. */
  left: number;
}

/** Puts the storage right. Safe to run at any time, by several processes at once. */
export async function sweepStorage(): Promise<Swept> {
  await prepareStorage();
  const swept: Swept = {
    half_built: 0,
    second_copies: 0,
    put_back: 0,
    undecided: 0,
    unexplained: [],
    left: 0,
  };
  await sweepStaging(uploadStaging(), (config().UPLOAD_TIMEOUT_SECONDS + 60) * 1000);
  const places = new Map<string, Status[]>();
  for (const status of STATUSES) {
    for (const name of await namesIn(absolute(STATUS[status].folder))) {
      if (name.startsWith(STAGING_PREFIX)) await orLeave(swept, () => clearHalfBuilt(status, name, swept));
      else if (!name.startsWith(".")) places.set(name, [...(places.get(name) ?? []), status]);
    }
  }
  const rows = await db()("jobs").select("id", "stem", "status");
  const byStem = new Map(
    rows.map((row) => [row.stem as string, row as { id: string; stem: string; status: Status }]),
  );
  for (const [stem, statuses] of places) {
    const row = byStem.get(stem);
    const settled =
      row && statuses.length === 1 && statuses[0] === row.status && !(await isMarked(row.status, stem));
    if (settled) continue;
    if (row) await orLeave(swept, () => settle(row.id, swept));
    else for (const status of statuses) await orLeave(swept, () => clearUndecided(status, stem, swept));
  }
  const { unexplained, ...counts } = swept;
  if (unexplained.length || Object.values(counts).some((count) => count > 0))
    log.info(swept, "The storage sweep put things right");
  return swept;
}

let seenBefore = new Set<string>();

/**
 * Looks at the names in the status folders, and at the mark of a submission that never ended, and sweeps when something
 * lay there twice in a row that no finished move leaves behind: a web process that was killed has nobody else to clear up after it.
 */
export async function sweepIfNeeded(): Promise<Swept | null> {
  const odd = new Set<string>();
  const stems = new Set<string>();
  for (const status of STATUSES)
    for (const name of await namesIn(absolute(STATUS[status].folder))) {
      if (name.startsWith(STAGING_PREFIX) || stems.has(name)) odd.add(name);
      else {
        stems.add(name);
        // Nowhere else has a folder come that was not in another one before.
        if (status === "UPLOADED" && (await isMarked(status, name))) odd.add(name);
      }
    }
  const again = [...odd].some((name) => seenBefore.has(name));
  // What the sweep puts right is not what the next look finds.
  seenBefore = again ? new Set() : odd;
  return again ? sweepStorage() : null;
}

/** One folder that cannot be put right must not keep the sweep from the others. */
async function orLeave(swept: Swept, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (err) {
    swept.left++;
    log.warn({ err }, "A folder could not be put right; the next sweep tries again");
  }
}

/** A folder that a move was building: nobody needs it once its job is not being moved. */
async function clearHalfBuilt(status: Status, name: string, swept: Swept): Promise<void> {
  const jobId = name.slice(STAGING_PREFIX.length, STAGING_PREFIX.length + 36);
  await inTransaction(async (trx) => {
    if (!(await tryHoldFiles(trx, jobId))) return void swept.left++;
    await rm(path.join(absolute(STATUS[status].folder), name), { recursive: true, force: true });
    swept.half_built++;
  });
}

/** A job with a folder in the wrong place, or in two: everything goes where the database says. */
async function settle(jobId: string, swept: Swept): Promise<void> {
  await inTransaction(async (trx) => {
    if (!(await tryHoldFiles(trx, jobId))) return void swept.left++;
    const job = await Job.query(trx).findById(jobId).forUpdate();
    if (!job) return;
    const home = folderOf(job.status, job.stem);
    for (const status of STATUSES) {
      if (status === job.status) continue;
      const other = folderOf(status, job.stem);
      if (!(await exists(absolute(other)))) continue;
      if (await exists(absolute(home))) {
        await removeSource(other, home);
        swept.second_copies++;
      } else {
        await putBack(other, home, job.id);
        swept.put_back++;
      }
    }
    if (await isMarked(job.status, job.stem)) {
      await commitFolder(home);
      swept.undecided++;
    }
  });
}

/** A folder without a job, or of a pruned one: removed only when it carries the mark of a commit that never came. */
async function clearUndecided(status: Status, stem: string, swept: Swept): Promise<void> {
  const folder = folderOf(status, stem);
  if (!(await isMarked(status, stem))) {
    swept.unexplained.push(folder);
    return;
  }
  const jobId = await jobIdIn(folder);
  await inTransaction(async (trx) => {
    if (!jobId || !(await tryHoldFiles(trx, jobId))) return void swept.left++;
    const job = await Job.query(trx).findById(jobId);
    // A pruned job has no folder any more.
    if (job && !job.pruned_at) return;
    await removeFolder(folder, jobId);
    swept.undecided++;
  });
}

async function jobIdIn(folder: string): Promise<string | null> {
  try {
    const metadata = JSON.parse(await readFile(path.join(absolute(folder), METADATA_FILE), "utf8"));
    return typeof metadata.job_id === "string" ? metadata.job_id : null;
  } catch {
    return null;
  }
}

function isMarked(status: Status, stem: string): Promise<boolean> {
  return exists(path.join(absolute(folderOf(status, stem)), UNDECIDED_MARK));
}

/** Is it there, and not a link? What a link points to lies elsewhere and is none of ours. */
async function exists(file: string): Promise<boolean> {
  try {
    return !(await lstat(file)).isSymbolicLink();
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return false;
    throw error;
  }
}
