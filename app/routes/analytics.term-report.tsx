/** The term on one page of paper. Without a period in the address it is this term's. */
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, type MetaFunction } from "@remix-run/react";
import { termReport } from "@server/reports/analytics/term-report.server";
import { Alert } from "~/components/alert";
import { AnalyticsShell } from "~/components/analytics-shell";
import { errorTitle } from "~/components/error-page";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { PrintTools } from "~/components/print-tools";
import { TermReportSheet } from "~/components/term-report";
import { openAnalytics, panels } from "~/http/analytics.server";
import { noStore } from "~/http/job-action.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction = ({ error, matches }) => [
  { title: pageTitle(error ? errorTitle(error) : "Term report", matches) },
  NO_INDEX,
];

export async function loader({ request }: LoaderFunctionArgs) {
  const view = await openAnalytics(request, "term");
  return { view, found: await panels(view.question, { report: termReport }) };
}

export default function TermReportPage() {
  const { view, found } = useLoaderData<typeof loader>();
  return (
    <AnalyticsShell view={view} at="/analytics/term-report" title="Term report" ignores={["staff"]}>
      <div className="analytics-wide">
        <PrintTools back={`/analytics?${view.query}`} to="Back to the overview" />
        {found.report.data ? (
          <TermReportSheet report={found.report.data} view={view} />
        ) : (
          <Alert tone="error" title="The report could not be made.">
            <a href={`/analytics/term-report?${view.query}`}>Try again</a>
          </Alert>
        )}
      </div>
    </AnalyticsShell>
  );
}
