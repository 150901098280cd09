/** One person of the staff list. */
import { data, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData, type MetaFunction } from "@remix-run/react";
import { AttributedSchema } from "@server/jobs/schemas";
import { Refusal } from "@server/errors";
import { staffPerson } from "@server/reports/staff-person.server";
import { settings } from "@server/settings/settings.server";
import { deactivateStaff } from "@server/staff/deactivate-staff.server";
import { reactivateStaff } from "@server/staff/reactivate-staff.server";
import { renameStaff } from "@server/staff/rename-staff.server";
import { AdminShell } from "~/components/admin-shell";
import { errorTitle } from "~/components/error-page";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { STAFF_INTENTS, StaffPerson } from "~/components/staff-person";
import { doneAt, openAdminPage, refusedAnswer } from "~/http/admin-page.server";
import { formOf, orErrorPage, parseForm, valuesOf } from "~/http/form.server";
import { noStore } from "~/http/job-action.server";
import { requireAdmin } from "~/http/session.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction<typeof loader> = ({ data, error, matches }) => [
  { title: pageTitle(error ? errorTitle(error) : (data?.person.name ?? ""), matches, data?.page.failed) },
  NO_INDEX,
];

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const { page, headers } = await openAdminPage(request, context);
  const { new_staff_days } = await settings();
  return data({ page, ...(await orErrorPage(staffPerson(params.id!, new_staff_days))) }, { headers });
}

export async function action({ request, params, context }: ActionFunctionArgs) {
  const desk = await requireAdmin(request);
  const { intent, ...typed } = valuesOf(await orErrorPage(formOf(request)));
  const staff = params.id!;
  try {
    const { staff_name } = parseForm(AttributedSchema, typed);
    if (intent === "rename") {
      const { name } = await renameStaff(desk, { staff, staff_name, name: String(typed.name ?? "") });
      return await doneAt("/admin/staff", `The list says ${name} now.`);
    }
    if (intent === "deactivate") {
      const { name } = await deactivateStaff(desk, { staff, staff_name });
      return await doneAt("/admin/staff", `${name} is inactive and can no longer be chosen.`);
    }
    if (intent === "reactivate") {
      const { name } = await reactivateStaff(desk, { staff, staff_name });
      return await doneAt("/admin/staff", `${name} is active again.`);
    }
    throw new Refusal("invalid", "Open the page again: what was to be done is missing.");
  } catch (error) {
    return refusedAnswer(error, context, typed, () => ({
      intent: STAFF_INTENTS.find((known) => known === intent) ?? "rename",
    }));
  }
}

export default function StaffPersonRoute() {
  const { page, ...rest } = useLoaderData<typeof loader>();
  const outcome = useActionData<typeof action>();
  return (
    <AdminShell session={page.session} at="/admin/staff" title={rest.person.name}>
      <StaffPerson {...rest} staff={page.staff} outcome={outcome} />
    </AdminShell>
  );
}
