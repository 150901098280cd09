/** Ends a request, with the reasons that the student is told. */
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { REJECT_REASONS, RejectSchema } from "@server/jobs/schemas";
import { rejectJob } from "@server/jobs/reject.server";
import { LongTextField } from "~/components/decision-fields";
import { Choice, ChoiceGroup } from "~/components/field";
import { decisionMeta, DecisionPage } from "~/components/job-action";
import { decide, noStore, openDecision } from "~/http/job-action.server";

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
  return (
    <DecisionPage view={view} outcome={outcome} order={["reasons", "custom_reason"]}>
      {(fields) => (
        <>
          <ChoiceGroup
            name="reasons"
            label="Why can it not be printed?"
            hint="The student reads these sentences."
            error={fields.errors.reasons}
          >
            {Object.entries(REJECT_REASONS).map(([code, text]) => (
              <Choice
                key={code}
                name="reasons"
                value={code}
                label={text}
                defaultChecked={fields.chosen("reasons", code)}
              />
            ))}
          </ChoiceGroup>
          <LongTextField
            name="custom_reason"
            label="In your own words"
            hint="What should the student change? They read this too."
            most={1000}
            fields={fields}
          />
        </>
      )}
    </DecisionPage>
  );
}
