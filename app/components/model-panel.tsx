/** What the browser has read in the chosen file, below the file field: announced politely, never in the way. */
import clsx from "clsx";
import type { PartView } from "@server/parts/judge";
import { Alert } from "./alert";
import { formatBytes } from "./model-file";
import type { ModelReading } from "./model-reading";
import { PartFacts } from "./part-facts";

interface Props {
  file: File | null;
  /** The field says already what is wrong with it. */
  wrong: boolean;
  reading: ModelReading;
  /** The report, judged by what is chosen above. */
  part: PartView | null;
  /** What is wrong with the chosen printer. */
  advice?: string;
  openQuestion?: string;
}

export function ModelPanel({ file, wrong, reading, part, advice, openQuestion }: Props) {
  const shown = file && !wrong;
  // Not ready before the student has said so below.
  const asks = part?.fits === "no";
  const holdsRoom = shown && (part || reading.state === "reading");
  return (
    <div aria-live="polite" className={clsx(shown && "mt-3", holdsRoom && "model-panel")}>
      {shown && reading.state === "reading" && (
        <p className="flex items-center gap-3 text-base text-soft">
          <span className="spinner" aria-hidden="true" />
          {reading.measuring ? "Measuring your model…" : "Reading your file…"}
        </p>
      )}
      {shown && reading.state !== "reading" && (
        <p className={clsx("text-base font-semibold wrap-anywhere", !asks && "text-good")}>
          {asks ? "Read" : "Ready to send"}: {file.name}, {formatBytes(file.size)}
        </p>
      )}
      {shown && part && (
        <section className="mt-4" aria-labelledby="model-panel-title">
          <h3 className="mb-3 text-lg" id="model-panel-title">
            What your file says
          </h3>
          {advice && <Alert tone="warning" title={advice} className="mb-4" />}
          <PartFacts part={part} openQuestion={openQuestion} />
        </section>
      )}
    </div>
  );
}
