/** What can be done to the job: the next step large, the others by group. Each is a plain form that takes the lock. */
import clsx from "clsx";
import { step } from "@server/jobs/states";
import type { JobSheet } from "@server/reports/job-sheet.server";
import { ButtonLink } from "./button";
import { Card } from "./card";
import { Icon } from "./icon";
import { RevertStep } from "./staff-revert";
import { StartForm } from "./start-form";
import { action, groupActions, WAITS, type ActionName } from "./staff-steps";
import { Time } from "./time";

/** Steps say what they will do in this very job. */
function labelOf(name: ActionName, job: JobSheet): string {
  if (name === "review") return job.is_new ? "Mark as reviewed" : "Mark as new again";
  if (name === "resend-email" && job.status === "PENDING") return "Resend confirmation e-mail";
  return action(name).label;
}

export function JobActions({ job, admin, now }: { job: JobSheet; admin: boolean; now: string }) {
  const groups = groupActions(job, job.steps, admin);
  // What can be reverted has the time that is left beside its button.
  const corrections = groups.corrections.filter(
    (name) => name === "force-unlock" || !step(name).withinRevertWindow,
  );
  const held = job.locked_by !== null;
  return (
    <Card title="What to do">
      {held && (
        <p className="mb-3 flex gap-2 font-semibold text-caution" id="held">
          <Icon name="lock" className="mt-0.5 shrink-0" />
          <span>
            Held by {job.locked_by} until {job.locked_until && <Time at={job.locked_until} />}. Nobody else
            can decide about it meanwhile.
          </span>
        </p>
      )}
      {groups.next ? (
        <div className="next-step">
          <StartForm
            jobId={job.id}
            name={groups.next}
            label={labelOf(groups.next, job)}
            disabled={held}
            describedBy={held ? "held" : undefined}
          />
          <p className="mt-2 text-sm text-soft">{action(groups.next).hint}</p>
        </div>
      ) : (
        WAITS[job.status] && <p className="mb-1 font-semibold">{WAITS[job.status]}</p>
      )}
      <Group title="Other steps" names={groups.others} job={job} held={held} />
      {(corrections.length > 0 || job.revert_until) && (
        <Group title="Corrections" names={corrections} job={job} held={held} always>
          <RevertStep job={job} now={now} />
        </Group>
      )}
      <Group title="Administrator" names={groups.admin} job={job} held={held} />
    </Card>
  );
}

function Group({
  title,
  names,
  job,
  held,
  always,
  children,
}: {
  title: string;
  names: ActionName[];
  job: JobSheet;
  held: boolean;
  /** There is something in it beside the names. */
  always?: boolean;
  children?: React.ReactNode;
}) {
  if (names.length === 0 && !always) return null;
  return (
    <section className="action-group">
      <h3>{title}</h3>
      {children}
      <div className={clsx("flex flex-wrap gap-2", always && "mt-2 empty:hidden")}>
        {names.map((name) =>
          name === "force-unlock" ? (
            <ButtonLink key={name} tone="neutral" href={`/dashboard/jobs/${job.id}/force-unlock`}>
              {action(name).label}
            </ButtonLink>
          ) : (
            <StartForm
              key={name}
              jobId={job.id}
              name={name}
              label={labelOf(name, job)}
              tone="neutral"
              danger={action(name).tone === "danger"}
              disabled={held}
              describedBy={held ? "held" : undefined}
            />
          ),
        )}
      </div>
    </section>
  );
}
