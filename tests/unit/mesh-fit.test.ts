import { describe, expect, test } from "vitest";
import { EXAMPLE_CATALOG } from "@server/catalog/example";
import { describeEstimate, estimate } from "@server/mesh/estimate";
import { fitReport, scaleAdvice, type SizeMm } from "@server/mesh/fit";
import { reportModel } from "@server/mesh/report";
import { bytesSource } from "@server/mesh/source";
import { formatCents, priceCents } from "@server/jobs/pricing";
import { box, sphere, toBinaryStl, together, torus, type Solid } from "../support/solids";

const { printers } = EXAMPLE_CATALOG;
const on = (size: SizeMm, id: string) => fitReport(size, printers).printers.find((p) => p.printer === id)!;

describe("fit", () => {
  test("as it is", () => {
    const { fits, text } = fitReport([20, 20, 20], printers);
    expect(fits).toBe("as_is");
    expect(text).toBe("Fits the Prusa MK4S, Prusa XL, Raise3D Pro 2 Plus and Formlabs Form 3.");
  });

  test("too tall on one, fits another", () => {
    const { text, fits } = fitReport([240, 205, 232], printers);
    expect(fits).toBe("as_is");
    expect(text).toContain("It is too tall by 12 mm for the Prusa MK4S.");
    expect(text).toContain("Fits the Prusa XL and Raise3D Pro 2 Plus.");
  });

  test("turned on the plate", () => {
    expect(on([205, 240, 100], "prusa_mk4s")).toMatchObject({
      fits: "turned",
      turn: "turned by 90° on the plate",
      over_mm: [0, 0, 0],
      text: "Fits the Prusa MK4S if it is turned by 90° on the plate.",
    });
  });

  test("tipped over", () => {
    expect(on([600, 50, 50], "raise3d_pro2_plus")).toMatchObject({
      fits: "turned",
      turn: "tipped over so that its X side (600 mm) points up",
    });
    expect(on([50, 600, 50], "raise3d_pro2_plus").turn).toContain("its Y side (600 mm)");
    expect(fitReport([600, 50, 50], printers).text).toContain(
      "Fits the Raise3D Pro 2 Plus if it is tipped over so that its X side (600 mm) points up.",
    );
  });

  test("none", () => {
    const { fits, text, printers: list } = fitReport([700, 700, 700], printers);
    expect(fits).toBe("no");
    expect(text).toMatch(/^It fits none of the lab's printers\./);
    expect(list.every((p) => p.fits === "no" && p.over_mm.every((mm) => mm > 0))).toBe(true);
  });

  test("rounding errors fit, a tenth of a millimetre does not", () => {
    expect(on([250.0000019, 210, 220], "prusa_mk4s").fits).toBe("as_is");
    expect(on([250.1, 210, 220], "prusa_mk4s")).toMatchObject({ fits: "no", over_mm: [0.1, 0, 0] });
  });

  test("passes over printers out of service", () => {
    const off = printers.map((p) => ({ ...p, active: p.id === "formlabs_form3" }));
    expect(fitReport([200, 200, 200], off)).toMatchObject({
      fits: "no",
      printers: [{ printer: "formlabs_form3" }],
    });
    expect(fitReport([1, 1, 1], [])).toMatchObject({
      fits: "no",
      text: expect.stringContaining("no printer in service"),
    });
  });

  test("agrees with trying every turn", () => {
    for (let n = 0; n < 500; n += 1) {
      const size = [n % 7, n % 11, n % 13].map((k) => 40 + k * 25) as unknown as SizeMm;
      for (const { id, build_volume_mm } of printers) {
        const sorted = [...size].sort((a, b) => a - b);
        const room = [...build_volume_mm].sort((a, b) => a - b);
        expect(on(size, id).fits !== "no").toBe(sorted.every((mm, k) => mm <= room[k]!));
      }
    }
  });
});

describe("scale", () => {
  test("a tiny part names the units that make sense", () => {
    expect(scaleAdvice([0.0726, 0.0735, 0.215], printers)).toMatch(
      /only 0\.0726 × 0\.0735 × 0\.215 mm, read as millimetres\. In metres it would be 72\.6 × 73\.5 × 215 mm; or in inches/,
    );
    expect(scaleAdvice([2, 1, 1], printers)).toContain("In inches it would be 50.8 × 25.4 × 25.4 mm");
    expect(scaleAdvice([2, 1, 1], printers)).not.toContain("metres it would be 2000");
    expect(scaleAdvice([2, 1, 1], printers, "mm")).not.toContain("read as");
  });

  test("a huge part names what may have been multiplied", () => {
    expect(scaleAdvice([2540, 2540, 2540], printers)).toContain(
      "enlarged by 25.4 (inches taken for millimetres twice), it should be 100 × 100 × 100 mm",
    );
    expect(scaleAdvice([90_000, 50_000, 50_000], printers)).toContain(
      "in micrometres, it should be 90 × 50 × 50 mm",
    );
  });

  test("says nothing when the size makes sense", () => {
    expect(scaleAdvice([20, 20, 20], printers)).toBeUndefined();
    expect(scaleAdvice([3, 0.4, 0.4], printers)).toBeUndefined();
    expect(scaleAdvice([600, 50, 50], printers)).toBeUndefined();
    expect(scaleAdvice([0, 0, 0], printers)).toBeUndefined();
    expect(scaleAdvice([1e12, 1, 1], printers)).toBeUndefined();
  });
});

describe("estimate", () => {
  const [pla, resin] = EXAMPLE_CATALOG.materials as [
    (typeof EXAMPLE_CATALOG.materials)[0],
    (typeof EXAMPLE_CATALOG.materials)[0],
  ];
  const price = (grams: number) =>
    priceCents(grams, {
      price_per_gram_cents: 10,
      minimum_charge_cents: EXAMPLE_CATALOG.minimum_charge_cents,
    });
  const of = async (solid: Solid, material = pla) =>
    estimate(await reportModel(bytesSource(toBinaryStl(solid))), material, price);

  // Grams that PrusaSlicer 2.5 finds at 0.2 mm layers and 1.24 g/cm³: 2 walls and 10 %, 3 walls and 25 % with supports.
  test.each<[name: string, solid: Solid, least: number, most: number]>([
    ["a cube of 20 mm", box([20, 20, 20]), 3.41, 4.96],
    ["a cube of 60 mm", box([60, 60, 60]), 49.1, 90.8],
    ["a ball of 50 mm", sphere(25, 60, 120), 17.3, 31.5],
    ["a plate of 2 mm", box([100, 60, 2]), 14.67, 14.67],
    ["a wall of 1.2 mm", box([60, 1.2, 40]), 3.47, 3.47],
    ["a ring", torus(30, 8, 96, 48), 16.4, 24.8],
  ])("%s in PLA weighs what a slicer says", async (_name, solid, least, most) => {
    const { grams } = (await of(solid))!;
    expect(grams[0]).toBeLessThanOrEqual(least);
    expect(grams[1]).toBeGreaterThanOrEqual(most);
    expect(grams[1] / grams[0]).toBeLessThan(2.7);
  });

  test("is worded with its minimum charge and marked", async () => {
    const found = (await of(box([20, 20, 20])))!;
    expect(found.cents).toEqual([300, 300]);
    expect(describeEstimate(found, formatCents)).toBe("about 2.9–6.5 g, $3.00 (estimate)");
  });

  test("never exceeds the solid part by more than its extras, nor falls under a tenth of it", async () => {
    for (const solid of [box([100, 100, 100]), box([50, 50, 1]), sphere(40), box([200, 0.8, 100])]) {
      const report = await reportModel(bytesSource(toBinaryStl(solid)));
      const full = (report.volume_mm3 / 1000) * pla.density_g_cm3;
      const { grams } = estimate(report, pla, price)!;
      expect(grams[0]).toBeLessThanOrEqual(grams[1]);
      expect(grams[1]).toBeLessThanOrEqual(full * 1.15 * 1.1);
      expect(grams[0]).toBeGreaterThan(full * 0.09);
    }
  });

  test("resin is solid", async () => {
    const { grams } = (await of(box([20, 20, 20]), resin))!;
    const full = 8 * resin.density_g_cm3;
    expect(grams[0]).toBeGreaterThan(full);
    expect(grams[1]).toBeLessThan(full * 1.4);
  });

  test("there is none rather than a wild guess", async () => {
    const cube = box([20, 20, 20]);
    expect(await of({ ...cube, faces: cube.faces.slice(1) })).toBeNull(); // open
    expect(await of({ ...cube, faces: cube.faces.map((f, i) => (i ? f : [...f].reverse())) })).toBeNull(); // turned
    expect(await of(together(cube, cube))).toBeNull(); // twice at the same place
    expect(await of(box([1, 1, 1]))).toBeNull(); // a wrong unit
    expect(await of(box([5000, 5000, 5000]))).toBeNull(); // tonnes
    expect(await of({ ...cube, faces: cube.faces.map((f) => [...f].reverse()) })).not.toBeNull(); // slicers turn it
  });
});
