/** What the night shift does by itself: when it did last, what came of it, when it does next; and by hand. */
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData, type MetaFunction } from "@remix-run/react";
import { choresPage } from "@server/chores/report.server";
import { requestChore } from "@server/chores/request-chore.server";
import { AttributedSchema } from "@server/jobs/schemas";
import { settings } from "@server/settings/settings.server";
import { activeStaff } from "@server/staff/staff.server";
import { AdminShell } from "~/components/admin-shell";
import { EmptyState } from "~/components/card";
import { ChoreList } from "~/components/chore-list";
import { errorTitle } from "~/components/error-page";
import { markRefused, NO_INDEX, pageTitle, wasRefused } from "~/components/page-title";
import { flash, takeFlash } from "~/http/flash.server";
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
  const { workstation_name, admin } = await requireAdmin(request);
  const [chores, { new_staff_days }] = await Promise.all([choresPage(), settings()]);
  const staff = await activeStaff(new_staff_days);
  const { message, headers } = await takeFlash(request);
  return data(
    {
      session: { workstation_name, admin },
      chores,
      staff,
      now: new Date().toISOString(),
      message,
      failed: wasRefused(context),
    },
    { headers },
  );
}

export async function action({ request, context }: ActionFunctionArgs) {
  const desk = await requireAdmin(request);
  const values = valuesOf(await orErrorPage(formOf(request)));
  try {
    const { staff_name } = parseForm(AttributedSchema, values);
    const { title } = await requestChore(desk, { chore: String(values.chore ?? ""), staff_name });
    const text = `"${title}" starts in a moment. This page shows what comes of it.`;
    return redirect("/admin/chores", {
      status: 303,
      headers: { "Set-Cookie": await flash({ tone: "success", text }) },
    });
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
