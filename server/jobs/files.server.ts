/** Which files belong to a job: what lies in its folder, with size and hash, and which one is printed. */
import path from "node:path";
import type { Trx } from "../db.server";
import { invalidField, Refusal } from "../errors";
import { diskStamp, type Fingerprint, fingerprint, storageRefusal } from "../files/disk.server";
import { extensionOf, isSafeFileName } from "../files/names";
import { absolute, filesIn, folderOf } from "../files/store.server";
import { type Job, JobFile } from "./job.server";
import { AUTHORITATIVE_EXTENSIONS } from "./schemas";

/** A file that may be chosen for printing. */
export interface Candidate {
  name: string;
  size_bytes: number;
  modified_at: Date;
  is_original: boolean;
  /** The suggestion: the newest file that a slicer saved, else the original. */
  suggested: boolean;
}

/**
 * The printable files in a job's folder, newest first, with a suggestion.
 * @param trx the caller's transaction, if it is in one: a second connection could be one too many for the pool
 */
export async function listCandidates(
  job: Pick<Job, "id" | "status" | "stem">,
  trx?: Trx,
): Promise<Candidate[]> {
  const original = await JobFile.query(trx).findOne({ job_id: job.id, role: "original" });
  const files = (await filesIn(folderOf(job.status, job.stem))).filter(
    (file) =>
      isSafeFileName(file.name) &&
      (AUTHORITATIVE_EXTENSIONS as readonly string[]).includes(extensionOf(file.name)),
  );
  const suggestion = files.find((file) => file.name !== original?.name) ?? files[0];
  return files.map((file) => ({
    ...file,
    is_original: file.name === original?.name,
    suggested: file === suggestion,
  }));
}

/**
 * Writes down what lies in the job's folder: files not seen before, and the authoritative one.
 * @param authoritative name of the file to print, when it is being chosen
 * @returns the job's files after this
 * @throws Refusal `invalid` on `authoritative_filename` when there is no such file, or it is still being written;
 * `unavailable` when the storage refuses, or the original has vanished from it
 */
export async function recordFiles(trx: Trx, job: Job, authoritative?: string): Promise<JobFile[]> {
  const folder = folderOf(job.status, job.stem);
  const known = await JobFile.query(trx).where("job_id", job.id);
  const found = await filesIn(folder);
  const original = known.find((file) => file.role === "original");
  if (original && !found.some((file) => file.name === original.name))
    throw new Refusal(
      "unavailable",
      "The student's file cannot be found in the storage, so nothing was changed. Check that the storage is mounted; an administrator can run the integrity audit.",
      { reason: "file_missing" },
    );
  const insert = (role: JobFile["role"], name: string, print: Fingerprint) =>
    JobFile.query(trx)
      .insert({ job_id: job.id, role, name, ...print })
      .returning("*");
  const fresh = new Map<string, Fingerprint>();
  for (const { name } of found) {
    // A name we cannot keep as data still travels with the folder.
    if (!isSafeFileName(name) || known.some((k) => k.name === name)) continue;
    const print = await look(folder, name, known);
    // What a slicer is still writing is seen the next time.
    if (!print) continue;
    fresh.set(name, print);
    known.push(await insert("other", name, print));
  }
  if (authoritative !== undefined) {
    if (!found.some((file) => file.name === authoritative))
      throw invalidField(
        "authoritative_filename",
        "That file is not in the job's folder any more. Choose one of the files listed.",
      );
    const print = fresh.get(authoritative) ?? (await look(folder, authoritative, known));
    if (!print)
      throw invalidField(
        "authoritative_filename",
        "That file is still being written. Wait until the slicer has finished, then send the form again.",
      );
    await JobFile.query(trx).delete().where({ job_id: job.id, role: "authoritative" });
    const rest = known.filter((file) => file.role !== "authoritative");
    rest.push(await insert("authoritative", authoritative, print));
    return rest;
  }
  return known;
}

/** A file's fingerprint: as it is known, while the file system says that nothing has changed; else taken afresh. */
async function look(folder: string, name: string, known: JobFile[]): Promise<Fingerprint | null> {
  const file = path.join(absolute(folder), name);
  try {
    const stamp = await diskStamp(file);
    const before = stamp && known.find((k) => k.name === name && k.disk_stamp === stamp);
    if (!before) return await fingerprint(file);
    const { size_bytes, sha256, disk_stamp } = before;
    return { size_bytes, sha256, disk_stamp };
  } catch (error) {
    throw storageRefusal(error);
  }
}
