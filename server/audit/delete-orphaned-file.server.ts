import { contentOf } from "../files/inspect.server";
import { setAside } from "../files/set-aside.server";
import type { Desk } from "../jobs/lock.server";
import { refuseIfNeeded } from "./needed.server";
import { repair, type Repaired, type RepairInput, reportedPath } from "./repair.server";

/**
 * Deletes what no job explains: a file or folder that an audit reported, or one file of such a folder.
 * @param input.file_path relative to the storage root
 * @throws Refusal `invalid` (reasons `outside`, `link`), `not_found` (`not_reported`, `gone`), `forbidden`
 * (`needed`) when any job references the path, and as `repair`
 */
export async function deleteOrphanedFile(
  desk: Desk,
  input: RepairInput & { file_path: string },
): Promise<Repaired> {
  const finding = await reportedPath("orphaned_file", input.file_path);
  const result = await repair(desk, input, finding, async (now, trx) => {
    await refuseIfNeeded(trx, input.file_path);
    const aside = await setAside(input.file_path);
    const whole = input.file_path === finding.path;
    return {
      how: "deleted",
      event: {
        type: "FileDeleted",
        details: {
          file_path: input.file_path,
          kind: "orphaned_file",
          ...(whole && { files: now.details.files ?? 1, bytes: now.details.bytes ?? 0 }),
        },
      },
      partly: !whole && (await contentOf(finding.path, 0)).files > 0,
      undo: aside.putBack,
      after: aside.destroy,
    };
  });
  return { ...result, path: input.file_path, message: result.message.replace(finding.path, input.file_path) };
}
