import type { Trx } from "../db.server";
import { Refusal } from "../errors";
import { entryId } from "../files/inspect.server";
import { storedSegments } from "../files/set-aside.server";
import { folderOf } from "../files/store.server";
import type { Status } from "../jobs/states";

interface Owner {
  short_id: number;
  status: Status;
  stem: string;
  file_path: string;
  metadata_path: string;
}

/**
 * The last word before anything is deleted: no job may reference the path, nor anything below or around it.
 * Where the storage takes two spellings for one name, the folders themselves are compared, not their names.
 * @throws Refusal `forbidden` (reason `needed`) when a job does
 */
export async function refuseIfNeeded(trx: Trx, filePath: string): Promise<void> {
  const segments = storedSegments(filePath);
  const folder = segments.slice(0, 2).join("/");
  const inside = `${filePath}/`;
  const owners: Owner[] = await trx("jobs")
    .whereRaw("lower(stem) = lower(?)", [segments[1]!])
    .orWhereIn("file_path", [filePath])
    .orWhereIn("metadata_path", [filePath])
    .orWhereRaw("starts_with(file_path, ?) OR starts_with(metadata_path, ?)", [inside, inside])
    .select("short_id", "status", "stem", "file_path", "metadata_path");
  for (const owner of owners) {
    const home = folderOf(owner.status, owner.stem);
    const named = [owner.file_path, owner.metadata_path];
    if (
      folder === home ||
      named.some((path) => path === filePath || path.startsWith(inside)) ||
      (await sameEntry(folder, home))
    )
      throw new Refusal(
        "forbidden",
        `Job ${owner.short_id} needs ${filePath}, so it cannot be deleted. Nothing was changed.`,
        { reason: "needed", short_id: owner.short_id },
      );
  }
}

async function sameEntry(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([entryId(a), entryId(b)]);
  return first !== null && first === second;
}
