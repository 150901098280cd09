/**
 * The drawing of a chart. Lines and areas lie in a box that is stretched to the width, everything else is placed
 * in per cent, so that letters keep their size from a phone to a wide screen, on paper too. No style attributes.
 */
import { ACROSS, DOWN, LABELS_DOWN, type ChartKind, type ChartLayout } from "./chart-layout";

/** Colours and dashes of the first eight series; more begin again. */
export const COLOURS = 8;
export const tone = (series: number) => `chart-tone-${(series % COLOURS) + 1}`;

/** 0 to 1000 as per cent. */
const across = (x: number) => `${Math.round((x / ACROSS) * 10_000) / 100}%`;

export function ChartAxis({ layout, format }: { layout: ChartLayout; format: (value: number) => string }) {
  return (
    <svg className="chart-axis" width="100%" height={DOWN + LABELS_DOWN} aria-hidden="true" focusable="false">
      {layout.ticks.map(({ value, y }) => (
        <text key={value} x="100%" y={y} dy="0.32em" textAnchor="end">
          {format(value)}
        </text>
      ))}
    </svg>
  );
}

export function ChartPlot({
  kind,
  layout,
  at,
  id,
  title,
  description,
}: {
  kind: ChartKind;
  layout: ChartLayout;
  /** The point under the pointer. */
  at: number | null;
  id: string;
  title: string;
  description: string;
}) {
  const { ticks, labels, paths, dots, bars, levels, xs, reach } = layout;
  return (
    <svg
      className="chart-plot"
      width="100%"
      height={DOWN + LABELS_DOWN}
      role="img"
      aria-labelledby={`${id}-title ${id}-desc`}
    >
      <title id={`${id}-title`}>{title}</title>
      <desc id={`${id}-desc`}>{description}</desc>
      {ticks.map(({ value, y }) => (
        <line
          key={value}
          x1="0"
          x2="100%"
          y1={y}
          y2={y}
          className={value === 0 ? "chart-base" : "chart-grid"}
        />
      ))}
      {at !== null && (
        <rect
          className="chart-at"
          x={across(xs[at]! - reach)}
          width={across(reach * 2)}
          y="0"
          height={DOWN}
        />
      )}
      {bars.map(({ series, point, x, width, y, height }) => (
        <rect
          key={`${series} ${point}`}
          className={`chart-bar ${tone(series)}`}
          x={across(x)}
          width={across(width)}
          y={y}
          height={height}
        />
      ))}
      {kind !== "bar" && (
        <svg viewBox={`0 0 ${ACROSS} ${DOWN}`} width="100%" height={DOWN} preserveAspectRatio="none">
          {paths.map(({ fill }, s) => fill && <path key={s} className={`chart-area ${tone(s)}`} d={fill} />)}
          {paths.map(({ stroke }, s) => (
            <path key={s} className={`chart-line ${tone(s)}`} d={stroke} vectorEffect="non-scaling-stroke" />
          ))}
        </svg>
      )}
      {dots.map(({ series, x, y }) => (
        <circle
          key={`${series} ${x}`}
          className={`chart-dot ${tone(series)}`}
          cx={across(x)}
          cy={y}
          r="3.5"
        />
      ))}
      {levels.map(({ label, y }) => (
        <g key={label}>
          <line className="chart-level" x1="0" x2="100%" y1={y} y2={y} />
          <text
            className="chart-level-name"
            x="100%"
            y={y}
            dy={y < 20 ? "1.1em" : "-0.35em"}
            textAnchor="end"
          >
            {label}
          </text>
        </g>
      ))}
      {labels.map(({ text, x, anchor, wide }) => (
        <text
          key={x}
          className={wide ? "chart-wide" : undefined}
          x={across(x)}
          y={DOWN + LABELS_DOWN - 5}
          textAnchor={anchor}
        >
          {text}
        </text>
      ))}
    </svg>
  );
}
