/** The job's log as sentences, the newest first. */
import type { JobSheet } from "@server/reports/job-sheet.server";
import { actorText, eventText } from "./staff-event-text";
import { Badge } from "./status-badge";
import { Time } from "./time";

/** Where it was done, when that is a workstation. */
const place = (id: string) => (id === "public" || id === "worker" ? "" : `, ${id}`);

export function JobHistory({ events }: { events: JobSheet["events"] }) {
  return (
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
              {actorText(event.triggered_by)}
              {event.inactive && " (inactive)"}
              {place(event.workstation_id)}, <Time at={event.timestamp} />
            </p>
          </li>
        );
      })}
    </ol>
  );
}
