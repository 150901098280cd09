/** Takes a lock away from whoever holds it: an override. */
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { ReasonSchema } from "@server/jobs/schemas";
import { jobToDecide } from "@server/jobs/decision.server";
import { forceUnlock } from "@server/jobs/force-unlock.server";
import { decisionMeta, DecisionPage } from "~/components/decision-page";
import { decide, noStore, openDecision } from "~/http/job-action.server";

export { clientAction } from "~/components/decision-sent";
export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const meta = decisionMeta("force-unlock");
export const headers = noStore;

export function loader(args: LoaderFunctionArgs) {
  return openDecision(args, "force-unlock");
}

export function action(args: ActionFunctionArgs) {
  return decide(args, {
    name: "force-unlock",
    schema: ReasonSchema,
    run: async (desk, jobId, input, guard) => {
      await forceUnlock(desk, jobId, input, guard);
      return jobToDecide(jobId, "force-unlock");
    },
    // The form may be sent again, and somebody is quick.
    done: (_input, _shortId, { locked_by }) =>
      locked_by
        ? `Unlocked. It was taken again since: ${locked_by} holds it now.`
        : "Unlocked. Anybody can work on this job again.",
  });
}

export default function ForceUnlock() {
  const view = useLoaderData<typeof loader>();
  const outcome = useActionData<typeof action>();
  return <DecisionPage view={view} outcome={outcome} />;
}
