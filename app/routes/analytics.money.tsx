/** What was taken, and how good the estimates are. */
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, type MetaFunction } from "@remix-run/react";
import { moneyReport } from "@server/reports/analytics/money.server";
import { MoneyCards } from "~/components/analytics-money";
import { AnalyticsShell } from "~/components/analytics-shell";
import { errorTitle } from "~/components/error-page";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { openAnalytics, panels } from "~/http/analytics.server";
import { noStore } from "~/http/job-action.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction = ({ error, matches }) => [
  { title: pageTitle(error ? errorTitle(error) : "Money", matches) },
  NO_INDEX,
];

export async function loader({ request }: LoaderFunctionArgs) {
  const view = await openAnalytics(request);
  return { view, found: await panels(view.question, { money: moneyReport }) };
}

export default function MoneyPage() {
  const { view, found } = useLoaderData<typeof loader>();
  return (
    <AnalyticsShell view={view} at="/analytics/money" title="Money">
      <MoneyCards panel={found.money} days={view.question} />
    </AnalyticsShell>
  );
}
