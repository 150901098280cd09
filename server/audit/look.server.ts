/**
 * The three-way comparison itself, a piece at a time: what lies in a status folder against the jobs, and a job
 * against what lies in its folder. Looks and reports; changes nothing.
 */
import { isDeepStrictEqual } from "node:util";
import type { Knex } from "knex";
import { db } from "../db.server";
import { codeOf, hashFile } from "../files/disk.server";
import { contentOf, entryAt, readMetadata } from "../files/inspect.server";
import { comparable, METADATA_FILE } from "../files/metadata";
import { absolute, folderOf, STAGING_PREFIX } from "../files/store.server";
import { type Job, type JobFile, type JobRow, metadataOf } from "../jobs/job.server";
import { STATUS, STATUSES, type Status } from "../jobs/states";
import type { FindingDetails, Suspect } from "./kinds";

/** How many of a folder's files a finding names. */
const NAMED = 20;

type Owner = { id: string; short_id: number; stem: string; status: Status };

/** Names in a status folder that no job explains, or whose job belongs elsewhere. */
export async function lookAtEntries(status: Status, names: string[], on: Knex = db()): Promise<Suspect[]> {
  const owners: Owner[] = await on("jobs").whereIn("stem", names).select("id", "short_id", "stem", "status");
  const byStem = new Map(owners.map((owner) => [owner.stem, owner]));
  const suspects: Suspect[] = [];
  for (const name of names) {
    const path = `${STATUS[status].folder}/${name}`;
    const { kind, size_bytes } = await entryAt(path);
    if (kind === "none") continue;
    const owner = kind === "folder" ? byStem.get(name) : undefined;
    if (owner?.status === status) continue;
    if (owner) {
      const home = await entryAt(folderOf(owner.status, owner.stem));
      suspects.push({
        kind: "stale_file",
        path,
        job_id: owner.id,
        short_id: owner.short_id,
        details: { ...(await contents(path)), only_copy: home.kind !== "folder" },
      });
    } else
      suspects.push({
        kind: "orphaned_file",
        path,
        ...(await orphan(path, name, kind, size_bytes, on)),
      });
  }
  return suspects;
}

async function contents(path: string): Promise<FindingDetails> {
  return { what: "folder", ...(await contentOf(path, NAMED)) };
}

async function orphan(
  path: string,
  name: string,
  kind: "file" | "folder" | "link" | "other",
  bytes: number,
  on: Knex,
): Promise<Pick<Suspect, "job_id" | "short_id" | "details">> {
  if (name.startsWith(STAGING_PREFIX)) {
    // The name says whose move it was, so that a move under way is not taken for a leftover.
    const job_id = name.slice(STAGING_PREFIX.length, STAGING_PREFIX.length + 36);
    return { job_id: isUuid(job_id) ? job_id : null, short_id: null, details: { what: "half_built" } };
  }
  if (kind !== "folder") return { job_id: null, short_id: null, details: { what: kind, bytes } };
  const details = await contents(path);
  const found = await readMetadata(path);
  if (found.state !== "read") return { job_id: null, short_id: null, details };
  const { job_id, short_id } = found.metadata;
  const known = await on("jobs").where({ id: job_id }).orWhere({ short_id }).first("id");
  if (known) return { job_id, short_id, details };
  const deleted = await on("events").where({ job_id, event_type: "JobDeleted" }).first("id");
  return {
    job_id,
    short_id,
    details: { ...details, lost_job: { job_id, short_id }, ...(deleted && { deleted_on_purpose: true }) },
  };
}

const isUuid = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

/**
 * A job against its folder: every file that its records name is there and unchanged, and metadata.json agrees.
 * Other files in the folder are the job's too: somebody saved them there. A pruned job has no files.
 * @param only look at this path and nothing else
 */
export async function lookAtJob(job: Job, files: JobFile[], only?: string): Promise<Suspect[]> {
  if (job.pruned_at) return [];
  const home = folderOf(job.status, job.stem);
  const about = { job_id: job.id, short_id: job.short_id };
  const suspects: Suspect[] = [];
  const broken = (path: string, details: FindingDetails) =>
    suspects.push({ kind: "broken_link", path, ...about, details });
  const wanted = (path: string) => only === undefined || only === path;

  const paths = new Map<string, JobFile[]>();
  for (const file of files) {
    const path = `${home}/${file.name}`;
    paths.set(path, [...(paths.get(path) ?? []), file]);
  }
  // What the row itself names, should it disagree with the list of files.
  const place = `${home}/${METADATA_FILE}`;
  for (const path of [job.file_path, job.metadata_path])
    if (path !== place && !paths.has(path)) paths.set(path, []);
  const elsewhere = (await entryAt(home)).kind === "folder" ? undefined : await folderElsewhere(job);

  for (const [path, records] of paths) {
    if (!wanted(path)) continue;
    const roles = records.length ? records.map(({ role }) => role) : ["record"];
    const { kind, size_bytes } = await entryAt(path);
    const sha256 = kind === "file" && records.length ? await hashIfThere(path) : null;
    if (kind !== "file" || (records.length && !sha256))
      broken(path, { why: kind === "none" || kind === "file" ? "missing" : kind, roles, elsewhere });
    else if (sha256) {
      const found = { size_bytes, sha256 };
      const expected = records
        .filter(({ sha256 }) => sha256 !== found.sha256)
        .map(({ role, size_bytes, sha256 }) => ({ role, size_bytes, sha256 }));
      if (expected.length)
        suspects.push({ kind: "hash_mismatch", path, ...about, details: { expected, found } });
    }
  }
  if (wanted(place)) {
    const found = await readMetadata(home);
    if (found.state === "missing") broken(place, { why: "missing", roles: ["metadata"], elsewhere });
    else {
      const details = metadataTrouble(found, job, files);
      if (details) suspects.push({ kind: "metadata_drift", path: place, ...about, details });
    }
  }
  return suspects;
}

/** The file's hash, or null when it has just gone. */
function hashIfThere(path: string): Promise<string | null> {
  return hashFile(absolute(path)).catch((error) => {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  });
}

/** What is wrong with a metadata.json that is there, or null. */
function metadataTrouble(
  found: Exclude<Awaited<ReturnType<typeof readMetadata>>, { state: "missing" }>,
  job: Job,
  files: JobFile[],
): FindingDetails | null {
  if (found.state !== "read") return { problem: found.problem };
  const expected = comparable(
    JSON.parse(JSON.stringify(metadataOf({ ...(job as JobRow) }, files))),
    found.metadata.format,
  );
  const fields = Object.keys(expected).filter((key) => !isDeepStrictEqual(found.raw[key], expected[key]));
  return fields.length ? { fields } : null;
}

/** The folder of a job whose own is missing, where it lies instead. */
export async function folderElsewhere(job: Pick<Job, "status" | "stem">): Promise<string | undefined> {
  for (const status of STATUSES) {
    if (status === job.status) continue;
    const folder = folderOf(status, job.stem);
    if ((await entryAt(folder)).kind === "folder") return folder;
  }
  return undefined;
}
