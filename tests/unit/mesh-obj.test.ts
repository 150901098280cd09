import { describe, expect, test } from "vitest";
import { Refusal } from "@server/errors";
import { reportModel, type MeshReport, type ReadModelOptions } from "@server/mesh/report";
import { bytesSource } from "@server/mesh/source";
import { box, sphere, toObj, torus, volumeOf } from "../support/solids";

const report = (text: Buffer | string, options?: ReadModelOptions): Promise<MeshReport> =>
  reportModel(bytesSource(Buffer.from(text as Buffer)), options);

async function refusal(text: Buffer | string, options?: ReadModelOptions): Promise<Refusal> {
  const error = await report(text, options).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(Refusal);
  expect((error as Refusal).details.fields).toEqual({ file: [(error as Refusal).message] });
  return error as Refusal;
}

const cube = toObj(box([10, 20, 30])).toString();
const faces = (change: (corner: string) => string) =>
  cube.replace(/^f .*$/gm, (line) => line.replace(/\d+/g, change));

describe("OBJ", () => {
  test("is measured; polygons count as fans", async () => {
    expect(await report(cube)).toMatchObject({
      format: "obj",
      encoding: "ascii",
      triangles: 12,
      vertices: 8,
      size_mm: [10, 20, 30],
      volume_mm3: 6000,
      area_mm2: 2200,
      watertight: true,
      shells: 1,
      unit: "unknown",
      advice: [],
    });
  });

  const normals = "vn 0 0 1\nvt 0 0\n";
  const variants: Record<string, string> = {
    "v/vt corners": normals + faces((i) => `${i}/1`),
    "v//vn corners": normals + faces((i) => `${i}//1`),
    "v/vt/vn corners": normals + faces((i) => `${i}/1/1`),
    "missing normals that faces name": faces((i) => `${i}//99`),
    "indices that count back": faces((i) => String(Number(i) - 9)),
    "indices that count back, with slashes": faces((i) => `${Number(i) - 9}/-1/-1`),
    "CR LF": cube.replaceAll("\n", "\r\n"),
    "old Mac line ends": cube.replaceAll("\n", "\r"),
    tabs: cube.replaceAll(" ", "\t"),
    "many blanks and blank lines": cube.replaceAll(" ", "   ").replaceAll("\n", "  \n\n"),
    "indented lines": cube.replace(/^(?=[vf])/gm, "  "),
    "continued lines": cube.replace(/^(f \d+) (\d+) /gm, "$1 \\\n$2 \\\r\n"),
    "continued vertices": cube.replace(/^(v \d+) /gm, "$1 \\\n"),
    "a comment that ends in a backslash": cube.replace("# a solid", "# C:\\models\\"),
    "comments behind faces": cube.replace(/^(f .*)$/gm, "$1 # a side"),
    "a fourth coordinate": cube.replace(/^(v .*)$/gm, "$1 1.0"),
    "colours at vertices": cube.replace(/^(v .*)$/gm, "$1 0.5 0.5 0.5"),
    "groups, materials and lines": `mtllib a.mtl\no thing\ng part\nusemtl steel\ns off\n${cube}l 1 2\np 1\n`,
    "faces before their vertices": cube.replace(/^((?:v .*\n)+)((?:f .*\n?)+)/m, "$2$1"),
    "a vertex for each corner": spread(cube),
    "no line end at the end": cube.trimEnd(),
    "a byte order mark and no comment": `\ufeff${cube.slice(cube.indexOf("v "))}`,
    "a long comment first": `${"# license text\n".repeat(10_000)}${cube}`,
    exponents: cube.replaceAll("10 ", "1e1 ").replaceAll("20 ", "+2.0E+1 "),
  };
  test.each(Object.entries(variants))("may have %s", async (_name, text) => {
    expect(await report(text)).toMatchObject({ triangles: 12, watertight: true, volume_mm3: 6000 });
  });

  test("has only the used vertices in its box", async () => {
    expect(await report(`${cube}v 1000 1000 1000\n`)).toMatchObject({ size_mm: [10, 20, 30], vertices: 8 });
  });

  test("keeps the volume of a large polygon", async () => {
    const ring = torus(20, 5, 40, 20);
    const { volume_mm3, watertight, triangles } = await report(toObj(ring));
    expect(volume_mm3 / volumeOf(ring)).toBeCloseTo(1, 6);
    expect({ watertight, triangles }).toEqual({ watertight: true, triangles: 1600 });
    // One polygon of 5000 corners on either end of a prism.
    const n = 5000;
    const circle = (z: number) =>
      Array.from(
        { length: n },
        (_, i) => `v ${Math.cos((2 * Math.PI * i) / n)} ${Math.sin((2 * Math.PI * i) / n)} ${z}`,
      );
    const ids = Array.from({ length: n }, (_, i) => i + 1);
    const sides = ids.map((i) => `f ${i} ${(i % n) + 1} ${(i % n) + 1 + n} ${i + n}`);
    const drum = [
      ...circle(0),
      ...circle(10),
      `f ${ids.toReversed().join(" ")}`,
      `f ${ids.map((i) => i + n).join(" ")}`,
      ...sides,
    ];
    const report2 = await report(drum.join("\n"));
    expect(report2.watertight).toBe(true);
    expect(report2.volume_mm3 / (10 * Math.PI)).toBeCloseTo(1, 5);
  });

  test("leaves out faces of two corners and says so", async () => {
    const { advice, triangles } = await report(`${cube}f 1 2\nf 3\n`);
    expect(triangles).toBe(12);
    expect(advice).toEqual([{ code: "skipped_faces", text: expect.stringContaining("2 faces") }]);
  });

  const broken: [name: string, text: string, reason: string, words: RegExp][] = [
    [
      "a vertex that does not exist",
      faces((i) => (i === "8" ? "9" : i)),
      "bad_index",
      /names vertex 9, but the file has only 8/,
    ],
    ["an index of 0", faces((i) => (i === "8" ? "0" : i)), "bad_index", /“0”.*the first vertex is 1/],
    [
      "an index back beyond the first",
      faces((i) => (i === "8" ? "-9" : i)),
      "bad_index",
      /before the first one/,
    ],
    [
      "an index of millions",
      faces((i) => (i === "8" ? "4294967297" : i)),
      "bad_index",
      /names vertex 4294967297/,
    ],
    ["a word for an index", faces((i) => (i === "8" ? "eight" : i)), "bad_text", /“eight”/],
    ["a decimal index", faces((i) => (i === "8" ? "8.5" : i)), "bad_text", /“8.5”/],
    ["nan", cube.replace("v 10", "v nan"), "not_finite", /“nan”/],
    ["infinity", cube.replace("v 10", "v inf"), "not_finite", /“inf”/],
    ["a number too large", cube.replace("v 10", "v 1e300"), "not_finite", /too large/],
    [
      "two coordinates",
      cube.replace(/^v (\d+) (\d+) \d+$/m, "v $1 $2"),
      "bad_text",
      /nothing where a number|“” where/,
    ],
    ["a comma", cube.replace("v 10 ", "v 10,5 "), "bad_text", /comma/],
    ["vertices only", cube.replace(/^f .*$/gm, ""), "no_triangles", /8 vertices but no faces/],
    ["nothing but comments", "# one\n# two\n".repeat(20), "no_triangles", /not a single triangle/],
    [
      "curves only",
      `${cube.replace(/^f .*$/gm, "")}surf 0 1 0 1 1 2 3 4\nend\n`,
      "no_triangles",
      /curved surfaces only/,
    ],
  ];
  test.each(broken)("with %s is refused with its own sentence", async (_name, text, reason, words) => {
    const { message, details } = await refusal(text);
    expect(details.reason).toBe(reason);
    expect(message).toMatch(words);
    expect(message).toMatch(/[.]$/);
  });

  test("cut off among its faces is open, and says so", async () => {
    const { advice, watertight } = await report(cube.slice(0, cube.lastIndexOf("\nf") + 1));
    expect(watertight).toBe(false);
    expect(advice.map((a) => a.code)).toEqual(["open_edges"]);
  });

  test("names the line", async () => {
    expect((await refusal(cube.replace("v 10 20 30", "v 10 x 30"))).message).toContain("(line 9)");
    const long = toObj(sphere(10, 100, 200)).toString();
    const line = long.split("\n").length;
    expect((await refusal(`${long}f 1 2 oops\n`)).message).toContain(`(line ${line})`);
  });

  test("that never ends is given up early", async () => {
    const started = performance.now();
    expect((await refusal(`v 1 2 3\nf ${"1 ".repeat(6_000_000)}`)).details.reason).toBe("endless");
    expect((await refusal(`v 1 2 3\n${"x".repeat(9_000_000)}`)).details.reason).toBe("endless");
    expect(performance.now() - started).toBeLessThan(4000);
  });

  test("over the limits is refused", async () => {
    expect((await refusal(cube, { limits: { triangles: 11 } })).details.reason).toBe("too_detailed");
    expect(
      (await refusal("v 1 2 3\n".repeat(100) + cube, { limits: { triangles: 12 } })).details.reason,
    ).toBe("too_detailed");
  });
});

/** Every face with vertices of its own. */
function spread(text: string): string {
  const points = text.match(/^v .*$/gm)!;
  let count = 0;
  return text
    .match(/^f .*$/gm)!
    .map((line) => {
      const corners = line.slice(2).split(" ").map(Number);
      count += corners.length;
      return [
        ...corners.map((i) => points[i - 1]!),
        `f ${corners.map((_, k) => count - corners.length + k + 1).join(" ")}`,
      ].join("\n");
    })
    .join("\n");
}
