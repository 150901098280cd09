/** Taking the last step back, while there is time for it. */
import type { JobCard } from "@server/jobs/card.server";
import { stepsFrom, step } from "@server/jobs/states";
import { StartForm } from "./start-form";
import { action, type ActionName } from "./staff-steps";
import { TimeLeft, useSecondsLeft } from "./time-left";

/** The button with the time that is left; gone when there is none. */
export function RevertStep({ job, now }: { job: JobCard; now: string }) {
  const name = stepsFrom(job.status).find((one) => step(one).withinRevertWindow) as ActionName | undefined;
  return name && job.revert_until ? (
    <Revert job={job} name={name} until={job.revert_until} now={now} />
  ) : null;
}

function Revert({ job, name, until, now }: { job: JobCard; name: ActionName; until: string; now: string }) {
  const seconds = useSecondsLeft(until, now);
  if (seconds === 0) return null;
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <StartForm
        jobId={job.id}
        name={name}
        label={action(name).label}
        tone="neutral"
        disabled={job.locked_by !== null}
      />
      <span className="text-sm text-soft">
        <TimeLeft until={until} seconds={seconds} />
      </span>
    </div>
  );
}
