/** One receipt: for paper, and for the student's mailbox. */
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData, type MetaFunction } from "@remix-run/react";
import { mailReceipt, MailReceiptSchema } from "@server/payments/mail-receipt.server";
import { receiptSheet } from "@server/payments/receipt-sheet.server";
import { settings } from "@server/settings/settings.server";
import { activeStaff } from "@server/staff/staff.server";
import { errorTitle } from "~/components/error-page";
import { markRefused, NO_INDEX, pageTitle, wasRefused } from "~/components/page-title";
import { PaperReceipt } from "~/components/paper-receipt";
import { PrintTools } from "~/components/print-tools";
import { MailReceipt } from "~/components/receipt-mail";
import { StaffShell } from "~/components/staff-shell";
import { flash, takeFlash } from "~/http/flash.server";
import { formOf, orErrorPage, parseForm, refused, valuesOf } from "~/http/form.server";
import { noStore } from "~/http/job-action.server";
import { requireWorkstation } from "~/http/session.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction<typeof loader> = ({ data, error, matches }) => [
  {
    title: pageTitle(
      data && !error ? `Receipt ${data.receipt.number}` : errorTitle(error),
      matches,
      data?.failed,
    ),
  },
  NO_INDEX,
];

/** The number in the address; 0 is no receipt's. */
const numberOf = (text: string | undefined) => (/^\d{1,9}$/.test(text ?? "") ? Number(text) : 0);

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const { workstation_name, admin } = await requireWorkstation(request);
  const [receipt, { new_staff_days }] = await Promise.all([
    orErrorPage(receiptSheet(numberOf(params.number))),
    settings(),
  ]);
  const { message, headers } = await takeFlash(request);
  return data(
    {
      session: { workstation_name, admin },
      receipt,
      staff: await activeStaff(new_staff_days),
      form_key: crypto.randomUUID(),
      message,
      failed: wasRefused(context),
    },
    { headers },
  );
}

export async function action({ request, params, context }: ActionFunctionArgs) {
  const desk = await requireWorkstation(request);
  const values = valuesOf(await orErrorPage(formOf(request)));
  try {
    await mailReceipt(desk, numberOf(params.number), parseForm(MailReceiptSchema, values));
    const text = "The receipt is on its way to the student.";
    return redirect(`/payments/receipts/${params.number}`, {
      status: 303,
      headers: { "Set-Cookie": await flash({ tone: "success", text }) },
    });
  } catch (error) {
    const { status, message, fields } = refused(error);
    if (status === 404) throw new Response(message, { status });
    markRefused(context);
    return data({ message, fields }, { status });
  }
}

export default function Receipt() {
  const { session, receipt, staff, form_key, message } = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>();
  return (
    <StaffShell session={session} at="/payments" message={failed ? null : message}>
      <PrintTools back="/payments" to="Back to the payments" />
      <h1 className="sr-only">Receipt {receipt.number}</h1>
      <PaperReceipt receipt={receipt} />
      <MailReceipt receipt={receipt} staff={staff} formKey={form_key} failed={failed} />
    </StaffShell>
  );
}
