/** Takes in the lab's logo. The form stands on the settings' page; this page shows it again when it was refused. */
import { data, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData, type MetaFunction } from "@remix-run/react";
import { AttributedSchema } from "@server/jobs/schemas";
import { saveLogo } from "@server/settings/logo.server";
import { settings } from "@server/settings/settings.server";
import { AdminShell } from "~/components/admin-shell";
import { errorTitle } from "~/components/error-page";
import { LogoForm } from "~/components/logo-form";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import type { SettingsRefused } from "~/components/settings-form";
import { doneAt, openAdminPage, refusedAnswer } from "~/http/admin-page.server";
import { orErrorPage, parseForm } from "~/http/form.server";
import { formWithFile } from "~/http/form-with-file.server";
import { noStore } from "~/http/job-action.server";
import { requireAdmin } from "~/http/session.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction<typeof loader> = ({ data, error, matches }) => [
  { title: pageTitle(error ? errorTitle(error) : "Logo", matches, data?.page.failed) },
  NO_INDEX,
];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { page, headers } = await openAdminPage(request, context);
  const { logo } = await settings();
  return data({ page, logo }, { headers });
}

export async function action({ request, context }: ActionFunctionArgs) {
  const desk = await requireAdmin(request);
  const { values, file } = await orErrorPage(formWithFile(request, "logo"));
  try {
    const removes = values.intent === "remove";
    await saveLogo(desk, { ...parseForm(AttributedSchema, values), bytes: removes ? null : file });
    return await doneAt("/admin/settings", removes ? "The logo is taken away." : "The logo is shown now.");
  } catch (error) {
    return refusedAnswer(error, context, values, () => ({ group: "logo" as const, stamp: null }));
  }
}

export default function Logo() {
  const { page, logo } = useLoaderData<typeof loader>();
  const refused = useActionData<typeof action>() as SettingsRefused | undefined;
  return (
    <AdminShell session={page.session} at="/admin/settings" title="Logo" message={page.message}>
      <p className="mb-2">
        <a className="inline-flex min-h-11 items-center" href="/admin/settings">
          Back to the settings
        </a>
      </p>
      <LogoForm logo={logo} staff={page.staff} refused={refused} />
    </AdminShell>
  );
}
