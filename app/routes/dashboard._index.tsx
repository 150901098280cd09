/** The staff's list: what needs doing, and the jobs of one status as search, filters and order ask for them. */
import { data, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, type MetaFunction } from "@remix-run/react";
import { lazy, Suspense } from "react";
import { isShortSearch, readListQuery } from "@server/jobs/list";
import { MOST_COUNTED, SHORT_SEARCH_JOBS } from "@server/jobs/list.server";
import { severalFrom } from "@server/jobs/several";
import { STATUS } from "@server/jobs/states";
import { readBoard } from "@server/reports/board.server";
import { debugFacts } from "@server/reports/debug.server";
import { DebugPanel } from "~/components/debug-panel";
import { errorTitle } from "~/components/error-page";
import { Guarded } from "~/components/guarded";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { NeedsDoing, NotSetUp, Pages, StatusTabs } from "~/components/staff-dashboard";
import { ChooseAll, SeveralBar } from "~/components/several-bar";
import { JobCardView } from "~/components/staff-job-card";
import { JobTable } from "~/components/staff-job-table";
import { asRow, countText, listHref, queueSheetHref, type ListPlace } from "~/components/staff-list";
import { FilterBox, LayoutLinks, SearchBox, SortLinks } from "~/components/staff-list-controls";
import { NothingHere } from "~/components/staff-list-states";
import { LiveBar } from "~/components/staff-live";
import { StaffShell } from "~/components/staff-shell";
import { useChime } from "~/components/use-chime";
import { useKeys } from "~/components/use-keys";
import { useLive } from "~/components/use-live";
import { useMoving } from "~/components/use-moving";
import { deskChoices } from "~/http/desk-choices.server";
import { takeFlash } from "~/http/flash.server";
import { noStore } from "~/http/job-action.server";
import { requireWorkstation } from "~/http/session.server";

const KeysDialog = lazy(() => import("~/components/keys-dialog"));

export { shouldRevalidate } from "~/components/decision-sent";
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
  const { workstation_name, admin, storage_path } = await requireWorkstation(request);
  const started = performance.now();
  const params = new URL(request.url).searchParams;
  const query = readListQuery(params);
  const [{ list, stamp: board, ...shown }, { choices, headers: kept }, debug] = await Promise.all([
    readBoard(query),
    deskChoices(request),
    debugFacts(),
  ]);
  const { message, headers } = await takeFlash(request);
  const place: ListPlace = { ...query, page: list.page, open: params.get("details") === "open" };
  return data(
    {
      session: { workstation_name, admin },
      ...shown,
      mount: storage_path,
      place,
      list: { ...list, jobs: choices.view === "cards" ? list.jobs : [] },
      // A table needs little of each job, and fifty cards are most of a page's weight.
      rows: choices.view === "table" ? list.jobs.map(asRow) : [],
      most: MOST_COUNTED,
      short: isShortSearch(query.search) ? SHORT_SEARCH_JOBS : null,
      choices,
      board,
      debug,
      ms: Math.round(performance.now() - started),
      now: new Date().toISOString(),
      message,
    },
    { headers: new Headers([...kept, ...Object.entries(headers as Record<string, string>)]) },
  );
}

export default function Dashboard() {
  const {
    session,
    staff,
    mount,
    place,
    list,
    rows,
    counts,
    most,
    short,
    piles,
    choices,
    offer,
    board,
    sound,
    debug,
    ms,
    now,
    message,
    unset,
  } = useLoaderData<typeof loader>();
  const { jobs, total, capped, pages } = list;
  const some = jobs.length + rows.length > 0;
  const live = useLive({ ...board, now });
  const chime = useChime(live.newest, sound);
  const keys = useKeys();
  const moving = useMoving();
  const desk = { staff, mount, back: listHref(place), made: now };
  return (
    <StaffShell session={session} at="/dashboard" message={message}>
      <noscript>
        <meta httpEquiv="refresh" content="45" />
      </noscript>
      <div className="mb-4 flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <h1 className="text-2xl">Dashboard</h1>
        <SearchBox key={place.status} place={place} />
      </div>
      {unset && <NotSetUp admin={session.admin} />}
      <Guarded what="What needs doing" version={now}>
        <NeedsDoing piles={piles} most={most} />
      </Guarded>
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
              <>
                {STATUS[place.status].label}{" "}
                <span className="ml-1 text-base font-normal text-soft">
                  {STATUS[place.status].description}
                </span>
              </>
            )}
          </h2>
          {short !== null && (
            <p className="text-sm text-soft">
              One or two letters are looked for in the newest {short.toLocaleString("en-US")} jobs of each
              status; three search all of them.
            </p>
          )}
        </div>
        <LiveBar live={live} chime={chime} />
      </div>
      {some && (
        <div className="list-tools">
          <SortLinks place={place} />
          <LayoutLinks place={place} choices={choices} />
          {choices.view === "cards" && (
            <a className="inline-flex min-h-11 items-center" href={listHref({ ...place, open: !place.open })}>
              {place.open ? "Collapse all" : "Expand all"}
            </a>
          )}
          <a className="inline-flex min-h-11 items-center" href={queueSheetHref(place)}>
            Queue sheet
          </a>
          {severalFrom(place.status).length > 0 && <ChooseAll />}
        </div>
      )}
      <div data-paused={live.paused || undefined}>
        {!some ? (
          <NothingHere place={place} counts={counts} />
        ) : choices.view === "table" ? (
          <Guarded what="The table" version={now}>
            <JobTable jobs={rows} place={place} now={live.checked} moving={moving} />
          </Guarded>
        ) : (
          <ul className={`job-grid job-grid-${choices.columns}`}>
            {jobs.map((job) => (
              <Guarded
                key={`${job.id} ${place.open}`}
                what={`Job ${job.short_id}`}
                version={job.version}
                item
                instead={<a href={`/dashboard/jobs/${job.id}`}>Open the job’s own page</a>}
              >
                <JobCardView
                  job={job}
                  now={live.checked}
                  open={place.open}
                  moving={moving.get(job.id)}
                  desk={desk}
                />
              </Guarded>
            ))}
          </ul>
        )}
      </div>
      {some && <SeveralBar place={place} />}
      <Pages place={place} pages={pages} />
      {debug && <DebugPanel facts={debug} ms={ms} stamp={board.stamp} />}
      {keys.listOpen && (
        <Suspense fallback={null}>
          <KeysDialog keys={keys} />
        </Suspense>
      )}
    </StaffShell>
  );
}
