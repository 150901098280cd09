/** One attributed action for the jobs that were chosen on the list: shows them as they stand, then does it. */
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData, type MetaFunction } from "@remix-run/react";
import { isUuid } from "@server/ids";
import { readListQuery } from "@server/jobs/list";
import { SeveralSchema } from "@server/jobs/schemas";
import { isSeveralStep, MOST_AT_ONCE } from "@server/jobs/several";
import { chosenJobs, doSeveral } from "@server/jobs/several.server";
import { settings } from "@server/settings/settings.server";
import { activeStaff } from "@server/staff/staff.server";
import { errorTitle } from "~/components/error-page";
import { markRefused, NO_INDEX, pageTitle, wasRefused } from "~/components/page-title";
import { SeveralForm, type SeveralRefused, type SeveralView } from "~/components/several-page";
import { listHref } from "~/components/staff-list";
import { StaffShell } from "~/components/staff-shell";
import { action as stepWords } from "~/components/staff-steps";
import { formOf, orErrorPage, parseForm, refused, valuesOf } from "~/http/form.server";
import { noStore } from "~/http/job-action.server";
import { requireWorkstation } from "~/http/session.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction<typeof loader> = ({ data, error, matches }) => [
  {
    title: pageTitle(
      data && !error ? `${stepWords(data.view.name).label}: several jobs` : errorTitle(error),
      matches,
      data?.failed,
    ),
  },
  NO_INDEX,
];

/** The place in the list that the address remembers. */
const placeIn = (params: URLSearchParams) => {
  const list = new URLSearchParams(params.get("list") ?? "");
  return listHref({ ...readListQuery(list), open: list.get("details") === "open" });
};

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { workstation_name, admin } = await requireWorkstation(request);
  const { searchParams } = new URL(request.url);
  const name = searchParams.get("action");
  if (!isSeveralStep(name))
    throw new Response("This cannot be done to several jobs at once. Choose the jobs on the list.", {
      status: 400,
    });
  const ids = [
    ...new Set(
      searchParams
        .getAll("job")
        .filter(isUuid)
        .map((id) => id.toLowerCase()),
    ),
  ];
  if (ids.length > MOST_AT_ONCE)
    throw new Response(`Choose at most ${MOST_AT_ONCE} jobs at once; these are ${ids.length}.`, {
      status: 400,
    });
  const [jobs, { new_staff_days }] = await Promise.all([chosenJobs(name, ids), settings()]);
  const back = placeIn(searchParams);
  const here = new URLSearchParams([
    ["action", name],
    ["list", back.split("?")[1]!],
    ...ids.map((id) => ["job", id]),
  ]);
  const view: SeveralView = {
    name,
    jobs,
    missing: ids.length - jobs.length,
    staff: await activeStaff(new_staff_days),
    form_key: crypto.randomUUID(),
    back,
    here: `/dashboard/several?${here}`,
  };
  return { session: { workstation_name, admin }, view, failed: wasRefused(context) };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const desk = await requireWorkstation(request);
  const typed = valuesOf(await orErrorPage(formOf(request)), ["job"]);
  try {
    const input = parseForm(SeveralSchema, { job: [], ...typed });
    await doSeveral(desk, input);
    const list = placeIn(new URL(request.url).searchParams).split("?")[1]!;
    return redirect(`/dashboard/several/${input.form_key}?${new URLSearchParams({ list })}`, 303);
  } catch (error) {
    const { status, message, fields } = refused(error);
    markRefused(context);
    return data({ message, fields, typed } satisfies SeveralRefused, { status });
  }
}

export default function Several() {
  const { session, view } = useLoaderData<typeof loader>();
  const outcome = useActionData<typeof action>();
  const n = view.jobs.filter((job) => job.obstacle === null).length;
  return (
    <StaffShell session={session} at="/dashboard">
      <p className="mb-2">
        <a className="inline-flex min-h-11 items-center" href={view.back}>
          Back to the list
        </a>
      </p>
      <h1 className="mb-4 text-2xl">
        {stepWords(view.name).label}: {n === 1 ? "1 job" : `${n} jobs`}
      </h1>
      <SeveralForm view={view} outcome={outcome} />
    </StaffShell>
  );
}
