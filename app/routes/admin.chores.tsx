/** What the night shift does by itself: when it did last, what came of it, when it does next; and by hand. */
import { data, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData, type MetaFunction } from "@remix-run/react";
import { choresPage } from "@server/chores/report.server";
import { requestChore } from "@server/chores/request-chore.server";
import { AttributedSchema } from "@server/jobs/schemas";
import { AdminShell } from "~/components/admin-shell";
import { EmptyState } from "~/components/card";
import { ChoreList } from "~/components/chore-list";
import { errorTitle } from "~/components/error-page";
import { markRefused, NO_INDEX, pageTitle } from "~/components/page-title";
import { doneAt, openAdminPage } from "~/http/admin-page.server";
import { formOf, orErrorPage, parseForm, refused, valuesOf } from "~/http/form.server";
import { noStore } from "~/http/job-action.server";
import { requireAdmin } from "~/http/session.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction<typeof loader> = ({ data, error, matches }) => [
  { title: pageTitle(error ? errorTitle(error) : "Chores", matches, data?.failed) },
  NO_INDEX,
];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { page, headers } = await openAdminPage(request, context);
  return data({ ...page, chores: await choresPage(), now: new Date().toISOString() }, { headers });
}

export async function action({ request, context }: ActionFunctionArgs) {
  const desk = await requireAdmin(request);
  const values = valuesOf(await orErrorPage(formOf(request)));
  try {
    const { staff_name } = parseForm(AttributedSchema, values);
    const { title } = await requestChore(desk, { chore: String(values.chore ?? ""), staff_name });
    return await doneAt("/admin/chores", `"${title}" starts in a moment. This page shows what comes of it.`);
  } catch (error) {
    markRefused(context);
    const { status, message, fields } = refused(error);
    return data({ message, fields, chosen: String(values.staff_name ?? "") }, { status });
  }
}

export default function Chores() {
  const { session, chores, staff, now, message } = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>();
  return (
    <AdminShell session={session} at="/admin/chores" title="Chores" message={failed ? null : message}>
      {chores.length ? (
        <ChoreList chores={chores} staff={staff} now={now} failed={failed} />
      ) : (
        <EmptyState title="No worker has started yet">
          The timetable appears here with the first start of the worker.
        </EmptyState>
      )}
    </AdminShell>
  );
}
