/** What was taken, and how good the estimates are. */
import type { EstimateError, Money } from "@server/reports/analytics/money.server";
import { Figures, PanelCard } from "./analytics-panel";
import {
  BUCKET_BY,
  BUCKET_HEAD,
  bucketLabels,
  counted,
  countText,
  gramsText,
  hoursText,
  moneyText,
  shareText,
  type Panel,
} from "./analytics-view";
import { Chart } from "./chart";

const NONE = "No payment was taken in this period.";

export function MoneyCards({ panel, days }: { panel: Panel<Money>; days: { from: string; to: string } }) {
  const { from, to } = days;
  const exported = new URLSearchParams({ what: "payments", start_date: from, end_date: to });
  return (
    <>
      <p className="no-print flex flex-wrap items-center gap-x-6">
        <a
          className="inline-flex min-h-11 items-center"
          href={`/payments?${new URLSearchParams({ from, to })}`}
        >
          All payments of these days
        </a>
        <a className="inline-flex min-h-11 items-center" href={`/payments/export?${exported}`}>
          Export them as CSV
        </a>
      </p>
      <PanelCard
        title="Payments"
        panel={panel}
        wide
        empty={({ paid }) => paid === 0 && NONE}
        note="Payments that were voided are not in here, whenever that was."
      >
        {({ bucket, starts, cents_by_bucket, cents, paid, average_cents, grams }) => (
          <>
            <Figures
              figures={[
                { label: "Taken", value: moneyText(cents) },
                { label: "Payments", value: countText(paid) },
                { label: "Average ticket", value: average_cents === null ? "–" : moneyText(average_cents) },
                { label: "Weighed", value: gramsText(grams) },
              ]}
            />
            <Chart
              title={`Taken ${BUCKET_BY[bucket]}`}
              kind="bar"
              along={BUCKET_HEAD[bucket]}
              labels={bucketLabels(starts, bucket)}
              series={[{ name: "Taken", values: cents_by_bucket.map((n) => n / 100) }]}
              format={(dollars) => moneyText(Math.round(dollars * 100))}
              formatTick={(dollars) => `$${dollars.toLocaleString("en-US")}`}
              summary={`${moneyText(cents)} in ${counted(paid, "payment")}.`}
            />
          </>
        )}
      </PanelCard>
      <PanelCard
        title="Estimate and scale"
        panel={panel}
        empty={({ estimates }) => estimates.compared === 0 && NONE}
        note="Weight as sliced at approval, beside the weight at pickup."
      >
        {({ estimates }) => <EstimateFigures estimates={estimates} />}
      </PanelCard>
      <PanelCard
        title="Sliced time and time by the clock"
        panel={panel}
        empty={({ estimates }) => estimates.clocked === 0 && "No print was finished in this period."}
        note="From “printing” to “complete” as staff marked them: a print that ends at night is marked in the morning."
      >
        {({ estimates: { clocked, sliced_hours, clocked_hours } }) => (
          <Figures
            figures={[
              { label: "Prints", value: countText(clocked) },
              { label: "As sliced", value: hoursText(sliced_hours) },
              {
                label: "By the clock",
                value: hoursText(clocked_hours),
                note: sliced_hours > 0 && `${shareText(clocked_hours / sliced_hours)} of the sliced time`,
              },
            ]}
          />
        )}
      </PanelCard>
    </>
  );
}

export function EstimateFigures({
  estimates: { compared, estimated_grams, weighed_grams, bias, off, close },
}: {
  estimates: EstimateError;
}) {
  return (
    <Figures
      figures={[
        { label: "Compared", value: counted(compared, "print") },
        { label: "Estimated", value: gramsText(estimated_grams) },
        {
          label: "Weighed",
          value: gramsText(weighed_grams),
          note:
            bias !== null &&
            `${shareText(Math.abs(bias))} ${bias < 0 ? "lighter" : "heavier"} than estimated`,
        },
        {
          label: "Distance",
          value: off === null ? "–" : shareText(off),
          note: "all differences added up, of the estimate",
        },
        { label: "Within a tenth", value: close === null ? "–" : shareText(close), note: "of the prints" },
      ]}
    />
  );
}
