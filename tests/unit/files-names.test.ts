import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cleanOriginalName, extensionOf, isSafeFileName, stemFor } from "@server/files/names";

const stem = (student_name: string, print_method = "Filament", color_name = "True Red", short_id = 1042) =>
  stemFor({ student_name, print_method, color_name, short_id });

describe("stemFor", () => {
  test.each([
    ["Jane Doe", "JaneDoe_Filament_TrueRed_1042"],
    ["jane mary ann doe", "JaneDoe_Filament_TrueRed_1042"],
    ["  Madonna ", "Madonna_Filament_TrueRed_1042"],
    ["Ronald McDonald", "RonaldMcDonald_Filament_TrueRed_1042"],
    ["Seán O'Brien-smith", "SeanOBrienSmith_Filament_TrueRed_1042"],
    ["Åsa Øster", "AsaOster_Filament_TrueRed_1042"],
    ["Jürgen Groß", "JurgenGross_Filament_TrueRed_1042"],
    ["Łukasz Żółć", "LukaszZolc_Filament_TrueRed_1042"],
    ["Þóra Æsir", "ThoraAesir_Filament_TrueRed_1042"],
    ["Işıl İnci", "IsilInci_Filament_TrueRed_1042"],
    ["Иван Щукин", "IvanShchukin_Filament_TrueRed_1042"],
    ["Γιώργος Παπαδόπουλος", "GiorgosPapadopoulos_Filament_TrueRed_1042"],
    ["Nguyễn Đức", "NguyenDuc_Filament_TrueRed_1042"],
    ["\uff2a\uff41\uff4e\uff45 \uff24\uff4f\uff45", "JaneDoe_Filament_TrueRed_1042"], // full-width letters
    ["Jane 王", "Jane_Filament_TrueRed_1042"],
    ["王小明", "1042"],
    ["🙂 🙂", "1042"],
    ["", "1042"],
    ["CON", "1042"],
    ["nul", "1042"],
    ["com1", "1042"],
    ["Lpt 9", "1042"],
    ["Connie Aux", "ConnieAux_Filament_TrueRed_1042"],
    ["../../etc/passwd", "EtcPasswd_Filament_TrueRed_1042"],
    ["a\u202egpj.stl b", "AgpjStlB_Filament_TrueRed_1042"],
  ])("%j becomes %s", (name, expected) => expect(stem(name)).toBe(expected));

  test("decomposed and composed letters give the same stem", () => {
    expect(stem("Jose\u0301 Nu\u0303ez")).toBe(stem("José Nũez"));
    expect(stem("\u0438\u0306 \u0418\u0306")).toBe(stem("й Й"));
  });

  test("a method or color that cannot be written is left out", () => {
    expect(stem("Jane Doe", "树脂", "")).toBe("JaneDoe_1042");
  });

  test("is always short and safe", () => {
    const word = fc.oneof(fc.string({ unit: "binary", maxLength: 300 }), fc.string({ maxLength: 300 }));
    fc.assert(
      fc.property(word, word, word, fc.integer({ min: 1, max: 2 ** 53 - 1 }), (a, b, c, id) => {
        const made = stem(a, b, c, id);
        expect(made).toMatch(/^[A-Za-z0-9_-]{1,120}$/);
        expect(isSafeFileName(`${made}.stl`)).toBe(true);
        expect(made.endsWith(String(id))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

test.each([
  ["model.STL", "stl"],
  ["a.b.3mf", "3mf"],
  ["model", ""],
  [".stl", ""],
  ["model.", ""],
  ["dir.stl/model", ""],
  ["dir.stl\\model", ""],
  ["model.stl ", "stl"],
])("extensionOf(%j) is %j", (name, expected) => expect(extensionOf(name)).toBe(expected));

describe("cleanOriginalName", () => {
  test.each([
    ["vase.stl", "vase.stl"],
    ["C:\\fakepath\\vase.stl", "vase.stl"],
    ["../../etc/passwd", "passwd"],
    ["..\\..\\x.obj", "x.obj"],
    ["a/b\\c.stl", "c.stl"],
    ["a\u202elts.exe", "alts.exe"],
    ["a\u0000b\r\nc\u2028.stl", "abc.stl"],
    ["  Ünïcode ☃ 🙂.3mf ", "Ünïcode ☃ 🙂.3mf"],
    ["e\u0301.stl", "é.stl"],
    ["a\ud800b.stl", "ab.stl"],
    ["", "model"],
    [".", "model"],
    ["..", "model"],
    ["dir/", "model"],
    ["\u202e", "model"],
    [".stl", ".stl"],
  ])("%j becomes %j", (given, expected) => expect(cleanOriginalName(given)).toBe(expected));

  test("cuts long names and keeps the extension", () => {
    const ascii = cleanOriginalName(`${"x".repeat(400)}.stl`);
    expect(ascii).toBe(`${"x".repeat(196)}.stl`);
    const wide = cleanOriginalName(`${"雪".repeat(150)}.3mf`);
    expect(wide).toBe(`${"雪".repeat(83)}.3mf`);
    expect(Buffer.byteLength(cleanOriginalName("🙂".repeat(300)))).toBeLessThanOrEqual(255);
    expect(cleanOriginalName(`a.${"y".repeat(4096)}`)).toHaveLength(200);
  });

  test("is never empty, long, invisible or a path, and stays as it is when cleaned again", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), (given) => {
        const clean = cleanOriginalName(given);
        expect(clean.length).toBeGreaterThan(0);
        expect(clean.length).toBeLessThanOrEqual(200);
        expect(Buffer.byteLength(clean)).toBeLessThanOrEqual(255);
        expect(clean).not.toMatch(/[/\\\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
        expect(cleanOriginalName(clean)).toBe(clean);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("R17: isSafeFileName", () => {
  test.each([
    ["vase.stl"],
    ["JaneDoe_Filament_TrueRed_1042.3mf"],
    ["résumé (final) #2, v1.5.gcode"],
    ["雪.stl"],
    ["..a.stl"],
    ["a..stl"],
    [".hidden"],
    ["console.stl"],
    ["com10.stl"],
    ["MODEL~1.STL"],
    ["%2e%2e%2f.stl"],
    [`${"x".repeat(251)}.stl`],
  ])("takes %j", (name) => expect(isSafeFileName(name)).toBe(true));

  const devices = ["CON", "PRN", "AUX", "NUL", "COM1", "COM9", "COM0", "LPT1", "COM¹", "CONIN$", "CLOCK$"];
  test.each([
    "",
    ".",
    "..",
    "...",
    "../a.stl",
    "..\\a.stl",
    "a/b.stl",
    "a\\b.stl",
    "/etc/passwd",
    "C:",
    "C:a.stl",
    "C:\\a.stl",
    "\\\\server\\share\\a.stl",
    "\\\\?\\C:\\a.stl",
    "//server/a.stl",
    "a.stl::$DATA",
    "a.stl:hidden",
    "a.stl.",
    "a.stl ",
    " a.stl",
    "a.stl\u00a0",
    "a\u0000.stl",
    "a\n.stl",
    "a\u202elts.exe",
    "a\u200b.stl",
    "a\ud800.stl",
    "..\u2215a.stl",
    "..／a.stl",
    "a<b.stl",
    'a"b.stl',
    "a|b.stl",
    "a?b.stl",
    "a*b.stl",
    `${"x".repeat(252)}.stl`,
    "雪".repeat(86),
    "x".repeat(4096),
    ...devices,
    ...devices.map((d) => `${d.toLowerCase()}.stl`),
    ...devices.map((d) => `${d}.tar.gz`),
    ...devices.map((d) => `${d} .stl`),
  ])("refuses %j", (name) => expect(isSafeFileName(name)).toBe(false));

  test("refuses what is no text at all", () => {
    expect(isSafeFileName(undefined as unknown as string)).toBe(false);
    expect(isSafeFileName(["a.stl"] as unknown as string)).toBe(false);
  });
});
