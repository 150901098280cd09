/** The print has been started. */
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { AttributedSchema } from "@server/jobs/schemas";
import { markPrinting } from "@server/jobs/steps.server";
import { decisionMeta, DecisionPage } from "~/components/decision-page";
import { decide, noStore, openDecision } from "~/http/job-action.server";

export { clientAction } from "~/components/decision-sent";
export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const meta = decisionMeta("mark-printing");
export const headers = noStore;

export function loader(args: LoaderFunctionArgs) {
  return openDecision(args, "mark-printing");
}

export function action(args: ActionFunctionArgs) {
  return decide(args, {
    name: "mark-printing",
    schema: AttributedSchema,
    run: markPrinting,
    done: () => "The job is printing now.",
  });
}

export default function MarkPrinting() {
  const view = useLoaderData<typeof loader>();
  const outcome = useActionData<typeof action>();
  return <DecisionPage view={view} outcome={outcome} />;
}
