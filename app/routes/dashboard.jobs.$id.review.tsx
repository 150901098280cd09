/** Clears the NEW mark, or puts it back. */
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { ReviewSchema } from "@server/jobs/schemas";
import { reviewJob } from "@server/jobs/steps.server";
import { decisionMeta, DecisionPage } from "~/components/decision-page";
import { decide, noStore, openDecision } from "~/http/job-action.server";

export { clientAction } from "~/components/decision-sent";
export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const meta = decisionMeta("review");
export const headers = noStore;

export function loader(args: LoaderFunctionArgs) {
  return openDecision(args, "review");
}

export function action(args: ActionFunctionArgs) {
  return decide(args, {
    name: "review",
    schema: ReviewSchema,
    run: reviewJob,
    done: ({ reviewed }) => (reviewed ? "Marked as reviewed." : "Marked as new again."),
  });
}

export default function Review() {
  const view = useLoaderData<typeof loader>();
  const outcome = useActionData<typeof action>();
  return <DecisionPage view={view} outcome={outcome} />;
}
