/** Deletes a request for good. */
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { ReasonSchema } from "@server/jobs/schemas";
import { deleteJob } from "@server/jobs/delete.server";
import { decisionMeta, DecisionPage } from "~/components/decision-page";
import { decide, noStore, openDecision } from "~/http/job-action.server";

export { clientAction } from "~/components/decision-sent";
export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const meta = decisionMeta("delete");
export const headers = noStore;

export function loader(args: LoaderFunctionArgs) {
  return openDecision(args, "delete");
}

export function action(args: ActionFunctionArgs) {
  return decide(args, {
    name: "delete",
    schema: ReasonSchema,
    run: deleteJob,
    done: (_, shortId) => `Job ${shortId} and its files are deleted.`,
    next: "/dashboard",
  });
}

export default function Delete() {
  const view = useLoaderData<typeof loader>();
  const outcome = useActionData<typeof action>();
  return <DecisionPage view={view} outcome={outcome} />;
}
