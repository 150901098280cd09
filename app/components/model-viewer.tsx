/** The model in 3D, on the plate of its printer: a button that only scripts can make, and the view behind it. */
import type { ModelShown } from "@server/reports/model-shown";
import { useEffect, useRef, useState } from "react";
import { Icon } from "./icon";
import { ModelViewerDialog } from "./model-viewer-dialog";

interface Props {
  jobId: string;
  model: ModelShown;
  /** The filament's colour, #rrggbb. */
  color: string | null;
}

/** Its place is kept while the page wakes up, so that nothing jumps; without scripts there is neither. */
export function ModelViewer({ jobId, model, color }: Props) {
  const [able, setAble] = useState(false);
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => setAble(true), []);
  return (
    <div className="viewer-slot no-print">
      {able && (
        <button
          ref={button}
          type="button"
          className="btn btn-neutral"
          aria-haspopup="dialog"
          onClick={() => setOpen(true)}
        >
          <Icon name="cube" />
          View in 3D
        </button>
      )}
      {open && (
        <ModelViewerDialog
          file={`/dashboard/jobs/${jobId}/file/${encodeURIComponent(model.name)}`}
          model={model}
          color={color}
          onClose={() => {
            setOpen(false);
            button.current?.focus();
          }}
        />
      )}
    </div>
  );
}
