/** Small model files, built in memory: valid unless a test breaks them on purpose. */
import yazl from "yazl";

type Point = [number, number, number];
export type Triangle = [Point, Point, Point];

/** The 12 triangles of a cube at the origin, facing outwards. @param sizeMm length of an edge */
export function cubeTriangles(sizeMm = 10): Triangle[] {
  const corner = (i: number): Point => [(i & 1) * sizeMm, ((i >> 1) & 1) * sizeMm, ((i >> 2) & 1) * sizeMm];
  const quads = [
    [0, 2, 3, 1],
    [4, 5, 7, 6],
    [0, 1, 5, 4],
    [2, 6, 7, 3],
    [0, 4, 6, 2],
    [1, 3, 7, 5],
  ] as const;
  return quads.flatMap(([a, b, c, d]): Triangle[] => [
    [corner(a), corner(b), corner(c)],
    [corner(a), corner(c), corner(d)],
  ]);
}

/** A binary STL: 84 bytes and 50 per triangle. @param triangles the triangles, or how many copies of one */
export function binaryStl(triangles: Triangle[] | number = 1, header = "test model"): Buffer {
  const list =
    typeof triangles === "number" ? Array<Triangle>(triangles).fill(cubeTriangles()[0]!) : triangles;
  const bytes = Buffer.alloc(84 + 50 * list.length);
  bytes.write(header, 0, 80, "latin1");
  bytes.writeUInt32LE(list.length, 80);
  list.forEach((triangle, t) =>
    triangle.flat().forEach((value, i) => bytes.writeFloatLE(value, 84 + 50 * t + 12 + 4 * i)),
  );
  return bytes;
}

/** A cube as binary STL: 684 bytes. */
export function cubeStl(sizeMm = 10): Buffer {
  return binaryStl(cubeTriangles(sizeMm));
}

/** A cube as ASCII STL. */
export function asciiStl(sizeMm = 10): Buffer {
  const facets = cubeTriangles(sizeMm).map(
    (t) =>
      ` facet normal 0 0 0\n  outer loop\n${t.map((p) => `   vertex ${p.join(" ")}\n`).join("")}  endloop\n endfacet\n`,
  );
  return Buffer.from(`solid cube\n${facets.join("")}endsolid cube\n`);
}

/** A cube as OBJ. */
export function objCube(sizeMm = 10): Buffer {
  const { points, faces } = indexed(sizeMm);
  return Buffer.from(
    `# a cube\no cube\n${points.map((p) => `v ${p.join(" ")}\n`).join("")}` +
      faces.map((f) => `f ${f.map((i) => i + 1).join(" ")}\n`).join(""),
  );
}

/** A cube as 3MF with all the parts that the standard asks for. */
export function threeMfCube(sizeMm = 10): Promise<Buffer> {
  const { points, faces } = indexed(sizeMm);
  const vertices = points.map(([x, y, z]) => `<vertex x="${x}" y="${y}" z="${z}"/>`).join("");
  const triangles = faces.map(([a, b, c]) => `<triangle v1="${a}" v2="${b}" v3="${c}"/>`).join("");
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n`;
  const schemas = "http://schemas.openxmlformats.org/package/2006";
  return zip({
    "[Content_Types].xml":
      `${xml}<Types xmlns="${schemas}/content-types">` +
      `<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
      `<Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/></Types>`,
    "_rels/.rels":
      `${xml}<Relationships xmlns="${schemas}/relationships"><Relationship Target="/3D/3dmodel.model" Id="rel0" ` +
      `Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/></Relationships>`,
    "3D/3dmodel.model":
      `${xml}<model unit="millimeter" xml:lang="en-US" xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02">` +
      `<resources><object id="1" type="model"><mesh><vertices>${vertices}</vertices><triangles>${triangles}</triangles>` +
      `</mesh></object></resources><build><item objectid="1"/></build></model>`,
  });
}

/** A ZIP archive. @param entries name → content */
export function zip(entries: Record<string, string | Buffer>): Promise<Buffer> {
  const file = new yazl.ZipFile();
  for (const [name, content] of Object.entries(entries)) file.addBuffer(Buffer.from(content as Buffer), name);
  file.end();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    file.outputStream
      .on("data", (chunk: Buffer) => chunks.push(chunk))
      .on("error", reject)
      .on("end", () => resolve(Buffer.concat(chunks)));
  });
}

function indexed(sizeMm: number): { points: Point[]; faces: Point[] } {
  const points: Point[] = [];
  const seen = new Map<string, number>();
  const faces = cubeTriangles(sizeMm).map((t) =>
    t.map((p) => {
      const key = p.join();
      if (!seen.has(key)) seen.set(key, points.push(p) - 1);
      return seen.get(key)!;
    }),
  );
  return { points, faces: faces as Point[] };
}
