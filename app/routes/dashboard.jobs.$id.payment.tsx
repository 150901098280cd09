/** Weighs the print, takes the payment and hands it over. */
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { PaymentSchema } from "@server/jobs/schemas";
import { takePayment } from "@server/payments/take-payment.server";
import { pricesFor } from "@server/jobs/approve.server";
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
  return <DecisionPage view={view} outcome={outcome} />;
}
