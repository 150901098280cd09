/** Getting at a job's file: in the slicer of this workstation, as a path, or as a download. Each opening is in the log. */
import { type MouseEvent, useRef, useState } from "react";
import { ButtonLink } from "./button";
import { Icon } from "./icon";
import { lastName } from "./last-name";
import { pathOnWorkstation, slicerLink } from "./staff-slicer-path";
import { useScript } from "./use-script";

interface FileAt {
  jobId: string;
  /** The file below the storage root. */
  path: string;
}

const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);

/**
 * A plain `print3d:` link; the script tells the server. Without one the link asks the server first, which writes it
 * down and leads on.
 */
export function OpenFile({
  jobId,
  path,
  mount,
  label = "Open file",
}: FileAt & {
  /** Where this workstation mounts the storage. */
  mount: string;
  label?: string;
}) {
  const script = useScript();
  const name = nameOf(path);
  const tell = () => {
    const body = new URLSearchParams({ file_name: name, staff_name: lastName() });
    // The slicer opens in any case; a log that cannot be reached must not be in the way.
    void fetch(`/dashboard/jobs/${jobId}/opened`, { method: "POST", body, keepalive: true }).catch(
      () => undefined,
    );
  };
  return (
    <ButtonLink
      tone="neutral"
      href={
        script
          ? slicerLink(pathOnWorkstation(mount, path))
          : `/dashboard/jobs/${jobId}/open/${encodeURIComponent(name)}`
      }
      onClick={script ? tell : undefined}
      aria-label={`${label}: ${name}`}
    >
      <Icon name="external" />
      {label}
    </ButtonLink>
  );
}

export function DownloadFile({ jobId, path, label = "Download" }: FileAt & { label?: string }) {
  const name = nameOf(path);
  const href = `/dashboard/jobs/${jobId}/file/${encodeURIComponent(name)}`;
  const sign = (event: MouseEvent<HTMLAnchorElement>) => {
    const who = lastName();
    event.currentTarget.href = who ? `${href}?staff_name=${encodeURIComponent(who)}` : href;
  };
  return (
    <ButtonLink tone="quiet" href={href} onClick={sign} aria-label={`${label} ${name}`}>
      {label}
    </ButtonLink>
  );
}

/** The path as text: one click marks it all; with a script a button copies it. Stands in a `file-ways` row. */
export function CopyPath({ path }: { path: string }) {
  const script = useScript();
  const text = useRef<HTMLSpanElement>(null);
  const [copied, setCopied] = useState(false);
  return (
    <>
      <span className="path" ref={text}>
        {path}
      </span>
      {script && (
        <button
          type="button"
          className="btn btn-quiet"
          onClick={() => void copy(path, text.current!).then(setCopied)}
        >
          {copied ? "Copied" : "Copy path"}
        </button>
      )}
      <span className="sr-only" role="status">
        {copied && "The path is in the clipboard."}
      </span>
    </>
  );
}

/** Over plain http a page has no clipboard of its own; there the browser copies what is marked. */
async function copy(path: string, element: HTMLElement): Promise<boolean> {
  if (navigator.clipboard)
    return navigator.clipboard.writeText(path).then(
      () => true,
      () => false,
    );
  getSelection()?.selectAllChildren(element);
  return document.execCommand("copy");
}

/** All three; a workstation that does not know where the storage is can only download. */
export function FileWays({
  jobId,
  path,
  mount,
  label = "Open in slicer",
}: FileAt & { mount: string | null; label?: string }) {
  return (
    <div className="file-ways">
      {mount && <OpenFile jobId={jobId} path={path} mount={mount} label={label} />}
      <DownloadFile jobId={jobId} path={path} />
      {mount && <CopyPath path={pathOnWorkstation(mount, path)} />}
    </div>
  );
}
