/** What became of several jobs: the ones that were refused first, each with its sentence, then the done ones. */
import type { ReportedJob, SeveralReport } from "@server/jobs/several.server";
import { Alert } from "./alert";
import { ButtonLink } from "./button";
import { Card } from "./card";
import { action } from "./staff-steps";
import { StatusBadge } from "./status-badge";

const count = (n: number) => (n === 1 ? "1 job" : `${n} jobs`);

export function SeveralResult({ report, list }: { report: SeveralReport; list: string }) {
  const { label } = action(report.action);
  const of = (outcome: ReportedJob["outcome"]) => report.jobs.filter((job) => job.outcome === outcome);
  const [done, refused, waiting] = [of("done"), of("refused"), of("waiting")];
  const again = new URLSearchParams([
    ["action", report.action],
    ["list", list],
    ...[...refused, ...waiting].filter((job) => job.status).map((job) => ["job", job.id]),
  ]);
  const back = `/dashboard?${list}`;
  return (
    <div className="several-result">
      {report.finished ? (
        <Alert
          live
          tone={refused.length === 0 ? "success" : done.length === 0 ? "error" : "warning"}
          title={
            refused.length === 0
              ? `“${label}” is done for ${count(done.length)}.`
              : done.length === 0
                ? `“${label}” was not done for any of the ${count(refused.length)}.`
                : `“${label}” is done for ${count(done.length)}, and not for ${count(refused.length)}.`
          }
        >
          {refused.length > 0 && <p>Nothing was changed where it was not done. The reasons are below.</p>}
        </Alert>
      ) : (
        <Alert
          live
          title={`At work: ${done.length + refused.length} of ${count(report.jobs.length)} so far.`}
        >
          <p>
            This page looks again by itself. If it stays like this for a minute, something stopped the work:{" "}
            <a href={`/dashboard/several?${again}`}>choose the rest again</a>.
          </p>
        </Alert>
      )}
      {refused.length > 0 && (
        <Card title={`Not done: ${count(refused.length)}`}>
          <Jobs jobs={refused} />
        </Card>
      )}
      {waiting.length > 0 && (
        <Card title={`Not looked at yet: ${count(waiting.length)}`}>
          <Jobs jobs={waiting} />
        </Card>
      )}
      {done.length > 0 && (
        <Card title={`Done by ${report.staff_name}: ${count(done.length)}`}>
          <Jobs jobs={done} />
        </Card>
      )}
      <p className="flex flex-wrap gap-3">
        <ButtonLink href={back}>Back to the list</ButtonLink>
        {report.finished && again.has("job") && (
          <ButtonLink tone="neutral" href={`/dashboard/several?${again}`}>
            Look again at what was not done
          </ButtonLink>
        )}
      </p>
    </div>
  );
}

function Jobs({ jobs }: { jobs: ReportedJob[] }) {
  return (
    <ul className="several-jobs">
      {jobs.map((job) => (
        <li key={job.id}>
          <p className="flex flex-wrap items-center gap-x-3">
            {job.status ? (
              <>
                <a className="row-link gap-2" href={`/dashboard/jobs/${job.id}`}>
                  <span className="short-id font-bold">{job.short_id}</span> {job.student_name}
                </a>
                <StatusBadge status={job.status} />
              </>
            ) : (
              <span className="row-link">
                {job.short_id === null
                  ? "A job that does not exist"
                  : `Job ${job.short_id}, which was deleted`}
              </span>
            )}
          </p>
          {job.sentence && <p className="max-w-prose pb-2">{job.sentence}</p>}
        </li>
      ))}
    </ul>
  );
}
