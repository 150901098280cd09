/** What each member of staff did in a period. */
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, type MetaFunction } from "@remix-run/react";
import { staffActivity } from "@server/reports/analytics/staff-activity.server";
import { StaffCards } from "~/components/analytics-people";
import { AnalyticsShell } from "~/components/analytics-shell";
import { errorTitle } from "~/components/error-page";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { openAnalytics, panels } from "~/http/analytics.server";
import { noStore } from "~/http/job-action.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction = ({ error, matches }) => [
  { title: pageTitle(error ? errorTitle(error) : "Staff", matches) },
  NO_INDEX,
];

export async function loader({ request }: LoaderFunctionArgs) {
  const view = await openAnalytics(request);
  return { view, found: await panels(view.question, { staff: staffActivity }) };
}

export default function StaffPage() {
  const { view, found } = useLoaderData<typeof loader>();
  return (
    <AnalyticsShell view={view} at="/staff-analytics" title="Staff" ignores={["printer", "discipline"]}>
      <StaffCards panel={found.staff} known={view.offer.staff} />
    </AnalyticsShell>
  );
}
