/** A payment that does not count after all; the print stays handed over. */
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { VoidPaymentSchema } from "@server/jobs/schemas";
import { paymentsToMend } from "@server/payments/counter.server";
import { voidPayment } from "@server/payments/void-payment.server";
import { decisionMeta, DecisionPage } from "~/components/decision-page";
import { decide, noStore, openDecision } from "~/http/job-action.server";

export { clientAction } from "~/components/decision-sent";
export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const meta = decisionMeta("void-payment");
export const headers = noStore;

export async function loader(args: LoaderFunctionArgs) {
  const view = await openDecision(args, "void-payment");
  return { ...view, payments: await paymentsToMend(view.job.id) };
}

export function action(args: ActionFunctionArgs) {
  return decide(args, {
    name: "void-payment",
    schema: VoidPaymentSchema,
    run: voidPayment,
    done: () => "Voided. Nothing is paid for this print now: correct the payment, or write a note.",
  });
}

export default function VoidPayment() {
  const view = useLoaderData<typeof loader>();
  const outcome = useActionData<typeof action>();
  return <DecisionPage view={view} outcome={outcome} />;
}
