/** Who the lab works for, by discipline and course. */
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, type MetaFunction } from "@remix-run/react";
import { courseReport } from "@server/reports/analytics/courses.server";
import { CourseCards } from "~/components/analytics-people";
import { AnalyticsShell } from "~/components/analytics-shell";
import { errorTitle } from "~/components/error-page";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { openAnalytics, panels } from "~/http/analytics.server";
import { noStore } from "~/http/job-action.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction = ({ error, matches }) => [
  { title: pageTitle(error ? errorTitle(error) : "Disciplines and courses", matches) },
  NO_INDEX,
];

export async function loader({ request }: LoaderFunctionArgs) {
  const view = await openAnalytics(request);
  return { view, found: await panels(view.question, { courses: (question) => courseReport(question) }) };
}

export default function CoursesPage() {
  const { view, found } = useLoaderData<typeof loader>();
  return (
    <AnalyticsShell view={view} at="/analytics/courses" title="Disciplines and courses">
      <CourseCards panel={found.courses} staff={view.question.staff} />
    </AnalyticsShell>
  );
}
