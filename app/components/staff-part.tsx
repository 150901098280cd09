/** What the file itself tells staff: picture, measures, fit on the printer asked for, what is poor about the mesh. */
import { formatCents } from "@server/format";
import type { JobCard } from "@server/jobs/card.server";
import { describeEstimate } from "@server/mesh/estimate";
import { type PartView, sizeText, whyNoEstimate } from "@server/parts/judge";
import clsx from "clsx";
import type { ReactNode } from "react";
import { FactList } from "./facts";
import { FitText } from "./fit-text";
import { Icon } from "./icon";
import { ModelPicture, staffPicture } from "./model-picture";
import { Badge } from "./status-badge";

const FIT_WORDS = { as_is: "fits", turned: "fits if turned", no: "does not fit" };

/** "20 × 20 × 7.5 mm" and whether it fits the printer that was asked for, in one line. */
export function FitLine({ part }: { part: PartView }) {
  const fits = part.chosen?.fits ?? part.fits;
  return (
    <p className="flex flex-wrap items-center gap-x-2 gap-y-1" title={part.chosen?.text ?? part.fit_text}>
      <span className="tabular-nums">{sizeText(part.size_mm)}</span>
      <Badge tone={fits === "no" ? "danger" : "plain"} icon={fits === "no" ? "alert" : undefined}>
        {FIT_WORDS[fits]}
      </Badge>
      {part.scale_text && (
        <Badge tone="caution" icon="alert">
          check the unit
        </Badge>
      )}
    </p>
  );
}

/** The whole report. `children` stand below the picture. */
export function StaffPart({
  job,
  edge,
  children,
}: {
  job: Pick<JobCard, "part" | "picture" | "display_name">;
  edge: number;
  children?: ReactNode;
}) {
  const { part } = job;
  return (
    <div className={clsx("part", edge < 200 && "part-small")}>
      <div className="part-picture">
        <ModelPicture
          picture={job.picture}
          src={staffPicture(job.picture)}
          file={job.display_name}
          edge={edge}
          eager
        />
        {children}
      </div>
      {part ? (
        <div className="part-facts">
          <FactList
            facts={[
              { label: "Size", value: sizeText(part.size_mm) },
              { label: "Fit", value: <FitText part={part} /> },
              {
                label: "From the model",
                value: part.estimate ? describeEstimate(part.estimate, formatCents) : whyNoEstimate(part),
              },
              { label: "Volume", value: `${Number((part.volume_mm3 / 1000).toPrecision(3))} cm³` },
              {
                label: "Mesh",
                value: `${part.triangles.toLocaleString("en-US")} triangles, ${part.shells} ${part.shells === 1 ? "part" : "parts"}, ${part.watertight ? "closed" : "not closed"}`,
              },
              {
                label: "Unit in the file",
                value: part.unit === "unknown" ? "not said, read as mm" : part.unit,
              },
            ]}
          />
          <Advice part={part} />
        </div>
      ) : (
        <p className="text-soft">This file has not been measured.</p>
      )}
    </div>
  );
}

function Advice({ part }: { part: PartView }) {
  const items = [...(part.scale_text ? [part.scale_text] : []), ...part.advice.map(({ text }) => text)];
  if (items.length === 0) return null;
  return (
    <ul className="flags mt-3">
      {items.map((text) => (
        <li key={text} className="text-caution">
          <Icon name="alert" /> <span>{text}</span>
        </li>
      ))}
    </ul>
  );
}
