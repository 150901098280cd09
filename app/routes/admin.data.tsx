/** Which finished jobs are due for the archive, and which for pruning. */
import { data, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, type MetaFunction } from "@remix-run/react";
import { dueList, lastRuns } from "@server/retention/due.server";
import { RETENTION } from "@server/retention/kinds";
import { AdminShell } from "~/components/admin-shell";
import { Card } from "~/components/card";
import { errorTitle } from "~/components/error-page";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { DueCard, jobs } from "~/components/retention";
import { Time } from "~/components/time";
import { openAdminPage } from "~/http/admin-page.server";
import { noStore } from "~/http/job-action.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction<typeof loader> = ({ error, matches }) => [
  { title: pageTitle(error ? errorTitle(error) : "Data", matches) },
  NO_INDEX,
];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { page, headers } = await openAdminPage(request, context);
  const [archive, prune, runs] = await Promise.all([dueList("archive"), dueList("prune"), lastRuns()]);
  return data({ page, archive, prune, runs }, { headers });
}

export default function Data() {
  const { page, archive, prune, runs } = useLoaderData<typeof loader>();
  return (
    <AdminShell session={page.session} at="/admin/data" title="Data" message={page.message}>
      <DueCard kind="archive" due={archive} />
      <DueCard kind="prune" due={prune} />
      <Card title="Last runs">
        {runs.length === 0 ? (
          <p className="text-soft">There has been none yet.</p>
        ) : (
          <ul className="rows">
            {runs.map(({ kind, count, by, at }) => (
              <li key={at}>
                {jobs(count)} {RETENTION[kind].done} by {by === "system" ? "the night shift" : by} on{" "}
                <Time at={at} />
              </li>
            ))}
          </ul>
        )}
      </Card>
    </AdminShell>
  );
}
