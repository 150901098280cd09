/** The files of a job, and how to get at them: download, or open in the slicer of this workstation. */
import type { SheetFile } from "@server/reports/job-sheet.server";
import { Alert } from "./alert";
import { Icon } from "./icon";
import { formatBytes } from "./model-file";
import { FileWays } from "./staff-open-file";
import { Badge } from "./status-badge";
import { Time } from "./time";

const ROLES: Record<string, string> = { original: "student's original", authoritative: "to be printed" };

export function JobFiles({
  jobId,
  files,
  folder,
  mount,
  problem,
}: {
  jobId: string;
  files: SheetFile[];
  /** The job's folder below the storage root. */
  folder: string;
  /** Where this workstation mounts the storage, if anybody has said so. */
  mount: string | null;
  problem: string | null;
}) {
  return (
    <>
      {problem && <Alert tone="warning" title={problem} />}
      <ul className="rows">
        {files.map((file) => (
          <li key={file.name}>
            <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
              <Icon name="file" className="text-faint" />
              <span className="font-semibold wrap-anywhere">{file.name}</span>
              {file.roles.map((role) => (
                <Badge key={role} tone={role === "authoritative" ? "accent" : "plain"}>
                  {ROLES[role] ?? role}
                </Badge>
              ))}
              {!file.on_disk && !problem && (
                <Badge tone="danger" icon="alert">
                  not on the disk
                </Badge>
              )}
            </p>
            <p className="text-sm text-soft">
              {formatBytes(file.size_bytes)}
              {file.modified_at && (
                <>
                  , <Time at={file.modified_at} />
                </>
              )}
              {file.sha256 && (
                <>
                  , SHA-256{" "}
                  <span className="short-id" title={file.sha256}>
                    {file.sha256.slice(0, 12)}…
                  </span>
                </>
              )}
            </p>
            {file.on_disk && <FileWays jobId={jobId} path={`${folder}/${file.name}`} mount={mount} />}
          </li>
        ))}
      </ul>
      <p className="mt-3 text-sm text-soft">
        {mount ? (
          <>
            Nothing opens? <a href="/downloads/opener">Set up the slicer opener</a> on this workstation.
          </>
        ) : (
          <>
            Nobody has set up where this workstation finds the storage, so files cannot be opened in the
            slicer from here. They lie in <span className="path">{folder}</span>.{" "}
            <a href="/downloads/opener">How to set it up</a>
          </>
        )}
      </p>
    </>
  );
}
