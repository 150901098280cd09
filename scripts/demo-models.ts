/** Small closed models for the demonstration: prisms, turned bodies and rings, as binary STL. Millimeters. */

type Point = [number, number, number];
type Outline = [number, number][];

interface DemoModel {
  name: string;
  bytes: Buffer;
}

/** A prism over an outline that is seen whole from `eye`; counter-clockwise. */
function prism(outline: Outline, height: number, eye: [number, number] = [0, 0]): Point[][] {
  return outline.flatMap(([x, y], i) => {
    const [u, v] = outline[(i + 1) % outline.length]!;
    const [a, b]: [Point, Point] = [[x, y, 0], [u, v, 0]]; // prettier-ignore
    const [c, d]: [Point, Point] = [[x, y, height], [u, v, height]]; // prettier-ignore
    return [[[...eye, 0], b, a], [[...eye, height], c, d], [a, b, d], [a, d, c]] as Point[][]; // prettier-ignore
  });
}

/** A body turned around the Z axis: radii and heights from bottom to top, solid throughout. */
function turned(profile: [radius: number, z: number][], around = 48): Point[][] {
  const at = (i: number, k: number): Point => {
    const [radius, z] = profile[i]!;
    const angle = (2 * Math.PI * (k % around)) / around;
    return [radius * Math.cos(angle), radius * Math.sin(angle), z];
  };
  const [low, high]: [Point, Point] = [[0, 0, profile[0]![1]], [0, 0, profile.at(-1)![1]]]; // prettier-ignore
  return Array.from({ length: around }, (_, k) => [
    [low, at(0, k + 1), at(0, k)],
    [high, at(profile.length - 1, k), at(profile.length - 1, k + 1)],
    ...profile.slice(1).flatMap((_, i) => [
      [at(i, k), at(i, k + 1), at(i + 1, k + 1)],
      [at(i, k), at(i + 1, k + 1), at(i + 1, k)],
    ]),
  ]).flat() as Point[][];
}

/** A ring of this tube around the Z axis. */
function ring(radius: number, tube: number, around = 56, along = 20): Point[][] {
  const at = (i: number, k: number): Point => {
    const [u, v] = [(2 * Math.PI * (i % around)) / around, (2 * Math.PI * (k % along)) / along];
    const out = radius + tube * Math.cos(v);
    return [out * Math.cos(u), out * Math.sin(u), tube + tube * Math.sin(v)];
  };
  return Array.from({ length: around * along }, (_, n) => {
    const [i, k] = [Math.floor(n / along), n % along];
    return [
      [at(i, k), at(i + 1, k), at(i + 1, k + 1)],
      [at(i, k), at(i + 1, k + 1), at(i, k + 1)],
    ];
  }).flat() as Point[][];
}

/** Points on a circle whose radius goes in and out. */
function wave(points: number, radius: (i: number) => number): Outline {
  return Array.from({ length: points }, (_, i) => {
    const angle = (2 * Math.PI * i) / points;
    return [radius(i) * Math.cos(angle), radius(i) * Math.sin(angle)];
  });
}

const gear = (teeth: number, radius: number) => wave(teeth * 4, (i) => (i % 4 < 2 ? radius : radius * 0.86));
const star = (points: number, radius: number) => wave(points * 2, (i) => (i % 2 ? radius * 0.55 : radius));
const corner = (long: number, thick: number): Outline => [[0, 0], [long, 0], [long, thick], [thick, thick], [thick, long], [0, long]]; // prettier-ignore
const cross = (long: number, t: number): Outline => [[long, -t], [long, t], [t, t], [t, long], [-t, long], [-t, t], [-long, t], [-long, -t], [-t, -t], [-t, -long], [t, -long], [t, -t]]; // prettier-ignore

/** A model's file; the header says which one it is, so that no two files are the same. */
function stl(name: string, triangles: Point[][]): Buffer {
  const bytes = Buffer.alloc(84 + 50 * triangles.length);
  bytes.write(`Printdesk demonstration: ${name}`, 0, 80, "latin1");
  bytes.writeUInt32LE(triangles.length, 80);
  triangles.forEach((triangle, t) =>
    triangle.flat().forEach((value, i) => bytes.writeFloatLE(value, 84 + 50 * t + 12 + 4 * i)),
  );
  return bytes;
}

/** The models, each in three sizes. */
export function demoModels(): DemoModel[] {
  return [0.75, 1, 1.3].flatMap((k, size) =>
    Object.entries({
      gear: prism(gear(18, 26 * k), 12 * k),
      drive_gear: prism(gear(11, 19 * k), 16 * k),
      star_ornament: prism(star(5, 34 * k), 6 * k),
      wall_bracket: prism(corner(46 * k, 9 * k), 22 * k, [4 * k, 4 * k]),
      tile_spacer: prism(cross(30 * k, 5 * k), 10 * k),
      hex_standoff: prism(
        wave(6, () => 14 * k),
        30 * k,
      ),
      flower_vase: turned(([[19, 0], [24, 8], [29, 22], [27, 38], [20, 52], [17, 62], [21, 74], [26, 80]] as [number, number][]).map(([r, z]) => [r * k, z * k])), // prettier-ignore
      chess_pawn: turned(([[14, 0], [14, 4], [9, 8], [7, 22], [10, 24], [6, 27], [9, 34], [6, 41], [1, 43]] as [number, number][]).map(([r, z]) => [r * k, z * k]), 36), // prettier-ignore
      knob: turned(([[16, 0], [18, 3], [18, 12], [15, 17], [8, 20], [2, 20.5]] as [number, number][]).map(([r, z]) => [r * k, z * k]), 40), // prettier-ignore
      napkin_ring: ring(20 * k, 5 * k),
      bangle: ring(31 * k, 4 * k),
      column: turned(([[20, 0], [20, 6], [13, 10], [12, 60], [13, 74], [20, 78], [20, 84]] as [number, number][]).map(([r, z]) => [r * k, z * k]), 32), // prettier-ignore
    }).map(([name, triangles]) => {
      const file = size === 1 ? name : `${name}_${size ? "large" : "small"}`;
      return { name: `${file}.stl`, bytes: stl(file, triangles) };
    }),
  );
}
