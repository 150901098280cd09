/** What the lab may change about itself, a form for each group. */
import { data, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData, type MetaFunction } from "@remix-run/react";
import { SETTING_GROUP_NAMES, SETTING_GROUPS, type SettingGroup } from "@server/settings/descriptions";
import { AttributedSchema } from "@server/jobs/schemas";
import { saveSettings } from "@server/settings/save-settings.server";
import { settingsPage } from "@server/settings/settings-page.server";
import { AdminShell } from "~/components/admin-shell";
import { Card } from "~/components/card";
import { errorTitle } from "~/components/error-page";
import { FactList } from "~/components/facts";
import { LogoForm } from "~/components/logo-form";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { SettingsContents, SettingsGroupForm, type SettingsRefused } from "~/components/settings-form";
import { doneAt, openAdminPage, refusedAnswer } from "~/http/admin-page.server";
import { formOf, orErrorPage, parseForm, valuesOf } from "~/http/form.server";
import { noStore } from "~/http/job-action.server";
import { requireAdmin } from "~/http/session.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction<typeof loader> = ({ data, error, matches }) => [
  { title: pageTitle(error ? errorTitle(error) : "Settings", matches, data?.page.failed) },
  NO_INDEX,
];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { page, headers } = await openAdminPage(request, context);
  return data({ page, shown: await settingsPage() }, { headers });
}

export async function action({ request, context }: ActionFunctionArgs) {
  const desk = await requireAdmin(request);
  const lists = ["use_default", "workstation", "workstation_path"];
  const typed = valuesOf(await orErrorPage(formOf(request)), lists);
  const group = SETTING_GROUP_NAMES.find((name) => name === typed.group);
  if (!group) throw new Response("There is no such group of settings. Open the page again.", { status: 400 });
  try {
    const changes = await saveSettings(desk, {
      ...parseForm(AttributedSchema, typed),
      group,
      entered: entered(group, typed),
      use_default: [typed.use_default ?? []].flat(),
      stamp: typeof typed.stamp === "string" ? typed.stamp : "",
    });
    const many = Object.keys(changes).length;
    const { title } = SETTING_GROUPS[group];
    return many
      ? await doneAt("/admin/settings", `“${title}” is saved and in force.`)
      : await doneAt("/admin/settings", `“${title}” is as it was; there was nothing to change.`, "info");
  } catch (error) {
    return refusedAnswer(error, context, typed, ({ reason, details }) => ({
      group,
      stamp: reason === "stale" ? String(details.stamp) : null,
    }));
  }
}

/** The fields of a group's form; the paths of the computers are one setting. */
function entered(group: SettingGroup, typed: Record<string, string | string[]>): Record<string, unknown> {
  if (group !== "workstations") return typed;
  const ids = [typed.workstation ?? []].flat();
  const paths = [typed.workstation_path ?? []].flat();
  return { workstation_storage: Object.fromEntries(ids.map((id, at) => [id, paths[at] ?? ""])) };
}

export default function SettingsRoute() {
  const { page, shown } = useLoaderData<typeof loader>();
  const refused = useActionData<typeof action>() as SettingsRefused | undefined;
  return (
    <AdminShell
      session={page.session}
      at="/admin/settings"
      title="Settings"
      message={refused ? null : page.message}
    >
      <SettingsContents />
      {SETTING_GROUP_NAMES.map((group) => (
        <SettingsGroupForm
          key={group}
          group={group}
          page={shown}
          staff={page.staff}
          refused={refused?.group === group ? refused : undefined}
        />
      ))}
      <LogoForm logo={shown.values.logo} staff={page.staff} />
      <Card title="This installation" className="mb-4">
        <p className="mb-3 max-w-prose text-soft">Set in the configuration, not here; so are all passwords.</p>
        <FactList facts={shown.system} />
      </Card>
    </AdminShell>
  ); // prettier-ignore
}
