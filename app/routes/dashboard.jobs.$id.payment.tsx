/** Weighs the print, takes the payment and hands it over; what else is ready for the student may go along. */
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { CheckoutSchema } from "@server/jobs/schemas";
import { alsoReady, pricesOf, till } from "@server/payments/counter.server";
import { checkOut } from "@server/payments/take-payment.server";
import { decisionMeta, DecisionPage } from "~/components/decision-page";
import { orErrorPage } from "~/http/form.server";
import { decide, noStore, openDecision } from "~/http/job-action.server";

export { clientAction } from "~/components/decision-sent";
export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const meta = decisionMeta("payment");
export const headers = noStore;

export async function loader(args: LoaderFunctionArgs) {
  const view = await openDecision(args, "payment");
  const { id } = view.job;
  const [prices, also, money] = await Promise.all([orErrorPage(pricesOf(id)), alsoReady(id), till()]);
  return { ...view, prices, also, till: money };
}

export function action(args: ActionFunctionArgs) {
  return decide(args, {
    name: "payment",
    schema: CheckoutSchema,
    lists: ["also", "also_grams"],
    run: checkOut,
    done: (_input, _shortId, { jobs, receipt_number }) =>
      `${jobs.length > 1 ? `${jobs.length} prints are paid and handed over.` : "Paid and handed over."} Receipt ${receipt_number}.`,
  });
}

export default function Payment() {
  const view = useLoaderData<typeof loader>();
  const outcome = useActionData<typeof action>();
  return <DecisionPage view={view} outcome={outcome} />;
}
