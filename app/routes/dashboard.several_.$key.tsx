/** What became of the jobs of one form. Found by the form's key, so that it can be read again. */
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, useRevalidator, type MetaFunction } from "@remix-run/react";
import { readListQuery } from "@server/jobs/list";
import { severalReport } from "@server/jobs/several.server";
import { useEffect } from "react";
import { errorTitle } from "~/components/error-page";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { SeveralResult } from "~/components/several-report";
import { listHref } from "~/components/staff-list";
import { StaffShell } from "~/components/staff-shell";
import { action as stepWords } from "~/components/staff-steps";
import { orErrorPage } from "~/http/form.server";
import { noStore } from "~/http/job-action.server";
import { requireWorkstation } from "~/http/session.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction<typeof loader> = ({ data, error, matches }) => [
  {
    title: pageTitle(
      data && !error ? `${stepWords(data.report.action).label}: what was done` : errorTitle(error),
      matches,
    ),
  },
  NO_INDEX,
];

export async function loader({ request, params }: LoaderFunctionArgs) {
  const { workstation_name, admin } = await requireWorkstation(request);
  const report = await orErrorPage(severalReport(params.key!));
  const list = new URLSearchParams(new URL(request.url).searchParams.get("list") ?? "");
  const place = listHref({ ...readListQuery(list), open: list.get("details") === "open" });
  return { session: { workstation_name, admin }, report, list: place.split("?")[1]! };
}

const AGAIN_SECONDS = 2;

export default function SeveralDone() {
  const { session, report, list } = useLoaderData<typeof loader>();
  const { revalidate } = useRevalidator();
  useEffect(() => {
    if (report.finished) return;
    const timer = setInterval(revalidate, AGAIN_SECONDS * 1000);
    return () => clearInterval(timer);
  }, [report.finished, revalidate]);
  return (
    <StaffShell session={session} at="/dashboard">
      {!report.finished && (
        <noscript>
          <meta httpEquiv="refresh" content={String(AGAIN_SECONDS)} />
        </noscript>
      )}
      <h1 className="mb-4 text-2xl">{stepWords(report.action).label}: what was done</h1>
      <SeveralResult report={report} list={list} />
    </StaffShell>
  );
}
