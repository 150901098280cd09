/** One action for several jobs, before it is done: the jobs as they stand, who does it, one button. */
import type { ChosenJob } from "@server/jobs/several.server";
import { type SeveralStep, writeSeen } from "@server/jobs/several";
import type { StaffChoice } from "@server/staff/staff.server";
import { Button, ButtonLink } from "./button";
import type { Typed } from "./decision";
import { EmptyState } from "./card";
import { ErrorSummary, summaryOf } from "./error-summary";
import { Icon } from "./icon";
import { StaffField } from "./staff-name-field";
import { action } from "./staff-steps";
import { Swatch } from "./swatch";
import { Time } from "./time";

export interface SeveralView {
  name: SeveralStep;
  jobs: ChosenJob[];
  /** How many of the chosen ones there are no more. */
  missing: number;
  staff: StaffChoice[];
  form_key: string;
  /** Where the list was. */
  back: string;
  /** The address of this page: it carries the choice. */
  here: string;
}

/** What was wrong with the post that the page answers. */
export interface SeveralRefused {
  message: string;
  fields: Record<string, string[]>;
  typed: Typed;
}

/** From here on it takes a while: each job's folder is moved. */
const MANY = 20;

export function SeveralForm({ view, outcome }: { view: SeveralView; outcome?: SeveralRefused }) {
  const { label } = action(view.name);
  // For several the mark is only cleared.
  const hint = view.name === "review" ? "Clears the NEW mark." : action(view.name).hint;
  const possible = view.jobs.filter((job) => job.obstacle === null);
  const left = view.jobs.filter((job) => job.obstacle !== null);
  const typed = (field: string) => [outcome?.typed[field] ?? []].flat();
  const errors = outcome ? summaryOf(outcome.fields, ["staff_name", "job"]) : [];
  if (possible.length === 0)
    return (
      <EmptyState title={view.jobs.length ? "None of the chosen jobs allows this" : "No jobs are chosen"}>
        <LeftOut jobs={left} />
        <p className="mt-3">
          {view.jobs.length === 0 && "Tick the box of each job on the list, then press the button below it. "}
          <a href={view.back}>Back to the list</a>
        </p>
      </EmptyState>
    );
  return (
    <form method="post" action={view.here} className="card several-form" noValidate>
      {outcome && (
        <ErrorSummary
          errors={errors.length ? errors : [{ message: outcome.message }]}
          title={errors.length ? "There is a problem" : "That did not work"}
          focusKey={outcome}
        />
      )}
      <p className="mb-4 max-w-prose text-soft">
        {hint} Each job gets its own entry in the log.
        {possible.length > MANY && " With this many it may take a minute; leave the page open."}
      </p>
      <input type="hidden" name="action" value={view.name} />
      <input type="hidden" name="form_key" defaultValue={view.form_key} autoComplete="off" />
      <fieldset id="job" tabIndex={-1}>
        <legend className="label">
          {possible.length === 1 ? "The job" : `The ${possible.length} jobs`}
          <span className="label-note">Take the tick away where it should stay as it is.</span>
        </legend>
        <ul className="several-jobs">
          {possible.map((job) => (
            <li key={job.id}>
              <SeenChoice
                job={job}
                chosen={!outcome || typed("job").some((seen) => seen.startsWith(`${job.id}.`))}
              />
            </li>
          ))}
        </ul>
      </fieldset>
      <LeftOut jobs={left} />
      {view.missing > 0 && (
        <p className="mb-4 text-soft">
          {view.missing === 1 ? "One chosen job is" : `${view.missing} chosen jobs are`} not there any more.
        </p>
      )}
      <StaffField
        staff={view.staff}
        fields={{ value: (name) => typed(name)[0] ?? "", errors: outcome?.fields ?? {} }}
      />
      <div className="flex flex-wrap gap-3">
        <Button>{label}</Button>
        <ButtonLink tone="neutral" href={view.back}>
          Cancel
        </ButtonLink>
      </div>
    </form>
  );
}

function SeenChoice({ job, chosen }: { job: ChosenJob; chosen: boolean }) {
  return (
    <>
      <label className="choice">
        <input type="checkbox" name="job" value={writeSeen(job)} defaultChecked={chosen} />
        <span className="several-job">
          Job <span className="short-id font-bold">{job.short_id}</span>
          <span className="font-semibold">{job.student_name}</span>
          <span className="text-soft">{job.original_filename}</span>
          <span>
            <Swatch hex={job.color_hex} /> {job.color_name} on {job.printer_name}
          </span>
        </span>
      </label>
      {job.locked_by && job.locked_until && (
        <p className="mb-2 ml-8 flex gap-2 font-semibold text-caution">
          <Icon name="lock" className="shrink-0" />
          <span>
            Held by {job.locked_by} until <Time at={job.locked_until} />. It stays as it is if they still hold
            it when you press the button.
          </span>
        </p>
      )}
    </>
  );
}

/** The chosen jobs that do not allow it, each with its reason. */
function LeftOut({ jobs }: { jobs: ChosenJob[] }) {
  if (jobs.length === 0) return null;
  return (
    <section className="text-left" aria-labelledby="left-title">
      <h2 className="label" id="left-title">
        Left out
      </h2>
      <ul className="several-jobs">
        {jobs.map((job) => (
          <li key={job.id} className="flex flex-wrap items-center gap-x-3">
            <a className="row-link gap-2" href={`/dashboard/jobs/${job.id}`}>
              <span className="short-id font-bold">{job.short_id}</span> {job.student_name}
            </a>
            <span>{job.obstacle}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
