/** One old version: what would change if it came back, and bringing it back. */
import { data, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData, type MetaFunction } from "@remix-run/react";
import { currentCatalog } from "@server/catalog/catalog.server";
import { catalogChanges } from "@server/catalog/changes";
import { findVersion } from "@server/catalog/history.server";
import { restoreCatalog } from "@server/catalog/restore-catalog.server";
import { AttributedSchema } from "@server/jobs/schemas";
import { AdminShell } from "~/components/admin-shell";
import type { CatalogOutcome } from "~/components/catalog-form";
import { RestoreVersion } from "~/components/catalog-history";
import { errorTitle } from "~/components/error-page";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { openAdminPage } from "~/http/admin-page.server";
import { catalogPost, refusedCatalog, savedAt } from "~/http/catalog-page.server";
import { orErrorPage, parseForm } from "~/http/form.server";
import { noStore } from "~/http/job-action.server";
import { requireAdmin } from "~/http/session.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction<typeof loader> = ({ data, error, matches }) => [
  {
    title: pageTitle(
      error ? errorTitle(error) : `Version ${data?.version.version} of the catalog`,
      matches,
      data?.page.failed,
    ),
  },
  NO_INDEX,
];

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const { page, headers } = await openAdminPage(request, context);
  const [{ data: catalog, ...version }, now] = await Promise.all([
    orErrorPage(findVersion(Number(params.version))),
    currentCatalog(),
  ]);
  const differences = catalogChanges(now.data, catalog);
  return data({ page, version, current: now.version, differences, form_key: crypto.randomUUID() }, { headers }); // prettier-ignore
}

export async function action({ request, params, context }: ActionFunctionArgs) {
  const desk = await requireAdmin(request);
  const post = await catalogPost(request);
  try {
    const { staff_name } = parseForm(AttributedSchema, post.typed);
    const { version, form_key } = post;
    const restore = Number(params.version);
    const saved = await restoreCatalog(desk, { staff_name, restore, version, form_key });
    return await savedAt("/admin/catalog/history", saved);
  } catch (error) {
    return refusedCatalog(error, context, post);
  }
}

export default function CatalogVersionRoute() {
  const { page, ...rest } = useLoaderData<typeof loader>();
  const outcome = useActionData<typeof action>() as CatalogOutcome | undefined;
  return (
    <AdminShell
      session={page.session}
      at="/admin/catalog"
      title={`Version ${rest.version.version} of the catalog`}
    >
      <RestoreVersion {...rest} staff={page.staff} outcome={outcome} />
    </AdminShell>
  );
}
