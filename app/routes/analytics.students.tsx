/** How many students came, and how often; without their names unless asked for. */
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, type MetaFunction } from "@remix-run/react";
import { studentReport } from "@server/reports/analytics/students.server";
import { StudentCards } from "~/components/analytics-people";
import { AnalyticsShell } from "~/components/analytics-shell";
import { errorTitle } from "~/components/error-page";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { openAnalytics, panels } from "~/http/analytics.server";
import { noStore } from "~/http/job-action.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction = ({ error, matches }) => [
  { title: pageTitle(error ? errorTitle(error) : "Students", matches) },
  NO_INDEX,
];

export async function loader({ request }: LoaderFunctionArgs) {
  const view = await openAnalytics(request);
  const names = new URL(request.url).searchParams.get("names") === "1";
  const found = await panels(view.question, { students: (question) => studentReport(question, { names }) });
  return { view, names, found };
}

export default function StudentsPage() {
  const { view, names, found } = useLoaderData<typeof loader>();
  return (
    <AnalyticsShell view={view} at="/analytics/students" title="Students" ignores={["staff"]}>
      <StudentCards panel={found.students} names={names} query={view.query} />
    </AnalyticsShell>
  );
}
