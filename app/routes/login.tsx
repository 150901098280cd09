/** A workstation logs in; afterwards it goes where it wanted to. */
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData, type MetaFunction } from "@remix-run/react";
import { workstationChoices } from "@server/sessions/session.server";
import { Flash } from "~/components/alert";
import { Button } from "~/components/button";
import { ErrorSummary, summaryOf } from "~/components/error-summary";
import { SelectField, TextField } from "~/components/field";
import { markRefused, NO_INDEX, pageTitle, wasRefused } from "~/components/page-title";
import { StudentLayout } from "~/components/page-shell";
import { takeFlash } from "~/http/flash.server";
import { formOf, orErrorPage, refusalHeaders, refused } from "~/http/form.server";
import { noStore } from "~/http/job-action.server";
import { logInFrom, optionalWorkstation, safeNext } from "~/http/session.server";

export const handle = { static: true };
export const headers = noStore;

export const meta: MetaFunction<typeof loader> = ({ data, matches }) => [
  { title: pageTitle("Staff log-in", matches, data?.failed) },
  NO_INDEX,
];

const nextOf = (request: Request) => safeNext(new URL(request.url).searchParams.get("next"));

export async function loader({ request, context }: LoaderFunctionArgs) {
  if (await optionalWorkstation(request)) throw redirect(nextOf(request));
  const { message, headers } = await takeFlash(request);
  return data({ workstations: workstationChoices(), message, failed: wasRefused(context) }, { headers });
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await orErrorPage(formOf(request.clone()));
  try {
    return redirect(nextOf(request), { status: 303, headers: await logInFrom(request, context.ip) });
  } catch (error) {
    const refusal = refused(error);
    markRefused(context);
    const { message, fields, status } = refusal;
    const workstation_id = String(form.get("workstation_id") ?? "");
    return data({ message, fields, workstation_id }, { status, headers: refusalHeaders(refusal) });
  }
}

export default function Login() {
  const { workstations, message } = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>();
  const errors = failed ? summaryOf(failed.fields, ["workstation_id", "password"]) : [];
  return (
    <StudentLayout>
      {!failed && <Flash message={message} />}
      {failed && (
        <ErrorSummary
          title="You are not logged in"
          errors={errors.length ? errors : [{ message: failed.message, field: "password" }]}
        />
      )}
      <h1 className="mb-3 text-3xl">Staff log-in</h1>
      <p className="mb-7 max-w-prose text-soft">
        For the lab&apos;s workstations. You say who you are with each thing you do, so nobody needs an
        account of their own. The log-in lasts 12 hours.
      </p>
      <form method="post" noValidate>
        <SelectField
          name="workstation_id"
          label="Workstation"
          required
          autoComplete="username"
          error={failed?.fields.workstation_id}
          defaultValue={failed?.workstation_id ?? ""}
        >
          <option value="">Choose your workstation</option>
          {workstations.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
        <TextField
          name="password"
          label="Password"
          type="password"
          autoComplete="current-password"
          required
          error={failed?.fields.password}
        />
        <Button wide>Log in</Button>
      </form>
    </StudentLayout>
  );
}
