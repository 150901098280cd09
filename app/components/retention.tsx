/** Jobs that are due for the archive or for pruning: how many, which, and what became of them. */
import { RETENTION, type Retention } from "@server/retention/kinds";
import type { DueJob, DueList } from "@server/retention/due.server";
import type { RetentionReport } from "@server/retention/run-retention.server";
import { STATUS } from "@server/jobs/states";
import { Alert } from "./alert";
import { ButtonLink } from "./button";
import { Card, EmptyState, Table } from "./card";
import { Time } from "./time";

export const jobs = (n: number) => (n === 1 ? "1 job" : `${n.toLocaleString("en-US")} jobs`);
const days = (n: number) => (n === 1 ? "1 day" : `${n} days`);

/** How many are due, and the way to do it. */
export function DueCard({ kind, due }: { kind: Retention; due: DueList }) {
  const { label, hint, done, destructive } = RETENTION[kind];
  return (
    <Card title={kind === "archive" ? "Due for the archive" : "Due for pruning"} className="mb-4">
      <p className="text-lg font-semibold">
        {due.count === 0 ? "Nothing is due." : `${jobs(due.count)} can be ${done}.`}
      </p>
      <p className="mt-1 mb-3 max-w-prose text-soft">
        {kind === "archive" ? "Picked up or rejected" : "Filed away"} at least {days(due.days)} ago (a{" "}
        <a href="/admin/settings#group-retention">setting</a>).{" "}
        {destructive && <strong className="text-danger">This is permanent. </strong>}
        {hint} {due.automatic ? "The night shift does it by itself as well." : ""}
      </p>
      {due.count > 0 && (
        <ButtonLink href={`/admin/data/${kind}`} tone={destructive ? "danger" : "primary"}>
          {label} …
        </ButtonLink>
      )}
    </Card>
  );
}

/** A page of what is due. */
export function DueTable({ due, kind }: { due: DueList; kind: Retention }) {
  return (
    <>
      <DueRows caption={`Jobs to be ${RETENTION[kind].done}, oldest first`} list={due.jobs} />
      <PageLinks page={due.page} pages={due.pages} href={(page) => `/admin/data/${kind}?page=${page}`} />
    </>
  );
}

function DueRows({ caption, list }: { caption: string; list: DueJob[] }) {
  return (
    <Table caption={caption} stacks>
      <thead>
        <tr>
          <th scope="col">Job</th>
          <th scope="col">Student</th>
          <th scope="col">Status</th>
          <th scope="col">Since</th>
        </tr>
      </thead>
      <tbody>
        {list.map((job) => (
          <tr key={job.id}>
            <th scope="row">
              <a className="row-link" href={`/dashboard/jobs/${job.id}`}>
                {job.short_id}
              </a>
            </th>
            <td className="wrap-anywhere" data-label="Student">
              {job.student_name}
            </td>
            <td data-label="Status">{STATUS[job.status].label}</td>
            <td data-label="Since">
              <Time at={job.since} />
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** The pages of a list as links. */
export function PageLinks({
  page,
  pages,
  href,
}: {
  page: number;
  pages: number;
  href: (page: number) => string;
}) {
  if (pages < 2) return null;
  return (
    <nav aria-label="Pages" className="mt-4 flex flex-wrap items-center justify-center gap-3">
      {page > 1 && (
        <ButtonLink tone="neutral" href={href(page - 1)} rel="prev">
          Previous
        </ButtonLink>
      )}
      <p>
        Page {page.toLocaleString("en-US")} of {pages.toLocaleString("en-US")}
      </p>
      {page < pages && (
        <ButtonLink tone="neutral" href={href(page + 1)} rel="next">
          Next
        </ButtonLink>
      )}
    </nav>
  );
}

/** What became of a run. */
export function RetentionResult({ report }: { report: RetentionReport }) {
  const { kind, state, left, staff_name, reason } = report;
  const { done: word, label } = RETENTION[kind];
  const done = report.jobs.filter(({ outcome }) => outcome === "done");
  const refused = report.jobs.filter(({ outcome }) => outcome === "refused");
  return (
    <>
      {state === "running" ? (
        <Alert live title={`At work: ${jobs(report.jobs.length)} so far.`}>
          <p>This page looks again by itself.</p>
        </Alert>
      ) : state === "stopped" ? (
        <Alert tone="warning" live title={`The work stopped after ${jobs(done.length)}.`}>
          <p>Nothing is half done. Start again for the rest.</p>
        </Alert>
      ) : (
        <Alert
          tone={refused.length ? "warning" : "success"}
          live
          title={`${jobs(done.length)} ${word}${refused.length ? `, ${jobs(refused.length)} not` : ""}.`}
        >
          {left > 0 && <p>{jobs(left)} are still due.</p>}
        </Alert>
      )}
      <p className="mb-4 text-soft">
        By {staff_name}: {reason}
      </p>
      {refused.length > 0 && (
        <Card title="Not done" className="mb-4">
          <ul className="rows">
            {refused.map((job) => (
              <li key={job.id}>
                <a href={`/dashboard/jobs/${job.id}`}>{job.short_id}</a>: {job.sentence}
              </li>
            ))}
          </ul>
        </Card>
      )}
      {done.length > 0 && (
        <Card title={`Done: ${jobs(done.length)}`} className="mb-4">
          <ul className="flex flex-wrap gap-x-4 gap-y-1">
            {done.map((job) => (
              <li key={job.id}>
                <a className="row-link tabular-nums" href={`/dashboard/jobs/${job.id}`}>
                  {job.short_id}
                </a>
              </li>
            ))}
          </ul>
        </Card>
      )}
      {report.jobs.length === 0 && state === "finished" && (
        <EmptyState title="Nothing was due any more">Somebody else may have been faster.</EmptyState>
      )}
      <p className="flex flex-wrap gap-3">
        <ButtonLink href="/admin/data">Back to the data</ButtonLink>
        {state !== "running" && left > 0 && (
          <ButtonLink tone="neutral" href={`/admin/data/${kind}`}>
            {label} the rest …
          </ButtonLink>
        )}
      </p>
    </>
  );
}
