/** The queue on paper: a row a job, dense, the head on every sheet. */
import { STATUS } from "@server/jobs/states";
import { formatGrams, formatHours } from "@server/jobs/pricing";
import type { QueueSheet } from "@server/reports/queue-sheet.server";
import { formatAge } from "@server/time";
import { useLab } from "./lab";
import type { ListPlace } from "./staff-list";
import { Swatch } from "./swatch";
import { Time } from "./time";

export function QueueTable({
  sheet,
  place,
  filters,
  now,
}: {
  sheet: QueueSheet;
  place: ListPlace;
  /** What narrows the list, in words. */
  filters: string[];
  now: string;
}) {
  const { lab_name } = useLab();
  const { jobs, total, capped } = sheet;
  return (
    <section className="queue-sheet" aria-labelledby="queue-title">
      <header>
        <h1 className="text-xl" id="queue-title">
          {STATUS[place.status].label}
        </h1>
        <p>
          {lab_name}, <Time at={now} />
        </p>
      </header>
      {filters.length > 0 && <p>Only: {filters.join("; ")}.</p>}
      {jobs.length < total && (
        <p>
          <strong>
            The first {jobs.length.toLocaleString("en-US")} of {total.toLocaleString("en-US")}
            {capped && "+"}.
          </strong>
        </p>
      )}
      {jobs.length === 0 ? (
        <p>No jobs.</p>
      ) : (
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable
        <div className="table-wrap" role="region" aria-label="Queue" tabIndex={0}>
          <table className="table queue-table">
            <thead>
              <tr>
                <th scope="col">Number</th>
                <th scope="col">Student</th>
                <th scope="col">File</th>
                <th scope="col">Printer</th>
                <th scope="col">Color</th>
                <th scope="col" className="num">
                  Weight
                </th>
                <th scope="col" className="num">
                  Time
                </th>
                <th scope="col">Since</th>
              </tr>
            </thead>
            <tbody>
              {jobs.map((job) => (
                <tr key={job.id}>
                  <th scope="row" className="short-id">
                    {job.short_id}
                  </th>
                  <td>{job.student_name}</td>
                  <td className="queue-file">{job.original_filename}</td>
                  <td>{job.printer_name}</td>
                  <td className="queue-color">
                    <Swatch hex={job.color_hex} name={job.color_name} />
                  </td>
                  <td className="num">{job.weight_g === null ? "–" : formatGrams(job.weight_g)}</td>
                  <td className="num">{job.time_hours === null ? "–" : formatHours(job.time_hours)}</td>
                  <td className="whitespace-nowrap">{formatAge(job.status_since, now)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {jobs.length > 0 && (
        <p className="font-semibold">
          {jobs.length === 1 ? "1 job" : `${jobs.length.toLocaleString("en-US")} jobs`}
          {sheet.weight_g > 0 && `, ${formatGrams(sheet.weight_g)}`}
          {sheet.time_hours > 0 && `, ${formatHours(sheet.time_hours)}`}
        </p>
      )}
    </section>
  );
}
