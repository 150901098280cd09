import fc from "fast-check";
import { expect, test } from "vitest";
import { reportModel, type MeshReport } from "@server/mesh/report";
import { blobSource, blocks, bytesSource } from "@server/mesh/source";
import { nodeUnpacker } from "@server/mesh/zip.server";
import {
  box,
  sphere,
  to3mf,
  toAsciiStl,
  toBinaryStl,
  together,
  toObj,
  torus,
  triangulated,
  volumeOf,
  type Point,
  type Solid,
} from "../support/solids";

const report = (bytes: Buffer): Promise<MeshReport> =>
  reportModel(bytesSource(bytes), { unpacker: nodeUnpacker });

const length = fc.double({ min: 0.01, max: 1000, noNaN: true }).map(Math.fround);
const place = fc.double({ min: -1000, max: 1000, noNaN: true }).map(Math.fround);
const boxes = fc.tuple(fc.tuple(length, length, length), fc.tuple(place, place, place)).map(([size, at]) => {
  // The corners as floats; the size is what remains between them.
  const far = at.map((v, k) => Math.fround(v + size[k]!)) as Point;
  return { at: at as Point, far, size: far.map((v, k) => v - at[k]!) as Point };
});
const solids: fc.Arbitrary<Solid> = fc.oneof(
  boxes.map(({ size, at }) => box(size, at)),
  fc
    .tuple(fc.integer({ min: 2, max: 12 }), fc.integer({ min: 3, max: 20 }))
    .map(([rings, columns]) => sphere(7, rings, columns)),
  fc
    .tuple(fc.integer({ min: 3, max: 20 }), fc.integer({ min: 3, max: 12 }))
    .map(([around, along]) => torus(20, 3, around, along)),
  fc
    .integer({ min: 1, max: 5 })
    .map((n) => together(...Array.from({ length: n }, (_, i) => sphere(4, 3, 5 + i)).map(shift))),
);

function shift({ points, faces }: Solid, n: number): Solid {
  return { points: points.map(([x, y, z]): Point => [x + 20 * n, y, z]), faces };
}

function rounded({ points, faces }: Solid): Solid {
  return { points: points.map((p) => p.map((v) => Math.fround(v)) as Point), faces };
}

test("a random box has its size, volume and surface within 10⁻⁶", async () => {
  await fc.assert(
    fc.asyncProperty(boxes, async ({ size, at, far }) => {
      fc.pre(size.every((mm) => mm > 0));
      const solid = box([1, 1, 1]);
      const points = solid.points.map((p) => p.map((v, k) => (v ? far[k]! : at[k]!)) as Point);
      const found = await report(toBinaryStl({ points, faces: solid.faces }));
      const [a, b, c] = size;
      found.size_mm.forEach((mm, k) => expect(mm / size[k]!).toBeCloseTo(1, 6));
      expect(Math.abs(found.volume_mm3 / (a * b * c) - 1)).toBeLessThan(1e-6);
      expect(Math.abs(found.area_mm2 / (2 * (a * b + b * c + c * a)) - 1)).toBeLessThan(1e-6);
      expect(found).toMatchObject({
        triangles: 12,
        watertight: true,
        shells: 1,
        flipped_edges: 0,
        inverted_shells: 0,
      });
    }),
    { numRuns: 200 },
  );
});

test("the order of triangles, of corners and of vertices changes nothing", async () => {
  const shuffle = <T>(list: T[], seed: number): T[] => {
    const key = (i: number) => Math.imul(i + 1, 2654435761 ^ seed) >>> 0;
    return list
      .map((value, i) => ({ value, key: key(i) }))
      .sort((a, b) => a.key - b.key)
      .map(({ value }) => value);
  };
  await fc.assert(
    fc.asyncProperty(solids, fc.integer(), async (solid, seed) => {
      const { points, faces } = rounded(triangulated(solid));
      const order = shuffle(
        points.map((_, i) => i),
        seed,
      );
      const renamed = points.map((_, i) => order.indexOf(i));
      const mixed: Solid = {
        points: order.map((i) => points[i]!),
        faces: shuffle(faces, seed).map((f, n) => {
          const [a, b, c] = f.map((i) => renamed[i]!) as [number, number, number];
          return [
            [a, b, c],
            [b, c, a],
            [c, a, b],
          ][n % 3]!;
        }),
      };
      for (const write of [toBinaryStl, toObj]) {
        const plain = await report(write({ points, faces }));
        const other = await report(write(mixed));
        expect(other.volume_mm3).toBeCloseTo(plain.volume_mm3, 6);
        expect(other.area_mm2).toBeCloseTo(plain.area_mm2, 6);
        expect({ ...other, volume_mm3: 0, area_mm2: 0 }).toEqual({ ...plain, volume_mm3: 0, area_mm2: 0 });
      }
    }),
    { numRuns: 60 },
  );
});

test("all formats tell the same of one solid", async () => {
  await fc.assert(
    fc.asyncProperty(solids, async (solid) => {
      const same = rounded(triangulated(solid));
      const files = [
        toBinaryStl(same),
        toAsciiStl(same),
        toAsciiStl(same, { eol: "\r\n" }),
        toObj(same),
        await to3mf(same),
      ];
      const [first, ...rest] = await Promise.all(files.map(report));
      expect(first!.volume_mm3 / volumeOf(same)).toBeCloseTo(1, 6);
      for (const other of rest) {
        expect(other.volume_mm3).toBeCloseTo(first!.volume_mm3, 6);
        expect(other.area_mm2).toBeCloseTo(first!.area_mm2, 6);
        const about = ({
          triangles,
          size_mm,
          min_mm,
          max_mm,
          watertight,
          shells,
          open_edges,
          advice,
        }: MeshReport) => ({
          triangles,
          size_mm,
          min_mm,
          max_mm,
          watertight,
          shells,
          open_edges,
          advice,
        });
        expect(about(other)).toEqual(about(first!));
      }
    }),
    { numRuns: 60 },
  );
});

test("numbers are read as the language reads them", async () => {
  const number = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e30, max: 1e30 }).map(String),
    fc.double({ noNaN: true, min: -1e6, max: 1e6 }).map((v) => v.toExponential(12)),
    fc.double({ noNaN: true, min: -1e6, max: 1e6 }).map((v) => v.toFixed(18)),
    fc
      .tuple(fc.stringMatching(/^[-+]?\d{1,30}$/), fc.stringMatching(/^(\.\d{0,30})?(e[-+]?\d)?$/))
      .map(([a, b]) => a + b),
  );
  await fc.assert(
    fc.asyncProperty(number, async (text) => {
      const value = Math.fround(Number(text));
      fc.pre(Number.isFinite(value));
      const obj = `v ${text} 0 0\nv 0 1 0\nv 0 0 1\nf 1 2 3\n`;
      const { min_mm, max_mm } = await report(Buffer.from(obj));
      expect(value < 0 ? min_mm[0] : max_mm[0]).toBe(value + 0);
    }),
    { numRuns: 500 },
  );
});

test("a source gives the same bytes in blocks of any size, from a Blob too", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 300 }),
      fc.nat(320),
      fc.nat(320),
      fc.integer({ min: 1, max: 64 }),
      async (bytes, a, b, size) => {
        const [from, to] = [Math.min(a, b, bytes.length), Math.min(Math.max(a, b), bytes.length)];
        for (const source of [bytesSource(bytes), blobSource(new Blob([bytes]))]) {
          const found: number[] = [];
          for await (const block of blocks(source, from, to, size)) found.push(...block);
          expect(found).toEqual([...bytes.subarray(from, to)]);
        }
      },
    ),
    { numRuns: 100 },
  );
});
