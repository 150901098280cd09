/** Asks for the passphrase of the administrator's desk, where a lab has one. */
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData, type MetaFunction } from "@remix-run/react";
import { ADMIN_OPEN_MINUTES, hasAdminLock, lockAdmin, unlockAdmin } from "@server/sessions/admin-lock.server";
import { Alert } from "~/components/alert";
import { Button } from "~/components/button";
import { errorTitle } from "~/components/error-page";
import { ErrorSummary, summaryOf } from "~/components/error-summary";
import { TextField } from "~/components/field";
import { markRefused, NO_INDEX, pageTitle, wasRefused } from "~/components/page-title";
import { StaffShell } from "~/components/staff-shell";
import { Time } from "~/components/time";
import { formOf, orErrorPage, refusalHeaders, refused } from "~/http/form.server";
import { noStore } from "~/http/job-action.server";
import { requireAdministrating, safeNext } from "~/http/session.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction<typeof loader> = ({ data, error, matches }) => [
  { title: pageTitle(error ? errorTitle(error) : "Administration is locked", matches, data?.failed) },
  NO_INDEX,
];

const wanted = (request: Request) => new URL(request.url).searchParams.get("next") ?? "/admin";

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { workstation_name, admin, admin_until } = await requireAdministrating(request);
  if (!hasAdminLock()) throw redirect("/admin");
  return { session: { workstation_name, admin }, admin_until, next: safeNext(wanted(request)), minutes: ADMIN_OPEN_MINUTES, failed: wasRefused(context) }; // prettier-ignore
}

export async function action({ request, context }: ActionFunctionArgs) {
  const desk = await requireAdministrating(request);
  const form = await orErrorPage(formOf(request));
  try {
    if (form.get("intent") === "lock") {
      await lockAdmin(desk);
      return redirect("/dashboard", { status: 303 });
    }
    await unlockAdmin(desk, String(form.get("passphrase") ?? ""), context.ip);
    return redirect(safeNext(wanted(request)), { status: 303 });
  } catch (error) {
    const refusal = refused(error);
    markRefused(context);
    const { status, message, fields } = refusal;
    return data({ message, fields }, { status, headers: refusalHeaders(refusal) });
  }
}

export default function Unlock() {
  const { session, admin_until, next, minutes } = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>();
  const errors = failed ? summaryOf(failed.fields, ["passphrase"]) : [];
  return (
    <StaffShell session={session} at="/admin">
      <h1 className="mb-4 text-2xl">{admin_until ? "Administration is open" : "Administration is locked"}</h1>
      <div className="card decision-form">
        {failed && (
          <ErrorSummary
            errors={errors.length ? errors : [{ message: failed.message }]}
            title="It stays locked"
            focusKey={failed}
          />
        )}
        {admin_until ? (
          <>
            <Alert title="It is open on this workstation">
              <p>
                Until <Time at={admin_until} />. <a href={next}>Go on</a>
              </p>
            </Alert>
            <form method="post" action="/admin/unlock">
              <Button name="intent" value="lock" tone="neutral">
                Lock it now
              </Button>
            </form>
          </>
        ) : (
          <form method="post" action={`/admin/unlock?next=${encodeURIComponent(next)}`} noValidate>
            <TextField
              name="passphrase"
              label="Passphrase"
              type="password"
              hint={`Opens the administrator’s pages on this workstation for ${minutes} minutes.`}
              error={failed?.fields.passphrase}
              autoComplete="off"
              required
            />
            <Button>Open</Button>
          </form>
        )}
      </div>
    </StaffShell>
  );
}
