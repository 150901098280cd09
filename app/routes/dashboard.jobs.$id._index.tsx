/** Everything about one job, and what can be done to it. */
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData, type MetaFunction } from "@remix-run/react";
import { isEventKind } from "@server/events/kinds";
import { jobHistory } from "@server/reports/job-history.server";
import { jobSheet } from "@server/reports/job-sheet.server";
import { settings } from "@server/settings/settings.server";
import { activeStaff } from "@server/staff/staff.server";
import type { AtOnceRefusal } from "~/components/at-once";
import { ErrorSummary, type SummaryError, summaryOf } from "~/components/error-summary";
import { errorTitle } from "~/components/error-page";
import { JobSheetPage } from "~/components/staff-job-sheet";
import { markRefused, NO_INDEX, pageTitle, wasRefused } from "~/components/page-title";
import { nameFieldId, noteFieldId } from "~/components/at-once-fields";
import { StaffShell } from "~/components/staff-shell";
import { doAtOnce } from "~/http/at-once.server";
import { flash, takeFlash } from "~/http/flash.server";
import { formOf, orErrorPage } from "~/http/form.server";
import { noStore } from "~/http/job-action.server";
import { requireWorkstation, safeNext } from "~/http/session.server";

export { shouldRevalidate } from "~/components/decision-sent";
export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction<typeof loader> = ({ data, error, matches }) => [
  {
    title: pageTitle(
      data && !error ? `Job ${data.job.short_id}, ${data.job.student_name}` : errorTitle(error),
      matches,
      data?.failed,
    ),
  },
  NO_INDEX,
];

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const session = await requireWorkstation(request);
  const query = new URL(request.url).searchParams;
  const kind = query.get("history");
  const before = query.get("before");
  const [job, history, { new_staff_days }] = await Promise.all([
    orErrorPage(jobSheet(params.id!)),
    orErrorPage(
      jobHistory(params.id!, {
        kind: isEventKind(kind) ? kind : null,
        before: before && /^\d{1,15}$/.test(before) ? Number(before) : null,
      }),
    ),
    settings(),
  ]);
  const { message, headers } = await takeFlash(request);
  return data(
    {
      job,
      history,
      note: { open: query.get("note") === "open", form_key: crypto.randomUUID() },
      message,
      session: {
        workstation_name: session.workstation_name,
        admin: session.admin,
        storage_path: session.storage_path,
      },
      staff: await activeStaff(new_staff_days),
      now: new Date().toISOString(),
      failed: wasRefused(context),
    },
    { headers },
  );
}

/** What is done in one press; scripts use `at-once`. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  const desk = await requireWorkstation(request);
  const outcome = await doAtOnce(desk, params.id!, await orErrorPage(formOf(request)));
  if ("refusal" in outcome) {
    markRefused(context);
    return data(outcome.refusal, outcome.init);
  }
  // From a card in the list, back to that list.
  const back = String(outcome.values.back ?? "");
  return redirect(back.startsWith("/dashboard?") ? safeNext(back) : `/dashboard/jobs/${params.id}`, {
    status: 303,
    headers: { "Set-Cookie": await flash({ tone: "success", text: outcome.done }) },
  });
}

export default function JobPage() {
  const { job, history, note, message, session, staff, now } = useLoaderData<typeof loader>();
  const refusal = useActionData<typeof action>();
  return (
    <StaffShell session={session} at="/dashboard" message={message}>
      {refusal && (
        <ErrorSummary errors={problems(refusal, job.id)} title="That did not work" focusKey={refusal} />
      )}
      <JobSheetPage
        job={job}
        session={session}
        staff={staff}
        now={now}
        history={history}
        note={note}
        refusal={refusal}
      />
    </StaffShell>
  );
}

/** What was wrong, each with a link to its field; the same names occur in several forms of the page. */
function problems({ fields, message, typed }: AtOnceRefusal, jobId: string): SummaryError[] {
  const at: Record<string, string> = { notes: noteFieldId(jobId), staff_name: nameFieldId(typed, jobId) };
  const found = summaryOf(fields, ["notes", "staff_name"]);
  return found.length
    ? found.map(({ message, field }) => ({ message, field: field && at[field] }))
    : [{ message }];
}
