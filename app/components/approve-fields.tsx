/**
 * File, weight and time of an approval. What a slicer wrote into the suggested file stands in the fields, marked
 * as read from it; with a script, choosing another file changes what nobody has typed over.
 */
import { formatCents } from "@server/format";
import { describeEstimate, type Estimate } from "@server/mesh/estimate";
import type { PriceSnapshot } from "@server/jobs/pricing";
import { useState } from "react";
import { CandidateField, type CandidateView } from "./candidate-field";
import type { Fields } from "./decision";
import { HoursField, WeightField } from "./decision-fields";

const FIELDS = { weight_g: "grams", time_hours: "hours" } as const;

export function ApproveFields({
  candidates,
  prices,
  estimate,
  fields,
}: {
  candidates: CandidateView[];
  prices: PriceSnapshot;
  /** From the mesh alone; shown, never filled in. */
  estimate: Estimate | null;
  fields: Fields;
}) {
  const suggested = candidates.find((file) =>
    fields.sent ? fields.chosen("authoritative_filename", file.name) : file.suggested,
  );
  const [file, setFile] = useState(suggested);
  const choose = (next: CandidateView) => {
    for (const [name, fact] of Object.entries(FIELDS)) {
      const control = document.getElementById(name) as HTMLInputElement;
      const before = text(file?.sliced?.[fact]);
      if (control.value !== before && control.value !== "") continue;
      control.value = text(next.sliced?.[fact]);
      control.dispatchEvent(new Event("input", { bubbles: true }));
    }
    setFile(next);
  };
  const from = (fact: "grams" | "hours") =>
    typeof file?.sliced?.[fact] === "number" ? `Read from ${file.name}; check it.` : null;
  return (
    <>
      <CandidateField candidates={candidates} fields={fields} onChoose={choose} />
      <WeightField
        name="weight_g"
        label="Weight"
        hint={
          from("grams") ??
          (estimate
            ? `As the slicer says. From the model: ${describeEstimate(estimate, formatCents)}.`
            : "As the slicer says.")
        }
        prices={prices}
        fields={fields}
        offered={text(suggested?.sliced?.grams)}
        beside={<HoursField fields={fields} offered={text(suggested?.sliced?.hours)} note={from("hours")} />}
      />
    </>
  );
}

function text(value: number | null | undefined): string {
  return typeof value === "number" ? String(value) : "";
}
