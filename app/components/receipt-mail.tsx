import type { ReceiptSheet } from "@server/payments/receipt-sheet.server";
import type { StaffChoice } from "@server/staff/staff.server";
import { Button } from "./button";
import { Card } from "./card";
import { ErrorSummary, summaryOf } from "./error-summary";
import { StaffField } from "./staff-name-field";
import { Time } from "./time";

const STATES: Record<ReceiptSheet["mails"][number]["state"], string> = {
  due: "waits to be sent",
  running: "is being sent",
  done: "was sent",
  failed: "could not be sent; the job's page says why",
  cancelled: "was not sent: everything on it was voided",
};

/** What was mailed so far, and once more. */
export function MailReceipt({
  receipt,
  staff,
  formKey,
  failed,
}: {
  receipt: ReceiptSheet;
  staff: StaffChoice[];
  formKey: string;
  failed?: { message: string; fields: Record<string, string[]> };
}) {
  const counts = receipt.lines.some((line) => line.voided_at === null);
  const errors = failed ? summaryOf(failed.fields, ["staff_name"]) : [];
  return (
    <Card title="Mail it to the student" className="no-print mt-4 max-w-xl">
      {failed && (
        <ErrorSummary
          errors={errors.length ? errors : [{ message: failed.message }]}
          title={errors.length ? "There is a problem" : "That did not work"}
          focusKey={failed}
        />
      )}
      {receipt.mails.length > 0 && (
        <ul className="mb-3 text-soft">
          {receipt.mails.map((mail) => (
            <li key={mail.id}>
              The one of <Time at={mail.created_at} /> {STATES[mail.state]}.
            </li>
          ))}
        </ul>
      )}
      {counts ? (
        <form method="post" noValidate>
          <input type="hidden" name="form_key" defaultValue={formKey} autoComplete="off" />
          <StaffField staff={staff} fields={{ value: () => "", errors: failed?.fields ?? {} }} />
          <Button tone="neutral">Mail to {receipt.student_email}</Button>
        </form>
      ) : (
        <p>Everything on this receipt is voided, so there is nothing to mail.</p>
      )}
    </Card>
  );
}
