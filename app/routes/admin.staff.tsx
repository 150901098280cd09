/** The staff list: who can be chosen as the one who does something. */
import { data, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData, type MetaFunction } from "@remix-run/react";
import { GuardSchema } from "@server/jobs/schemas";
import { settings } from "@server/settings/settings.server";
import { addStaff } from "@server/staff/add-staff.server";
import { listStaff } from "@server/staff/staff.server";
import { AdminShell } from "~/components/admin-shell";
import { Card } from "~/components/card";
import { errorTitle } from "~/components/error-page";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { AddStaff, type StaffOutcome, StaffPeople } from "~/components/staff-people";
import { doneAt, openAdminPage, refusedAnswer } from "~/http/admin-page.server";
import { formOf, orErrorPage, valuesOf } from "~/http/form.server";
import { noStore } from "~/http/job-action.server";
import { requireAdmin } from "~/http/session.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction<typeof loader> = ({ data, error, matches }) => [
  { title: pageTitle(error ? errorTitle(error) : "Staff", matches, data?.page.failed) },
  NO_INDEX,
];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { page, headers } = await openAdminPage(request, context);
  const { new_staff_days } = await settings();
  const people = await listStaff({ include_inactive: true, newForDays: new_staff_days });
  return data({ page, people, form_key: crypto.randomUUID() }, { headers });
}

export async function action({ request, context }: ActionFunctionArgs) {
  const desk = await requireAdmin(request);
  const typed = valuesOf(await orErrorPage(formOf(request)));
  try {
    const { name } = await addStaff(desk, {
      name: String(typed.name ?? ""),
      staff_name: String(typed.staff_name ?? ""),
      form_key: GuardSchema.shape.form_key.safeParse(typed.form_key).data,
    });
    return await doneAt("/admin/staff", `${name} is on the list and can be chosen now.`);
  } catch (error) {
    return refusedAnswer(error, context, typed, () => ({}));
  }
}

export default function StaffRoute() {
  const { page, people, form_key } = useLoaderData<typeof loader>();
  const outcome = useActionData<typeof action>() as StaffOutcome | undefined;
  return (
    <AdminShell
      session={page.session}
      at="/admin/staff"
      title="Staff"
      message={outcome ? null : page.message}
    >
      {outcome && <AddStaff {...{ people, form_key, outcome }} action="/admin/staff" />}
      <Card className="mb-4">
        <StaffPeople people={people} />
      </Card>
      {!outcome && <AddStaff {...{ people, form_key, outcome }} action="/admin/staff" />}
    </AdminShell>
  );
}
