/** A day of samples as charts, and what the pages cost. */
import type { HistoryPoint, RouteView } from "@server/health/history.server";
import { formatSize } from "@server/format";
import { formatTime } from "@server/time";
import { EmptyState, Table } from "./card";
import { Chart, type ChartProps } from "./chart";
import { useLab } from "./lab";

const percent = (value: number) => `${Math.round(value)} %`;
const ms = (value: number) => `${Math.round(value)} ms`;
const count = (value: number) => Math.round(value).toLocaleString("en-US");
const minutes = (value: number) => `${Math.round(value * 10) / 10} min`;

interface HistoryChart {
  title: string;
  kind: ChartProps["kind"];
  format: (value: number) => string;
  series: { name: string; key: string; by?: number }[];
  /** What the summary tells of: the first series at its highest, or all of it added up. */
  tells: "highest" | "sum";
}

const CHARTS: readonly HistoryChart[] = [
  {
    title: "Requests",
    kind: "bar",
    format: count,
    tells: "sum",
    series: [{ name: "All requests", key: "requests" }],
  },
  {
    title: "Failed requests",
    kind: "bar",
    format: count,
    tells: "sum",
    series: [{ name: "Failed", key: "failed" }],
  },
  {
    title: "Time of an answer (19 of 20 within)",
    kind: "line",
    format: ms,
    tells: "highest",
    series: [{ name: "Within", key: "p95_ms" }],
  },
  {
    title: "Database, the simplest question",
    kind: "line",
    format: ms,
    tells: "highest",
    series: [{ name: "Time", key: "database_ms" }],
  },
  {
    title: "Work that was due",
    kind: "line",
    format: count,
    tells: "highest",
    series: [{ name: "Due", key: "queue_due" }],
  },
  {
    title: "Oldest work that was due",
    kind: "line",
    format: minutes,
    tells: "highest",
    series: [{ name: "Waited", key: "queue_oldest_seconds", by: 1 / 60 }],
  },
  {
    title: "Processors and memory",
    kind: "line",
    format: percent,
    tells: "highest",
    series: [
      { name: "Processors", key: "cpu_percent" },
      { name: "Memory", key: "memory_percent" },
    ],
  },
  {
    title: "Storage",
    kind: "area",
    format: formatSize,
    tells: "highest",
    series: [{ name: "Used", key: "storage_bytes" }],
  },
];

/** The measures that the charts draw. */
export const CHART_MEASURES: readonly string[] = CHARTS.flatMap(({ series }) => series.map(({ key }) => key));

export function HealthHistory({
  points,
  minutesEach,
}: {
  points: readonly HistoryPoint[];
  minutesEach: number;
}) {
  const { time_zone } = useLab();
  if (points.length < 2)
    return (
      <EmptyState title="Nothing to draw yet">
        A sample is taken every minute; after two times {minutesEach} minutes the first lines can be drawn.
      </EmptyState>
    );
  const labels = points.map(({ at }) => formatTime(at, time_zone));
  return (
    <div className="health-charts">
      {CHARTS.map(({ title, kind, format, series, tells }) => {
        const drawn = series.map(({ name, key, by = 1 }) => ({
          name,
          values: points.map(({ data }) => (data[key] === undefined ? null : data[key] * by)),
        }));
        return (
          <Chart
            key={title}
            title={title}
            kind={kind}
            along="Time"
            labels={labels}
            series={drawn}
            format={format}
            summary={summaryOf(drawn[0]!.values, labels, format, tells)}
          />
        );
      })}
    </div>
  );
}

function summaryOf(
  values: readonly (number | null)[],
  labels: readonly string[],
  format: (value: number) => string,
  tells: HistoryChart["tells"],
): string {
  const known = values.filter((value) => value !== null);
  if (!known.length) return "Nothing was measured.";
  if (tells === "sum") return `${format(known.reduce((a, b) => a + b, 0))} in all.`;
  const highest = Math.max(...known);
  return `At most ${format(highest)}, at ${labels[values.indexOf(highest)]}; last ${format(known.at(-1)!)}.`;
}

export function RouteTable({ title, routes }: { title: string; routes: readonly RouteView[] }) {
  return (
    <Table caption={title}>
      <thead>
        <tr>
          <th scope="col">Page</th>
          <th scope="col" className="num">
            Requests
          </th>
          <th scope="col" className="num">
            Mean time
          </th>
          <th scope="col" className="num">
            Over a second
          </th>
          <th scope="col" className="num">
            Failed
          </th>
        </tr>
      </thead>
      <tbody>
        {routes.map((route) => (
          <tr key={route.route}>
            <th scope="row" className="break-words">
              {route.route}
            </th>
            <td className="num">{count(route.requests)}</td>
            <td className="num">{ms(route.mean_ms)}</td>
            <td className="num">{count(route.slow)}</td>
            <td className="num">{count(route.failed)}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
