import { Refusal } from "../errors";
import { hashFile } from "../files/disk.server";
import { entryAt, readMetadata } from "../files/inspect.server";
import type { KnownMetadata } from "../files/metadata";
import { absolute, folderOf, UNDECIDED_MARK, writeMetadata } from "../files/store.server";
import { metadataOf } from "../jobs/job.server";
import type { Desk } from "../jobs/lock.server";
import { pictureEffect } from "../jobs/make-picture.server";
import { restoreRow } from "../jobs/restore.server";
import { announceLater } from "../outbox/enqueue.server";
import { writeEffects } from "../outbox/outbox.server";
import { repair, type Repaired, type RepairInput, reportedPath } from "./repair.server";

/**
 * Brings back a job that the database has lost, from the metadata.json in its folder, when the folder stands where
 * that says and every file in it has the size and content noted. No letter is sent: a job that waits for its
 * student comes back as expired, because the link the student had is gone.
 * @param input.file_path the folder that an audit reported as orphaned
 * @throws Refusal `forbidden` (reasons `no_metadata`, `deleted`, `undecided`, `elsewhere`, `files_differ`, `taken`), and as `repair`
 */
export async function restoreJob(desk: Desk, input: RepairInput & { file_path: string }): Promise<Repaired> {
  const finding = await reportedPath("orphaned_file", input.file_path);
  return repair(desk, input, finding, async (now, trx) => {
    const { path, details } = now;
    const found = await readMetadata(path);
    if (found.state !== "read" || !details.lost_job)
      throw no(
        found.state === "read" ? "taken" : "no_metadata",
        found.state === "read"
          ? `Job ${found.metadata.short_id} exists, so it cannot be restored from ${path}.`
          : `${path} has no metadata.json that a job could be rebuilt from.`,
      );
    const { metadata } = found;
    if (details.deleted_on_purpose)
      throw no("deleted", `Job ${metadata.short_id} was deleted on purpose; the log says by whom and why. It stays deleted.`); // prettier-ignore
    const stem = metadata.format === 1 ? path.slice(path.lastIndexOf("/") + 1) : metadata.stem;
    if (folderOf(metadata.status, stem) !== path)
      throw no("elsewhere", `The metadata.json in ${path} says that the folder is ${folderOf(metadata.status, stem)}. Move it there, run an audit and try again.`); // prettier-ignore
    if ((await entryAt(`${path}/${UNDECIDED_MARK}`)).kind !== "none")
      throw no("undecided", `${path} is left of a request that was never completed, or of a deletion. The next sweep clears it.`); // prettier-ignore
    await requireSameFiles(path, metadata);
    const { job, files, notes } = await restoreRow(trx, metadata, stem);
    await writeMetadata(path, metadataOf(job, files));
    const effects = await writeEffects(trx, [...new Set(files.map(({ sha256 }) => sha256))].map((sha256) => pictureEffect(job.id, sha256))); // prettier-ignore
    return {
      how: `job ${job.short_id} restored`,
      event: {
        type: "JobRestored",
        job_id: job.id,
        details: { short_id: job.short_id, to: job.status, path, ...notes },
      },
      after: async () => announceLater(effects),
    };
  });
}

async function requireSameFiles(path: string, metadata: KnownMetadata): Promise<void> {
  const names = new Set(metadata.files.map(({ name }) => name));
  if (!names.has(metadata.authoritative_filename))
    throw no("files_differ", `The metadata.json in ${path} names a file to print that it does not list.`);
  // Of a file that is two things to the job, the one that it is printed from says what it is now.
  const order = { original: 0, other: 1, authoritative: 2 };
  const expected = new Map(
    [...metadata.files].sort((a, b) => order[a.role] - order[b.role]).map((file) => [file.name, file]),
  );
  for (const { name, size_bytes, sha256 } of expected.values()) {
    const entry = await entryAt(`${path}/${name}`);
    const same =
      entry.kind === "file" &&
      entry.size_bytes === size_bytes &&
      (await hashFile(absolute(`${path}/${name}`))) === sha256;
    if (!same)
      throw no("files_differ", `${path}/${name} is missing or not what metadata.json says. Bring it back from a backup first.`); // prettier-ignore
  }
}

function no(reason: string, message: string): Refusal {
  return new Refusal("forbidden", `${message} Nothing was changed.`, { reason });
}
