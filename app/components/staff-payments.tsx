/** What was paid for a job. */
import type { JobSheet } from "@server/reports/job-sheet.server";
import { Table } from "./card";
import { PriceAndNames, PriceAndNamesHead, WhenAndReceipt } from "./ledger-table";

/** The job's ledger; a voided row stays, struck through, with its reason. */
export function PaymentTable({ payments }: { payments: JobSheet["payments"] }) {
  return (
    <Table caption="Payments" hideCaption stacks>
      <thead>
        <tr>
          <th scope="col">Paid</th>
          <th scope="col">Receipt</th>
          <PriceAndNamesHead />
        </tr>
      </thead>
      <tbody>
        {payments.map((payment) => (
          <tr key={payment.id} className={payment.voided_at ? "voided" : undefined}>
            <WhenAndReceipt row={payment} />
            <PriceAndNames row={payment} />
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
