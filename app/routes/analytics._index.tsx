/** The analytics' first page: a period of the lab at a glance. */
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, type MetaFunction } from "@remix-run/react";
import { leadTimes } from "@server/reports/analytics/lead-times.server";
import { inQueue, overview, storageUse } from "@server/reports/analytics/overview.server";
import { rejections } from "@server/reports/analytics/rejections.server";
import { trends } from "@server/reports/analytics/trends.server";
import {
  LeadTimeCard,
  NowCard,
  OverviewCards,
  RejectionCard,
  TrendCards,
} from "~/components/analytics-overview";
import { AnalyticsShell } from "~/components/analytics-shell";
import { errorTitle } from "~/components/error-page";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { openAnalytics, panels } from "~/http/analytics.server";
import { noStore } from "~/http/job-action.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction = ({ error, matches }) => [
  { title: pageTitle(error ? errorTitle(error) : "Analytics", matches) },
  NO_INDEX,
];

export async function loader({ request }: LoaderFunctionArgs) {
  const view = await openAnalytics(request);
  const found = await panels(view.question, {
    overview,
    trends,
    leadTimes,
    rejections,
    inQueue,
    storage: storageUse,
  });
  return { view, found };
}

export default function AnalyticsPage() {
  const { view, found } = useLoaderData<typeof loader>();
  const { staff } = view.question;
  return (
    <AnalyticsShell view={view} at="/analytics" title="Analytics">
      <OverviewCards panel={found.overview} staff={staff} />
      <NowCard counts={found.inQueue} storage={found.storage} />
      <TrendCards panel={found.trends} staff={staff} />
      <LeadTimeCard panel={found.leadTimes} />
      <RejectionCard panel={found.rejections} />
    </AnalyticsShell>
  );
}
