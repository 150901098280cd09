/** The files of a job, and how to get at them: download, or open in the slicer of this workstation. */
import { useEffect, useState } from "react";
import type { SheetFile } from "@server/reports/job-sheet.server";
import { Alert } from "./alert";
import { ButtonLink } from "./button";
import { Icon } from "./icon";
import { formatBytes } from "./model-file";
import { pathOnWorkstation, slicerLink } from "./staff-slicer-path";
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
            {file.on_disk && (
              <>
                <p className="mt-1 flex flex-wrap gap-2">
                  {mount && (
                    <ButtonLink
                      tone="neutral"
                      href={slicerLink(pathOnWorkstation(mount, `${folder}/${file.name}`))}
                      aria-label={`Open ${file.name} in the slicer`}
                    >
                      <Icon name="external" />
                      Open in slicer
                    </ButtonLink>
                  )}
                  <ButtonLink
                    tone="quiet"
                    href={`/dashboard/jobs/${jobId}/file/${encodeURIComponent(file.name)}`}
                    aria-label={`Download ${file.name}`}
                  >
                    Download
                  </ButtonLink>
                </p>
                {mount && <CopyPath path={pathOnWorkstation(mount, `${folder}/${file.name}`)} />}
              </>
            )}
          </li>
        ))}
      </ul>
      {!mount && (
        <p className="mt-3 text-sm text-soft">
          Nobody has set up where this workstation finds the storage, so files cannot be opened in the slicer
          from here. They lie in <span className="path">{folder}</span>.
        </p>
      )}
    </>
  );
}

/** The path as text: one click marks it all; with a script a button copies it. */
function CopyPath({ path }: { path: string }) {
  const [able, setAble] = useState(false);
  const [copied, setCopied] = useState(false);
  useEffect(() => setAble(Boolean(navigator.clipboard)), []);
  return (
    <p className="mt-1 flex flex-wrap items-center gap-2 text-sm">
      <span className="path">{path}</span>
      {able && (
        <button
          type="button"
          className="btn btn-quiet"
          onClick={() => void navigator.clipboard.writeText(path).then(() => setCopied(true))}
        >
          {copied ? "Copied" : "Copy path"}
        </button>
      )}
      <span className="sr-only" role="status">
        {copied && "The path is in the clipboard."}
      </span>
    </p>
  );
}
