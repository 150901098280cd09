/** Puts a job into any status: an override. */
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { brokenByStatus } from "@server/jobs/preconditions.server";
import { ChangeStatusSchema } from "@server/jobs/schemas";
import { changeStatus } from "@server/jobs/steps.server";
import { STATUS } from "@server/jobs/states";
import { decisionMeta, DecisionPage } from "~/components/decision-page";
import { decide, noStore, openDecision } from "~/http/job-action.server";

export { clientAction } from "~/components/decision-sent";
export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const meta = decisionMeta("change-status");
export const headers = noStore;

export async function loader(args: LoaderFunctionArgs) {
  const view = await openDecision(args, "change-status");
  return { ...view, broken: await brokenByStatus(view.job.id) };
}

export function action(args: ActionFunctionArgs) {
  return decide(args, {
    name: "change-status",
    schema: ChangeStatusSchema,
    run: changeStatus,
    done: ({ new_status }) => `The status is ${STATUS[new_status].label} now.`,
  });
}

export default function ChangeStatus() {
  const view = useLoaderData<typeof loader>();
  const outcome = useActionData<typeof action>();
  return <DecisionPage view={view} outcome={outcome} />;
}
