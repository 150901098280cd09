/** Asks before jobs are filed away or pruned: shows which, wants a name and a reason, and does it. */
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData, type MetaFunction } from "@remix-run/react";
import { dueList } from "@server/retention/due.server";
import { MOST_AT_ONCE, RETENTION, type Retention, RETENTIONS } from "@server/retention/kinds";
import { RetentionSchema, runRetention } from "@server/retention/run-retention.server";
import { AdminShell } from "~/components/admin-shell";
import { Alert } from "~/components/alert";
import { Button, ButtonLink } from "~/components/button";
import { Card } from "~/components/card";
import { ReasonField } from "~/components/decision-fields";
import { ErrorSummary, summaryOf } from "~/components/error-summary";
import { errorTitle } from "~/components/error-page";
import { Choice, ChoiceGroup } from "~/components/field";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { DueTable, jobs } from "~/components/retention";
import { StaffField } from "~/components/staff-name-field";
import { fieldsOf } from "~/components/typed-fields";
import { openAdminPage, refusedAnswer } from "~/http/admin-page.server";
import { formOf, orErrorPage, parseForm, valuesOf } from "~/http/form.server";
import { noStore } from "~/http/job-action.server";
import { requireAdmin } from "~/http/session.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction<typeof loader> = ({ data, error, matches }) => [
  {
    title: pageTitle(
      data && !error ? `${RETENTION[data.kind].label} jobs` : errorTitle(error),
      matches,
      data?.page.failed,
    ),
  },
  NO_INDEX,
];

function kindOf(name: string | undefined): Retention {
  const kind = RETENTIONS.find((kind) => kind === name);
  if (!kind) throw new Response("There is no such page.", { status: 404 });
  return kind;
}

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const { page, headers } = await openAdminPage(request, context);
  const kind = kindOf(params.kind);
  const asked = Number(new URL(request.url).searchParams.get("page"));
  const due = await dueList(kind, Number.isSafeInteger(asked) ? asked : 1);
  return data(
    { page, kind, due, form_key: crypto.randomUUID(), seen_at: new Date().toISOString() },
    { headers },
  );
}

export async function action({ request, params, context }: ActionFunctionArgs) {
  const desk = await requireAdmin(request);
  const kind = kindOf(params.kind);
  const typed = valuesOf(await orErrorPage(formOf(request)));
  try {
    const input = parseForm(RetentionSchema, typed);
    await runRetention(desk, kind, input);
    return redirect(`/admin/data/result/${input.form_key}`, { status: 303 });
  } catch (error) {
    return refusedAnswer(error, context, typed, () => ({}));
  }
}

export default function Retain() {
  const { page, kind, due, form_key, seen_at } = useLoaderData<typeof loader>();
  const refused = useActionData<typeof action>();
  const { label, hint, destructive } = RETENTION[kind];
  const fields = fieldsOf(refused);
  const errors = summaryOf(fields.errors, ["staff_name", "reason", "confirmed"]);
  return (
    <AdminShell session={page.session} at="/admin/data" title={`${label} jobs`} message={page.message}>
      <p className="mb-2">
        <a className="inline-flex min-h-11 items-center" href="/admin/data">
          Back to the data
        </a>
      </p>
      {due.count === 0 ? (
        <Alert title="Nothing is due">
          <p>There is nothing to do here now.</p>
        </Alert>
      ) : (
        <>
          <div className="card decision-form mb-4">
            <form method="post" action={`/admin/data/${kind}`} noValidate>
              {refused && (
                <ErrorSummary
                  errors={errors.length ? errors : [{ message: refused.message }]}
                  title="Nothing was done yet"
                  focusKey={refused}
                />
              )}
              <input type="hidden" name="form_key" defaultValue={form_key} autoComplete="off" />
              <input type="hidden" name="seen_at" defaultValue={seen_at} autoComplete="off" />
              <p className="font-semibold">
                {jobs(due.count)} {due.count === 1 ? "is" : "are"} due
                {due.count > MOST_AT_ONCE && `, ${MOST_AT_ONCE} with each press`}.
              </p>
              <p className="my-4 max-w-prose text-soft">
                {destructive && <strong className="text-danger">This is permanent. </strong>}
                {hint}
              </p>
              <StaffField staff={page.staff} fields={fields} />
              <ReasonField fields={fields} hint="Stays in the log of each job, with your name." />
              {destructive && (
                <ChoiceGroup name="confirmed" label="Are you sure?" error={fields.errors.confirmed}>
                  <Choice
                    name="confirmed"
                    value="yes"
                    label={`Yes, prune ${due.count > MOST_AT_ONCE ? `the oldest ${MOST_AT_ONCE} of ` : ""}${jobs(due.count)} for good`}
                    defaultChecked={fields.chosen("confirmed", "yes")}
                  />
                </ChoiceGroup>
              )}
              <div className="mt-6 flex flex-wrap gap-3">
                <Button tone={destructive ? "danger" : "primary"}>
                  {label} {jobs(Math.min(due.count, MOST_AT_ONCE))}
                </Button>
                <ButtonLink tone="neutral" href="/admin/data">
                  Cancel
                </ButtonLink>
              </div>
            </form>
          </div>
          <Card>
            <DueTable due={due} kind={kind} />
          </Card>
        </>
      )}
    </AdminShell>
  );
}
