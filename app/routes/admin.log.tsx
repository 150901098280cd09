/** The log itself: is its chain whole, where is its head, and what has left it. */
import { data, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData, type MetaFunction } from "@remix-run/react";
import { lastRuns } from "@server/chores/report.server";
import { requestChore } from "@server/chores/request-chore.server";
import { logPage } from "@server/events/log-page.server";
import { AttributedSchema } from "@server/jobs/schemas";
import { AdminShell } from "~/components/admin-shell";
import { Card } from "~/components/card";
import { errorTitle } from "~/components/error-page";
import { LogCheck, LogExports, LogFacts } from "~/components/log-status";
import { markRefused, NO_INDEX, pageTitle } from "~/components/page-title";
import { doneAt, openAdminPage } from "~/http/admin-page.server";
import { formOf, orErrorPage, parseForm, refused, valuesOf } from "~/http/form.server";
import { noStore } from "~/http/job-action.server";
import { requireAdmin } from "~/http/session.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction<typeof loader> = ({ data, error, matches }) => [
  { title: pageTitle(error ? errorTitle(error) : "Log", matches, data?.failed) },
  NO_INDEX,
];

const CHECK = "log-check";

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { page: desk, headers } = await openAdminPage(request, context);
  const [page, { last }] = await Promise.all([logPage(), lastRuns(CHECK)]);
  return data({ ...desk, page, last, now: new Date().toISOString() }, { headers });
}

export async function action({ request, context }: ActionFunctionArgs) {
  const desk = await requireAdmin(request);
  const values = valuesOf(await orErrorPage(formOf(request)));
  try {
    await requestChore(desk, { chore: CHECK, ...parseForm(AttributedSchema, values) });
    return await doneAt("/admin/log", "The check starts in a moment. This page shows what comes of it.");
  } catch (error) {
    markRefused(context);
    const { status, message, fields } = refused(error);
    return data({ message, fields, chosen: String(values.staff_name ?? "") }, { status });
  }
}

export default function Log() {
  const { session, page, last, staff, now, message } = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>();
  return (
    <AdminShell session={session} at="/admin/log" title="Log" message={failed ? null : message}>
      <Card title="Chain" className="mb-4">
        <p className="mb-4 max-w-prose text-soft">
          Every event carries a hash of its content and of the event before it. Whoever edits, deletes or
          inserts one, even in the database itself, breaks the chain, and the check names the event.
        </p>
        <LogCheck last={last} staff={staff} now={now} failed={failed} />
      </Card>
      <Card title="Head and size" className="mb-4">
        <LogFacts page={page} />
      </Card>
      <LogExports page={page} />
    </AdminShell>
  );
}
