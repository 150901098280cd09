import { describe, expect, test } from "vitest";
import { measure, type Measures } from "@server/mesh/measure";
import type { Mesh } from "@server/mesh/mesh";
import { reportModel } from "@server/mesh/report";
import { bytesSource } from "@server/mesh/source";
import {
  box,
  cornersOf,
  insideOut,
  sphere,
  toBinaryStl,
  together,
  torus,
  triangulated,
  volumeOf,
  type Solid,
} from "../support/solids";

/** As indices, or as a soup of corners. */
function meshOf(solid: Solid, soup = false): Mesh {
  const { points, faces } = triangulated(solid);
  return {
    format: "stl",
    encoding: "binary",
    vertices: Float32Array.from(soup ? cornersOf(solid).flat(2) : points.flat()),
    triangles: soup ? null : Uint32Array.from(faces.flat()),
    welded: false,
    unit: "unknown",
    items: [],
    notes: [],
  };
}

function measured(solid: Solid): Measures {
  const indexed = measure(meshOf(solid));
  const soup = measure(meshOf(solid, true));
  expect(soup).toMatchObject({
    ...indexed,
    vertices: soup.vertices,
    volume: expect.closeTo(indexed.volume, 6),
  });
  return indexed;
}

describe("solids known from geometry", () => {
  test("a box", () => {
    expect(measured(box([3, 4, 5], [-1, -2, -3]))).toEqual({
      triangles: 12,
      vertices: 8,
      min: [-1, -2, -3],
      max: [2, 2, 2],
      size: [3, 4, 5],
      volume: 60,
      area: 94,
      shells: 1,
      openEdges: 0,
      nonmanifoldEdges: 0,
      flippedEdges: 0,
      flippedTriangles: 0,
      zeroAreaTriangles: 0,
      invertedShells: 0,
      cavities: 0,
    });
  });

  test("a ball and a ring come near their formulas", () => {
    const ball = measured(sphere(10, 60, 120));
    expect(ball.volume / ((4 / 3) * Math.PI * 1000)).toBeCloseTo(1, 2);
    expect(ball.area / (4 * Math.PI * 100)).toBeCloseTo(1, 2);
    const ring = measured(torus(20, 5, 120, 60));
    expect(ring.volume / (2 * Math.PI ** 2 * 20 * 25)).toBeCloseTo(1, 2);
    expect(ring.area / (4 * Math.PI ** 2 * 20 * 5)).toBeCloseTo(1, 2);
    expect([ring.shells, ring.openEdges, ring.nonmanifoldEdges]).toEqual([1, 0, 0]);
  });

  test("far from the origin nothing is lost but what floats cannot hold", () => {
    const { volume, size } = measured(box([64, 32, 16], [1_000_000, -2_000_000, 500_000]));
    expect(size).toEqual([64, 32, 16]);
    expect(volume).toBeCloseTo(64 * 32 * 16, 6);
  });

  test("many small triangles add up in doubles", () => {
    const ball = sphere(30, 200, 400); // a single-precision sum is off in the fourth digit
    const { volume } = measure(meshOf(ball));
    expect(volume / volumeOf(ball)).toBeCloseTo(1, 7);
  });
});

describe("what may be wrong", () => {
  const cube = box([10, 10, 10]);

  test("an open box has open edges", () => {
    expect(measured({ ...cube, faces: cube.faces.slice(1) })).toMatchObject({
      openEdges: 4,
      shells: 1,
      nonmanifoldEdges: 0,
    });
    const one = { points: cube.points, faces: [[0, 1, 2]] };
    expect(measured(one)).toMatchObject({ triangles: 1, openEdges: 3, shells: 1 });
  });

  test("a wall inside, a doubled face and cubes at an edge are not manifold", () => {
    const wall = { points: cube.points, faces: [...cube.faces, [0, 1, 7, 6]] };
    expect(measured(wall)).toMatchObject({ nonmanifoldEdges: 4, openEdges: 0 });
    const double = { points: cube.points, faces: [...cube.faces, cube.faces[0]!] };
    expect(measured(double)).toMatchObject({ nonmanifoldEdges: 5, openEdges: 0 });
    const corner = measure(meshOf(together(cube, box([10, 10, 10], [10, 10, 0])), true));
    expect(corner).toMatchObject({ nonmanifoldEdges: 1, openEdges: 0, shells: 1, volume: 2000 });
  });

  test("turned faces are found, and the fewest named", () => {
    const turned = { points: cube.points, faces: cube.faces.map((f, i) => (i === 0 ? [...f].reverse() : f)) };
    expect(measured(turned)).toMatchObject({ flippedEdges: 4, flippedTriangles: 2, openEdges: 0, shells: 1 });
    const most = { points: cube.points, faces: cube.faces.map((f, i) => (i === 0 ? f : [...f].reverse())) };
    expect(measured(most)).toMatchObject({ flippedEdges: 4, flippedTriangles: 2 });
    const ball = triangulated(sphere(10));
    const some = new Set([3, 50, 51, 600, 1200]);
    const mixed = {
      points: ball.points,
      faces: ball.faces.map((f, i) => (some.has(i) ? [...f].reverse() : f)),
    };
    expect(measured(mixed).flippedTriangles).toBe(5);
  });

  test("inside out, hollow, and a hollow in a hollow", () => {
    expect(measured(insideOut(cube))).toMatchObject({
      volume: -1000,
      invertedShells: 1,
      cavities: 0,
      flippedEdges: 0,
    });
    const shellIn = (s: number) => box([s, s, s], [-s / 2, -s / 2, -s / 2]);
    const onion = together(shellIn(30), insideOut(shellIn(20)), shellIn(10));
    expect(measured(onion)).toMatchObject({
      shells: 3,
      cavities: 1,
      invertedShells: 0,
      volume: 27_000 - 8000 + 1000,
    });
    expect(measured(together(shellIn(10), insideOut(box([5, 5, 5], [40, 0, 0]))))).toMatchObject({
      invertedShells: 1,
      cavities: 0,
    });
  });

  test("triangles without surface count, and those in line still connect", () => {
    const { points, faces } = triangulated(cube);
    const needle = { points, faces: [...faces, [0, 0, 1], [2, 2, 2]] };
    expect(measured(needle)).toMatchObject({ triangles: 14, zeroAreaTriangles: 2, openEdges: 0, shells: 1 });
    // One side is split at its middle, its neighbour is not: a flat triangle closes the gap.
    const side = faces.findIndex((f) => f.includes(0) && f.includes(1));
    const turn = faces[side]!.findIndex((v, i, f) => [0, 1].includes(v) && [0, 1].includes(f[(i + 1) % 3]!));
    const [a, b, c] = [0, 1, 2].map((k) => faces[side]![(turn + k) % 3]!) as [number, number, number];
    const split: Solid = {
      points: [...points, [5, 0, 0]],
      faces: [...faces.filter((_, i) => i !== side), [a, 8, c], [8, b, c]],
    };
    expect(measured(split)).toMatchObject({ openEdges: 3, zeroAreaTriangles: 0 });
    expect(measured({ ...split, faces: [...split.faces, [a, b, 8]] })).toMatchObject({
      openEdges: 0,
      zeroAreaTriangles: 1,
      volume: 1000,
    });
  });

  test("nothing but triangles without surface", () => {
    const flat = Array.from({ length: 100 }, () => [0, 1, 1]);
    expect(measured({ points: cube.points, faces: flat })).toMatchObject({
      zeroAreaTriangles: 100,
      shells: 0,
      volume: 0,
    });
  });

  test("a cone whose tip has thousands of edges is closed", () => {
    const n = 20_000;
    const points = Array.from({ length: n }, (_, i): [number, number, number] => [
      Math.cos((2 * Math.PI * i) / n) * 100,
      Math.sin((2 * Math.PI * i) / n) * 100,
      0,
    ]);
    const faces = points.flatMap((_, i) => [
      [n, i, (i + 1) % n],
      [n + 1, (i + 1) % n, i],
    ]);
    const cone = measure(meshOf({ points: [...points, [0, 0, 50], [0, 0, 0]], faces }));
    expect(cone).toMatchObject({ openEdges: 0, nonmanifoldEdges: 0, flippedEdges: 0, shells: 1 });
    expect(cone.volume / ((Math.PI * 10_000 * 50) / 3)).toBeCloseTo(1, 4);
  });

  test("a strip turned once has edges that cannot agree", () => {
    const n = 40;
    const points = Array.from({ length: n }, (_, i) => i).flatMap((i): [number, number, number][] => {
      const [u, half] = [(2 * Math.PI * i) / n, Math.PI * (i / n)];
      return [-1, 1].map((s) => [
        (10 + s * Math.cos(half)) * Math.cos(u),
        (10 + s * Math.cos(half)) * Math.sin(u),
        s * Math.sin(half),
      ]);
    });
    const faces = Array.from({ length: n }, (_, i) => {
      const next = i + 1 === n ? [1, 0] : [2 * i + 2, 2 * i + 3];
      return [2 * i, next[0]!, next[1]!, 2 * i + 1];
    });
    const strip = measured({ points, faces });
    expect(strip).toMatchObject({ shells: 1, openEdges: 2 * n });
    expect(strip.flippedEdges).toBeGreaterThan(0);
  });
});

test("a million triangles at one place, and a million shells, take moderate time", async () => {
  const started = performance.now();
  const degenerate = Buffer.alloc(84 + 50 * 1_000_000);
  degenerate.writeUInt32LE(1_000_000, 80);
  degenerate.write("flat");
  const flat = await reportModel(bytesSource(degenerate));
  expect(flat).toMatchObject({
    triangles: 1_000_000,
    zero_area_triangles: 1_000_000,
    shells: 0,
    watertight: false,
  });
  expect(flat.advice[0]!.text).toContain("nothing to print");

  const faces = Array.from({ length: 100_000 }, (_, i) => [3 * i, 3 * i + 1, 3 * i + 2]);
  const points = faces.flatMap((_, i): [number, number, number][] => [
    [i, 0, 0],
    [i, 1, 0],
    [i, 0, 1],
  ]);
  expect(await reportModel(bytesSource(toBinaryStl({ points, faces })))).toMatchObject({
    shells: 100_000,
    open_edges: 300_000,
  });
  expect(performance.now() - started).toBeLessThan(20_000);
});

test("stops when told to", async () => {
  const bytes = toBinaryStl(sphere(10, 200, 300));
  const controller = new AbortController();
  const source = bytesSource(bytes);
  const read = async (into: Uint8Array, at: number) => {
    if (at > 84) controller.abort(new Error("gone"));
    return source.read(into, at);
  };
  await expect(reportModel({ size: bytes.length, read }, { signal: controller.signal })).rejects.toThrow(
    "gone",
  );
  await expect(reportModel(source, { limits: { milliseconds: -1 } })).rejects.toThrow(/took longer/);
  expect(() =>
    measure(meshOf(box([1, 1, 1])), () => {
      throw new Error("enough");
    }),
  ).toThrow("enough");
});
