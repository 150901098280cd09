import { formatGrams, type PriceSnapshot } from "@server/jobs/pricing";
import type { DecisionView, Fields } from "../decision";
import { PickedUpByField, WeightField } from "../decision-fields";
import { TextField } from "../field";
import { useLab } from "../lab";
import { Money } from "../time";

/** Weighs the print, takes the payment and hands it over. */
export function PaymentFields({
  job,
  prices,
  fields,
}: {
  job: DecisionView["job"];
  prices: PriceSnapshot;
  fields: Fields;
}) {
  const { payment_system } = useLab();
  return (
    <>
      <WeightField
        name="grams"
        label="Weight on the scale"
        hint={
          job.weight_g !== null && (
            <>
              Estimated at approval: {formatGrams(job.weight_g)}, <Money cents={job.cost_cents} />.
            </>
          )
        }
        prices={prices}
        fields={fields}
      />
      <TextField
        name="txn_no"
        label={`${payment_system} transaction number`}
        hint="From the receipt. Each number can be used once."
        autoComplete="off"
        spellCheck={false}
        required
        error={fields.errors.txn_no}
        defaultValue={fields.value("txn_no")}
      />
      <PickedUpByField fields={fields} student={job.student_name} />
    </>
  );
}
