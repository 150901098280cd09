/** Alerts: take note of those that stand, look back at those that are over. */
import { data, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData, type MetaFunction } from "@remix-run/react";
import { acknowledgeAlert } from "@server/health/acknowledge-alert.server";
import { openAlerts, pastAlerts } from "@server/health/alerts.server";
import { AttributedSchema } from "@server/jobs/schemas";
import { AdminShell } from "~/components/admin-shell";
import { Card } from "~/components/card";
import { errorTitle } from "~/components/error-page";
import { OpenAlerts, PastAlerts } from "~/components/health-alerts";
import { markRefused, NO_INDEX, pageTitle } from "~/components/page-title";
import { doneAt, openAdminPage } from "~/http/admin-page.server";
import { formOf, orErrorPage, parseForm, refused, valuesOf } from "~/http/form.server";
import { noStore } from "~/http/job-action.server";
import { requireAdmin } from "~/http/session.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction<typeof loader> = ({ data, error, matches }) => [
  { title: pageTitle(error ? errorTitle(error) : "Alerts", matches, data?.failed) },
  NO_INDEX,
];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { page, headers } = await openAdminPage(request, context);
  const [open, past] = await Promise.all([openAlerts(), pastAlerts()]);
  return data({ ...page, open, past }, { headers });
}

export async function action({ request, context }: ActionFunctionArgs) {
  const desk = await requireAdmin(request);
  const values = valuesOf(await orErrorPage(formOf(request)));
  try {
    const { title } = await acknowledgeAlert(
      desk,
      String(values.alert ?? ""),
      parseForm(AttributedSchema, values),
    );
    return await doneAt("/admin/health/alerts", `Noted: you look after “${title}”.`);
  } catch (error) {
    markRefused(context);
    const { status, message, fields } = refused(error);
    return data({ message, fields }, { status });
  }
}

export default function Alerts() {
  const { session, open, past, staff, message } = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>();
  return (
    <AdminShell session={session} at="/admin/health" title="Alerts" message={failed ? null : message}>
      <p className="mb-4">
        <a href="/admin/health">Back to the system’s health</a>
      </p>
      <Card title="Standing" className="mb-4">
        <OpenAlerts alerts={open} staff={staff} failed={failed} />
      </Card>
      <Card title="Over">
        <PastAlerts alerts={past} />
      </Card>
    </AdminShell>
  );
}
