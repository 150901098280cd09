import { deflateRawSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { Refusal } from "@server/errors";
import { reportModel, type MeshReport, type ReadModelOptions } from "@server/mesh/report";
import { bytesSource } from "@server/mesh/source";
import { nodeUnpacker } from "@server/mesh/zip.server";
import { zip } from "../support/models";
import {
  box,
  insideOut,
  meshXml,
  modelXml,
  objectXml,
  packageOf,
  relsXml,
  sphere,
  to3mf,
  together,
  TYPES_XML,
  volumeOf,
  type Point,
} from "../support/solids";

/** With Node's zlib and with what browsers have: both must say the same. */
async function report(bytes: Buffer, options?: ReadModelOptions): Promise<MeshReport> {
  const web = await reportModel(bytesSource(bytes), options);
  expect(await reportModel(bytesSource(bytes), { ...options, unpacker: nodeUnpacker })).toEqual(web);
  return web;
}

async function refusal(bytes: Buffer, options?: ReadModelOptions): Promise<Refusal> {
  const errors = await Promise.all(
    [{}, { unpacker: nodeUnpacker }].map((more) =>
      reportModel(bytesSource(bytes), { ...options, ...more }).catch((e: unknown) => e),
    ),
  );
  for (const error of errors) expect(error).toBeInstanceOf(Refusal);
  const [web, node] = errors as [Refusal, Refusal];
  expect(web.message).toBe(node.message);
  expect(web.details.fields).toEqual({ file: [web.message] });
  return web;
}

const cube = box([10, 20, 30]);
const cubeObject = (id: number, attributes = "") => objectXml(id, meshXml(cube), attributes);
const item = (id: number, more = "") => `<item objectid="${id}" ${more}/>`;
const model = (resources: string, build: string, attributes?: string) =>
  packageOf(modelXml(resources, build, attributes));

describe("3MF", () => {
  test("is measured", async () => {
    expect(await report(await to3mf(cube))).toMatchObject({
      format: "3mf",
      encoding: "package",
      triangles: 12,
      vertices: 8,
      size_mm: [10, 20, 30],
      volume_mm3: 6000,
      area_mm2: 2200,
      watertight: true,
      shells: 1,
      unit: "mm",
      item_count: 1,
      advice: [],
    });
  });

  test.each([
    ["micron", "micron", 0.001],
    ["millimeter", "mm", 1],
    ["centimeter", "cm", 10],
    ["meter", "m", 1000],
    ["inch", "inch", 25.4],
    ["foot", "foot", 304.8],
  ])("in %s becomes millimetres", async (name, unit, factor) => {
    const { size_mm, volume_mm3, unit: said } = await report(await to3mf(cube, `unit="${name}"`));
    expect(said).toBe(unit);
    expect(size_mm[2] / (30 * factor)).toBeCloseTo(1, 6);
    expect(volume_mm3 / (6000 * factor ** 3)).toBeCloseTo(1, 6);
  });

  test("without a unit is in millimetres", async () => {
    expect(await report(await to3mf(cube, ""))).toMatchObject({ unit: "mm", size_mm: [10, 20, 30] });
  });

  test("has all its build items, each in its place", async () => {
    const bytes = await model(
      cubeObject(1, `type="model" name="A"`) + objectXml(7, meshXml(box([5, 5, 5])), `name="B &amp; C"`),
      item(1) +
        item(7, `transform="1 0 0 0 1 0 0 0 1 100 0 0"`) +
        item(1, `transform="1 0 0 0 1 0 0 0 1 0 -50 0"`),
    );
    const found = await report(bytes);
    expect(found).toMatchObject({
      triangles: 36,
      shells: 3,
      item_count: 3,
      size_mm: [105, 70, 30],
      min_mm: [0, -50, 0],
      volume_mm3: 12_125,
      watertight: true,
    });
    expect(found.items).toEqual([
      { name: "A", size_mm: [10, 20, 30], triangles: 12 },
      { name: "B & C", size_mm: [5, 5, 5], triangles: 12 },
      { name: "A", size_mm: [10, 20, 30], triangles: 12 },
    ]);
  });

  test("turns, scales, shears and mirrors as its transforms say", async () => {
    const size = async (transform: string) =>
      report(await model(cubeObject(1), item(1, `transform="${transform}"`)));
    // A quarter turn about Z: x' = -y, y' = x (row vectors).
    expect(await size("0 1 0 -1 0 0 0 0 1 5 0 0")).toMatchObject({
      min_mm: [-15, 0, 0],
      max_mm: [5, 10, 30],
      volume_mm3: 6000,
    });
    expect(await size("2 0 0 0 3 0 0 0 0.5 0 0 0")).toMatchObject({
      size_mm: [20, 60, 15],
      volume_mm3: 18_000,
    });
    expect(await size("1 0 0 0 1 0 1 0 1 0 0 0")).toMatchObject({ size_mm: [40, 20, 30], volume_mm3: 6000 });
    // Mirrored: still the right side out.
    expect(await size("-1 0 0 0 1 0 0 0 1 0 0 0")).toMatchObject({
      min_mm: [-10, 0, 0],
      inverted_shells: 0,
      volume_mm3: 6000,
    });
  });

  test("puts components together, the inner transform first", async () => {
    const parts =
      cubeObject(1) +
      objectXml(
        2,
        `<components><component objectid="1" transform="2 0 0 0 1 0 0 0 1 0 0 0"/><component objectid="1" transform="1 0 0 0 1 0 0 0 1 0 100 0"/></components>`,
      ) +
      objectXml(3, `<components><component objectid="2" transform="1 0 0 0 1 0 0 0 1 10 0 0"/></components>`);
    expect(await report(await model(parts, item(3, `transform="0 1 0 -1 0 0 0 0 1 0 0 0"`)))).toMatchObject({
      triangles: 24,
      shells: 2,
      item_count: 1,
      min_mm: [-120, 10, 0],
      max_mm: [0, 30, 30],
      volume_mm3: 18_000,
    });
  });

  test("keeps objects that touch apart", async () => {
    const bytes = await model(cubeObject(1), item(1) + item(1, `transform="1 0 0 0 1 0 0 0 1 10 0 0"`));
    expect(await report(bytes)).toMatchObject({
      shells: 2,
      watertight: true,
      size_mm: [20, 20, 30],
      volume_mm3: 12_000,
    });
  });

  test("may repeat its vertices", async () => {
    const xml = meshXml({
      points: cubeCorners(),
      faces: cubeCorners().flatMap((_, i) => (i % 3 ? [] : [[i, i + 1, i + 2]])),
    });
    expect(await report(await model(objectXml(1, xml), item(1)))).toMatchObject({
      watertight: true,
      shells: 1,
      vertices: 36,
    });
  });

  test("finds models in other parts (production extension)", async () => {
    const other = (solid: typeof cube) => modelXml(objectXml(1, meshXml(solid)), "");
    const root = modelXml(
      objectXml(
        8,
        `<components><component objectid="1" p:path="/3D/Objects/a%20b.model" transform="1 0 0 0 1 0 0 0 1 50 0 0"/></components>`,
      ) + objectXml(9, `<components><component objectid="1" p:path="/3D/objects/Two.model"/></components>`),
      item(8) + item(9) + item(1, `p:path="/3D/Objects/two.model" transform="1 0 0 0 1 0 0 0 1 0 0 60"`),
    );
    const bytes = await packageOf(root, {
      "3D/_rels/3dmodel.model.rels": relsXml("/3D/Objects/a%20b.model"),
      "3D/Objects/a%20b.model": other(cube),
      "3D/Objects/two.model": other(box([2, 2, 2])),
    });
    expect(await report(bytes)).toMatchObject({
      triangles: 36,
      shells: 3,
      item_count: 3,
      max_mm: [60, 20, 62],
      volume_mm3: 6016,
    });
  });

  const xml = (solid = cube) => modelXml(objectXml(1, meshXml(solid)), item(1));
  const variants: Record<string, string> = {
    "single quotes": xml().replaceAll('"', "'"),
    "blanks everywhere": xml()
      .replaceAll("/>", "  />")
      .replaceAll("=", " = ")
      .replaceAll("<vertex ", "<vertex\n\t"),
    "attributes in another order": xml().replace(/x="(\S+)" y="(\S+)" z="(\S+)"/g, `z="$3" x="$1" y="$2"`),
    "closing tags": xml().replace(/<(vertex|triangle) ([^/]*)\/>/g, "<$1 $2></$1>"),
    "other attributes": xml()
      .replaceAll("<triangle ", `<triangle pid="3" p1="0" paint_color="4&gt;" `)
      .replaceAll("<vertex ", `<vertex note="a > b" `),
    "very long attributes": xml().replaceAll("<triangle ", `<triangle paint="${"8".repeat(3000)}" `),
    comments: xml()
      .replaceAll("<triangles>", "<triangles><!-- <vertex x='1'/> -- > -->")
      .replaceAll("</model>", "</model><!-- end -->"),
    "CDATA and instructions": xml().replace(
      "<resources>",
      "<metadata name='a'><![CDATA[ <object> ]]></metadata><?pi <x> ?><resources>",
    ),
    "a prefix for everything": xml()
      .replaceAll(/<(\/?)(\w+)/g, "<$1c:$2")
      .replace("xmlns=", "xmlns:c=")
      .replace("<?c:xml", "<?xml"),
    "foreign elements of the same names": xml().replace(
      "<resources>",
      `<resources><s:vertices xmlns:s="urn:x"><s:vertex x="9999" y="1"/></s:vertices>`,
    ),
    "a byte order mark": `\ufeff${xml()}`,
    exponents: xml().replaceAll(`"10"`, `"1.0E+01"`).replaceAll(`"20"`, `"2e1"`),
    "no line ends or declaration": xml().replace(/<\?xml.*\?>\n/, ""),
  };
  test.each(Object.entries(variants))("may have %s", async (_name, text) => {
    expect(await report(await packageOf(text))).toMatchObject({
      triangles: 12,
      size_mm: [10, 20, 30],
      volume_mm3: 6000,
      watertight: true,
    });
  });

  test("of many blocks is the same with and without the fast rows", async () => {
    const ball = sphere(25, 80, 160);
    const plain = await report(await packageOf(xml(ball)));
    expect(plain.volume_mm3 / volumeOf(ball)).toBeCloseTo(1, 6);
    const slow = await report(
      await packageOf(xml(ball).replace(/<(vertex|triangle) ([^/]*)\/>/g, "<$1 $2></$1>")),
    );
    expect(slow).toEqual(plain);
  });

  test("leaves out supports and helpers, and says so", async () => {
    const bytes = await model(
      cubeObject(1) +
        objectXml(2, meshXml(box([500, 5, 5])), `type="support"`) +
        objectXml(3, meshXml(cube), `type="other"`),
      item(1) + item(2) + item(3),
    );
    const { advice, ...rest } = await report(bytes);
    expect(rest).toMatchObject({ triangles: 12, size_mm: [10, 20, 30] });
    expect(advice).toEqual([{ code: "left_out", text: expect.stringContaining("2 parts") }]);
  });

  test("without a table of contents is read when there is one model", async () => {
    const bytes = await zip({ "[Content_Types].xml": TYPES_XML, "3D/3dmodel.model": xml() });
    expect((await report(bytes)).advice.map((a) => a.code)).toEqual(["no_rels"]);
    expect(await report(await zip({ "Model/body.model": xml() }))).toMatchObject({ triangles: 12 });
    const named = await zip({
      "_rels/.rels": relsXml("3D/other.model"),
      "3D/other.model": xml(),
      "3D/3dmodel.model": "no",
    });
    expect(await report(named)).toMatchObject({ triangles: 12, advice: [] });
  });

  test("that needs an unknown extension is read, with advice", async () => {
    const bytes = await packageOf(
      xml().replace("<model ", `<model requiredextensions="b p" xmlns:b="http://example.org/beams" `),
    );
    expect((await report(bytes)).advice).toEqual([
      { code: "unread_extension", text: expect.stringContaining("http://example.org/beams") },
    ]);
  });

  test("stored without packing is read", async () => {
    expect(await report(zipOf([entry("3D/3dmodel.model", xml(), { method: 0 })]))).toMatchObject({
      triangles: 12,
    });
  });

  test("with ZIP64 records is read", async () => {
    expect(await report(zip64(xml()))).toMatchObject({ triangles: 12, watertight: true });
  });

  test("one inside out among several is counted", async () => {
    const two = together(box([10, 10, 10]), insideOut(box([10, 10, 10], [20, 0, 0])));
    expect(await report(await to3mf(two))).toMatchObject({ inverted_shells: 1, shells: 2 });
  });
});

describe("a broken 3MF is refused with its own sentence", () => {
  const good = modelXml(cubeObject(1), item(1));
  const texts: [name: string, xml: string, reason: string, words: RegExp][] = [
    [
      "nothing on its plate",
      modelXml(cubeObject(1), ""),
      "no_triangles",
      /nothing stands on its build plate/,
    ],
    ["an empty object", modelXml(objectXml(1, ""), item(1)), "no_triangles", /no surface/],
    [
      "a mesh without triangles",
      modelXml(objectXml(1, "<mesh><vertices/><triangles/></mesh>"), item(1)),
      "no_triangles",
      /no surface/,
    ],
    ["only supports", modelXml(cubeObject(1, `type="support"`), item(1)), "no_triangles", /only supports/],
    ["an item of no object", modelXml(cubeObject(1), item(2)), "bad_model", /does not hold, 2/],
    ["an item without object", modelXml(cubeObject(1), "<item/>"), "bad_model", /names no object/],
    ["an object without id", good.replace(`id="1"`, ""), "bad_model", /without an id/],
    [
      "two objects of one id",
      modelXml(cubeObject(1) + cubeObject(1), item(1)),
      "bad_model",
      /two objects with the id 1/,
    ],
    [
      "a part that contains itself",
      modelXml(objectXml(1, `<components><component objectid="1"/></components>`), item(1)),
      "bad_model",
      /contains itself/,
    ],
    [
      "a circle of parts",
      modelXml(
        objectXml(1, `<components><component objectid="2"/></components>`) +
          objectXml(2, `<components><component objectid="1"/></components>`),
        item(1),
      ),
      "bad_model",
      /contains itself/,
    ],
    [
      "a component of no object",
      modelXml(objectXml(1, `<components><component objectid="5"/></components>`), item(1)),
      "bad_model",
      /does not hold, 5/,
    ],
    [
      "a part that is not there",
      modelXml(
        objectXml(1, `<components><component objectid="5" p:path="/3D/gone.model"/></components>`),
        item(1),
      ),
      "bad_model",
      /gone\.model/,
    ],
    [
      "a transform of eleven numbers",
      modelXml(cubeObject(1), item(1, `transform="1 0 0 0 1 0 0 0 1 0 0"`)),
      "bad_model",
      /twelve numbers/,
    ],
    [
      "a transform of words",
      modelXml(cubeObject(1), item(1, `transform="1 0 0 0 1 0 0 0 1 0 0 up"`)),
      "bad_model",
      /twelve numbers/,
    ],
    [
      "a transform out of the world",
      modelXml(cubeObject(1), item(1, `transform="1e11 0 0 0 1e11 0 0 0 1 0 0 1"`)).replaceAll(
        `"20"`,
        `"1e37"`,
      ),
      "bad_model",
      /out of the world/,
    ],
    ["an unknown unit", good.replace("millimeter", "parsec"), "bad_model", /parsec/],
    ["another root", `<?xml version="1.0"?><html></html>`, "bad_model", /begins with “html”/],
    ["nan", good.replace(`x="10"`, `x="NaN"`), "not_finite", /“NaN” vertex 1/],
    ["infinity", good.replace(`x="10"`, `x="INF"`), "not_finite", /“INF”/],
    ["a number too large", good.replace(`x="10"`, `x="1e99"`), "not_finite", /too large/],
    ["a missing coordinate", good.replace(` z="0"`, ""), "bad_text", /vertex 0/],
    ["a coordinate twice", good.replace(` z="0"`, ` z="0" z="1"`), "bad_xml", /twice/],
    ["a comma", good.replace(`x="10"`, `x="10,5"`), "bad_text", /comma/],
    [
      "a vertex out of range",
      good.replace(`v1="7"`, `v1="8"`).replace(`v2="7"`, `v2="8"`),
      "bad_index",
      /names vertex 8.*only 8/,
    ],
    ["a negative index", good.replace(`v1="0"`, `v1="-1"`), "bad_index", /“-1”/],
    ["a missing index", good.replace(`v1="0"`, ""), "bad_index", /“”/],
    [
      "a document type",
      good.replace("<model", `<!DOCTYPE model [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><model`),
      "bad_xml",
      /document type/,
    ],
    [
      "an external entity",
      good.replace("<model", `<!DOCTYPE model SYSTEM "file:///etc/passwd"><model`),
      "bad_xml",
      /document type/,
    ],
    [
      "an undefined entity",
      modelXml(cubeObject(1), item(1, `partnumber="&lol;"`)),
      "bad_xml",
      /entity that nobody defined/,
    ],
    ["a stray ampersand", modelXml(cubeObject(1, `name="a & b"`), item(1)), "bad_xml", /stray/],
    ["tags that cross", good.replace("</vertices>", "</mesh>"), "bad_xml", /does not match/],
    ["a tag in a tag", good.replace("<vertices>", "<vertices <mesh>"), "bad_xml", /“<” within a tag/],
    ["values without quotes", good.replace(`objectid="1"`, "objectid=1"), "bad_xml", /without quotes/],
    ["two documents", good + good.slice(good.indexOf("<model")), "bad_xml", /more than one/],
    ["an end missing", good.slice(0, -9), "cut_off", /cut off/],
    ["an end in a comment", `${good}<!-- `, "cut_off", /cut off/],
    ["nothing in it", "", "cut_off", /cut off/],
    ["blanks in it", "   \n  ", "cut_off", /cut off/],
    ["text in it", "solid or liquid", "bad_xml", /no XML/],
  ];
  test.each(texts)("with %s", async (_name, text, reason, words) => {
    const { message, details } = await refusal(await packageOf(text));
    expect({ reason: details.reason, message }).toEqual({ reason, message: expect.stringMatching(words) });
    expect(message).toMatch(/[.]$/);
  });

  test("with a million tags deep, or a tag that never ends", async () => {
    const stored = (text: string) => zipOf([entry("3D/3dmodel.model", text, { method: 0 })]);
    const deep = await refusal(stored(good.replace("<resources>", "<a>".repeat(1_000_000))));
    expect(deep.message).toContain("more than 64 deep");
    const endless = await refusal(
      stored(good.replace("<vertices>", `<vertices a="${"x".repeat(3_000_000)}`)),
    );
    expect(endless.details.reason).toBe("endless");
    expect(endless.message).toContain("a tag that does not end");
  });

  test("in UTF-16", async () => {
    expect((await refusal(await packageOf(Buffer.from(`\ufeff${good}`, "utf16le")))).message).toContain(
      "UTF-16",
    );
  });

  test("with copies of copies of copies", async () => {
    const levels = Array.from({ length: 28 }, (_, i) =>
      objectXml(i + 2, `<components>${`<component objectid="${i + 1}"/>`.repeat(4)}</components>`),
    ).join("");
    const started = performance.now();
    expect((await refusal(await model(cubeObject(1) + levels, item(29)))).details.reason).toMatch(
      /bad_model|too_detailed/,
    );
    const empty = await model(objectXml(1, "") + levels, item(29));
    expect((await refusal(empty)).message).toContain("too many copies");
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test("nested too deep", async () => {
    const levels = Array.from({ length: 40 }, (_, i) =>
      objectXml(i + 2, `<components><component objectid="${i + 1}"/></components>`),
    ).join("");
    expect((await refusal(await model(cubeObject(1) + levels, item(41)))).message).toContain(
      "nested more than 32 deep",
    );
  });

  test("over the triangle limit, also through copies", async () => {
    const bytes = await model(cubeObject(1), item(1).repeat(3));
    expect((await refusal(bytes, { limits: { triangles: 35 } })).details.reason).toBe("too_detailed");
    expect((await refusal(bytes, { limits: { triangles: 11 } })).details.reason).toBe("too_detailed");
  });
});

describe("a broken archive is refused with its own sentence", () => {
  const good = modelXml(cubeObject(1), item(1));
  const main = entry("3D/3dmodel.model", good);
  const archives: [name: string, bytes: () => Buffer | Promise<Buffer>, reason: string, words: RegExp][] = [
    ["no model", () => zip({ "readme.txt": "hello" }), "no_model", /ZIP archive without a 3D model/],
    [
      "a Word document",
      () => zip({ "word/document.xml": "<w/>", "[Content_Types].xml": "" }),
      "no_model",
      /Word document/,
    ],
    ["an STL", () => zip({ "models/part.stl": "solid" }), "no_model", /Unpack it.*part\.stl/],
    ["an archive only", () => zip({ "models.7z": "x" }), "no_model", /another archive inside/],
    [
      "an archive beside the model",
      () => packageOf(good, { "Metadata/more.zip": "PK" }),
      "harmful_zip",
      /another archive inside/,
    ],
    [
      "sliced already",
      () => packageOf(modelXml("", ""), { "Metadata/plate_1.gcode": "G1" }),
      "no_triangles",
      /sliced already/,
    ],
    [
      "two models and no word which",
      () => zip({ "a.model": good, "b.model": good }),
      "no_model",
      /without a 3D model/,
    ],
    ["an empty archive", () => zipOf([]), "no_model", /without a 3D model/],
    ["traversal", () => zipOf([main, entry("../evil.model", good)]), "harmful_zip", /points outside/],
    [
      "traversal by backslash",
      () => zipOf([main, entry("3D\\..\\..\\evil", good)]),
      "harmful_zip",
      /points outside/,
    ],
    ["an absolute name", () => zipOf([main, entry("/etc/passwd", good)]), "harmful_zip", /points outside/],
    ["a drive", () => zipOf([main, entry("C:\\evil", good)]), "harmful_zip", /points outside/],
    [
      "a symbolic link",
      () => zipOf([main, entry("link", "/etc", { madeBy: 3 << 8, attributes: 0o120777 << 16 })]),
      "harmful_zip",
      /link to another file/,
    ],
    ["a password", () => zipOf([{ ...main, flags: 1 }]), "harmful_zip", /password/],
    ["another method", () => zipOf([{ ...main, method: 12 }]), "harmful_zip", /method that we cannot read/],
    ["the same name twice", () => zipOf([main, entry("3d/3DMODEL.model", good)]), "harmful_zip", /same name/],
    [
      "too many entries",
      () => zipOf(Array.from({ length: 1001 }, (_, i) => entry(`${i}`, "x"))),
      "harmful_zip",
      /1001 files/,
    ],
    ["a size that is too small", () => zipOf([{ ...main, size: 100 }]), "bad_zip", /not what it was/],
    [
      "a size that is too large",
      () => zipOf([{ ...main, size: main.size + 1 }]),
      "bad_zip",
      /not what it was/,
    ],
    ["a wrong check sum", () => zipOf([{ ...main, crc: 1 }]), "bad_zip", /not what it was/],
    [
      "packed noise",
      () => zipOf([{ ...main, packed: Buffer.alloc(main.packed.length, 0xff) }]),
      "bad_zip",
      /not what it was/,
    ],
    [
      "packed data cut off",
      () => zipOf([{ ...main, packed: main.packed.subarray(0, 50) }]),
      "bad_zip",
      /not what it was/,
    ],
    ["files that share bytes", () => overlapping(good), "bad_zip", /overlap/],
    [
      "only the first bytes",
      async () => (await to3mf(cube)).subarray(0, 200),
      "bad_zip",
      /list of files is missing/,
    ],
    ["four bytes", () => Buffer.from("PK\x03\x04"), "bad_zip", /missing/],
    [
      "a list of files elsewhere",
      () => withEnd(zipOf([main]), (end) => end.writeUInt32LE(9_000_000, 16)),
      "bad_zip",
      /outside/,
    ],
    [
      "a wrong number of files",
      () => withEnd(zipOf([main]), (end) => (end.writeUInt16LE(2, 8), end.writeUInt16LE(2, 10))),
      "bad_zip",
      /broken/,
    ],
    [
      "several disks",
      () => withEnd(zipOf([main]), (end) => end.writeUInt16LE(1, 4)),
      "bad_zip",
      /several files/,
    ],
    [
      "ZIP64 without its record",
      () => withEnd(zipOf([main]), (end) => end.writeUInt32LE(0xffffffff, 16)),
      "bad_zip",
      /missing/,
    ],
  ];
  test.each(archives)("with %s", async (_name, bytes, reason, words) => {
    const { message, details } = await refusal(await bytes());
    expect({ reason: details.reason, message }).toEqual({ reason, message: expect.stringMatching(words) });
    expect(message).toMatch(/[.]$/);
  });
});

function cubeCorners(): Point[] {
  return cube.faces.flatMap(([a, b, c, d]) => [a, b, c, a, c, d].map((i) => cube.points[i!]!));
}

interface RawEntry {
  name: string;
  packed: Buffer;
  size: number;
  crc: number;
  method: number;
  flags: number;
  madeBy: number;
  attributes: number;
}

/** An entry as honest as its overrides allow. */
function entry(name: string, content: string | Buffer, more: Partial<RawEntry> = {}): RawEntry {
  const bytes = Buffer.from(content as Buffer);
  const packed = more.method === 0 ? bytes : deflateRawSync(bytes);
  return {
    name,
    packed,
    size: bytes.length,
    crc: nodeUnpacker.crc32(bytes, 0) >>> 0,
    method: 8,
    flags: 0,
    madeBy: 20,
    attributes: 0,
    ...more,
  };
}

function localHeader(e: RawEntry): Buffer {
  const head = Buffer.alloc(30);
  head.writeUInt32LE(0x04034b50, 0);
  head.writeUInt16LE(20, 4);
  head.writeUInt16LE(e.flags, 6);
  head.writeUInt16LE(e.method, 8);
  head.writeUInt32LE(e.crc, 14);
  head.writeUInt32LE(e.packed.length, 18);
  head.writeUInt32LE(e.size, 22);
  head.writeUInt16LE(Buffer.byteLength(e.name), 26);
  return Buffer.concat([head, Buffer.from(e.name)]);
}

function directoryRecord(e: RawEntry, offset: number, extra = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(46);
  head.writeUInt32LE(0x02014b50, 0);
  head.writeUInt16LE(e.madeBy, 4);
  head.writeUInt16LE(20, 6);
  head.writeUInt16LE(e.flags, 8);
  head.writeUInt16LE(e.method, 10);
  head.writeUInt32LE(e.crc, 16);
  head.writeUInt32LE(extra.length ? 0xffffffff : e.packed.length, 20);
  head.writeUInt32LE(extra.length ? 0xffffffff : e.size, 24);
  head.writeUInt16LE(Buffer.byteLength(e.name), 28);
  head.writeUInt16LE(extra.length, 30);
  head.writeUInt32LE(e.attributes >>> 0, 38);
  head.writeUInt32LE(offset, 42);
  return Buffer.concat([head, Buffer.from(e.name), extra]);
}

function endRecord(entries: number, bytes: number, offset: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries, 8);
  end.writeUInt16LE(entries, 10);
  end.writeUInt32LE(bytes, 12);
  end.writeUInt32LE(offset, 16);
  return end;
}

/** An archive written by hand, so that it can lie. */
function zipOf(entries: RawEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const e of entries) {
    directory.push(directoryRecord(e, at));
    const bytes = Buffer.concat([localHeader(e), e.packed]);
    parts.push(bytes);
    at += bytes.length;
  }
  const list = Buffer.concat(directory);
  // An archive without entries begins with its end record.
  return Buffer.concat([...parts, list, endRecord(entries.length, list.length, at)]);
}

function zip64(content: string): Buffer {
  const e = entry("3D/3dmodel.model", content);
  const extra = Buffer.alloc(20);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(16, 2);
  extra.writeBigUInt64LE(BigInt(e.size), 4);
  extra.writeBigUInt64LE(BigInt(e.packed.length), 12);
  const body = Buffer.concat([localHeader(e), e.packed]);
  const list = directoryRecord(e, 0, extra);
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeBigUInt64LE(1n, 24);
  record.writeBigUInt64LE(1n, 32);
  record.writeBigUInt64LE(BigInt(list.length), 40);
  record.writeBigUInt64LE(BigInt(body.length), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(body.length + list.length), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([body, list, record, locator, endRecord(0xffff, 0xffffffff, 0xffffffff)]);
}

function overlapping(content: string): Buffer {
  const e = entry("3D/3dmodel.model", content);
  const body = Buffer.concat([localHeader(e), e.packed]);
  const list = Buffer.concat([directoryRecord(e, 0), directoryRecord({ ...e, name: "3D/3dmodel.mode2" }, 0)]);
  return Buffer.concat([body, list, endRecord(2, list.length, body.length)]);
}

function withEnd(bytes: Buffer, change: (end: Buffer) => unknown): Buffer {
  change(bytes.subarray(bytes.length - 22));
  return bytes;
}
