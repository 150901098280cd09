/** What to export. The form is answered by the file itself (`payments.export_.download.ts`). */
import { data, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, type MetaFunction } from "@remix-run/react";
import { dayIn } from "@server/time";
import { ExportSchema } from "@server/reports/export.server";
import { settings } from "@server/settings/settings.server";
import { activeStaff } from "@server/staff/staff.server";
import { errorTitle } from "~/components/error-page";
import { ExportForm } from "~/components/export-form";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { StaffShell } from "~/components/staff-shell";
import { parseForm, refused } from "~/http/form.server";
import { noStore } from "~/http/job-action.server";
import { requireWorkstation } from "~/http/session.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction<typeof loader> = ({ data, error, matches }) => [
  {
    title: pageTitle(
      error ? errorTitle(error) : "Export",
      matches,
      Object.keys(data?.errors ?? {}).length > 0,
    ),
  },
  NO_INDEX,
];

const FIELDS = ["what", "start_date", "end_date", "staff_name"] as const;

export async function loader({ request }: LoaderFunctionArgs) {
  const { workstation_name, admin } = await requireWorkstation(request);
  const { searchParams } = new URL(request.url);
  const { time_zone, new_staff_days } = await settings();
  const today = dayIn(new Date(), time_zone);
  const staff = await activeStaff(new_staff_days);
  const typed = Object.fromEntries(FIELDS.map((name) => [name, searchParams.get(name) ?? undefined]));
  // Sent back by the download: the address carries what was typed, and here is said what is wrong with it.
  const errors = searchParams.has("check")
    ? problems(
        typed,
        staff.map(({ name }) => name),
      )
    : {};
  const values: Record<string, string> = {
    what: typed.what ?? "payments",
    start_date: typed.start_date ?? `${today.slice(0, 8)}01`,
    end_date: typed.end_date ?? today,
    staff_name: typed.staff_name ?? "",
  };
  return data(
    { session: { workstation_name, admin }, staff, values, errors },
    { status: Object.keys(errors).length ? 400 : 200 },
  );
}

function problems(typed: Record<string, string | undefined>, names: string[]): Record<string, string[]> {
  try {
    const { staff_name } = parseForm(ExportSchema, typed);
    const known = names.some((name) => name.toLowerCase() === staff_name.toLowerCase());
    return known ? {} : { staff_name: ["Choose your name from the list of active staff."] };
  } catch (error) {
    return refused(error).fields;
  }
}

export default function ExportPage() {
  const { session, staff, values, errors } = useLoaderData<typeof loader>();
  return (
    <StaffShell session={session} at="/payments">
      <p className="mb-2">
        <a className="inline-flex min-h-11 items-center" href="/payments">
          Back to the payments
        </a>
      </p>
      <h1 className="mb-4 text-2xl">Export as CSV</h1>
      <ExportForm staff={staff} values={values} errors={errors} />
    </StaffShell>
  );
}
