import type { ReceiptSheet } from "@server/payments/receipt-sheet.server";
import { formatCents, formatGrams } from "@server/jobs/pricing";
import { useLab } from "./lab";
import { Time } from "./time";

/** A receipt as it is printed: black on white, on A5 or larger. What was voided stays on it, struck. */
export function PaperReceipt({ receipt }: { receipt: ReceiptSheet }) {
  const lab = useLab();
  return (
    <article className="paper paper-receipt" aria-label={`Receipt ${receipt.number}`}>
      <header className="receipt-head">
        <p className="paper-lab">
          {[lab.lab_name, lab.university_name].filter(Boolean).join(", ")}
          {lab.contact_email && <br />}
          {lab.contact_email}
        </p>
        <p className="receipt-number">
          Receipt <span className="paper-number">{receipt.number}</span>
        </p>
      </header>
      <dl className="receipt-facts">
        <div>
          <dt>Paid</dt>
          <dd>
            <Time at={receipt.issued_at} />
          </dd>
        </div>
        <div>
          <dt>Paid with</dt>
          <dd>
            {receipt.payment_system} {receipt.txn_no}
          </dd>
        </div>
        <div>
          <dt>For</dt>
          <dd>{receipt.student_name}</dd>
        </div>
        <div>
          <dt>Picked up by</dt>
          <dd>{receipt.picked_up_by}</dd>
        </div>
        <div>
          <dt>Taken by</dt>
          <dd>{receipt.issued_by}</dd>
        </div>
      </dl>
      <table className="receipt-lines">
        <caption className="sr-only">What was paid for</caption>
        <thead>
          <tr>
            <th scope="col">Print</th>
            <th scope="col" className="num">
              Weight
            </th>
            <th scope="col" className="num">
              Price
            </th>
          </tr>
        </thead>
        <tbody>
          {receipt.lines.map((line) => (
            <tr key={line.id}>
              <td>
                <a href={`/dashboard/jobs/${line.job_id}`}>{line.short_id}</a>{" "}
                <span className={line.voided_at ? "line-through" : undefined}>{line.file}</span>
                <br />
                <span className="receipt-small">{line.material}</span>
                {line.is_correction && <span className="receipt-small">, corrected</span>}
                {line.voided_at && (
                  <span className="receipt-small">
                    <br />
                    Voided: {line.void_reason} ({line.voided_by}, <Time at={line.voided_at} />)
                  </span>
                )}
              </td>
              <td className="num">
                <span className={line.voided_at ? "line-through" : undefined}>{formatGrams(line.grams)}</span>
              </td>
              <td className="num">
                <span className={line.voided_at ? "line-through" : undefined}>
                  {formatCents(line.price_cents)}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={2}>
              Total
            </th>
            <td className="num">{formatCents(receipt.total_cents)}</td>
          </tr>
        </tfoot>
      </table>
    </article>
  );
}
