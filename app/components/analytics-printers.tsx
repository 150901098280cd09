/** What the printers did, what was printed with, and what waits. */
import { STATUS } from "@server/jobs/states";
import type { PrinterReport } from "@server/reports/analytics/printers.server";
import type { QueueAge } from "@server/reports/analytics/queue.server";
import type { AgeBand } from "@server/time";
import { PanelCard } from "./analytics-panel";
import {
  BUCKET_BY,
  BUCKET_HEAD,
  bucketLabels,
  counted,
  countText,
  gramsText,
  hoursText,
  shareText,
  type Panel,
} from "./analytics-view";
import { Table } from "./card";
import { Chart } from "./chart";
import { Age } from "./time";

const NONE = "No print was finished in this period.";

export function PrinterCards({ panel }: { panel: Panel<PrinterReport> }) {
  return (
    <>
      <PanelCard
        title="Printers"
        panel={panel}
        wide
        empty={({ printers }) => printers.length === 0 && NONE}
        note="Hours as sliced, on the day a print was finished: a long print shows on its last day."
      >
        {({ bucket, starts, printers }) => (
          <>
            <Chart
              title={`Print hours ${BUCKET_BY[bucket]}`}
              kind="bar"
              along={BUCKET_HEAD[bucket]}
              labels={bucketLabels(starts, bucket)}
              series={printers.map(({ name, by_bucket }) => ({ name, values: by_bucket }))}
              format={hoursText}
              summary={`${hoursText(printers.reduce((sum, { hours }) => sum + hours, 0))} of printing.`}
              total
            />
            <Table caption="Printers in this period">
              <thead>
                <tr>
                  <th scope="col">Printer</th>
                  <th scope="col" className="num">
                    Finished
                  </th>
                  <th scope="col" className="num">
                    Failed
                  </th>
                  <th scope="col" className="num">
                    Hours
                  </th>
                  <th scope="col" className="num">
                    Share of all hours
                  </th>
                  <th scope="col" className="num">
                    Weight
                  </th>
                </tr>
              </thead>
              <tbody>
                {printers.map(({ id, name, completed, failed, hours, share, grams }) => (
                  <tr key={id}>
                    <th scope="row">{name}</th>
                    <td className="num">{countText(completed)}</td>
                    <td className="num">{countText(failed)}</td>
                    <td className="num">{hoursText(hours)}</td>
                    <td className="num">{shareText(share)}</td>
                    <td className="num">{gramsText(grams)}</td>
                  </tr>
                ))}
              </tbody>
            </Table>
          </>
        )}
      </PanelCard>
      <PanelCard
        title="Material"
        panel={panel}
        wide
        empty={({ materials }) => materials.length === 0 && NONE}
        note="Weight as sliced, of finished prints."
      >
        {({ bucket, starts, materials }) => (
          <Chart
            title={`Material ${BUCKET_BY[bucket]}`}
            kind="bar"
            along={BUCKET_HEAD[bucket]}
            labels={bucketLabels(starts, bucket)}
            series={materials.map(({ name, by_bucket }) => ({ name, values: by_bucket }))}
            format={gramsText}
            summary={materials
              .map(
                ({ name, grams, completed }) =>
                  `${name}: ${gramsText(grams)} in ${counted(completed, "print")}`,
              )
              .join("; ")}
            total
          />
        )}
      </PanelCard>
    </>
  );
}

const BANDS: { band: AgeBand; label: string }[] = [
  { band: "fresh", label: "Under 24 h" },
  { band: "day", label: "24 to 48 h" },
  { band: "two-days", label: "48 to 72 h" },
  { band: "late", label: "Over 72 h" },
];

const lateText = (late: number) =>
  `${countText(late)} ${late === 1 ? "waits" : "wait"} for more than three days.`;

export function QueueCard({ panel, now }: { panel: Panel<QueueAge[]>; now: string }) {
  return (
    <PanelCard
      title="Queue now"
      panel={panel}
      wide
      empty={(queue) => queue.every(({ oldest }) => oldest === null) && "Nothing waits."}
      note="How long they have been in their status. The period and the staff filter do not count here."
    >
      {(queue) => (
        <>
          <Chart
            title="Requests that wait, by age"
            kind="bar"
            along="Status"
            labels={queue.map(({ status }) => STATUS[status].label)}
            series={BANDS.map(({ band, label }) => ({
              name: label,
              values: queue.map(({ ages }) => ages[band]),
            }))}
            format={countText}
            summary={lateText(queue.reduce((sum, { ages }) => sum + ages.late, 0))}
            total
          />
          <Table caption="The longest waiting">
            <thead>
              <tr>
                <th scope="col">Status</th>
                <th scope="col" className="num">
                  Requests
                </th>
                <th scope="col">Longest waiting</th>
              </tr>
            </thead>
            <tbody>
              {queue.map(({ status, ages, oldest }) => (
                <tr key={status}>
                  <th scope="row">{STATUS[status].label}</th>
                  <td className="num">{countText(BANDS.reduce((sum, { band }) => sum + ages[band], 0))}</td>
                  <td>{oldest ? <Age at={oldest} now={now} /> : "–"}</td>
                </tr>
              ))}
            </tbody>
          </Table>
        </>
      )}
    </PanelCard>
  );
}
