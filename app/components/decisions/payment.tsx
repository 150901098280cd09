/** Weighs the print, takes the payment and hands it over; what else is ready for the student goes along. */
import type { AlsoReady, Till } from "@server/payments/counter.server";
import { needsReason } from "@server/payments/deviation";
import { kindNamed } from "@server/payments/kinds";
import { patternExample } from "@server/payments/number-pattern";
import { formatGrams, type PriceSnapshot, priceCents } from "@server/jobs/pricing";
import type { DecisionView, Fields } from "../decision";
import { LongTextField, numberIn, PickedUpByField, useText, WeightField } from "../decision-fields";
import { SelectField, TextField } from "../field";
import { useScript } from "../use-script";
import { AlsoReadyFields, useAlsoTaken } from "./also-ready";
import { BesideEstimate } from "./beside-estimate";

export function PaymentFields({
  job,
  prices,
  also,
  till,
  fields,
}: {
  job: DecisionView["job"];
  prices: PriceSnapshot;
  also: AlsoReady[];
  till: Till;
  fields: Fields;
}) {
  const [weight, onWeight] = useText("grams", fields.value("grams"));
  const grams = numberIn(weight);
  const price = grams === null ? null : priceCents(grams, prices);
  const taken = useAlsoTaken(also, fields);
  const far = (cents: number | null, estimate: number | null) =>
    cents !== null && needsReason(cents, estimate, till.deviation_percent);
  const deviates = far(price, job.cost_cents) || taken.some((one) => far(one.price, one.cost_cents));
  return (
    <>
      <WeightField
        name="grams"
        label="Weight on the scale"
        hint={job.weight_g !== null && <>Estimated at approval: {formatGrams(job.weight_g)}.</>}
        prices={prices}
        fields={fields}
        onInput={onWeight}
        note={<BesideEstimate price={price} estimate={job.cost_cents} far={far(price, job.cost_cents)} />}
      />
      {also.length > 0 && <AlsoReadyFields first={price} taken={taken} till={till} fields={fields} />}
      <DeviationField deviates={deviates} percent={till.deviation_percent} fields={fields} />
      <PaidWithFields till={till} fields={fields} />
      <PickedUpByField fields={fields} student={job.student_name} />
    </>
  );
}

/** Why it costs so much more or less; with a script it appears when it is needed. */
function DeviationField({
  deviates,
  percent,
  fields,
}: {
  deviates: boolean;
  percent: number;
  fields: Fields;
}) {
  const script = useScript();
  const needed = deviates || fields.errors.deviation_reason || fields.value("deviation_reason");
  if (script && !needed) return null;
  return (
    <LongTextField
      name="deviation_reason"
      label="Why is the price so far from the estimate?"
      hint={`Needed when it is more than ${percent} % away. Stays with the payment.`}
      most={500}
      rows={2}
      required={deviates}
      fields={fields}
    />
  );
}

/** How it was paid, where there is a choice, and the number on the slip. */
export function PaidWithFields({
  till,
  fields,
  offered,
}: {
  till: Till;
  fields: Fields;
  /** What stands there until somebody types. */
  offered?: { payment_system: string; txn_no: string };
}) {
  const main = till.kinds[0]!;
  const chosen = fields.value("payment_system", offered?.payment_system ?? main.name);
  const kind = kindNamed(till.kinds, chosen);
  const choice = till.kinds.length > 1 || !kind;
  const examples = till.kinds.filter(({ pattern }) => pattern !== "");
  return (
    <>
      {choice && (
        <SelectField
          name="payment_system"
          label="Paid with"
          required
          error={fields.errors.payment_system}
          defaultValue={chosen}
        >
          {!kind && <option value={chosen}>{chosen} (not in use any more)</option>}
          {till.kinds.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </SelectField>
      )}
      <TextField
        name="txn_no"
        label={choice ? "Transaction number" : `${main.name} transaction number`}
        hint={
          <>
            From the receipt. Each number can be used once.
            {examples.length > 0 &&
              ` Such as ${examples.map(({ name, pattern }) => `${patternExample(pattern)}${choice ? ` (${name})` : ""}`).join(", ")}.`}
          </>
        }
        autoComplete="off"
        spellCheck={false}
        required
        error={fields.errors.txn_no}
        defaultValue={fields.value("txn_no", offered?.txn_no)}
      />
    </>
  );
}
