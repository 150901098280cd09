import type { JobCard } from "@server/jobs/card.server";
import { formatAge, formatDateTime } from "@server/time";
import { useLab } from "./lab";
import { isWaiting } from "./staff-steps";
import { Age } from "./time";

/** How long the job is in its status. Coloured while somebody waits; plain when it is over. */
export function Since({ job, now }: { job: Pick<JobCard, "status" | "status_since">; now: string }) {
  const { time_zone } = useLab();
  if (isWaiting(job.status)) return <Age at={job.status_since} now={now} />;
  return (
    <time
      className="whitespace-nowrap text-soft"
      dateTime={job.status_since}
      title={formatDateTime(job.status_since, time_zone)}
    >
      {formatAge(job.status_since, now)}
    </time>
  );
}
