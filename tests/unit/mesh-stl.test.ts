import { describe, expect, test } from "vitest";
import { Refusal } from "@server/errors";
import { reportModel, type MeshReport, type ReadModelOptions } from "@server/mesh/report";
import { bytesSource } from "@server/mesh/source";
import { box, cornersOf, sphere, toAsciiStl, toBinaryStl, together } from "../support/solids";

const report = (bytes: Buffer | string, options?: ReadModelOptions): Promise<MeshReport> =>
  reportModel(bytesSource(Buffer.from(bytes as Buffer)), options);

async function refusal(bytes: Buffer | string, options?: ReadModelOptions): Promise<Refusal> {
  const error = await report(bytes, options).then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(Refusal);
  const { code, message, details } = error as Refusal;
  expect(code).toBe("invalid");
  expect(details.fields).toEqual({ file: [message] });
  return error as Refusal;
}

const cube = toBinaryStl(box([10, 20, 30]));
const ascii = toAsciiStl(box([10, 20, 30])).toString();
/** The cube with one float changed. */
function withFloat(triangle: number, float: number, bits: number): Buffer {
  const bytes = Buffer.from(cube);
  bytes.writeUInt32LE(bits, 84 + 50 * triangle + 12 + 4 * float);
  return bytes;
}

describe("binary STL", () => {
  test("is measured", async () => {
    expect(await report(cube)).toMatchObject({
      format: "stl",
      encoding: "binary",
      triangles: 12,
      vertices: 8,
      size_mm: [10, 20, 30],
      min_mm: [0, 0, 0],
      max_mm: [10, 20, 30],
      volume_mm3: 6000,
      area_mm2: 2200,
      watertight: true,
      shells: 1,
      open_edges: 0,
      nonmanifold_edges: 0,
      unit: "unknown",
      item_count: 1,
      advice: [],
    });
  });

  test("may begin with the word solid", async () => {
    expect(await report(toBinaryStl(box([1, 2, 30]), "solid exported by a CAD program"))).toMatchObject({
      encoding: "binary",
      triangles: 12,
    });
  });

  test("whose header lies about the count is refused with both numbers", async () => {
    for (const count of [11, 13, 0, 0xffffffff]) {
      const bytes = Buffer.from(cube);
      bytes.writeUInt32LE(count, 80);
      const { message, details } = await refusal(bytes);
      expect(details.reason).toBe("bad_count");
      expect(message).toContain(`announces ${count} triangles`);
      expect(message).toContain("but the file has 684");
    }
  });

  test("that claims 4 GB in 100 bytes costs nothing", async () => {
    const bytes = Buffer.concat([Buffer.alloc(80, "claim"), Buffer.alloc(20, 0xee)]);
    const before = process.memoryUsage().arrayBuffers;
    expect((await refusal(bytes)).details.reason).toBe("bad_count");
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4e6);
  });

  test("cut off anywhere is refused", async () => {
    for (let length = 1; length < cube.length; length += 17)
      expect((await refusal(cube.subarray(0, length))).details.reason).toMatch(
        /^(bad_count|unknown_format|cut_off|no_triangles)$/,
      );
  });

  test("with a few bytes behind its end is read, with advice", async () => {
    const { advice, triangles } = await report(Buffer.concat([cube, Buffer.from("\r\n")]));
    expect(triangles).toBe(12);
    expect(advice).toEqual([{ code: "trailing_bytes", text: expect.stringContaining("2 unused bytes") }]);
  });

  test("without a triangle is refused", async () => {
    expect((await refusal(Buffer.concat([Buffer.alloc(80, "x"), Buffer.alloc(4)]))).details.reason).toBe(
      "no_triangles",
    );
  });

  test("with NaN or infinity is refused and the triangle named", async () => {
    for (const bits of [0x7fc00000, 0x7f800000, 0xff800000, 0x7f800001]) {
      const { message, details } = await refusal(withFloat(7, 4, bits));
      expect(details.reason).toBe("not_finite");
      expect(message).toContain("triangle 8");
    }
  });

  test("takes -0 for 0", async () => {
    const bytes = Buffer.from(cube);
    for (let t = 0; t < 12; t += 2)
      for (let i = 0; i < 9; i += 1) {
        const at = 84 + 50 * t + 12 + 4 * i;
        if (bytes.readFloatLE(at) === 0) bytes.writeFloatLE(-0, at);
      }
    expect(await report(bytes)).toMatchObject({ vertices: 8, watertight: true });
  });

  test("ignores stored normals and attribute bytes", async () => {
    const bytes = Buffer.from(cube);
    for (let t = 0; t < 12; t += 1) {
      bytes.fill(0xff, 84 + 50 * t, 84 + 50 * t + 12);
      bytes.fill(0xff, 84 + 50 * t + 48, 84 + 50 * t + 50);
    }
    expect(await report(bytes)).toMatchObject({ watertight: true, volume_mm3: 6000 });
  });

  test("over the triangle limit is refused", async () => {
    expect((await refusal(cube, { limits: { triangles: 11 } })).details.reason).toBe("too_detailed");
    expect(await report(cube, { limits: { triangles: 12 } })).toMatchObject({ triangles: 12 });
  });

  test("is the same in blocks of any size", async () => {
    const ball = toBinaryStl(sphere(20, 100, 120)); // more than one block
    const source = bytesSource(ball);
    const slow = { size: ball.length, read: async (into: Uint8Array, at: number) => source.read(into, at) };
    expect(await reportModel(slow)).toEqual(await reportModel(source));
  });
});

describe("ASCII STL", () => {
  test("is measured", async () => {
    expect(await report(ascii)).toMatchObject({
      format: "stl",
      encoding: "ascii",
      triangles: 12,
      vertices: 8,
      size_mm: [10, 20, 30],
      volume_mm3: 6000,
      area_mm2: 2200,
      watertight: true,
      unit: "unknown",
      advice: [],
    });
  });

  const variants: Record<string, string> = {
    "upper case": ascii.toUpperCase(),
    "CR LF": ascii.replaceAll("\n", "\r\n"),
    "old Mac line ends": ascii.replaceAll("\n", "\r"),
    tabs: ascii.replaceAll(" ", "\t"),
    "blank lines and spaces": ascii.replaceAll("\n", "  \n\n"),
    "no indentation": ascii.replace(/^ +/gm, ""),
    "everything of a facet on one line": ascii.replace(/\n(?=\s*(outer|vertex|endloop|endfacet))/g, " "),
    "a byte order mark": `\ufeff${ascii}`,
    "leading blank lines": `\n\n  ${ascii}`,
    "a name that looks like text of the format": ascii.replace(
      "solid a solid",
      "solid facet normal vertex 1 2",
    ),
    "no name": ascii.replace("solid a solid\n", "solid\n"),
    "a name in another script": ascii.replace("a solid", "кубик 立方体"),
    "nan as normals": ascii.replaceAll("normal 0 0 0", "normal nan -nan(ind) NaN"),
    exponents: ascii.replaceAll(" 10 ", " 1.0e+01 ").replaceAll(" 30\n", " +.3E2\n"),
    "two solids": ascii + ascii.replaceAll("vertex ", "vertex 5"),
  };
  test.each(Object.entries(variants))("may have %s", async (_name, text) => {
    expect(await report(text)).toMatchObject({ watertight: true });
  });

  test("of several solids is one model", async () => {
    const two =
      toAsciiStl(box([10, 10, 10])).toString() + toAsciiStl(box([10, 10, 10], [50, 0, 0])).toString();
    expect(await report(two)).toMatchObject({
      triangles: 24,
      shells: 2,
      size_mm: [60, 10, 10],
      volume_mm3: 2000,
    });
  });

  test("gives the numbers their nearest float", async () => {
    const values = [
      "0.1",
      "1e-7",
      "123456.789",
      "3.4028234e38",
      "1.17549435e-38",
      "9007199254740993",
      "0.30000001192092896",
    ];
    for (const value of values) {
      const text = toAsciiStl(box([1, 1, 1]))
        .toString()
        .replace("vertex 0 0 0", `vertex ${value} 0 0`);
      const { max_mm } = await report(text);
      expect(max_mm[0]).toBe(Math.max(1, Math.fround(Number(value))));
    }
  });

  test("that ends without endsolid is read, with advice", async () => {
    const { advice, triangles } = await report(ascii.slice(0, ascii.lastIndexOf("endsolid")));
    expect(triangles).toBe(12);
    expect(advice.map((a) => a.code)).toEqual(["no_endsolid"]);
  });

  const broken: [name: string, text: string, reason: string, words: RegExp][] = [
    [
      "cut off in a number",
      ascii.slice(0, ascii.lastIndexOf("vertex") + 9),
      "cut_off",
      /middle of a triangle/,
    ],
    ["cut off before endfacet", ascii.slice(0, ascii.lastIndexOf("endfacet")), "cut_off", /cut off/],
    ["a corner at nan", ascii.replace("vertex 10", "vertex nan"), "not_finite", /“nan” line \d+/],
    ["a corner at infinity", ascii.replace("vertex 10", "vertex -Infinity"), "not_finite", /no real place/],
    ["a number too large", ascii.replace("vertex 10", "vertex 1e39"), "not_finite", /too large/],
    ["a comma in numbers", ascii.replace("vertex 10", "vertex 10,5"), "bad_text", /comma/],
    ["a word for a number", ascii.replace("vertex 10", "vertex ten"), "bad_text", /“ten”/],
    ["two corners", ascii.replace(/ {2}vertex.*\n/, ""), "bad_text", /only 2 corners/],
    ["four corners", ascii.replace(/( {2}vertex.*\n)/, "$1$1"), "bad_text", /more than three/],
    ["a foreign word", ascii.replace("outer loop", "inner loop"), "bad_text", /“inner”/],
    [
      "a facet in a facet",
      ascii.replace(" outer loop", "facet normal 0 0 1\n outer loop"),
      "bad_text",
      /“facet”/,
    ],
    ["a corner outside of facets", ascii.replace("facet normal 0 0 0\n", ""), "bad_text", /“vertex”/],
    ["no facet", "solid nothing\nendsolid nothing\n", "no_triangles", /not a single triangle/],
    ["only a first line", "solid", "no_triangles", /not a single triangle/],
    ["a first facet missing its beginning", ascii.slice(20), "cut_off", /beginning is missing/],
  ];
  test.each(broken)("with %s is refused with its own sentence", async (_name, text, reason, words) => {
    const { message, details } = await refusal(text);
    expect(details.reason).toBe(reason);
    expect(message).toMatch(words);
  });

  test("names the line of a mistake beyond the first block", async () => {
    const lines = toAsciiStl(sphere(20, 60, 90))
      .toString()
      .split("\n");
    const at = lines.length - 20 - ((lines.length - 20 - 4) % 7);
    const index = lines.findIndex((line, i) => i > at && line.includes("vertex"));
    lines[index] = "  vertex 1 oops 2";
    expect((await refusal(lines.join("\n"))).message).toContain(
      `“oops” where a number should be (line ${index + 1})`,
    );
  });

  test("that never ends is given up early", async () => {
    const started = performance.now();
    expect((await refusal(`solid x\nfacet ${"a".repeat(8_000_000)}`)).details.reason).toBe("endless");
    expect(performance.now() - started).toBeLessThan(2000);
    // An endless name is no word; there is simply nothing behind it.
    expect((await refusal(`solid ${"a".repeat(3_000_000)}`)).details.reason).toBe("no_triangles");
  });

  test("whose size fits the binary rule by chance is still told apart", async () => {
    // 0x20202020 triangles: a text can never be as long as its bytes 80 to 83 would say.
    expect((await report(ascii.replace("a solid", " ".repeat(200)))).encoding).toBe("ascii");
  });
});

test("two shells, a shell in a shell, and one inside out are told apart", async () => {
  const outer = box([30, 30, 30]);
  const inner = box([10, 10, 10], [10, 10, 10]);
  const flip = (solid: typeof inner) => ({ ...solid, faces: solid.faces.map((f) => [...f].reverse()) });
  expect(await report(toBinaryStl(together(outer, flip(inner))))).toMatchObject({
    shells: 2,
    volume_mm3: 26_000,
    cavities: 1,
    inverted_shells: 0,
    advice: [],
  });
  const beside = flip(box([10, 10, 10], [50, 0, 0]));
  const { advice, ...rest } = await report(toBinaryStl(together(outer, beside)));
  expect(rest).toMatchObject({
    shells: 2,
    volume_mm3: 26_000,
    cavities: 0,
    inverted_shells: 1,
    watertight: true,
  });
  expect(advice.map((a) => a.code)).toEqual(["inverted_shells"]);
  const all = await report(toBinaryStl(flip(outer)));
  expect(all).toMatchObject({ volume_mm3: 27_000, inverted_shells: 1 });
  expect(all.advice[0]!.text).toContain("whole surface is inside out");
  expect(cornersOf(outer)).toHaveLength(12);
});
