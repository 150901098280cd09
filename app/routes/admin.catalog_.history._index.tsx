/** All versions of the catalog, newest first: who, when, and what was different. */
import { data, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, type MetaFunction } from "@remix-run/react";
import { catalogVersion } from "@server/catalog/catalog.server";
import { catalogHistory } from "@server/catalog/history.server";
import { AdminShell } from "~/components/admin-shell";
import { CatalogVersions } from "~/components/catalog-history";
import { errorTitle } from "~/components/error-page";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { openAdminPage } from "~/http/admin-page.server";
import { noStore } from "~/http/job-action.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const handle = { static: true };
export const headers = noStore;

export const meta: MetaFunction<typeof loader> = ({ error, matches }) => [
  { title: pageTitle(error ? errorTitle(error) : "Versions of the catalog", matches) },
  NO_INDEX,
];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { page, headers } = await openAdminPage(request, context);
  const before = /^\d{1,9}$/.exec(new URL(request.url).searchParams.get("before") ?? "")?.[0];
  const [history, newest] = await Promise.all([
    catalogHistory(before === undefined ? null : Number(before)),
    catalogVersion(),
  ]);
  return data({ page, ...history, newest }, { headers });
}

export default function CatalogHistoryRoute() {
  const { page, ...history } = useLoaderData<typeof loader>();
  return (
    <AdminShell
      session={page.session}
      at="/admin/catalog"
      title="Versions of the catalog"
      message={page.message}
    >
      <CatalogVersions {...history} />
    </AdminShell>
  );
}
