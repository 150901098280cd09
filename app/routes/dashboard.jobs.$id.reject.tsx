/** Ends a request, with the reasons that the student is told. */
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { RejectSchema } from "@server/jobs/schemas";
import { rejectJob } from "@server/jobs/reject.server";
import { decisionMeta, DecisionPage } from "~/components/decision-page";
import { decide, noStore, openDecision } from "~/http/job-action.server";

export { clientAction } from "~/components/decision-sent";
export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const meta = decisionMeta("reject");
export const headers = noStore;

export function loader(args: LoaderFunctionArgs) {
  return openDecision(args, "reject");
}

export function action(args: ActionFunctionArgs) {
  return decide(args, {
    name: "reject",
    schema: RejectSchema,
    lists: ["reasons"],
    run: rejectJob,
    done: () => "Rejected. The student is told the reasons by mail.",
  });
}

export default function Reject() {
  const view = useLoaderData<typeof loader>();
  const outcome = useActionData<typeof action>();
  return <DecisionPage view={view} outcome={outcome} />;
}
