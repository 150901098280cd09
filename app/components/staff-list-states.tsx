/** What it means that nothing is in the list. */
import { filtersSet } from "@server/jobs/list";
import { STATUS, type Status } from "@server/jobs/states";
import { EmptyState } from "./card";
import { firstPage, type ListPlace } from "./staff-list";

const EMPTY: Record<Status, string> = {
  UPLOADED: "New requests appear here as soon as a student has sent one.",
  PENDING: "Approved jobs appear here while their students decide about the price.",
  READYTOPRINT: "Jobs appear here when their students have confirmed the price.",
  PRINTING: "Jobs appear here when somebody has started their print.",
  COMPLETED: "Finished prints appear here until they are paid and picked up.",
  PAIDPICKEDUP: "Jobs appear here when they are paid and picked up.",
  REJECTED: "Rejected and declined jobs appear here.",
  ARCHIVED: "Old finished jobs appear here once they are archived.",
};

/** Nothing in this tab: what will be here, or where the search found something. */
export function NothingHere({ place, counts }: { place: ListPlace; counts: Record<Status, number> }) {
  if (!place.search && filtersSet(place) === 0)
    return <EmptyState title={`No jobs are ${STATUS[place.status].label}`}>{EMPTY[place.status]}</EmptyState>;
  const elsewhere = (Object.keys(counts) as Status[]).filter((status) => counts[status] > 0);
  const what = place.search ? `matches “${place.search}”` : "matches these filters";
  return (
    <EmptyState icon="search" title={`Nothing ${STATUS[place.status].label} ${what}`}>
      {elsewhere.length === 0 ? (
        "No job in any status matches. Check the spelling, search for a part of the name, or take a filter away."
      ) : (
        <>
          Found in{" "}
          {elsewhere.map((status, i) => (
            <span key={status}>
              {i > 0 && ", "}
              <a href={firstPage(place, { status })}>
                {STATUS[status].label} ({counts[status]})
              </a>
            </span>
          ))}
          .
        </>
      )}
    </EmptyState>
  );
}
