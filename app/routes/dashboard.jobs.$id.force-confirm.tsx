/** The student confirmed by word of mouth: an override. */
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { ReasonSchema } from "@server/jobs/schemas";
import { forceConfirm } from "@server/jobs/steps.server";
import { decisionMeta, DecisionPage } from "~/components/decision-page";
import { decide, noStore, openDecision } from "~/http/job-action.server";

export { clientAction } from "~/components/decision-sent";
export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const meta = decisionMeta("force-confirm");
export const headers = noStore;

export function loader(args: LoaderFunctionArgs) {
  return openDecision(args, "force-confirm");
}

export function action(args: ActionFunctionArgs) {
  return decide(args, {
    name: "force-confirm",
    schema: ReasonSchema,
    run: forceConfirm,
    done: () => "Confirmed for the student. The job is ready to print.",
  });
}

export default function ForceConfirm() {
  const view = useLoaderData<typeof loader>();
  const outcome = useActionData<typeof action>();
  return <DecisionPage view={view} outcome={outcome} />;
}
