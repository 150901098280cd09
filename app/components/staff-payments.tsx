/** What was paid for a job. */
import type { JobSheet } from "@server/reports/job-sheet.server";
import { formatGrams } from "@server/jobs/pricing";
import { Table } from "./card";
import { DeviationNote, VoidedNote } from "./ledger-table";
import { Money, Time } from "./time";

/** The job's ledger; a voided row stays, struck through, with its reason. */
export function PaymentTable({ payments }: { payments: JobSheet["payments"] }) {
  return (
    <Table caption="Payments" hideCaption>
      <thead>
        <tr>
          <th scope="col">Taken</th>
          <th scope="col">Receipt</th>
          <th scope="col" className="num">
            Price
          </th>
          <th scope="col" className="num">
            Weight
          </th>
          <th scope="col">Number</th>
          <th scope="col">Picked up by</th>
          <th scope="col">Taken by</th>
        </tr>
      </thead>
      <tbody>
        {payments.map((payment) => (
          <tr key={payment.id} className={payment.voided_at ? "voided" : undefined}>
            <td>
              <Time at={payment.paid_ts} />
              <VoidedNote row={payment} />
              <DeviationNote row={payment} />
              {payment.is_correction && <p className="unstruck text-soft">Correction</p>}
            </td>
            <td>
              <a className="row-link short-id" href={`/payments/receipts/${payment.receipt}`}>
                <span className="sr-only">Receipt </span>
                {payment.receipt}
              </a>
            </td>
            <td className="num">
              <Money cents={payment.price_cents} />
            </td>
            <td className="num">{formatGrams(payment.grams)}</td>
            <td>
              {payment.payment_system} <span className="short-id">{payment.txn_no}</span>
            </td>
            <td>{payment.picked_up_by}</td>
            <td>{payment.paid_by_staff}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
