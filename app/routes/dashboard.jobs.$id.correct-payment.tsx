/** A payment written anew: other weight, other number. The old row stays, voided. */
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { CorrectPaymentSchema } from "@server/jobs/schemas";
import { correctPayment } from "@server/payments/correct-payment.server";
import { paymentsToMend, pricesOf, till } from "@server/payments/counter.server";
import { decisionMeta, DecisionPage } from "~/components/decision-page";
import { orErrorPage } from "~/http/form.server";
import { decide, noStore, openDecision } from "~/http/job-action.server";

export { clientAction } from "~/components/decision-sent";
export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const meta = decisionMeta("correct-payment");
export const headers = noStore;

export async function loader(args: LoaderFunctionArgs) {
  const view = await openDecision(args, "correct-payment");
  const { id } = view.job;
  const [prices, payments, money] = await Promise.all([
    orErrorPage(pricesOf(id)),
    paymentsToMend(id),
    till(),
  ]);
  return { ...view, prices, payments, till: money };
}

export function action(args: ActionFunctionArgs) {
  return decide(args, {
    name: "correct-payment",
    schema: CorrectPaymentSchema,
    run: correctPayment,
    done: () => "Corrected: the old payment is voided, and the new one stands for it.",
  });
}

export default function CorrectPayment() {
  const view = useLoaderData<typeof loader>();
  const outcome = useActionData<typeof action>();
  return <DecisionPage view={view} outcome={outcome} />;
}
