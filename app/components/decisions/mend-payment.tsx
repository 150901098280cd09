/** Voiding a payment, or writing it anew. */
import type { PaymentToMend, Till } from "@server/payments/counter.server";
import { formatGrams, type PriceSnapshot } from "@server/jobs/pricing";
import type { Fields } from "../decision";
import { ReasonField, WeightField } from "../decision-fields";
import { Choice, ChoiceGroup } from "../field";
import { Money, Time } from "../time";
import { PaidWithFields } from "./payment";

/** Which of the job's payments; the only one is chosen already. */
export function WhichPayment({ payments, fields }: { payments: PaymentToMend[]; fields: Fields }) {
  return (
    <ChoiceGroup name="payment_id" label="Which payment?" error={fields.errors.payment_id}>
      {payments.map((payment, n) => (
        <Choice
          key={payment.id}
          type="radio"
          name="payment_id"
          value={payment.id}
          defaultChecked={fields.sent ? fields.chosen("payment_id", payment.id) : n === 0}
          label={
            <>
              <Money cents={payment.price_cents} /> for {formatGrams(payment.grams)}, {payment.payment_system}{" "}
              <span className="short-id">{payment.txn_no}</span>, <Time at={payment.paid_ts} />
              {payment.voided && " (voided)"}
            </>
          }
        />
      ))}
    </ChoiceGroup>
  );
}

export function CorrectFields({
  payments,
  prices,
  till,
  fields,
}: {
  payments: PaymentToMend[];
  prices: PriceSnapshot;
  till: Till;
  fields: Fields;
}) {
  const first = payments[0];
  return (
    <>
      <WhichPayment payments={payments} fields={fields} />
      <WeightField
        name="grams"
        label="Right weight"
        prices={prices}
        offered={first && String(first.grams)}
        fields={fields}
      />
      <PaidWithFields till={till} offered={first} fields={fields} />
      <ReasonField fields={fields} hint="What was wrong? Stays with the voided row and in the log." />
    </>
  );
}
