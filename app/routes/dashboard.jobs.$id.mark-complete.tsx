/** The print is done. */
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { AttributedSchema } from "@server/jobs/schemas";
import { markComplete } from "@server/jobs/steps.server";
import { decisionMeta, DecisionPage } from "~/components/decision-page";
import { decide, noStore, openDecision } from "~/http/job-action.server";

export { clientAction } from "~/components/decision-sent";
export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const meta = decisionMeta("mark-complete");
export const headers = noStore;

export function loader(args: LoaderFunctionArgs) {
  return openDecision(args, "mark-complete");
}

export function action(args: ActionFunctionArgs) {
  return decide(args, {
    name: "mark-complete",
    schema: AttributedSchema,
    run: markComplete,
    done: () => "The print is complete. The student is told by mail in a few minutes.",
  });
}

export default function MarkComplete() {
  const view = useLoaderData<typeof loader>();
  const outcome = useActionData<typeof action>();
  return <DecisionPage view={view} outcome={outcome} />;
}
