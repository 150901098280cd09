/** Fixes file, weight, time and price, and mails the student a link to confirm. */
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { ApproveSchema } from "@server/jobs/schemas";
import { approveJob, pricesFor } from "@server/jobs/approve.server";
import { candidatesWithFacts } from "@server/jobs/candidates.server";
import { decisionMeta, DecisionPage } from "~/components/decision-page";
import { orErrorPage } from "~/http/form.server";
import { decide, noStore, openDecision } from "~/http/job-action.server";

export { clientAction } from "~/components/decision-sent";
export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const meta = decisionMeta("approve");
export const headers = noStore;

export async function loader(args: LoaderFunctionArgs) {
  const view = await openDecision(args, "approve");
  const [candidates, prices] = await Promise.all([
    orErrorPage(candidatesWithFacts(view.job)),
    orErrorPage(pricesFor(view.job)),
  ]);
  return {
    ...view,
    candidates: candidates.map((file) => ({ ...file, modified_at: file.modified_at.toISOString() })),
    prices,
  };
}

export function action(args: ActionFunctionArgs) {
  return decide(args, {
    name: "approve",
    schema: ApproveSchema,
    run: approveJob,
    done: () => "Approved. The student gets the price and a link to confirm by mail.",
  });
}

export default function Approve() {
  const view = useLoaderData<typeof loader>();
  const outcome = useActionData<typeof action>();
  return <DecisionPage view={view} outcome={outcome} />;
}
