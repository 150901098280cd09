/** Weighs the print, takes the payment and hands it over. */
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { PaymentSchema } from "@server/jobs/schemas";
import { takePayment } from "@server/payments/take-payment.server";
import { pricesFor } from "@server/jobs/approve.server";
import { formatGrams } from "@server/jobs/pricing";
import { PickedUpByField, WeightField } from "~/components/decision-fields";
import { TextField } from "~/components/field";
import { useLab } from "~/components/lab";
import { Money } from "~/components/time";
import { decisionMeta, DecisionPage } from "~/components/job-action";
import { orErrorPage } from "~/http/form.server";
import { decide, noStore, openDecision } from "~/http/job-action.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const meta = decisionMeta("payment");
export const headers = noStore;

export async function loader(args: LoaderFunctionArgs) {
  const view = await openDecision(args, "payment");
  return { ...view, prices: view.job.price_snapshot ?? (await orErrorPage(pricesFor(view.job))) };
}

export function action(args: ActionFunctionArgs) {
  return decide(args, {
    name: "payment",
    schema: PaymentSchema,
    run: takePayment,
    done: () => "Paid and handed over.",
  });
}

export default function Payment() {
  const view = useLoaderData<typeof loader>();
  const outcome = useActionData<typeof action>();
  const { payment_system } = useLab();
  const { job, prices } = view;
  return (
    <DecisionPage view={view} outcome={outcome} order={["grams", "txn_no", "picked_up_by"]}>
      {(fields) => (
        <>
          <WeightField
            name="grams"
            label="Weight on the scale"
            hint={
              job.weight_g !== null && (
                <>
                  Estimated at approval: {formatGrams(job.weight_g)}, <Money cents={job.cost_cents} />.
                </>
              )
            }
            prices={prices}
            fields={fields}
          />
          <TextField
            name="txn_no"
            label={`${payment_system} transaction number`}
            hint="From the receipt. Each number can be used once."
            autoComplete="off"
            spellCheck={false}
            required
            error={fields.errors.txn_no}
            defaultValue={fields.value("txn_no")}
          />
          <PickedUpByField fields={fields} student={job.student_name} />
        </>
      )}
    </DecisionPage>
  );
}
