/** Forgetting what was measured and drawn of contents that no job has any more. */
import type { Trx } from "../db.server";
import { rm } from "../files/file-system.server";
import { log } from "../log.server";
import { pictureFile } from "./picture.server";

/** A picture that nobody needs. */
export interface ForgottenPicture {
  sha256: string;
  width: number;
}

/**
 * Deletes the records of contents that no job's file has.
 * @returns their pictures, to be removed after the commit
 */
export async function forgetParts(trx: Trx, sha256s: string[]): Promise<ForgottenPicture[]> {
  const gone = (await trx("parts")
    .whereIn("sha256", sha256s)
    .whereNotExists(trx("job_files").whereRaw("job_files.sha256 = parts.sha256").select(trx.raw("1")))
    .delete()
    .returning(["sha256", "picture_widths"])) as { sha256: string; picture_widths: number[] }[];
  return gone.flatMap(({ sha256, picture_widths }) => picture_widths.map((width) => ({ sha256, width })));
}

/** Removes pictures. One that stays is found by nobody: its name is a hash that no record has. */
export async function removePictures(pictures: ForgottenPicture[]): Promise<void> {
  for (const { sha256, width } of pictures)
    await rm(pictureFile(sha256, width), { force: true }).catch((err) =>
      log.warn({ err }, "A picture of a pruned job stays"),
    );
}
