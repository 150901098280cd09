/** The staff's list: what needs doing, and the jobs of one status as search, filters and order ask for them. */
import { data, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, type MetaFunction } from "@remix-run/react";
import { lazy, Suspense } from "react";
import { currentCatalog } from "@server/catalog/catalog.server";
import { methodsOffered } from "@server/catalog/choices";
import { isShortSearch, readListQuery } from "@server/jobs/list";
import { countJobs, listJobs, MOST_COUNTED, SHORT_SEARCH_JOBS } from "@server/jobs/list.server";
import { severalFrom } from "@server/jobs/several";
import { STATUS } from "@server/jobs/states";
import { attention } from "@server/reports/attention.server";
import { boardStamp } from "@server/reports/board-stamp.server";
import { debugFacts } from "@server/reports/debug.server";
import { settings } from "@server/settings/settings.server";
import { activeStaff } from "@server/staff/staff.server";
import { DebugPanel } from "~/components/debug-panel";
import { errorTitle } from "~/components/error-page";
import { Guarded } from "~/components/guarded";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { NeedsDoing, NotSetUp, Pages, StatusTabs } from "~/components/staff-dashboard";
import { ChooseAll, SeveralBar } from "~/components/several-bar";
import { JobCardView } from "~/components/staff-job-card";
import { JobTable } from "~/components/staff-job-table";
import { countText, listHref, queueSheetHref, type ListPlace } from "~/components/staff-list";
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
  // Asked first: what changes while the list is being read is found by the next poll.
  const board = await boardStamp();
  const [list, counts, piles, catalog, lab, { choices, headers: kept }, debug] = await Promise.all([
    listJobs(query, 50),
    countJobs(query),
    attention(),
    currentCatalog(),
    settings(),
    deskChoices(request),
    debugFacts(),
  ]);
  const staff = await activeStaff(lab.new_staff_days);
  const { message, headers } = await takeFlash(request);
  const place: ListPlace = { ...query, page: list.page, open: params.get("details") === "open" };
  return data(
    {
      session: { workstation_name, admin },
      staff,
      mount: storage_path,
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
        disciplines: lab.disciplines,
      },
      board,
      sound: { enabled: lab.sound_enabled, volume: lab.sound_volume },
      debug,
      ms: Math.round(performance.now() - started),
      now: new Date().toISOString(),
      message,
      // Whoever opens a lab in which nothing can be done yet is told how to begin.
      unset: staff.length === 0 || methodsOffered(catalog.data).length === 0,
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
        <NeedsDoing piles={piles} />
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
        <LiveBar live={live} chime={chime} />
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
          <a className="inline-flex min-h-11 items-center" href={queueSheetHref(place)}>
            Queue sheet
          </a>
          {severalFrom(place.status).length > 0 && <ChooseAll />}
        </div>
      )}
      <div data-paused={live.paused || undefined}>
        {jobs.length === 0 ? (
          <NothingHere place={place} counts={counts} />
        ) : choices.view === "table" ? (
          <Guarded what="The table" version={now}>
            <JobTable jobs={jobs} place={place} now={live.checked} moving={moving} />
          </Guarded>
        ) : (
          <ul className={`job-grid job-grid-${choices.columns}`}>
            {jobs.map((job) => (
              <Guarded key={`${job.id} ${place.open}`} what={`Job ${job.short_id}`} version={job.version}>
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
      {jobs.length > 0 && <SeveralBar place={place} />}
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
