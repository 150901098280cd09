/** The job's log as sentences, the newest first, narrowed and paged by plain links. */
import { EVENT_KIND_NAMES, EVENT_KINDS, type EventKind } from "@server/events/kinds";
import type { JobHistory as History } from "@server/reports/job-history.server";
import { ButtonLink } from "./button";
import { actorText, eventText } from "./staff-event-text";
import { Badge } from "./status-badge";
import { Time } from "./time";

/** The address of a part of the history. */
function historyHref(jobId: string, kind: EventKind | null, before: number | null = null): string {
  const params = new URLSearchParams();
  if (kind) params.set("history", kind);
  if (before !== null) params.set("before", String(before));
  const query = params.toString();
  return `/dashboard/jobs/${jobId}${query && `?${query}`}#history`;
}

export function JobHistory({ jobId, history }: { jobId: string; history: History }) {
  const { kind, events, counts, before, older } = history;
  return (
    <>
      <KindLinks jobId={jobId} kind={kind} counts={counts} />
      {events.length === 0 && (
        <p className="text-soft">
          {kind ? `Nothing in the log under ${EVENT_KINDS[kind]}.` : "Nothing in the log yet."}
        </p>
      )}
      <ol className="history">
        {events.map((event) => {
          const { sentence, reason } = eventText(event);
          return (
            <li key={event.id}>
              <p className="flex flex-wrap items-center gap-x-2">
                <span className="min-w-0 font-semibold wrap-anywhere">{sentence}</span>
                {event.details.override === true && <Badge tone="caution">override</Badge>}
              </p>
              {reason && <p className="whitespace-pre-wrap wrap-anywhere">{reason}</p>}
              <p className="text-sm text-soft">
                {actorText(event)}, <Time at={event.timestamp} />
              </p>
            </li>
          );
        })}
      </ol>
      {(before !== null || older !== null) && (
        <nav aria-label="Pages of the history" className="mt-3 flex flex-wrap gap-3">
          {before !== null && (
            <ButtonLink tone="neutral" href={historyHref(jobId, kind)}>
              Newest
            </ButtonLink>
          )}
          {older !== null && (
            <ButtonLink tone="neutral" rel="next" href={historyHref(jobId, kind, older)}>
              Older
            </ButtonLink>
          )}
        </nav>
      )}
    </>
  );
}

/** A link a kind that this job has events of. */
function KindLinks({
  jobId,
  kind,
  counts,
}: {
  jobId: string;
  kind: EventKind | null;
  counts: History["counts"];
}) {
  const kinds = EVENT_KIND_NAMES.filter((name) => counts[name] > 0 || name === kind);
  const link = (name: EventKind | null, label: string, count: number) => (
    <li key={label}>
      <a href={historyHref(jobId, name)} aria-current={name === kind ? "true" : undefined}>
        {label} <span className="tab-count">{count}</span>
      </a>
    </li>
  );
  return (
    <nav aria-label="Kinds of events" className="kinds">
      <ul>
        {link(null, "Everything", counts.all)}
        {kinds.map((name) => link(name, EVENT_KINDS[name], counts[name]))}
      </ul>
    </nav>
  );
}
