/** The end of the submission form: the button, the progress of the upload. */
import { Button } from "./button";
import { formatBytes } from "./model-file";
import type { Upload } from "./use-upload";

/** The button, and while it works how far it is. */
export function SubmitRow({ id, upload }: { id: string; upload: Upload<unknown> }) {
  const { progress, failure } = upload;
  return (
    <div className="mt-10">
      <div role="alert">{failure && <p className="mb-4 font-semibold text-danger">{failure}</p>}</div>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-3">
        {/* Pressing it must not blur a field first: a message appearing above would move it from under the finger. */}
        <Button id={id} wide busy={Boolean(progress)} onMouseDown={(event) => event.preventDefault()}>
          {progress ? "Submitting…" : "Submit print request"}
        </Button>
        {progress && (
          <Button type="button" tone="quiet" onClick={upload.stop}>
            Cancel upload
          </Button>
        )}
      </div>
      {progress ? (
        <div className="mt-6">
          <progress className="bar" max={100} value={progress.percent} aria-label="Upload" />
          <p className="mt-2 text-base tabular-nums">
            {progress.percent < 100
              ? `Uploading: ${formatBytes(progress.sent)} of ${formatBytes(progress.total)} (${progress.percent} %)`
              : "Everything is here. Checking your file…"}
          </p>
          <p className="sr-only" role="status">
            {progress.percent < 100
              ? `Uploading, ${Math.floor(progress.percent / 25) * 25} percent`
              : "Checking your file"}
          </p>
        </div>
      ) : (
        <p className="mt-4 text-base text-soft">
          Sending a large file may take a minute. Press the button once and leave this page open.
        </p>
      )}
    </div>
  );
}
