/** A job to be put right, and the list of what was. */
import { STATUS, isStatus } from "@server/jobs/states";
import type { FoundJob, Override } from "@server/reports/overrides.server";
import { Button, ButtonLink } from "./button";
import { Card, Table } from "./card";
import { TextField } from "./field";
import { StartForm } from "./start-form";
import { actorText, eventText } from "./staff-event-text";
import { action } from "./staff-steps";
import { StatusBadge } from "./status-badge";
import { Time } from "./time";

export function FindToOverride({ job, found }: { job: string; found: FoundJob[] | null }) {
  return (
    <Card title="Put a job right" className="mb-4">
      <p className="mb-3 max-w-prose text-soft">
        Take a job from whoever holds it, confirm for a student, change a status, log a failed print. Each
        asks for your name and a reason, and stays in the log as an override.
      </p>
      <form method="get" action="/admin/overrides" className="settings-form">
        <TextField
          name="job"
          label="Job"
          hint="Its number, or a part of the student’s name, address or file name."
          defaultValue={job}
          autoComplete="off"
        />
        <Button tone="neutral">Find</Button>
      </form>
      {found && (
        <ul className="rows mt-4" aria-label="Jobs found">
          {found.map((one) => (
            <li key={one.id}>
              <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
                <a className="row-link font-semibold" href={`/dashboard/jobs/${one.id}`}>
                  {one.short_id} {one.student_name}
                </a>
                <StatusBadge status={one.status} />
                {one.locked_by && <span className="text-soft">held by {one.locked_by}</span>}
              </p>
              <div className="mt-2 flex flex-wrap gap-3">
                {one.can.map((name) =>
                  name === "force-unlock" ? (
                    <ButtonLink key={name} tone="neutral" href={`/dashboard/jobs/${one.id}/force-unlock`}>
                      {action(name).label}
                    </ButtonLink>
                  ) : (
                    <StartForm
                      key={name}
                      jobId={one.id}
                      name={name}
                      label={action(name).label}
                      tone="neutral"
                      danger={action(name).tone === "danger"}
                    />
                  ),
                )}
                {one.can.length === 0 && <p className="text-soft">This job has been pruned.</p>}
              </div>
            </li>
          ))}
          {found.length === 0 && <li>No job is like “{job}”.</li>}
        </ul>
      )}
    </Card>
  );
}

const status = (value: unknown) => (isStatus(value) ? STATUS[value].label : "");

export function OverrideTable({ list }: { list: Override[] }) {
  return (
    <Table caption="Overrides, newest first" hideCaption stacks>
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">Who</th>
          <th scope="col">Job</th>
          <th scope="col">What</th>
          <th scope="col">Before → after</th>
          <th scope="col">Reason</th>
        </tr>
      </thead>
      <tbody>
        {list.map((event) => {
          const { sentence, reason } = eventText(event);
          const { from, to } = event.details;
          return (
            <tr key={event.id}>
              <td data-label="When">
                <Time at={event.timestamp} />
              </td>
              <td data-label="Who">{actorText(event)}</td>
              <td data-label="Job">
                {event.job ? (
                  <a className="row-link tabular-nums" href={`/dashboard/jobs/${event.job.id}`}>
                    {event.job.short_id}
                  </a>
                ) : (
                  "deleted"
                )}
              </td>
              <td data-label="What">{sentence}</td>
              <td data-label="Change">{isStatus(to) && `${status(from)} → ${status(to)}`}</td>
              <td className="wrap-anywhere" data-label="Reason">
                {reason}
              </td>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}
