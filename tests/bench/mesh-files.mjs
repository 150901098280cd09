/**
 * The bench's model files: closed solids of about 1, 10 and 50 MB, written as binary STL, ASCII STL, OBJ and 3MF.
 * Spheres with bumps, because every coordinate then has its full length of digits, as in a scan.
 */
import { createWriteStream, mkdirSync, statSync } from "node:fs";
import { once } from "node:events";
import path from "node:path";
import yazl from "yazl";

/** Some digits of every double, the same on each run. */
function bumps(u, v, seed) {
  return (
    1 +
    0.12 * Math.sin(5 * u + seed) * Math.sin(3 * v) +
    0.05 * Math.sin(17 * u) * Math.cos(13 * v + seed) +
    0.004 * Math.sin(91 * u + 57 * v)
  );
}

/**
 * A closed ball with bumps.
 * @param rings rows between the poles; segments columns around; triangles: 2 · segments · rings
 * @returns vertices (x y z each, mm) and triangles (three indices each)
 */
export function ball(rings, segments, { radius = 40, x = 0, seed = 1 } = {}) {
  const vertices = new Float32Array((rings * segments + 2) * 3);
  let at = 0;
  const put = (v, u) => {
    const r = radius * bumps(u, v, seed);
    vertices[at++] = x + r * Math.sin(v) * Math.cos(u);
    vertices[at++] = r * Math.sin(v) * Math.sin(u);
    vertices[at++] = r * Math.cos(v);
  };
  put(0, 0);
  for (let i = 1; i <= rings; i += 1)
    for (let k = 0; k < segments; k += 1) put((Math.PI * i) / (rings + 1), (2 * Math.PI * k) / segments);
  put(Math.PI, 0);
  const triangles = new Uint32Array(2 * segments * rings * 3);
  at = 0;
  const last = rings * segments + 1;
  const name = (i, k) => 1 + i * segments + (k % segments);
  const add = (a, b, c) => {
    triangles[at++] = a;
    triangles[at++] = b;
    triangles[at++] = c;
  };
  for (let k = 0; k < segments; k += 1) add(0, name(0, k), name(0, k + 1));
  for (let i = 0; i + 1 < rings; i += 1)
    for (let k = 0; k < segments; k += 1) {
      add(name(i, k), name(i + 1, k), name(i + 1, k + 1));
      add(name(i, k), name(i + 1, k + 1), name(i, k + 1));
    }
  for (let k = 0; k < segments; k += 1) add(last, name(rings - 1, k + 1), name(rings - 1, k));
  return { vertices, triangles };
}

/** Several solids in one mesh. */
export function together(solids) {
  const vertices = new Float32Array(solids.reduce((n, s) => n + s.vertices.length, 0));
  const triangles = new Uint32Array(solids.reduce((n, s) => n + s.triangles.length, 0));
  let v = 0;
  let t = 0;
  for (const solid of solids) {
    vertices.set(solid.vertices, v);
    for (const index of solid.triangles) triangles[t++] = index + v / 3;
    v += solid.vertices.length;
  }
  return { vertices, triangles };
}

/**
 * The triangles in another order, the same on each run, `keep` neighbours at a time: 1 is what weld and edge check
 * like least, 4 is what a scan looks like after its triangles were divided once.
 */
export function shuffled({ vertices, triangles }, keep = 1) {
  const groups = Math.floor(triangles.length / (3 * keep));
  const order = Uint32Array.from({ length: groups }, (_, i) => i);
  let state = 12345;
  for (let i = groups - 1; i > 0; i -= 1) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    const k = Math.floor((state / 2 ** 32) * (i + 1));
    [order[i], order[k]] = [order[k], order[i]];
  }
  const mixed = triangles.slice();
  order.forEach((from, to) =>
    mixed.set(triangles.subarray(from * 3 * keep, (from + 1) * 3 * keep), to * 3 * keep),
  );
  return { vertices, triangles: mixed };
}

/** Volume in doubles and size of what was generated: what every reader must find. */
export function truth({ vertices, triangles }) {
  const min = [Infinity, Infinity, Infinity];
  const max = [-Infinity, -Infinity, -Infinity];
  vertices.forEach((value, i) => {
    min[i % 3] = Math.min(min[i % 3], value);
    max[i % 3] = Math.max(max[i % 3], value);
  });
  let six = 0;
  for (let i = 0; i < triangles.length; i += 3) {
    const [a, b, c] = [0, 1, 2].map((k) => triangles[i + k] * 3);
    const [x, y, z] = [a, b, c].map((p) => [vertices[p], vertices[p + 1], vertices[p + 2]]);
    six +=
      x[0] * (y[1] * z[2] - y[2] * z[1]) +
      x[1] * (y[2] * z[0] - y[0] * z[2]) +
      x[2] * (y[0] * z[1] - y[1] * z[0]);
  }
  return { triangles: triangles.length / 3, size: max.map((value, k) => value - min[k]), volume: six / 6 };
}

async function write(file, parts) {
  const out = createWriteStream(file);
  for (const part of parts) if (!out.write(part)) await once(out, "drain");
  out.end();
  await once(out, "close");
}

function* binaryStl({ vertices, triangles }) {
  const head = Buffer.alloc(84, " ");
  head.write("solid that is binary after all", 0, "latin1");
  head.writeUInt32LE(triangles.length / 3, 80);
  yield head;
  for (let from = 0; from < triangles.length; from += 30_000) {
    const part = triangles.subarray(from, from + 30_000);
    const bytes = Buffer.alloc((part.length / 3) * 50);
    part.forEach((index, i) => {
      for (let k = 0; k < 3; k += 1)
        bytes.writeFloatLE(vertices[index * 3 + k], Math.floor(i / 3) * 50 + 12 + (i % 3) * 12 + k * 4);
    });
    yield bytes;
  }
}

function* lines(list, line) {
  let text = "";
  for (let i = 0; i < list.length; i += 3) {
    text += line(list[i], list[i + 1], list[i + 2]);
    if (text.length > 200_000) {
      yield text;
      text = "";
    }
  }
  yield text;
}

function* asciiStl({ vertices, triangles }) {
  const corner = (v) =>
    `      vertex ${vertices[v * 3].toExponential(6)} ${vertices[v * 3 + 1].toExponential(6)} ${vertices[v * 3 + 2].toExponential(6)}\n`;
  yield "solid bench\n";
  yield* lines(
    triangles,
    (a, b, c) =>
      `  facet normal 0.000000e+00 0.000000e+00 0.000000e+00\n    outer loop\n${corner(a)}${corner(b)}${corner(c)}    endloop\n  endfacet\n`,
  );
  yield "endsolid bench\n";
}

const digits = (value) => String(Number(value.toPrecision(9)));

function* obj({ vertices, triangles }) {
  yield "# bench\no bench\n";
  yield* lines(vertices, (x, y, z) => `v ${digits(x)} ${digits(y)} ${digits(z)}\n`);
  yield* lines(triangles, (a, b, c) => `f ${a + 1} ${b + 1} ${c + 1}\n`);
}

function* modelXml({ vertices, triangles }) {
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<model unit="millimeter" xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02">\n`;
  yield ` <resources>\n  <object id="1" type="model">\n   <mesh>\n    <vertices>\n`;
  yield* lines(vertices, (x, y, z) => `     <vertex x="${digits(x)}" y="${digits(y)}" z="${digits(z)}"/>\n`);
  yield `    </vertices>\n    <triangles>\n`;
  yield* lines(triangles, (a, b, c) => `     <triangle v1="${a}" v2="${b}" v3="${c}"/>\n`);
  yield `    </triangles>\n   </mesh>\n  </object>\n </resources>\n <build><item objectid="1"/></build>\n</model>\n`;
}

async function write3mf(file, solid) {
  const zip = new yazl.ZipFile();
  const schemas = "http://schemas.openxmlformats.org/package/2006";
  const types =
    `<?xml version="1.0"?><Types xmlns="${schemas}/content-types">` +
    `<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
    `<Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/></Types>`;
  const rels =
    `<?xml version="1.0"?><Relationships xmlns="${schemas}/relationships"><Relationship Target="/3D/3dmodel.model" Id="r0" ` +
    `Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/></Relationships>`;
  zip.addBuffer(Buffer.from(types), "[Content_Types].xml");
  zip.addBuffer(Buffer.from(rels), "_rels/.rels");
  zip.addBuffer(Buffer.from([...modelXml(solid)].join("")), "3D/3dmodel.model");
  zip.end();
  const out = createWriteStream(file);
  zip.outputStream.pipe(out);
  await once(out, "close");
}

const row = (count, rings, segments) => () =>
  together(Array.from({ length: count }, (_, n) => ball(rings, segments, { x: n * 100, seed: n + 1 })));

const SOLIDS = { 1: row(1, 104, 104), 10: row(2, 223, 224), 50: row(4, 353, 354), a: row(2, 218, 218) };

/** Name → what it is and how to make it. */
export const FILES = {
  b1: { what: "1 MB binary STL", ending: "stl", solid: 1, write: (f, s) => write(f, binaryStl(s)) },
  b10: { what: "10 MB binary STL", ending: "stl", solid: 10, write: (f, s) => write(f, binaryStl(s)) },
  b50: { what: "50 MB binary STL", ending: "stl", solid: 50, write: (f, s) => write(f, binaryStl(s)) },
  s50: {
    what: "50 MB binary STL, shuffled",
    ending: "stl",
    solid: 50,
    write: (f, s) => write(f, binaryStl(shuffled(s))),
  },
  r50: {
    what: "50 MB binary STL, fours shuffled",
    ending: "stl",
    solid: 50,
    write: (f, s) => write(f, binaryStl(shuffled(s, 4))),
  },
  a50: { what: "50 MB ASCII STL", ending: "stl", solid: "a", write: (f, s) => write(f, asciiStl(s)) },
  o10: { what: "10 MB class OBJ", ending: "obj", solid: 10, write: (f, s) => write(f, obj(s)) },
  o50: { what: "50 MB class OBJ", ending: "obj", solid: 50, write: (f, s) => write(f, obj(s)) },
  m10: { what: "10 MB class 3MF", ending: "3mf", solid: 10, write: write3mf },
  m50: { what: "50 MB class 3MF", ending: "3mf", solid: 50, write: write3mf },
};

/**
 * Writes the files into a folder.
 * @returns name → path, bytes, truth
 */
export async function makeFiles(folder, names = Object.keys(FILES)) {
  mkdirSync(folder, { recursive: true });
  const made = {};
  const solids = {};
  for (const name of names) {
    const { ending, solid: key, write: writeFile, what } = FILES[name];
    const solid = (solids[key] ??= SOLIDS[key]());
    const file = path.join(folder, `${name}.${ending}`);
    await writeFile(file, solid);
    made[name] = { file, what, bytes: statSync(file).size, truth: (solid.truth ??= truth(solid)) };
  }
  return made;
}
