/** Solids whose size, volume and surface are known from geometry, and writers for each model format. */
import { zip } from "./models";

export type Point = [number, number, number];

/** Points and faces (three indices or more, counter-clockwise from outside). */
export interface Solid {
  points: Point[];
  faces: number[][];
}

/** A box with its lower corner at `at`. */
export function box(size: Point, at: Point = [0, 0, 0]): Solid {
  const points = Array.from({ length: 8 }, (_, i): Point => [
    at[0] + (i & 1) * size[0],
    at[1] + ((i >> 1) & 1) * size[1],
    at[2] + (i >> 2) * size[2],
  ]);
  const quads = [
    [0, 2, 3, 1],
    [4, 5, 7, 6],
    [0, 1, 5, 4],
    [2, 6, 7, 3],
    [0, 4, 6, 2],
    [1, 3, 7, 5],
  ];
  return { points, faces: quads };
}

/** A ball of `rings` rows between its poles and `columns` around, inscribed in a sphere. */
export function sphere(radius: number, rings = 24, columns = 48): Solid {
  const points: Point[] = [[0, 0, radius]];
  for (let i = 1; i <= rings; i += 1)
    for (let k = 0; k < columns; k += 1) {
      const [v, u] = [(Math.PI * i) / (rings + 1), (2 * Math.PI * k) / columns];
      points.push([
        radius * Math.sin(v) * Math.cos(u),
        radius * Math.sin(v) * Math.sin(u),
        radius * Math.cos(v),
      ]);
    }
  points.push([0, 0, -radius]);
  const name = (i: number, k: number) => 1 + i * columns + (k % columns);
  const faces: number[][] = [];
  for (let k = 0; k < columns; k += 1) {
    faces.push(
      [0, name(0, k), name(0, k + 1)],
      [points.length - 1, name(rings - 1, k + 1), name(rings - 1, k)],
    );
    for (let i = 0; i + 1 < rings; i += 1)
      faces.push([name(i, k), name(i + 1, k), name(i + 1, k + 1), name(i, k + 1)]);
  }
  return { points, faces };
}

/** A ring of tube radius `r` around the Z axis at distance `R`. */
export function torus(R: number, r: number, around = 96, along = 48): Solid {
  const points: Point[] = [];
  const faces: number[][] = [];
  const name = (i: number, k: number) => (i % around) * along + (k % along);
  for (let i = 0; i < around; i += 1)
    for (let k = 0; k < along; k += 1) {
      const [u, v] = [(2 * Math.PI * i) / around, (2 * Math.PI * k) / along];
      const d = R + r * Math.cos(v);
      points.push([d * Math.cos(u), d * Math.sin(u), r * Math.sin(v)]);
      faces.push([name(i, k), name(i + 1, k), name(i + 1, k + 1), name(i, k + 1)]);
    }
  return { points, faces };
}

/** Several solids as one. */
export function together(...solids: Solid[]): Solid {
  const points: Point[] = [];
  const faces: number[][] = [];
  for (const solid of solids) {
    faces.push(...solid.faces.map((face) => face.map((i) => i + points.length)));
    points.push(...solid.points);
  }
  return { points, faces };
}

/** The same surface inside out. */
export function insideOut({ points, faces }: Solid): Solid {
  return { points, faces: faces.map((face) => [...face].reverse()) };
}

/** The same solid with faces cut into triangles as fans. */
export function triangulated({ points, faces }: Solid): Solid {
  return {
    points,
    faces: faces.flatMap((f) => f.slice(2).map((_, i) => [f[0]!, f[i + 1]!, f[i + 2]!])),
  };
}

/** Every triangle's corners. */
export function cornersOf(solid: Solid): [Point, Point, Point][] {
  return triangulated(solid).faces.map((face) => face.map((i) => solid.points[i]!) as [Point, Point, Point]);
}

/** Volume by the textbook, in doubles and from the origin. */
export function volumeOf(solid: Solid): number {
  return (
    cornersOf(solid).reduce(
      (sum, [a, b, c]) =>
        sum +
        a[0] * (b[1] * c[2] - b[2] * c[1]) +
        a[1] * (b[2] * c[0] - b[0] * c[2]) +
        a[2] * (b[0] * c[1] - b[1] * c[0]),
      0,
    ) / 6
  );
}

export function toBinaryStl(solid: Solid, header = "a solid"): Buffer {
  const list = cornersOf(solid);
  const bytes = Buffer.alloc(84 + 50 * list.length);
  bytes.write(header, 0, 80, "latin1");
  bytes.writeUInt32LE(list.length, 80);
  list.forEach((triangle, t) =>
    triangle.flat().forEach((value, i) => bytes.writeFloatLE(value, 84 + 50 * t + 12 + 4 * i)),
  );
  return bytes;
}

export function toAsciiStl(solid: Solid, { name = "a solid", eol = "\n" } = {}): Buffer {
  const facets = cornersOf(solid).map((t) =>
    [
      "facet normal 0 0 0",
      " outer loop",
      ...t.map((p) => `  vertex ${p.join(" ")}`),
      " endloop",
      "endfacet",
      "",
    ].join(eol),
  );
  return Buffer.from(`solid ${name}${eol}${facets.join("")}endsolid ${name}${eol}`);
}

export function toObj({ points, faces }: Solid): Buffer {
  return Buffer.from(
    `# a solid\n${points.map((p) => `v ${p.join(" ")}\n`).join("")}${faces.map((f) => `f ${f.map((i) => i + 1).join(" ")}\n`).join("")}`,
  );
}

const CORE = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02";
const PRODUCTION = "http://schemas.microsoft.com/3dmanufacturing/production/2015/06";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";

/** `<mesh>…</mesh>` */
export function meshXml(solid: Solid): string {
  const { points, faces } = triangulated(solid);
  return (
    `<mesh><vertices>${points.map(([x, y, z]) => `<vertex x="${x}" y="${y}" z="${z}"/>`).join("")}</vertices>` +
    `<triangles>${faces.map(([a, b, c]) => `<triangle v1="${a}" v2="${b}" v3="${c}"/>`).join("")}</triangles></mesh>`
  );
}

/** `<object>…</object>` around a mesh or components. */
export function objectXml(id: number, content: string, attributes = ""): string {
  return `<object id="${id}" ${attributes || `type="model"`}>${content}</object>`;
}

/** A whole model part. */
export function modelXml(resources: string, build: string, attributes = `unit="millimeter"`): string {
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<model ${attributes} xml:lang="en-US" xmlns="${CORE}" xmlns:p="${PRODUCTION}">` +
    `<resources>${resources}</resources><build>${build}</build></model>`
  );
}

export function relsXml(target = "/3D/3dmodel.model"): string {
  return (
    `<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="${PACKAGE}/relationships"><Relationship Target="${target}" ` +
    `Id="rel0" Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/></Relationships>`
  );
}

export const TYPES_XML =
  `<?xml version="1.0" encoding="UTF-8"?><Types xmlns="${PACKAGE}/content-types">` +
  `<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
  `<Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/></Types>`;

/** A package with this model part and perhaps more entries. */
export function packageOf(
  model: string | Buffer,
  more: Record<string, string | Buffer> = {},
): Promise<Buffer> {
  return zip({
    "[Content_Types].xml": TYPES_XML,
    "_rels/.rels": relsXml(),
    "3D/3dmodel.model": model,
    ...more,
  });
}

export function to3mf(solid: Solid, attributes?: string): Promise<Buffer> {
  return packageOf(modelXml(objectXml(1, meshXml(solid)), `<item objectid="1"/>`, attributes));
}
