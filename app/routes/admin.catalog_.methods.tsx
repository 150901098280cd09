/** The print methods with what students read about them, and the minimum charge. */
import { data, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData, type MetaFunction } from "@remix-run/react";
import { currentCatalog } from "@server/catalog/catalog.server";
import { withMethods } from "@server/catalog/edit";
import { methodFields } from "@server/catalog/places";
import { AdminShell } from "~/components/admin-shell";
import type { CatalogOutcome } from "~/components/catalog-form";
import { CatalogMethods } from "~/components/catalog-methods";
import { errorTitle } from "~/components/error-page";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { openAdminPage } from "~/http/admin-page.server";
import { catalogPost, change, refusedCatalog, savedAt } from "~/http/catalog-page.server";
import { noStore } from "~/http/job-action.server";
import { requireAdmin } from "~/http/session.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction<typeof loader> = ({ data, error, matches }) => [
  { title: pageTitle(error ? errorTitle(error) : "Methods and minimum charge", matches, data?.page.failed) },
  NO_INDEX,
];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { page, headers } = await openAdminPage(request, context);
  const { version, data: catalog } = await currentCatalog();
  return data({ page, catalog, version, form_key: crypto.randomUUID() }, { headers });
}

export async function action({ request, context }: ActionFunctionArgs) {
  const desk = await requireAdmin(request);
  const post = await catalogPost(request);
  try {
    return await savedAt(
      "/admin/catalog",
      await change(desk, post, (catalog) => withMethods(catalog, post.typed)),
    );
  } catch (error) {
    return refusedCatalog(error, context, post, (fields) => methodFields(fields, post.typed));
  }
}

export default function CatalogMethodsRoute() {
  const { page, ...rest } = useLoaderData<typeof loader>();
  const outcome = useActionData<typeof action>() as CatalogOutcome | undefined;
  return (
    <AdminShell session={page.session} at="/admin/catalog" title="Methods and minimum charge">
      <CatalogMethods {...rest} staff={page.staff} outcome={outcome} />
    </AdminShell>
  );
}
