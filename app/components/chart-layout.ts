/**
 * The geometry of a chart: values in, places out. Across, places are per mille of the width, so that a drawing
 * stretches with the page and needs no script to be measured; down, they are pixels. Pure: no I/O.
 */
import { scaleLinear, scalePoint } from "d3-scale";
import { area, line, stack } from "d3-shape";

export type ChartKind = "line" | "area" | "bar";

/** One line, area or colour of bars. `null`: nothing was measured there, which is not zero. */
export interface Series {
  name: string;
  values: readonly (number | null)[];
}

/** A level to look at the values against, as a limit. */
export interface Level {
  value: number;
  label: string;
}

/** Width of the drawing's own coordinates. */
export const ACROSS = 1000;
/** Height of the drawing in pixels, and of the row of labels below. */
export const DOWN = 180;
export const LABELS_DOWN = 22;
/** Above the highest value, so that a line at the top is not cut. */
const HEADROOM = 8;
const TICKS = 4;
const MOST_LABELS = 8;

export interface Bar {
  series: number;
  point: number;
  x: number;
  width: number;
  y: number;
  height: number;
}

export interface ChartLayout {
  /** Middle of each point, 0 to 1000. */
  xs: number[];
  /** Half the distance between points: as far as a pointer belongs to one. */
  reach: number;
  ticks: { value: number; y: number }[];
  /** Labels along the bottom, `x` where their anchor is; `wide` ones are for wide screens only. */
  labels: { text: string; x: number; anchor: "start" | "middle" | "end"; wide: boolean }[];
  /** Per series, for lines and areas. */
  paths: { stroke: string; fill: string | null }[];
  /** Values that no line reaches, because both neighbours are missing. */
  dots: { series: number; x: number; y: number }[];
  bars: Bar[];
  levels: (Level & { y: number })[];
}

/**
 * @param labels what stands below each point
 * @param series each with as many values as there are labels; bars are stacked
 */
export function layOut(
  kind: ChartKind,
  labels: readonly string[],
  series: readonly Series[],
  levels: readonly Level[] = [],
): ChartLayout {
  const count = labels.length;
  const points = labels.map((_, i) => i);
  // Half a step of air on both sides: bars need it, and lines end where the bars beside them do.
  const place = scalePoint<number>(points, [0, ACROSS]).padding(0.5);
  const xs = points.map((i) => place(i)!);
  const reach = count ? ACROSS / count / 2 : 0;

  const stacked = kind === "bar";
  const sums = points.map((i) => series.reduce((sum, { values }) => sum + (values[i] ?? 0), 0));
  const single = series.flatMap(({ values }) => values.filter((value) => value !== null));
  const highest = Math.max(0, ...(stacked ? sums : single), ...levels.map(({ value }) => value));
  const lowest = Math.min(0, ...(stacked ? [] : single));
  const scale = scaleLinear([lowest, highest > lowest ? highest : lowest + 1], [DOWN, HEADROOM]).nice(TICKS);
  const y = (value: number) => round(scale(value));

  const defined = (value: number | null) => value !== null;
  const lines = line<number | null>()
    .defined(defined)
    .x((_, i) => xs[i]!)
    .y((value) => y(value!))
    .digits(1);
  const areas = area<number | null>()
    .defined(defined)
    .x((_, i) => xs[i]!)
    .y0(y(0))
    .y1((value) => y(value!))
    .digits(1);

  return {
    xs,
    reach,
    ticks: scale.ticks(TICKS).map((value) => ({ value, y: y(value) })),
    labels: chooseLabels(labels, xs, reach),
    paths: stacked
      ? []
      : series.map(({ values }) => ({
          stroke: lines([...values]) ?? "",
          fill: kind === "area" ? (areas([...values]) ?? "") : null,
        })),
    dots: stacked ? [] : series.flatMap(({ values }, s) => lonely(values, s, xs, y)),
    bars: stacked ? stackBars(series, points, xs, reach, y) : [],
    levels: levels.map((level) => ({ ...level, y: y(level.value) })),
  };
}

/** The point that belongs to a place, given as a share of the width from 0 to 1; -1 where there are none. */
export function nearestPoint(share: number, count: number): number {
  return Math.min(count - 1, Math.max(0, Math.floor(share * count)));
}

function stackBars(
  series: readonly Series[],
  points: readonly number[],
  xs: readonly number[],
  reach: number,
  y: (value: number) => number,
): Bar[] {
  const layers = stack<number, number>()
    .keys(series.map((_, s) => s))
    .value((i, s) => series[s]!.values[i] ?? 0)(points);
  const width = reach * 2 * (points.length > 60 ? 0.9 : 0.72);
  return layers.flatMap((layer, s) =>
    layer
      .map(([from, to], i) => ({
        series: s,
        point: i,
        x: round(xs[i]! - width / 2),
        width: round(width),
        y: y(to),
        height: round(y(from) - y(to)),
      }))
      .filter(({ height }) => height > 0),
  );
}

/** Evenly spread, the first one always; every second one is for wide screens only. The outer ones end where their point does. */
function chooseLabels(
  labels: readonly string[],
  xs: readonly number[],
  reach: number,
): ChartLayout["labels"] {
  const step = Math.max(1, Math.ceil(labels.length / MOST_LABELS));
  return labels
    .map((text, i) => ({ text, i }))
    .filter(({ i }) => i % step === 0)
    .map(({ text, i }, nth, { length }) => {
      const x = xs[i]!;
      const anchor =
        x < ACROSS / 16 && labels.length > 2 ? "start" : x > (ACROSS * 15) / 16 ? "end" : "middle";
      const edge = anchor === "start" ? x - reach : anchor === "end" ? x + reach : x;
      return { text, x: round(edge), anchor, wide: nth % 2 === 1 && length > 4 };
    });
}

function lonely(
  values: readonly (number | null)[],
  series: number,
  xs: readonly number[],
  y: (value: number) => number,
): ChartLayout["dots"] {
  const none = (value: number | null | undefined) => value === null || value === undefined;
  return values.flatMap((value, i) =>
    value !== null && none(values[i - 1]) && none(values[i + 1]) ? [{ series, x: xs[i]!, y: y(value) }] : [],
  );
}

const round = (value: number) => Math.round(value * 10) / 10;
