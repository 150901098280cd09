/** Puts a job into any status: an override. */
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { ChangeStatusSchema } from "@server/jobs/schemas";
import { changeStatus } from "@server/jobs/steps.server";
import { STATUS, STATUSES } from "@server/jobs/states";
import { ReasonField } from "~/components/decision-fields";
import { SelectField } from "~/components/field";
import { decisionMeta, DecisionPage } from "~/components/job-action";
import { decide, noStore, openDecision } from "~/http/job-action.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const meta = decisionMeta("change-status");
export const headers = noStore;

export function loader(args: LoaderFunctionArgs) {
  return openDecision(args, "change-status");
}

export function action(args: ActionFunctionArgs) {
  return decide(args, {
    name: "change-status",
    schema: ChangeStatusSchema,
    run: changeStatus,
    done: ({ new_status }) => `The status is ${STATUS[new_status].label} now.`,
  });
}

export default function ChangeStatus() {
  const view = useLoaderData<typeof loader>();
  const outcome = useActionData<typeof action>();
  return (
    <DecisionPage
      view={view}
      outcome={outcome}
      order={["new_status", "reason"]}
      lead="For repairs only. The files move along, the log marks it as an override, and no letter is sent except a correction after a completed print."
    >
      {(fields) => (
        <>
          <SelectField
            name="new_status"
            label="New status"
            required
            error={fields.errors.new_status}
            defaultValue={fields.value("new_status")}
          >
            <option value="">Choose a status</option>
            {STATUSES.filter((status) => status !== view.job.status).map((status) => (
              <option key={status} value={status}>
                {STATUS[status].label}: {STATUS[status].description}
              </option>
            ))}
          </SelectField>
          <ReasonField fields={fields} />
        </>
      )}
    </DecisionPage>
  );
}
