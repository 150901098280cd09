import { deflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { cleanPng, encodePng, readPngSize } from "@server/mesh/png.server";
import { type DrawnMesh, type Picture, rasterMesh } from "@server/mesh/raster";
import { cubeTriangles, type Triangle } from "../support/models";
import { decodePng } from "../support/png";

const soup = (triangles: Triangle[]): DrawnMesh => ({
  vertices: Float32Array.from(triangles.flat(2)),
  triangles: null,
});

/** The same triangles over shared vertices. */
function indexed({ vertices }: DrawnMesh): DrawnMesh {
  const numbers = new Map<string, number>();
  const out: number[] = [];
  const triangles = new Uint32Array(vertices.length / 3);
  for (let i = 0; i < triangles.length; i += 1) {
    const point = vertices.subarray(i * 3, i * 3 + 3);
    if (!numbers.has(point.join())) numbers.set(point.join(), out.push(...point) / 3 - 1);
    triangles[i] = numbers.get(point.join())!;
  }
  return { vertices: Float32Array.from(out), triangles };
}

/** A box from the origin. */
const box = (x: number, y: number, z: number) =>
  cubeTriangles(1).map((t) => t.map(([a, b, c]) => [a * x, b * y, c * z]) as Triangle);

const pixel = ({ rgba, width }: Picture, x: number, y: number) =>
  Array.from(rgba.subarray((y * width + x) * 4, (y * width + x) * 4 + 4));

/** Sum of alpha in pixels: the silhouette's area. */
const area = ({ rgba }: Picture) =>
  rgba.reduce((sum, value, i) => (i % 4 === 3 ? sum + value / 255 : sum), 0);

/** Columns and rows that anything covers. */
function bounds({ rgba, width }: Picture) {
  const seen = [...rgba.keys()].filter((i) => i % 4 === 3 && rgba[i]! > 0).map((i) => (i - 3) / 4);
  const xs = seen.map((p) => p % width);
  const ys = seen.map((p) => Math.floor(p / width));
  const range = (values: number[]) => [
    values.reduce((a, b) => Math.min(a, b)),
    values.reduce((a, b) => Math.max(a, b)),
  ];
  return { x: range(xs), y: range(ys) };
}

describe("a cube", () => {
  const cube = rasterMesh(soup(cubeTriangles(20)));

  test("has the size asked for, free corners and a margin", () => {
    expect([cube.width, cube.height, cube.rgba.length]).toEqual([512, 512, 512 * 512 * 4]);
    for (const [x, y] of [
      [0, 0],
      [511, 0],
      [0, 511],
      [511, 511],
    ] as const)
      expect(pixel(cube, x, y)).toEqual([0, 0, 0, 0]);
    const { x, y } = bounds(cube);
    // The larger extent fills the picture but for the margin of 4.5 %, the other lies in the middle.
    expect(y[0]).toBeGreaterThanOrEqual(22);
    expect(y[1]).toBeLessThanOrEqual(489);
    expect(Math.max(y[1]! - y[0]!, x[1]! - x[0]!)).toBeGreaterThan(462);
    expect(Math.abs(x[0]! + x[1]! - 511)).toBeLessThanOrEqual(2);
    expect(Math.abs(y[0]! + y[1]! - 511)).toBeLessThanOrEqual(2);
  });

  test("covers the area of its outline", () => {
    // The outline of a cube is the hull of its eight corners: seen with the angle the picture chose.
    const hull = (size: number) => area(rasterMesh(soup(cubeTriangles(20)), { size })) / (size * size);
    expect(area(cube) / 512 ** 2).toBeCloseTo(0.6264, 2);
    expect(hull(128)).toBeCloseTo(area(cube) / 512 ** 2, 2);
  });

  test("shows three evenly lit faces: the top brightest, the right darkest", () => {
    const light = (x: number, y: number) =>
      pixel(cube, x, y)
        .slice(0, 3)
        .reduce((sum, value) => sum + value, 0);
    const [top, front, right] = [light(256, 75), light(160, 300), light(400, 300)];
    expect(top).toBeGreaterThan(front + 60);
    expect(front).toBeGreaterThan(right + 15);
    expect(Math.abs(light(130, 280) - light(200, 320))).toBeLessThanOrEqual(9);
    expect(pixel(cube, 256, 256)[3]).toBe(255);
  });

  test("looks the same indexed, a thousand times larger, far away, and turned inside out", () => {
    const mesh = soup(cubeTriangles(20));
    expect(Buffer.from(rasterMesh(indexed(mesh)).rgba).equals(cube.rgba)).toBe(true);
    const inside = cubeTriangles(20).map(([a, b, c], i) => (i % 2 ? [a, b, c] : [a, c, b]) as Triangle);
    const flipped = rasterMesh(soup(inside));
    expect(area(flipped)).toBe(area(cube));
    expect(pixel(flipped, 256, 75)).toEqual(pixel(cube, 256, 75));
    for (const size of [0.002, 1024 * 20]) {
      const other = rasterMesh(soup(cubeTriangles(size)));
      expect(area(other)).toBeCloseTo(area(cube), -2);
      expect(pixel(other, 160, 300)).toEqual(pixel(cube, 160, 300));
    }
    const away = cubeTriangles(16).map(
      (t) => t.map(([x, y, z]) => [x + 4096, y - 8192, z + 1024]) as Triangle,
    );
    expect(area(rasterMesh(soup(away)))).toBeCloseTo(area(cube), -1);
  });

  test("is the same every time, and takes the colour asked for", () => {
    expect(Buffer.from(rasterMesh(soup(cubeTriangles(20))).rgba).equals(cube.rgba)).toBe(true);
    const [red, green, blue] = pixel(rasterMesh(soup(cubeTriangles(20)), { color: "#c02020" }), 160, 300);
    expect(red).toBeGreaterThan(120);
    expect(Math.max(green!, blue!)).toBeLessThan(red! / 2);
    expect(rasterMesh(soup(cubeTriangles(20)), { color: "nonsense" }).covered).toBe(cube.covered);
  });
});

describe("shapes", () => {
  test("a flat plate is seen from higher up than a cube", () => {
    const plate = bounds(rasterMesh(soup(box(100, 100, 1))));
    expect(plate.y[1]! - plate.y[0]!).toBeGreaterThan(0.55 * (plate.x[1]! - plate.x[0]!));
  });
  test("a board standing edge-on is turned until its face shows", () => {
    const board = rasterMesh(soup(box(2, 100, 60)));
    expect(area(board)).toBeGreaterThan(60_000);
  });
  test("a wire thinner than a sample is seen along its whole length", () => {
    const { x, y } = bounds(rasterMesh(soup(box(200, 0.02, 0.02))));
    expect(Math.max(x[1]! - x[0]!, y[1]! - y[0]!)).toBeGreaterThan(460);
    const picture = rasterMesh(soup(box(0.02, 0.02, 200)));
    const rows = new Set<number>();
    picture.rgba.forEach((value, i) => i % 4 === 3 && value > 0 && rows.add(Math.floor(i / 4 / 512)));
    expect(rows.size).toBeGreaterThan(460);
  });
  test("a sheet without thickness is drawn from both sides", () => {
    const sheet: Triangle[] = [
      [
        [0, 0, 0],
        [10, 0, 0],
        [0, 10, 0],
      ],
    ];
    const [[a, b, c]] = sheet as [Triangle];
    const picture = rasterMesh(soup(sheet));
    expect(picture.covered).toBeGreaterThan(20_000);
    expect(area(rasterMesh(soup([[a, c, b]])))).toBeCloseTo(area(picture), 5);
  });
  test("near parts hide far ones whatever their order", () => {
    const front = box(10, 1, 10);
    const behind = box(10, 1, 10).map((t) => t.map(([x, y, z]) => [x, y + 20, z]) as Triangle);
    const one = rasterMesh(soup([...front, ...behind]));
    const two = rasterMesh(soup([...behind, ...front]));
    expect(Buffer.from(two.rgba).equals(one.rgba)).toBe(true);
  });
});

describe("bad numbers", () => {
  const empty = (mesh: DrawnMesh) => {
    const picture = rasterMesh(mesh, { size: 64 });
    expect(picture.covered).toBe(0);
    expect(picture.rgba.every((value) => value === 0)).toBe(true);
  };
  const nine = (...values: number[]): DrawnMesh => ({ vertices: Float32Array.from(values), triangles: null });

  test("nothing, a point, NaN and infinity draw nothing", () => {
    empty(nine());
    empty({ vertices: new Float32Array(0), triangles: new Uint32Array(0) });
    empty(nine(1, 2, 3, 1, 2, 3, 1, 2, 3));
    empty(nine(NaN, 0, 0, 1, 0, 0, 0, 1, 0));
    empty(nine(Infinity, 0, 0, 1, 0, 0, 0, 1, 0));
    empty(nine(...Array<number>(9).fill(NaN)));
    empty({ vertices: new Float32Array(9), triangles: Uint32Array.of(0, 1, 2_000_000_000) });
  });
  test("sound triangles among them are drawn as if they were alone", () => {
    const good = cubeTriangles(10).flat(2);
    const bad = [
      NaN,
      0,
      0,
      1e30,
      0,
      0,
      0,
      1,
      0,
      5,
      5,
      5,
      5,
      5,
      5,
      5,
      5,
      5,
      -Infinity,
      0,
      0,
      Infinity,
      0,
      0,
      1,
      1,
      1,
    ];
    const alone = rasterMesh({ vertices: Float32Array.from(good), triangles: null }, { size: 128 });
    const among = rasterMesh(
      { vertices: Float32Array.from([...bad, ...good]), triangles: null },
      { size: 128 },
    );
    expect(Buffer.from(among.rgba).equals(alone.rgba)).toBe(true);
    const mesh = indexed({ vertices: Float32Array.from(good), triangles: null });
    const lost = { ...mesh, triangles: Uint32Array.from([0, 1, 4_000_000_000, ...mesh.triangles!]) };
    expect(Buffer.from(rasterMesh(lost, { size: 128 }).rgba).equals(alone.rgba)).toBe(true);
  });
  test("the largest and smallest numbers there are", () => {
    for (const size of [3e38, 1e-38, 1e-44]) {
      const picture = rasterMesh(soup(cubeTriangles(size)), { size: 64 });
      expect(picture.rgba).toHaveLength(64 * 64 * 4);
    }
  });
  test("a million triangles over the whole picture end in bounded time", () => {
    const vertices = new Float32Array(200_000 * 9);
    for (let i = 0; i < vertices.length; i += 9) vertices.set([0, 0, 0, 100, 0, 0, 0, 0, 100 + i * 1e-6], i);
    const begun = performance.now();
    expect(rasterMesh({ vertices, triangles: null }, { size: 512 }).covered).toBeGreaterThan(10_000);
    expect(performance.now() - begun).toBeLessThan(20_000);
  });
  test("random numbers of every kind never throw", () => {
    let seed = 7;
    const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
    const kinds = [
      () => random() * 100,
      () => (random() - 0.5) * 10 ** (random() * 76 - 38),
      () => NaN,
      () => Infinity,
      () => 0,
    ];
    for (let round = 0; round < 200; round += 1) {
      const kind = () => kinds[Math.floor(random() ** 3 * kinds.length)]!();
      const vertices = Float32Array.from({ length: 90 }, kind);
      const triangles = round % 2 ? Uint32Array.from({ length: 60 }, () => Math.floor(random() * 33)) : null;
      expect(rasterMesh({ vertices, triangles }, { size: 64 }).width).toBe(64);
    }
  });
});

describe("PNG", () => {
  const chunk = (png: Buffer, type: string) => png.indexOf(type, 0, "latin1") - 4;
  const picture = rasterMesh(soup(cubeTriangles(20)), { size: 128 });
  const png = encodePng(128, 128, picture.rgba);

  test("decodes to the very pixels", () => {
    const { width, height, rgba } = decodePng(png);
    expect([width, height]).toEqual([128, 128]);
    expect(Buffer.from(rgba).equals(picture.rgba)).toBe(true);
    const noise = Uint8Array.from({ length: 7 * 3 * 4 }, (_, i) => (i * 91) % 256);
    expect(decodePng(encodePng(7, 3, noise)).rgba).toEqual(noise);
  });
  test("a sound one has a size and stays itself", () => {
    expect(readPngSize(png)).toEqual({ width: 128, height: 128 });
    expect(cleanPng(png)!.equals(png)).toBe(true);
  });
  test("texts, animations and what follows the end are left out", () => {
    const text = Buffer.concat([Buffer.from([0, 0, 0, 4]), Buffer.from("tEXta\0bc")]);
    const crc = Buffer.alloc(4);
    crc.writeUInt32BE(crc32(text.subarray(4)));
    const at = chunk(png, "IDAT");
    const more = Buffer.concat([png.subarray(0, at), text, crc, png.subarray(at), Buffer.from("<script>")]);
    expect(cleanPng(more)!.equals(png)).toBe(true);
  });
  test("anything else is refused", () => {
    const broken = (change: (bytes: Buffer) => void) => {
      const bytes = Buffer.from(png);
      change(bytes);
      return bytes;
    };
    expect(readPngSize(Buffer.alloc(0))).toBeNull();
    expect(readPngSize(Buffer.from("GIF89a".repeat(20)))).toBeNull();
    expect(readPngSize(png.subarray(0, png.length - 1))).toBeNull();
    expect(readPngSize(broken((bytes) => bytes.writeUInt8(1, 40)))).toBeNull(); // check sum
    expect(readPngSize(resized(png, 2049, 10))).toBeNull();
    expect(readPngSize(resized(png, 0, 10))).toBeNull();
    expect(readPngSize(Buffer.concat([png, Buffer.alloc(2 * 1024 * 1024)]))).toBeNull();
    // Sound on the outside: more or fewer pixels than it says, or a bomb.
    expect(cleanPng(resized(png, 128, 127))).toBeNull();
    expect(cleanPng(resized(png, 2000, 2000))).toBeNull();
    expect(cleanPng(withPixels(png, deflateSync(Buffer.alloc(64 * 1024 * 1024))))).toBeNull();
    expect(cleanPng(withPixels(png, Buffer.from("no zlib at all")))).toBeNull();
  });
  test("two thousand changed ones never throw", () => {
    let seed = 3;
    const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
    for (let round = 0; round < 2_000; round += 1) {
      const bytes = Buffer.from(png.subarray(0, Math.ceil(random() * png.length)));
      for (let n = 0; n < 3; n += 1) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      const clean = cleanPng(bytes);
      if (clean) expect(readPngSize(clean)).not.toBeNull();
    }
  });
});

function crc32(bytes: Buffer): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let k = 0; k < 8; k += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** The same PNG that says another size, its check sum right. */
function resized(png: Buffer, width: number, height: number): Buffer {
  const bytes = Buffer.from(png);
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29);
  return bytes;
}

/** The same PNG with other compressed pixels. */
function withPixels(png: Buffer, data: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(data.length);
  const body = Buffer.concat([Buffer.from("IDAT"), data]);
  const crc = Buffer.alloc(4);
  crc.writeUInt32BE(crc32(body));
  return Buffer.concat([png.subarray(0, 33), head, body, crc, png.subarray(png.length - 12)]);
}
