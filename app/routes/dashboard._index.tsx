/** The staff's list: what needs doing, and the jobs of one status. */
import { data, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, type MetaFunction } from "@remix-run/react";
import { countJobs, listJobs } from "@server/jobs/find.server";
import { isStatus, STATUS, type Status } from "@server/jobs/states";
import { attention } from "@server/reports/attention.server";
import { formatTime } from "@server/time";
import { EmptyState } from "~/components/card";
import { errorTitle } from "~/components/error-page";
import { useLab } from "~/components/lab";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import {
  listHref,
  NeedsDoing,
  Pages,
  SearchBox,
  StatusTabs,
  type ListPlace,
} from "~/components/staff-dashboard";
import { JobCardView } from "~/components/staff-job-card";
import { StaffShell } from "~/components/staff-shell";
import { useRefresh } from "~/components/use-refresh";
import { takeFlash } from "~/http/flash.server";
import { noStore } from "~/http/job-action.server";
import { requireWorkstation } from "~/http/session.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction<typeof loader> = ({ data, error, matches }) => {
  const fresh = data?.piles.new_jobs.count;
  return [
    { title: pageTitle(error ? errorTitle(error) : `${fresh ? `(${fresh}) ` : ""}Dashboard`, matches) },
    NO_INDEX,
  ];
};

export async function loader({ request }: LoaderFunctionArgs) {
  const { workstation_name, admin } = await requireWorkstation(request);
  const query = new URL(request.url).searchParams;
  const asked = query.get("status")?.toUpperCase();
  const status: Status = isStatus(asked) ? asked : "UPLOADED";
  const search = (query.get("search") ?? "").trim().slice(0, 100);
  const wanted = Math.trunc(Number(query.get("page"))) || 1;
  const [{ jobs, total, page, pages }, counts, piles] = await Promise.all([
    listJobs({ status, search, page: wanted }),
    countJobs(search),
    attention(),
  ]);
  const { message, headers } = await takeFlash(request);
  const place: ListPlace = { status, search, page, open: query.get("details") === "open" };
  const now = new Date().toISOString();
  return data(
    { session: { workstation_name, admin }, place, jobs, total, pages, counts, piles, now, message },
    { headers },
  );
}

export default function Dashboard() {
  const { session, place, jobs, total, pages, counts, piles, now, message } = useLoaderData<typeof loader>();
  return (
    <StaffShell session={session} at="/dashboard" message={message}>
      <noscript>
        <meta httpEquiv="refresh" content="45" />
      </noscript>
      <div className="mb-4 flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <h1 className="text-2xl">Dashboard</h1>
        <SearchBox place={place} />
      </div>
      <NeedsDoing piles={piles} />
      <StatusTabs place={place} counts={counts} />
      <div className="mb-3 mt-4 flex flex-wrap items-center justify-between gap-x-6">
        <h2 className="text-lg">
          {place.search ? (
            <>
              {total} {STATUS[place.status].label} for “{place.search}”
            </>
          ) : (
            STATUS[place.status].description
          )}
        </h2>
        <div className="flex flex-wrap items-center gap-x-4">
          <LastUpdated now={now} />
          {jobs.length > 0 && (
            <a className="inline-flex min-h-11 items-center" href={listHref({ ...place, open: !place.open })}>
              {place.open ? "Collapse all" : "Expand all"}
            </a>
          )}
        </div>
      </div>
      {jobs.length === 0 ? (
        <Nothing place={place} counts={counts} />
      ) : (
        <ul className="job-grid">
          {jobs.map((job) => (
            <JobCardView key={`${job.id} ${place.open}`} job={job} now={now} open={place.open} />
          ))}
        </ul>
      )}
      <Pages place={place} pages={pages} />
    </StaffShell>
  );
}

function LastUpdated({ now }: { now: string }) {
  const { time_zone } = useLab();
  const reached = useRefresh(now);
  return (
    <p
      className={reached ? "text-sm text-soft" : "text-sm font-semibold text-caution"}
      role={reached ? undefined : "status"}
    >
      {!reached && "The server does not answer; trying again. "}
      Last updated <time dateTime={now}>{formatTime(now, time_zone)}</time>
    </p>
  );
}

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
function Nothing({ place, counts }: { place: ListPlace; counts: Record<Status, number> }) {
  if (!place.search)
    return <EmptyState title={`No jobs are ${STATUS[place.status].label}`}>{EMPTY[place.status]}</EmptyState>;
  const elsewhere = (Object.keys(counts) as Status[]).filter((status) => counts[status] > 0);
  return (
    <EmptyState icon="search" title={`Nothing ${STATUS[place.status].label} matches “${place.search}”`}>
      {elsewhere.length === 0 ? (
        "No job in any status matches. Check the spelling, or search for a part of the name."
      ) : (
        <>
          Found in{" "}
          {elsewhere.map((status, i) => (
            <span key={status}>
              {i > 0 && ", "}
              <a href={listHref({ status, search: place.search })}>
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
