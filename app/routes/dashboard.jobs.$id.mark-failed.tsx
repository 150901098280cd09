/** The print failed and goes back to the queue. */
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { ReasonSchema } from "@server/jobs/schemas";
import { markFailed } from "@server/jobs/steps.server";
import { decisionMeta, DecisionPage } from "~/components/decision-page";
import { decide, noStore, openDecision } from "~/http/job-action.server";

export { clientAction } from "~/components/decision-sent";
export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const meta = decisionMeta("mark-failed");
export const headers = noStore;

export function loader(args: LoaderFunctionArgs) {
  return openDecision(args, "mark-failed");
}

export function action(args: ActionFunctionArgs) {
  return decide(args, {
    name: "mark-failed",
    schema: ReasonSchema,
    run: markFailed,
    done: () => "Logged. The job is back in the print queue at the same price.",
  });
}

export default function MarkFailed() {
  const view = useLoaderData<typeof loader>();
  const outcome = useActionData<typeof action>();
  return <DecisionPage view={view} outcome={outcome} />;
}
