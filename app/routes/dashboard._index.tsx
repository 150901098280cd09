/** The staff's list: what needs doing, and the jobs of one status. */
import { data, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, type MetaFunction } from "@remix-run/react";
import { countJobs, listJobs } from "@server/jobs/find.server";
import { isStatus, STATUS, type Status } from "@server/jobs/states";
import { attention } from "@server/reports/attention.server";
import { errorTitle } from "~/components/error-page";
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
import { LastUpdated, NothingHere } from "~/components/staff-list-states";
import { StaffShell } from "~/components/staff-shell";
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
  const search = (query.get("search") ?? "")
    .replace(/\p{Cc}/gu, " ")
    .trim()
    .slice(0, 100);
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
        <NothingHere place={place} counts={counts} />
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
