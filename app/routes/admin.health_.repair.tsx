/** Asks before a repair of one finding, or of all that a repair fits, and does it. */
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData, type MetaFunction } from "@remix-run/react";
import { REPAIR, type RepairName, REPAIRS } from "@server/audit/kinds";
import { findingsFor, MOST_AT_ONCE, repairAll, repairFinding } from "@server/audit/repair-findings.server";
import { findFinding } from "@server/audit/report.server";
import { AttributedSchema, ReasonSchema } from "@server/jobs/schemas";
import { settings } from "@server/settings/settings.server";
import { activeStaff } from "@server/staff/staff.server";
import { AuditRepair, AuditResults } from "~/components/audit-repair";
import { errorTitle } from "~/components/error-page";
import { markRefused, NO_INDEX, pageTitle, wasRefused } from "~/components/page-title";
import { StaffShell } from "~/components/staff-shell";
import { flash } from "~/http/flash.server";
import { formOf, orErrorPage, parseForm, refused, valuesOf } from "~/http/form.server";
import { noStore } from "~/http/job-action.server";
import { requireAdmin } from "~/http/session.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction<typeof loader> = ({ data, error, matches }) => [
  {
    title: pageTitle(
      data && !error ? (data.finding ? REPAIR[data.how].label : REPAIR[data.how].all) : errorTitle(error),
      matches,
      data?.failed,
    ),
  },
  NO_INDEX,
];

/** What the address asks for: which repair, of which finding (all of them when it names none). */
function asked(request: Request): { how: RepairName; finding_id: string | null } {
  const query = new URL(request.url).searchParams;
  const how = REPAIRS.find((name) => name === query.get("how"));
  if (!how) throw new Response("There is no such repair. Choose one in the report.", { status: 404 });
  return { how, finding_id: query.get("finding") };
}

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { workstation_name, admin } = await requireAdmin(request);
  const { how, finding_id } = asked(request);
  const [finding, { new_staff_days }] = await Promise.all([
    finding_id === null ? null : orErrorPage(findFinding(finding_id)),
    settings(),
  ]);
  const count = finding ? 1 : (await findingsFor(how)).length;
  return {
    session: { workstation_name, admin },
    how,
    finding,
    count,
    at_once: MOST_AT_ONCE,
    staff: await activeStaff(new_staff_days),
    failed: wasRefused(context),
  };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const desk = await requireAdmin(request);
  const { how, finding_id } = asked(request);
  const typed = valuesOf(await orErrorPage(formOf(request)));
  try {
    const input = parseForm(REPAIR[how].destructive ? ReasonSchema : AttributedSchema, typed);
    if (finding_id === null) {
      const { results, left } = await repairAll(desk, { ...input, how });
      return data({ results, left, message: "", fields: {}, typed: {} });
    }
    await findFinding(finding_id);
    const { outcome, message } = await repairFinding(desk, { ...input, finding_id, how });
    const tone = outcome === "done" ? "success" : "info";
    return redirect("/admin/health", {
      status: 303,
      headers: { "Set-Cookie": await flash({ tone, text: message }) },
    });
  } catch (error) {
    const { status, message, fields } = refused(error);
    if (status === 404 && finding_id !== null && !Object.keys(fields).length)
      throw new Response(message, { status });
    markRefused(context);
    return data({ results: null, left: 0, message, fields, typed }, { status });
  }
}

export default function Repair() {
  const view = useLoaderData<typeof loader>();
  const outcome = useActionData<typeof action>();
  const { label, all } = REPAIR[view.how];
  return (
    <StaffShell session={view.session} at="/admin">
      <p className="mb-2">
        <a className="inline-flex min-h-11 items-center" href="/admin/health">
          Back to the report
        </a>
      </p>
      <h1 className="mb-4 text-2xl">{view.finding ? label : all}</h1>
      <div className="card decision-form">
        {outcome?.results ? (
          <AuditResults results={outcome.results} left={outcome.left} />
        ) : (
          <AuditRepair view={view} outcome={outcome} />
        )}
      </div>
    </StaffShell>
  );
}
