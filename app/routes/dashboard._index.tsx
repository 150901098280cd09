/** The staff's list: what needs doing, and the jobs of one status as search, filters and order ask for them. */
import { data, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, type MetaFunction } from "@remix-run/react";
import { currentCatalog } from "@server/catalog/catalog.server";
import { isShortSearch, readListQuery } from "@server/jobs/list";
import { countJobs, listJobs, MOST_COUNTED, SHORT_SEARCH_JOBS } from "@server/jobs/list.server";
import { STATUS } from "@server/jobs/states";
import { attention } from "@server/reports/attention.server";
import { settings } from "@server/settings/settings.server";
import { errorTitle } from "~/components/error-page";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { NeedsDoing, Pages, StatusTabs } from "~/components/staff-dashboard";
import { JobCardView } from "~/components/staff-job-card";
import { JobTable } from "~/components/staff-job-table";
import { countText, listHref, type ListPlace } from "~/components/staff-list";
import { FilterBox, LayoutLinks, SearchBox, SortLinks } from "~/components/staff-list-controls";
import { LastUpdated, NothingHere } from "~/components/staff-list-states";
import { StaffShell } from "~/components/staff-shell";
import { deskChoices } from "~/http/desk-choices.server";
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
  const params = new URL(request.url).searchParams;
  const query = readListQuery(params);
  const [list, counts, piles, catalog, { disciplines }, { choices, headers: kept }] = await Promise.all([
    listJobs(query),
    countJobs(query),
    attention(),
    currentCatalog(),
    settings(),
    deskChoices(request),
  ]);
  const { message, headers } = await takeFlash(request);
  const place: ListPlace = { ...query, page: list.page, open: params.get("details") === "open" };
  return data(
    {
      session: { workstation_name, admin },
      place,
      list,
      counts,
      most: MOST_COUNTED,
      short: isShortSearch(query.search) ? SHORT_SEARCH_JOBS : null,
      piles,
      choices,
      offer: {
        printers: catalog.data.printers.map(({ id, name }) => ({ id, name })),
        methods: catalog.data.methods,
        disciplines,
      },
      now: new Date().toISOString(),
      message,
    },
    { headers: new Headers([...kept, ...Object.entries(headers as Record<string, string>)]) },
  );
}

export default function Dashboard() {
  const { session, place, list, counts, most, short, piles, choices, offer, now, message } =
    useLoaderData<typeof loader>();
  const { jobs, total, capped, pages } = list;
  return (
    <StaffShell session={session} at="/dashboard" message={message}>
      <noscript>
        <meta httpEquiv="refresh" content="45" />
      </noscript>
      <div className="mb-4 flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <h1 className="text-2xl">Dashboard</h1>
        <SearchBox key={place.status} place={place} />
      </div>
      <NeedsDoing piles={piles} />
      <StatusTabs place={place} counts={counts} most={most} />
      <FilterBox key={listHref(place)} place={place} offer={offer} />
      <div className="list-head">
        <div>
          <h2 className="text-lg">
            {place.search ? (
              <>
                {capped ? countText(total + 1, total) : total.toLocaleString("en-US")}{" "}
                {STATUS[place.status].label} for “{place.search}”
              </>
            ) : (
              STATUS[place.status].description
            )}
          </h2>
          {short !== null && (
            <p className="text-sm text-soft">
              One or two letters are looked for in the newest {short.toLocaleString("en-US")} jobs of each
              status; three search all of them.
            </p>
          )}
        </div>
        <LastUpdated now={now} />
      </div>
      {jobs.length > 0 && (
        <div className="list-tools">
          <SortLinks place={place} />
          <LayoutLinks place={place} choices={choices} />
          {choices.view === "cards" && (
            <a className="inline-flex min-h-11 items-center" href={listHref({ ...place, open: !place.open })}>
              {place.open ? "Collapse all" : "Expand all"}
            </a>
          )}
        </div>
      )}
      {jobs.length === 0 ? (
        <NothingHere place={place} counts={counts} />
      ) : choices.view === "table" ? (
        <JobTable jobs={jobs} place={place} now={now} />
      ) : (
        <ul className={`job-grid job-grid-${choices.columns}`}>
          {jobs.map((job) => (
            <JobCardView key={`${job.id} ${place.open}`} job={job} now={now} open={place.open} />
          ))}
        </ul>
      )}
      <Pages place={place} pages={pages} />
    </StaffShell>
  );
}
