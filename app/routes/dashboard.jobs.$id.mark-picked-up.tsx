/** Hands a print over that is paid already, or that costs nothing for a reason. */
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { PickedUpSchema } from "@server/jobs/schemas";
import { handOver } from "@server/payments/hand-over.server";
import { jobSheet } from "@server/reports/job-sheet.server";
import { decisionMeta, DecisionPage } from "~/components/decision-page";
import { decide, noStore, openDecision } from "~/http/job-action.server";

export { clientAction } from "~/components/decision-sent";
export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const meta = decisionMeta("mark-picked-up");
export const headers = noStore;

export async function loader(args: LoaderFunctionArgs) {
  const view = await openDecision(args, "mark-picked-up");
  const { payments } = await jobSheet(view.job.id);
  return { ...view, paid: payments.some((payment) => payment.voided_at === null) };
}

export function action(args: ActionFunctionArgs) {
  return decide(args, {
    name: "mark-picked-up",
    schema: PickedUpSchema,
    run: handOver,
    done: () => "Handed over.",
  });
}

export default function MarkPickedUp() {
  const view = useLoaderData<typeof loader>();
  const outcome = useActionData<typeof action>();
  return <DecisionPage view={view} outcome={outcome} />;
}
