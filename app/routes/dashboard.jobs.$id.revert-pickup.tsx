/** Not handed over after all, within the revert window. */
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { AttributedSchema } from "@server/jobs/schemas";
import { revertPickup } from "@server/payments/revert-pickup.server";
import { decisionMeta, DecisionPage } from "~/components/decision-page";
import { decide, noStore, openDecision } from "~/http/job-action.server";

export { clientAction } from "~/components/decision-sent";
export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const meta = decisionMeta("revert-pickup");
export const headers = noStore;

export function loader(args: LoaderFunctionArgs) {
  return openDecision(args, "revert-pickup");
}

export function action(args: ActionFunctionArgs) {
  return decide(args, {
    name: "revert-pickup",
    schema: AttributedSchema,
    run: revertPickup,
    done: () => "Reverted: the print waits for pickup again and its payment is voided.",
  });
}

export default function RevertPickup() {
  const view = useLoaderData<typeof loader>();
  const outcome = useActionData<typeof action>();
  return <DecisionPage view={view} outcome={outcome} />;
}
