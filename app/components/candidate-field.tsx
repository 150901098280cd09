/** Which of the files in the job's folder will be printed. The newest that a slicer saved is suggested. */
import type { SlicedSays } from "@server/jobs/candidates.server";
import { formatGrams, formatHours } from "@server/format";
import { ChoiceGroup } from "./field";
import type { Fields } from "./decision";
import { formatBytes } from "./model-file";
import { Badge } from "./status-badge";
import { Time } from "./time";

/** A file that may be chosen. */
export interface CandidateView {
  name: string;
  size_bytes: number;
  modified_at: string;
  is_original: boolean;
  suggested: boolean;
  sliced: SlicedSays | null;
}

export function CandidateField({
  candidates,
  fields,
  onChoose,
}: {
  candidates: CandidateView[];
  fields: Fields;
  onChoose?: (file: CandidateView) => void;
}) {
  const name = "authoritative_filename";
  return (
    <ChoiceGroup
      name={name}
      label="Which file will be printed?"
      hint="Save the slicer's project beside the model and open this form again to see it here."
      error={fields.errors[name]}
    >
      {candidates.length === 0 && <p>There is no printable file in the job&apos;s folder.</p>}
      <div className="space-y-2">
        {candidates.map((file) => {
          const caption = <Caption file={file} />;
          return (
            <label key={file.name} className="candidate">
              <input
                type="radio"
                name={name}
                value={file.name}
                defaultChecked={fields.sent ? fields.chosen(name, file.name) : file.suggested}
                onChange={() => onChoose?.(file)}
              />
              <span className="min-w-0">{caption}</span>
            </label>
          );
        })}
      </div>
    </ChoiceGroup>
  );
}

function Caption({ file }: { file: CandidateView }) {
  return (
    <>
      <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="font-semibold wrap-anywhere">{file.name}</span>
        {file.is_original && <Badge>student&apos;s original</Badge>}
        {file.suggested && <Badge tone="accent">suggested</Badge>}
      </span>
      <span className="block text-sm text-soft">
        {formatBytes(file.size_bytes)}, <Time at={file.modified_at} />
      </span>
      {file.sliced && <Says sliced={file.sliced} />}
    </>
  );
}

/** What the slicer wrote into the file. */
function Says({ sliced }: { sliced: SlicedSays }) {
  const { hours, grams, printer, material, slicer, problem } = sliced;
  const said = [
    hours !== null && formatHours(hours),
    grams !== null && formatGrams(grams),
    printer,
    material,
  ].filter(Boolean);
  return (
    <span className="block text-sm">
      {said.length > 0 && (
        <>
          Read from the file: {said.join(", ")}
          {slicer && <span className="text-soft"> ({slicer})</span>}
        </>
      )}
      {problem && <span className="block text-soft">{problem}</span>}
    </span>
  );
}
