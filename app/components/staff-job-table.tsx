/** The list as a dense table: a row a job, the same links and forms as on the cards. */
import { sizeText } from "@server/parts/judge";
import { severalFrom } from "@server/jobs/several";
import { Icon } from "./icon";
import { ChooseJob } from "./several-bar";
import { StartForm } from "./start-form";
import type { JobRow, ListPlace } from "./staff-list";
import { SortLink } from "./staff-list-controls";
import { Since } from "./staff-since";
import { action, nextAction } from "./staff-steps";
import { Badge } from "./status-badge";
import { Swatch } from "./swatch";
import { Money } from "./time";

const ariaSort = (place: ListPlace, sort: ListPlace["sort"]) =>
  place.sort === sort ? (place.dir === "asc" ? "ascending" : "descending") : undefined;

export function JobTable({
  jobs,
  place,
  now,
  moving,
}: {
  jobs: JobRow[];
  place: ListPlace;
  now: string;
  moving: Map<string, string>;
}) {
  const choosable = severalFrom(place.status).length > 0;
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable
    <div className="table-wrap" role="region" aria-label="Jobs" tabIndex={0}>
      <table className="table table-dense">
        <caption className="sr-only">Jobs</caption>
        <thead>
          <tr>
            {choosable && (
              <th scope="col">
                <span className="sr-only">Choose</span>
              </th>
            )}
            <th scope="col" aria-sort={ariaSort(place, "created")}>
              <SortLink place={place} sort="created" label="Number" />
            </th>
            <th scope="col" aria-sort={ariaSort(place, "name")}>
              <SortLink place={place} sort="name" label="Student" />
            </th>
            <th scope="col">File</th>
            <th scope="col" aria-sort={ariaSort(place, "printer")}>
              <SortLink place={place} sort="printer" label="Printer" />
            </th>
            <th scope="col">Size</th>
            <th scope="col" className="num">
              Price
            </th>
            <th scope="col" aria-sort={ariaSort(place, "waiting")}>
              <SortLink place={place} sort="waiting" label="Since" />
            </th>
            <th scope="col">Next step</th>
          </tr>
        </thead>
        <tbody>
          {jobs.map((job) => (
            <Row key={job.id} job={job} now={now} moving={moving.get(job.id)} choosable={choosable} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({
  job,
  now,
  moving,
  choosable,
}: {
  job: JobRow;
  now: string;
  moving?: string;
  choosable: boolean;
}) {
  const next = nextAction(job);
  return (
    <tr data-job={job.id} data-new={job.is_new || undefined} data-moving={moving ? true : undefined}>
      {choosable && (
        <td>
          <ChooseJob job={job} />
        </td>
      )}
      <td>
        <a className="row-link" href={`/dashboard/jobs/${job.id}`} data-job-link>
          <span className="short-id font-bold">{job.short_id}</span>
        </a>{" "}
        {job.is_new && <Badge tone="accent">NEW</Badge>}
      </td>
      <td>
        {job.student_name}
        <Marks job={job} />
      </td>
      <td className="cell-file" title={job.original_filename}>
        {job.original_filename}
      </td>
      <td>
        <span className="flex items-center gap-2">
          <Swatch hex={job.color_hex} />
          <span>
            {job.printer_name}
            <span className="sr-only">, {job.color_name}</span>
          </span>
        </span>
      </td>
      <td className="tabular-nums">
        {job.size_mm && sizeText(job.size_mm)}
        {job.fits === "no" && <span className="block text-danger">does not fit</span>}
      </td>
      <td className="num">{job.cost_cents === null ? "" : <Money cents={job.cost_cents} />}</td>
      <td>{moving ? <Badge tone="busy">{moving}</Badge> : <Since job={job} now={now} />}</td>
      <td>
        {next && (
          <StartForm
            jobId={job.id}
            name={next}
            label={job.status === "PENDING" ? "Resend email" : action(next).label}
            tone="neutral"
            disabled={job.locked_by !== null}
          />
        )}
      </td>
    </tr>
  );
}

function Marks({ job }: { job: JobRow }) {
  return (
    <>
      {job.confirmation_expired && (
        <span className="block text-caution">
          <Icon name="alert" /> not confirmed in time
        </span>
      )}
      {job.failed_mails > 0 && (
        <span className="block text-danger">
          <Icon name="mail" /> letter failed
        </span>
      )}
      {job.locked_by && (
        <span className="block text-soft">
          <Icon name="lock" /> {job.locked_by}
        </span>
      )}
    </>
  );
}
