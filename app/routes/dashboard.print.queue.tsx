/** The queue sheet: the list as it is filtered and ordered now, for paper. */
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, type MetaFunction } from "@remix-run/react";
import { currentCatalog } from "@server/catalog/catalog.server";
import { readListQuery } from "@server/jobs/list";
import { STATUS } from "@server/jobs/states";
import { queueSheet } from "@server/reports/queue-sheet.server";
import { errorTitle } from "~/components/error-page";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { QueueTable } from "~/components/print-queue";
import { PrintTools } from "~/components/print-tools";
import { filterWords, listHref, type ListPlace } from "~/components/staff-list";
import { StaffShell } from "~/components/staff-shell";
import { noStore } from "~/http/job-action.server";
import { requireWorkstation } from "~/http/session.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction<typeof loader> = ({ data, error, matches }) => [
  {
    title: pageTitle(
      data && !error ? `Queue: ${STATUS[data.place.status].label}` : errorTitle(error),
      matches,
    ),
  },
  NO_INDEX,
];

export async function loader({ request }: LoaderFunctionArgs) {
  const { workstation_name, admin } = await requireWorkstation(request);
  const place: ListPlace = { ...readListQuery(new URL(request.url).searchParams), open: false };
  const [sheet, { data: catalog }] = await Promise.all([queueSheet(place), currentCatalog()]);
  return {
    session: { workstation_name, admin },
    place,
    sheet,
    filters: filterWords(place, catalog.printers),
    now: new Date().toISOString(),
  };
}

export default function QueuePage() {
  const { session, place, sheet, filters, now } = useLoaderData<typeof loader>();
  return (
    <StaffShell session={session} at="/dashboard">
      <PrintTools back={listHref(place)} to="Back to the list" />
      <QueueTable sheet={sheet} place={place} filters={filters} now={now} />
    </StaffShell>
  );
}
