/** Is everything as it should be? Live status, alerts, a day's history; the integrity audit: start it, watch it, read what it found. */
import { data, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData, type MetaFunction } from "@remix-run/react";
import { type Kind, KINDS } from "@server/audit/kinds";
import { auditPage, auditStatus } from "@server/audit/report.server";
import { startAudit } from "@server/audit/start-audit.server";
import { openAlerts } from "@server/health/alerts.server";
import { history, routesOf } from "@server/health/history.server";
import { liveHealth } from "@server/health/live.server";
import { AttributedSchema } from "@server/jobs/schemas";
import { AdminShell } from "~/components/admin-shell";
import { AuditReport } from "~/components/audit-report";
import { AuditRunning, StartAudit } from "~/components/audit-start";
import { Card } from "~/components/card";
import { errorTitle } from "~/components/error-page";
import { HealthAlertsNotice } from "~/components/health-alerts";
import { HealthCards } from "~/components/health-cards";
import { CHART_MEASURES, HealthHistory, RouteTable } from "~/components/health-history";
import { markRefused, NO_INDEX, pageTitle } from "~/components/page-title";
import { doneAt, openAdminPage } from "~/http/admin-page.server";
import { formOf, orErrorPage, parseForm, refused, valuesOf } from "~/http/form.server";
import { noStore } from "~/http/job-action.server";
import { requireAdmin } from "~/http/session.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction<typeof loader> = ({ data, error, matches }) => [
  { title: pageTitle(error ? errorTitle(error) : "System health", matches, data?.failed) },
  NO_INDEX,
];

/** Length of a point of the charts: a day is 96 of them. */
const POINT_MINUTES = 15;

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { page, headers } = await openAdminPage(request, context);
  const asked = new URL(request.url).searchParams.get("all");
  const all: Kind | null = KINDS.find((kind) => kind === asked) ?? null;
  const [status, report, { cards }, alerts, points, routes] = await Promise.all([
    auditStatus(),
    auditPage(all),
    liveHealth(),
    openAlerts(),
    history(24, POINT_MINUTES, CHART_MEASURES),
    routesOf(24),
  ]);
  return data(
    {
      ...page,
      cards,
      alerts,
      points,
      routes,
      ...status,
      report,
      all,
      now: new Date().toISOString(),
    },
    { headers },
  );
}

export async function action({ request, context }: ActionFunctionArgs) {
  const desk = await requireAdmin(request);
  const values = valuesOf(await orErrorPage(formOf(request)));
  try {
    await startAudit(desk, parseForm(AttributedSchema, values));
    return await doneAt("/admin/health", "The audit has started. This page shows how far it is.");
  } catch (error) {
    markRefused(context);
    const { status, message, fields } = refused(error);
    return data({ message, fields }, { status });
  }
}

export default function Health() {
  const { session, cards, alerts, points, routes, running, last, report, all, staff, now, message } =
    useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>();
  return (
    <AdminShell session={session} at="/admin/health" title="System health" message={failed ? null : message}>
      <HealthAlertsNotice alerts={alerts} />
      <section aria-labelledby="live" className="mb-6">
        <h2 className="text-xl" id="live">
          At this moment
        </h2>
        <HealthCards cards={cards} now={now} />
      </section>
      <Card title="Integrity audit" className="mb-4">
        <p className="mb-4 max-w-prose text-soft">
          Compares the storage with the database, both ways: files that no job explains, files that a job
          misses, second copies, content that has changed, and metadata that does not agree. It changes
          nothing; what to repair is your decision.
        </p>
        {running ? (
          <AuditRunning audit={running} now={now} refused={failed?.message} />
        ) : (
          <StartAudit staff={staff} failed={failed} last={last} />
        )}
      </Card>
      <AuditReport report={report} all={all} />
      <Card title="The last 24 hours" className="mb-4 mt-4">
        <HealthHistory points={points} minutesEach={POINT_MINUTES} />
      </Card>
      {routes.slowest.length > 0 && (
        <Card title="Pages of the last 24 hours" className="mb-4">
          <div className="grid gap-6">
            <RouteTable title="Slowest in the mean" routes={routes.slowest} />
            {routes.failing.length > 0 ? (
              <RouteTable title="Failing most" routes={routes.failing} />
            ) : (
              <p className="text-soft">No page has failed.</p>
            )}
          </div>
        </Card>
      )}
    </AdminShell>
  );
}
