/** Not done after all, within the revert window. */
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { AttributedSchema } from "@server/jobs/schemas";
import { revertCompletion } from "@server/jobs/steps.server";
import { decisionMeta, DecisionPage } from "~/components/decision-page";
import { decide, noStore, openDecision } from "~/http/job-action.server";

export { clientAction } from "~/components/decision-sent";
export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const meta = decisionMeta("revert-completion");
export const headers = noStore;

export function loader(args: LoaderFunctionArgs) {
  return openDecision(args, "revert-completion");
}

export function action(args: ActionFunctionArgs) {
  return decide(args, {
    name: "revert-completion",
    schema: AttributedSchema,
    run: revertCompletion,
    done: () => "Reverted: the job is printing again.",
  });
}

export default function RevertCompletion() {
  const view = useLoaderData<typeof loader>();
  const outcome = useActionData<typeof action>();
  return <DecisionPage view={view} outcome={outcome} />;
}
