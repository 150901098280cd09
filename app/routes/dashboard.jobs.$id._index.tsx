/** Everything about one job, and what can be done to it. */
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData, type MetaFunction } from "@remix-run/react";
import { retryMail, RetryMailSchema } from "@server/jobs/retry-mail.server";
import { jobSheet } from "@server/reports/job-sheet.server";
import { settings } from "@server/settings/settings.server";
import { activeStaff } from "@server/staff/staff.server";
import { Alert } from "~/components/alert";
import { errorTitle } from "~/components/error-page";
import { JobSheetPage } from "~/components/staff-job-sheet";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { StaffShell } from "~/components/staff-shell";
import { flash, takeFlash } from "~/http/flash.server";
import { formOf, orErrorPage, parseForm, refused, valuesOf } from "~/http/form.server";
import { noStore } from "~/http/job-action.server";
import { requireWorkstation } from "~/http/session.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction<typeof loader> = ({ data, error, matches }) => [
  {
    title: pageTitle(
      data && !error ? `Job ${data.job.short_id}, ${data.job.student_name}` : errorTitle(error),
      matches,
    ),
  },
  NO_INDEX,
];

export async function loader({ request, params }: LoaderFunctionArgs) {
  const session = await requireWorkstation(request);
  const [job, { new_staff_days }] = await Promise.all([orErrorPage(jobSheet(params.id!)), settings()]);
  const { message, headers } = await takeFlash(request);
  return data(
    {
      job,
      message,
      session: {
        workstation_name: session.workstation_name,
        admin: session.admin,
        storage_path: session.storage_path,
      },
      staff: await activeStaff(new_staff_days),
      now: new Date().toISOString(),
    },
    { headers },
  );
}

export async function action({ request, params }: ActionFunctionArgs) {
  const desk = await requireWorkstation(request);
  const values = valuesOf(await orErrorPage(formOf(request)));
  try {
    const { letter } = await retryMail(desk, params.id!, parseForm(RetryMailSchema, values));
    const text = `The ${letter} letter is on its way again.`;
    return redirect(`/dashboard/jobs/${params.id}`, {
      status: 303,
      headers: { "Set-Cookie": await flash({ tone: "success", text }) },
    });
  } catch (error) {
    const { status, message, fields } = refused(error);
    return data({ message, fields, outbox_id: String(values.outbox_id ?? "") }, { status });
  }
}

export default function JobPage() {
  const { job, message, session, staff, now } = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>();
  return (
    <StaffShell session={session} at="/dashboard" message={message}>
      {failed && <Alert tone="error" live title={Object.values(failed.fields)[0]?.[0] ?? failed.message} />}
      <JobSheetPage job={job} session={session} staff={staff} now={now} retryFailed={failed} />
    </StaffShell>
  );
}
