import { readFileSync } from "node:fs";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { Chart } from "~/components/chart";
import { BarTable } from "~/components/chart-bars";
import { ACROSS, DOWN, layOut, nearestPoint } from "~/components/chart-layout";

const days = ["Nov 1", "Nov 2", "Nov 3", "Nov 4"];

describe("the geometry of a chart", () => {
  test("points stand in the middle of equal shares of the width, and the scale begins at zero", () => {
    const { xs, reach, ticks } = layOut("line", days, [{ name: "Prints", values: [3, 7, 5, 9] }]);
    expect(xs).toEqual([125, 375, 625, 875]);
    expect(reach).toBe(125);
    expect(ticks[0]).toEqual({ value: 0, y: DOWN });
    expect(ticks.at(-1)!.value).toBeGreaterThanOrEqual(8);
    expect(ticks.every(({ y }) => y >= 0 && y <= DOWN)).toBe(true);
  });

  test("bars stand on one another, and as high as their values", () => {
    const { bars, ticks } = layOut("bar", days, [
      { name: "A", values: [1, 2, null, 4] },
      { name: "B", values: [3, 0, 1, 4] },
    ]);
    const [zero, top] = [ticks[0]!, ticks.at(-1)!];
    const pixels = (zero.y - top.y) / top.value;
    const of = (series: number, point: number) => bars.find((b) => b.series === series && b.point === point);
    expect(of(0, 3)!.height).toBeCloseTo(4 * pixels, 0);
    expect(of(1, 3)!.y + of(1, 3)!.height).toBeCloseTo(of(0, 3)!.y, 0);
    expect(of(0, 3)!.y + of(0, 3)!.height).toBe(DOWN);
    // Nothing and zero draw nothing; what lies on nothing lies on the ground.
    expect([of(0, 2), of(1, 1)]).toEqual([undefined, undefined]);
    expect(of(1, 2)!.y + of(1, 2)!.height).toBe(DOWN);
  });

  test("a line breaks where nothing was measured, and a value alone is a dot", () => {
    const { paths, dots } = layOut(
      "line",
      [...days, "Nov 5"],
      [{ name: "P", values: [1, 2, null, 3, null] }],
    );
    expect(paths[0]!.stroke.match(/M/g)).toHaveLength(2);
    expect(dots).toHaveLength(1);
    expect(dots[0]).toMatchObject({ series: 0, x: 700 });
  });

  test("nothing, zeros and one value can be drawn", () => {
    expect(layOut("bar", [], []).bars).toEqual([]);
    const flat = layOut("area", days, [{ name: "P", values: [0, 0, 0, 0] }]);
    expect(flat.paths[0]!.stroke).not.toMatch(/NaN/);
    expect(flat.ticks.length).toBeGreaterThan(1);
    expect(layOut("line", ["Nov 1"], [{ name: "P", values: [5] }]).dots).toHaveLength(1);
  });

  test("a level above all values makes room for itself", () => {
    const { levels } = layOut(
      "area",
      days,
      [{ name: "P", values: [1, 1, 1, 1] }],
      [{ value: 50, label: "Limit" }],
    );
    expect(levels[0]!.y).toBeGreaterThanOrEqual(0);
    expect(levels[0]!.y).toBeLessThan(DOWN / 2);
  });

  test("a year has eight labels below at most, the outer ones inside the drawing", () => {
    const { labels } = layOut(
      "line",
      Array.from({ length: 365 }, (_, i) => `Day ${i}`),
      [{ name: "P", values: Array.from({ length: 365 }, () => 1) }],
    );
    expect(labels.length).toBeLessThanOrEqual(8);
    expect(labels[0]).toMatchObject({ text: "Day 0", anchor: "start", x: 0, wide: false });
  });

  test("the last label stands below its own point, not at the end of the drawing", () => {
    const values = Array.from({ length: 90 }, () => 1);
    const { labels, xs, reach } = layOut(
      "bar",
      values.map((_, i) => `Day ${i}`),
      [{ name: "P", values }],
    );
    expect(labels.at(-1)).toMatchObject({ text: "Day 84", anchor: "end" });
    expect(labels.at(-1)!.x).toBeCloseTo(xs[84]! + reach, 0);
  });

  test("a pointer belongs to the point it is over", () => {
    expect([0, 0.24, 0.26, 0.99, 1, -0.1].map((share) => nearestPoint(share, 4))).toEqual([0, 0, 1, 3, 3, 0]);
    expect(ACROSS).toBe(1000);
  });
});

describe("Chart", () => {
  const chart = (
    <Chart
      title="Requests by day"
      kind="bar"
      along="Day"
      labels={days}
      series={[
        { name: "Filament", values: [1, 2, null, 4] },
        { name: "Resin", values: [0, 1, 2, 3] },
      ]}
      format={(n) => `${n} prints`}
      summary="13 prints in four days."
      total
    />
  );
  const out = renderToStaticMarkup(chart);

  test("has a name and says in words what it shows", () => {
    const [, ids] = out.match(/role="img" aria-labelledby="([^"]+)"/)!;
    const [title, desc] = ids!.split(" ");
    expect(out).toContain(`<title id="${title}">Requests by day</title>`);
    expect(out).toContain(`<desc id="${desc}">13 prints in four days.</desc>`);
  });

  test("has every value in a table, with the sums where they make sense", () => {
    const rows = [...out.matchAll(/<tr>(.*?)<\/tr>/g)].map(([, row]) =>
      [...row!.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/g)].map(([, cell]) => cell),
    );
    expect(rows).toEqual([
      ["Day", "Filament", "Resin", "Total"],
      ["Nov 1", "1 prints", "0 prints", "1 prints"],
      ["Nov 2", "2 prints", "1 prints", "3 prints"],
      ["Nov 3", "–", "2 prints", "2 prints"],
      ["Nov 4", "4 prints", "3 prints", "7 prints"],
    ]);
  });

  test("has no style attribute: the security policy refuses them", () => {
    expect(out).not.toMatch(/\sstyle=/);
  });

  test("has a tone for each of eight series, light and dark", () => {
    const css = readFileSync("app/charts.css", "utf8");
    for (let n = 1; n <= 8; n++) {
      expect(css.match(new RegExp(`--chart-${n}: #`, "g")), `tone ${n}`).toHaveLength(2);
      expect(css).toContain(`.chart-tone-${n} {`);
    }
  });
});

test("a table with bars has its numbers, and the longest bar fills its cell", () => {
  const out = renderToStaticMarkup(
    <BarTable
      title="Reasons"
      along="Reason"
      measure="Jobs"
      rows={[
        { name: "Too thin", value: 8, note: "80 %" },
        { name: "Too large", value: 2 },
        { name: "None", value: 0 },
      ]}
      format={String}
    />,
  );
  expect([...out.matchAll(/width="([\d.]+%?)" height="16" rx/g)].map(([, width]) => width)).toEqual([
    "100%",
    "25%",
    "0%",
  ]);
  expect(out).toContain("80 %");
});
