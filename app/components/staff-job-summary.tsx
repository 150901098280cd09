/** A job in short, on top of every decision about it. */
import type { JobCard } from "@server/jobs/card.server";
import { formatGrams, formatHours } from "@server/jobs/pricing";
import { FactList } from "./facts";
import { StaffPart } from "./staff-part";
import { StatusBadge } from "./status-badge";
import { Swatch } from "./swatch";
import { Money, Time } from "./time";

export function JobSummary({ job }: { job: JobCard }) {
  return (
    <section className="card decision-job" aria-labelledby="summary-title">
      <header className="mb-3 flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 className="card-title" id="summary-title">
          {job.student_name}
        </h2>
        <StatusBadge status={job.status} />
      </header>
      <StaffPart job={job} edge={128} />
      <FactList
        facts={[
          { label: "File", value: job.display_name },
          {
            label: "Sent as",
            value: job.original_filename !== job.display_name ? job.original_filename : null,
          },
          { label: "Printer", value: job.printer_name },
          { label: "Material", value: `${job.print_method}, ${job.material_name}` },
          { label: "Color", value: <Swatch hex={job.color_hex} name={job.color_name} /> },
          { label: "For", value: `${job.discipline}, ${job.class_number}` },
          {
            label: "Estimate",
            value:
              job.weight_g === null
                ? null
                : `${formatGrams(job.weight_g)}${job.time_hours === null ? "" : `, ${formatHours(job.time_hours)}`}`,
          },
          { label: "Price", value: job.cost_cents === null ? null : <Money cents={job.cost_cents} /> },
          { label: "Submitted", value: <Time at={job.created_at} /> },
        ]}
      />
    </section>
  );
}
