import type { LedgerRow } from "@server/payments/ledger.server";
import { deviationText } from "@server/payments/deviation";
import { formatGrams } from "@server/jobs/pricing";
import { Table } from "./card";
import { Badge } from "./status-badge";
import { Money, Time } from "./time";

/** What both tables of payments show of one. */
type PaymentShown = Omit<LedgerRow, "job_id" | "short_id" | "student_name">;

/** The rows of the ledger. A voided one stays, struck through, with its reason. */
export function LedgerTable({ rows }: { rows: LedgerRow[] }) {
  return (
    <Table caption="Payments" hideCaption stacks>
      <thead>
        <tr>
          <th scope="col">Paid</th>
          <th scope="col">Receipt</th>
          <th scope="col">Job</th>
          <PriceAndNamesHead />
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id} className={row.voided_at ? "voided" : undefined}>
            <WhenAndReceipt row={row} />
            <td data-label="Job">
              <a className="row-link gap-2" href={`/dashboard/jobs/${row.job_id}`}>
                <span className="short-id">{row.short_id}</span> {row.student_name}
              </a>
            </td>
            <PriceAndNames row={row} />
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** A payment's first two cells, here and on the job's page. */
export function WhenAndReceipt({ row }: { row: PaymentShown }) {
  return (
    <>
      <td data-label="Paid">
        <Time at={row.paid_ts} />
        <VoidedNote row={row} />
        <DeviationNote row={row} />
        {row.is_correction && <p className="unstruck text-soft">Correction</p>}
      </td>
      <td data-label="Receipt">
        <a className="row-link short-id" href={`/payments/receipts/${row.receipt}`}>
          <span className="sr-only">Receipt </span>
          {row.receipt}
        </a>
      </td>
    </>
  );
}

export function PriceAndNamesHead() {
  return (
    <>
      <th scope="col" className="num">
        Price
      </th>
      <th scope="col" className="num">
        Weight
      </th>
      <th scope="col">Number</th>
      <th scope="col">Picked up by</th>
      <th scope="col">Taken by</th>
    </>
  );
}

/** The cells below `PriceAndNamesHead`. */
export function PriceAndNames({ row }: { row: PaymentShown }) {
  return (
    <>
      <td className="num" data-label="Price">
        <Money cents={row.price_cents} />
      </td>
      <td className="num" data-label="Weight">
        {formatGrams(row.grams)}
      </td>
      <td data-label="Number">
        <span>
          {row.payment_system} <span className="short-id">{row.txn_no}</span>
        </span>
      </td>
      <td data-label="Picked up by">{row.picked_up_by}</td>
      <td data-label="Taken by">{row.paid_by_staff}</td>
    </>
  );
}

/** Why a row does not count, by whom and when. */
export function VoidedNote({ row }: { row: Pick<LedgerRow, "voided_at" | "voided_by" | "void_reason"> }) {
  if (!row.voided_at) return null;
  return (
    <p className="unstruck">
      <Badge tone="danger" icon="cross">
        voided
      </Badge>{" "}
      {row.void_reason} ({row.voided_by}, <Time at={row.voided_at} />)
    </p>
  );
}

/** Why a price is far from its estimate. */
export function DeviationNote({
  row,
}: {
  row: Pick<LedgerRow, "deviation_reason" | "price_cents" | "estimated_cents">;
}) {
  if (!row.deviation_reason) return null;
  return (
    <p className="unstruck text-soft">
      {deviationText(row.price_cents, row.estimated_cents)}: {row.deviation_reason}
    </p>
  );
}
