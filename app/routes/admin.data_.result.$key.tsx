/** What became of a run; found by its form's key, so that it can be read again. */
import { data, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, type MetaFunction } from "@remix-run/react";
import { RETENTION } from "@server/retention/kinds";
import { retentionReport } from "@server/retention/run-retention.server";
import { AdminShell } from "~/components/admin-shell";
import { errorTitle } from "~/components/error-page";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { RetentionResult } from "~/components/retention";
import { useRefresh } from "~/components/use-refresh";
import { openAdminPage } from "~/http/admin-page.server";
import { orErrorPage } from "~/http/form.server";
import { noStore } from "~/http/job-action.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction<typeof loader> = ({ data, error, matches }) => [
  {
    title: pageTitle(
      data && !error ? `${RETENTION[data.report.kind].label}: what was done` : errorTitle(error),
      matches,
    ),
  },
  NO_INDEX,
];

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const { page, headers } = await openAdminPage(request, context);
  const report = await orErrorPage(retentionReport(params.key!));
  return data({ page, report, now: new Date().toISOString() }, { headers });
}

const AGAIN_MS = 2_000;

export default function RetentionDone() {
  const { page, report, now } = useLoaderData<typeof loader>();
  return (
    <AdminShell
      session={page.session}
      at="/admin/data"
      title={`${RETENTION[report.kind].label}: what was done`}
      message={page.message}
    >
      {report.state === "running" && <Again now={now} />}
      <RetentionResult report={report} />
    </AdminShell>
  );
}

/** Looks again while the work goes on, with and without a script. */
function Again({ now }: { now: string }) {
  useRefresh(now, AGAIN_MS);
  return (
    <noscript>
      <meta httpEquiv="refresh" content={String(AGAIN_MS / 1000)} />
    </noscript>
  );
}
