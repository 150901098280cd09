import { Refusal } from "../errors";
import { folderOf, writeMetadata } from "../files/store.server";
import { Job, JobFile, metadataOf } from "../jobs/job.server";
import type { Desk } from "../jobs/lock.server";
import { pictureEffect } from "../jobs/make-picture.server";
import { announceLater } from "../outbox/enqueue.server";
import { writeEffects } from "../outbox/outbox.server";
import { repair, type Repaired, type RepairInput, reportedPath } from "./repair.server";

/**
 * Notes the content of a file as it is now: somebody saved it again on purpose.
 * @param input.file_path relative to the storage root
 * @throws Refusal `forbidden` (reason `original`) for the file that the student sent: its change is damage, and a
 * backup has the right one; else as `repair`
 */
export async function acceptChangedFile(
  desk: Desk,
  input: RepairInput & { file_path: string },
): Promise<Repaired> {
  const finding = await reportedPath("hash_mismatch", input.file_path);
  return repair(desk, input, finding, async (now, trx) => {
    const { expected = [], found } = now.details;
    if (!found || expected.some(({ role }) => role === "original"))
      throw new Refusal(
        "forbidden",
        "This is the file that the student sent. A change of it is never accepted; bring back the right one from a backup.",
        { reason: "original" },
      );
    const name = now.path.slice(now.path.lastIndexOf("/") + 1);
    await JobFile.query(trx)
      .where({ job_id: now.job_id!, name })
      .whereNot("role", "original")
      .patch({ size_bytes: found.size_bytes, sha256: found.sha256 });
    const job = await Job.query(trx).findById(now.job_id!).throwIfNotFound();
    const files = await JobFile.query(trx).where("job_id", job.id);
    await writeMetadata(folderOf(job.status, job.stem), metadataOf(job, files));
    const effects = await writeEffects(trx, [pictureEffect(job.id, found.sha256)]);
    return {
      how: "accepted as it is now",
      event: {
        type: "AdminAction",
        job_id: job.id,
        details: { action: "accept-file", path: now.path, expected, found },
      },
      after: async () => announceLater(effects),
    };
  });
}
