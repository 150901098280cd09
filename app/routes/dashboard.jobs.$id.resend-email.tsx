/** Sends a letter again. */
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { ResendSchema } from "@server/jobs/schemas";
import { resendEmail } from "@server/jobs/resend-email.server";
import { jobSheet } from "@server/reports/job-sheet.server";
import { decisionMeta, DecisionPage } from "~/components/decision-page";
import { decide, noStore, openDecision } from "~/http/job-action.server";

export { clientAction } from "~/components/decision-sent";
export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const meta = decisionMeta("resend-email");
export const headers = noStore;

export async function loader(args: LoaderFunctionArgs) {
  const view = await openDecision(args, "resend-email");
  const { mails, letters_to_resend } = await jobSheet(view.job.id);
  return { ...view, mails, letters: letters_to_resend };
}

export function action(args: ActionFunctionArgs) {
  return decide(args, {
    name: "resend-email",
    schema: ResendSchema,
    run: resendEmail,
    done: ({ email_type }) => `The ${email_type} letter is on its way again.`,
  });
}

export default function ResendEmail() {
  const view = useLoaderData<typeof loader>();
  const outcome = useActionData<typeof action>();
  return <DecisionPage view={view} outcome={outcome} />;
}
