/** What the lab can print with: everything on one page, in the order that students see. */
import { data, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData, type MetaFunction } from "@remix-run/react";
import { currentCatalog } from "@server/catalog/catalog.server";
import { afterRow, type Listed, type RowAction } from "@server/catalog/edit";
import { catalogHistory } from "@server/catalog/history.server";
import { catalogUsage } from "@server/catalog/in-use.server";
import { Refusal } from "@server/errors";
import { AdminShell } from "~/components/admin-shell";
import type { CatalogOutcome } from "~/components/catalog-form";
import { LastVersion } from "~/components/catalog-history";
import { CatalogLists } from "~/components/catalog-lists";
import { CatalogPreview } from "~/components/catalog-preview";
import { errorTitle } from "~/components/error-page";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { openAdminPage } from "~/http/admin-page.server";
import { catalogPost, change, refusedCatalog, savedAt } from "~/http/catalog-page.server";
import { noStore } from "~/http/job-action.server";
import { requireAdmin } from "~/http/session.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction<typeof loader> = ({ data, error, matches }) => [
  { title: pageTitle(error ? errorTitle(error) : "Catalog", matches, data?.page.failed) },
  NO_INDEX,
];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { page, headers } = await openAdminPage(request, context);
  const [{ version, data: catalog }, usage, { versions }] = await Promise.all([
    currentCatalog(),
    catalogUsage(),
    catalogHistory(null, 1),
  ]);
  const shown = { version, catalog, usage, staff: page.staff, form_key: crypto.randomUUID() };
  return data({ page, shown, last: versions[0] ?? null }, { headers });
}

/** A row's button says what it does: "printers.down.prusa_xl". */
const ROW = /^(methods|printers|materials)\.(up|down|on|off)\.(.+)$/;

export async function action({ request, context }: ActionFunctionArgs) {
  const desk = await requireAdmin(request);
  const post = await catalogPost(request);
  try {
    const [, kind, how, id] = ROW.exec(post.intent) ?? [];
    if (!id) throw new Refusal("invalid", "Open the page again: what was to be done is missing.");
    const saved = await change(desk, post, (catalog) =>
      afterRow(catalog, kind as Listed, id, how as RowAction),
    );
    return savedAt("/admin/catalog", saved);
  } catch (error) {
    return refusedCatalog(error, context, post);
  }
}

export default function CatalogRoute() {
  const { page, shown, last } = useLoaderData<typeof loader>();
  const outcome = useActionData<typeof action>() as CatalogOutcome | undefined;
  return (
    <AdminShell
      session={page.session}
      at="/admin/catalog"
      title="Catalog"
      message={outcome ? null : page.message}
    >
      <LastVersion last={last} />
      <div className="with-preview">
        <CatalogLists {...shown} outcome={outcome} />
        <CatalogPreview catalog={shown.catalog} />
      </div>
    </AdminShell>
  );
}
