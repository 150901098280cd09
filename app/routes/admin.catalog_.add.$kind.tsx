/** A new printer or material. */
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData, type MetaFunction } from "@remix-run/react";
import { AdminShell } from "~/components/admin-shell";
import type { CatalogOutcome } from "~/components/catalog-form";
import { CatalogThing } from "~/components/catalog-thing";
import { errorTitle } from "~/components/error-page";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { openThing, saveThing, thingKind } from "~/http/catalog-thing.server";
import { noStore } from "~/http/job-action.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction<typeof loader> = ({ data, error, matches }) => [
  { title: pageTitle(error ? errorTitle(error) : (data?.title ?? ""), matches, data?.page.failed) },
  NO_INDEX,
];

export const loader = (args: LoaderFunctionArgs) => openThing(args, thingKind(args.params.kind), null);
export const action = (args: ActionFunctionArgs) => saveThing(args, thingKind(args.params.kind), null);

export default function CatalogThingRoute() {
  const { page, view, title } = useLoaderData<typeof loader>();
  const outcome = useActionData<typeof action>() as CatalogOutcome | undefined;
  return (
    <AdminShell session={page.session} at="/admin/catalog" title={title}>
      <CatalogThing view={view} outcome={outcome} />
    </AdminShell>
  );
}
