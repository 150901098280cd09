/** Putting a job right by hand, and who did so before. */
import { data, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, type MetaFunction } from "@remix-run/react";
import { findToOverride, overrides } from "@server/reports/overrides.server";
import { AdminShell } from "~/components/admin-shell";
import { ButtonLink } from "~/components/button";
import { Card, EmptyState } from "~/components/card";
import { errorTitle } from "~/components/error-page";
import { FindToOverride, OverrideTable } from "~/components/overrides";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { openAdminPage } from "~/http/admin-page.server";
import { noStore } from "~/http/job-action.server";

export { shouldRevalidate } from "~/components/decision-sent";
export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction<typeof loader> = ({ error, matches }) => [
  { title: pageTitle(error ? errorTitle(error) : "Overrides", matches) },
  NO_INDEX,
];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { page, headers } = await openAdminPage(request, context);
  const asked = new URL(request.url).searchParams;
  const job = (asked.get("job") ?? "").slice(0, 100);
  const before = Number(asked.get("before"));
  const [found, log] = await Promise.all([
    job.trim() ? findToOverride(job) : null,
    overrides(Number.isSafeInteger(before) && before > 0 ? before : null),
  ]);
  return data({ page, job, found, ...log, first: before > 0 }, { headers });
}

export default function Overrides() {
  const { page, job, found, list, older, first } = useLoaderData<typeof loader>();
  return (
    <AdminShell session={page.session} at="/admin/overrides" title="Overrides" message={page.message}>
      <FindToOverride job={job} found={found} />
      <Card title="What has been overridden">
        {list.length === 0 ? (
          <EmptyState title="Nothing has been overridden">
            What administrators put right by hand appears here, with who and why.
          </EmptyState>
        ) : (
          <OverrideTable list={list} />
        )}
        {(older || first) && (
          <p className="mt-4 flex flex-wrap gap-3">
            {first && (
              <ButtonLink tone="neutral" href="/admin/overrides">
                Newest
              </ButtonLink>
            )}
            {older && (
              <ButtonLink tone="neutral" href={`/admin/overrides?before=${older}`} rel="next">
                Older
              </ButtonLink>
            )}
          </p>
        )}
      </Card>
    </AdminShell>
  );
}
