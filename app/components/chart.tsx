/**
 * A chart: a drawing that the server makes, what it says in a sentence, and its numbers as a table below. Without a script
 * it is complete; with one, the sentence becomes the values under the pointer.
 */
import { useId, useState, type PointerEvent } from "react";
import { layOut, nearestPoint, type ChartKind, type Level, type Series } from "./chart-layout";
import { ChartAxis, ChartPlot, tone } from "./chart-plot";
import { Table } from "./card";

export type { Level, Series } from "./chart-layout";

export interface ChartProps {
  title: string;
  /** `bar` stacks its series. */
  kind: ChartKind;
  /** What the points are, as head of the table's first column: "Day". */
  along: string;
  /** One per point, in order: "Nov 24". */
  labels: readonly string[];
  series: readonly Series[];
  /** A value with its unit, as people read it; also for the table. */
  format: (value: number) => string;
  /** The same for the axis, where it is to be shorter. */
  formatTick?: (value: number) => string;
  /** What the chart says, in a sentence. */
  summary: string;
  levels?: readonly Level[];
  /** A last column with each point's sum, where series add up. */
  total?: boolean;
  /** What a missing value is called. */
  none?: string;
}

export function Chart(props: ChartProps) {
  const { title, kind, labels, series, format, formatTick = format, summary, levels, none = "–" } = props;
  const id = useId();
  const [at, setAt] = useState<number | null>(null);
  const layout = layOut(kind, labels, series, levels);
  const shown = at !== null && at < labels.length ? at : null;
  const value = (values: Series["values"], i: number) => {
    const found = values[i];
    return found === null || found === undefined ? none : format(found);
  };

  const point = (event: PointerEvent<HTMLDivElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    if (width && labels.length) setAt(nearestPoint((event.clientX - left) / width, labels.length));
  };

  return (
    <figure className="chart">
      <figcaption>
        <span className="chart-title">{title}</span>
        <span className="chart-said">
          {shown === null
            ? summary
            : `${labels[shown]}: ${series.map(({ name, values }) => (series.length > 1 ? `${name} ${value(values, shown)}` : value(values, shown))).join(", ")}`}
        </span>
      </figcaption>
      {series.length > 1 && (
        <ul className="chart-legend" aria-hidden="true">
          {series.map(({ name }, s) => (
            <li key={name}>
              <svg width="20" height="12" focusable="false">
                {kind === "bar" ? (
                  <rect className={`chart-bar ${tone(s)}`} x="3" y="0" width="14" height="12" />
                ) : (
                  <line className={`chart-line ${tone(s)}`} x1="0" x2="20" y1="6" y2="6" />
                )}
              </svg>
              {name}
            </li>
          ))}
        </ul>
      )}
      <div className="chart-box">
        <ChartAxis layout={layout} format={formatTick} />
        <div
          className="chart-over"
          onPointerMove={point}
          onPointerDown={point}
          onPointerLeave={({ pointerType }) => {
            // A finger leaves as soon as it has pointed; what it pointed at stays to be read.
            if (pointerType !== "touch") setAt(null);
          }}
          onPointerCancel={() => setAt(null)}
        >
          <ChartPlot kind={kind} layout={layout} at={shown} id={id} title={title} description={summary} />
        </div>
      </div>
      <ChartTable {...props} value={value} />
    </figure>
  );
}

function ChartTable({
  title,
  along,
  labels,
  series,
  total,
  format,
  value,
}: ChartProps & { value: (values: Series["values"], i: number) => string }) {
  return (
    <details className="chart-table">
      <summary>
        Table<span className="sr-only"> of {title}</span>
      </summary>
      <Table caption={title} hideCaption>
        <thead>
          <tr>
            <th scope="col">{along}</th>
            {series.map(({ name }) => (
              <th scope="col" className="num" key={name}>
                {name}
              </th>
            ))}
            {total && (
              <th scope="col" className="num">
                Total
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {labels.map((label, i) => (
            <tr key={i}>
              <th scope="row">{label}</th>
              {series.map(({ name, values }) => (
                <td className="num" key={name}>
                  {value(values, i)}
                </td>
              ))}
              {total && (
                <td className="num">
                  {format(series.reduce((sum, { values }) => sum + (values[i] ?? 0), 0))}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </Table>
    </details>
  );
}
