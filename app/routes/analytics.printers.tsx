/** What the printers did, what was printed with, and what waits. */
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, type MetaFunction } from "@remix-run/react";
import { printerReport } from "@server/reports/analytics/printers.server";
import { queueAges } from "@server/reports/analytics/queue.server";
import { PrinterCards, QueueCard } from "~/components/analytics-printers";
import { AnalyticsShell } from "~/components/analytics-shell";
import { errorTitle } from "~/components/error-page";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { openAnalytics, panels } from "~/http/analytics.server";
import { noStore } from "~/http/job-action.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction = ({ error, matches }) => [
  { title: pageTitle(error ? errorTitle(error) : "Printers and queue", matches) },
  NO_INDEX,
];

export async function loader({ request }: LoaderFunctionArgs) {
  const view = await openAnalytics(request);
  return { view, found: await panels(view.question, { printers: printerReport, queue: queueAges }) };
}

export default function PrintersPage() {
  const { view, found } = useLoaderData<typeof loader>();
  return (
    <AnalyticsShell view={view} at="/analytics/printers" title="Printers and queue">
      <PrinterCards panel={found.printers} />
      <QueueCard panel={found.queue} now={view.refreshed_at} />
    </AnalyticsShell>
  );
}
