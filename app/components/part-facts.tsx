/** What the file itself tells a student: how big, where it fits, what it will about weigh and cost, what is poor about it. */
import { formatCents } from "@server/format";
import { describeEstimate } from "@server/mesh/estimate";
import { type PartView, sizeText, whyNoEstimate } from "@server/parts/judge";
import { Alert } from "./alert";
import { FactList } from "./facts";

/** "0.79 × 0.79 × 0.3 in" */
export function inches(size: PartView["size_mm"]): string {
  const inch = (mm: number) => Number(mm < 2.54 ? (mm / 25.4).toPrecision(2) : (mm / 25.4).toFixed(2));
  return `${size.map(inch).join(" × ")} in`;
}

/** Everything that a student should check about the model, as sentences. */
export function warningsOf({ scale_text, advice }: PartView): string[] {
  return [...(scale_text ? [scale_text] : []), ...advice.map(({ text }) => text)];
}

/** @param openQuestion what must be chosen before there can be an estimate */
export function PartFacts({ part, openQuestion }: { part: PartView; openQuestion?: string }) {
  const warnings = warningsOf(part);
  return (
    <>
      <FactList
        facts={[
          {
            label: "Size",
            value: (
              <>
                {sizeText(part.size_mm)} <span className="inline-block">({inches(part.size_mm)})</span>
              </>
            ),
          },
          { label: "Fit", value: <Fit lines={part.fit_lines} /> },
          {
            label: "Weight and price",
            value: part.estimate ? (
              <>
                {describeEstimate(part.estimate, formatCents)}
                <span className="block text-base font-normal text-soft">
                  Worked out from the model alone. The lab sets the price when it has sliced it.
                </span>
              </>
            ) : (
              (openQuestion ?? whyNoEstimate(part))
            ),
          },
        ]}
      />
      {warnings.length > 0 && (
        <Alert tone="warning" title="Please check your model" className="mt-4">
          <ul className="list-disc space-y-1 pl-5">
            {warnings.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </Alert>
      )}
    </>
  );
}

/** One sentence a line: several printers in one paragraph are hard to tell apart. */
function Fit({ lines }: { lines: string[] }) {
  return lines.map((line) => (
    <span key={line} className="block not-first:mt-2">
      {line}{" "}
    </span>
  ));
}
