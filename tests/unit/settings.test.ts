/** The table of settings: complete, explained, and its forms read exactly. */
import { describe, expect, test } from "vitest";
import { bracesProblem, fill, placeholdersIn } from "@server/placeholders";
import { SETTING_GROUP_NAMES, SETTINGS, settingsIn } from "@server/settings/descriptions";
import { pictureIn } from "@server/settings/picture";
import { DEFAULTS, defaultInWords, inWords, rangeOf, readSetting, shownAs } from "@server/settings/read-form";
import { SETTING_KEYS, type SettingKey, SettingsSchema } from "@server/settings/schema";

const problem = (key: SettingKey, entered: unknown) => {
  const found = readSetting(key, entered);
  return "problem" in found ? found.problem : null;
};

describe("the table", () => {
  test("every setting is described, in exactly one group, and nothing else is", () => {
    expect(Object.keys(SETTINGS).sort()).toEqual([...SETTING_KEYS].sort());
    expect(SETTING_GROUP_NAMES.flatMap(settingsIn).sort()).toEqual([...SETTING_KEYS].sort());
    for (const key of SETTING_KEYS) {
      const { label, explanation, control, unit } = SETTINGS[key];
      expect(label.length, key).toBeGreaterThan(2);
      expect(explanation, key).toMatch(/\.$/);
      expect(Boolean(unit), `${key} has a unit exactly when it is a number`).toBe(control === "number");
    }
    const labels = SETTING_KEYS.map((key) => SETTINGS[key].label);
    expect(new Set(labels).size).toBe(labels.length);
  });

  test("no secret is a setting", () => {
    expect(SETTING_KEYS.filter((key) => /passw|secret|token|credential|hash/i.test(key))).toEqual([]);
  });

  test("the control fits the value", () => {
    for (const key of SETTING_KEYS) {
      const kind = { number: "number", switch: "boolean", lines: "object", paths: "object" }[SETTINGS[key].control as "number"] ?? "string"; // prettier-ignore
      expect(typeof DEFAULTS[key], key).toBe(kind);
    }
  });

  test("what a page shows can be sent back and changes nothing", () => {
    for (const key of SETTING_KEYS.filter((key) => SETTINGS[key].control !== "paths"))
      expect(readSetting(key, shownAs(key, DEFAULTS[key])), key).toEqual({ value: DEFAULTS[key] });
  });

  test("a number's limits are the schema's, at both ends", () => {
    for (const key of SETTING_KEYS.filter((key) => SETTINGS[key].control === "number")) {
      const { least, most } = rangeOf(key);
      expect(most, key).toBeLessThan(Number.MAX_SAFE_INTEGER);
      expect(readSetting(key, String(least))).toEqual({ value: least });
      expect(readSetting(key, String(most))).toEqual({ value: most });
      expect(problem(key, String(least - 1))).toContain(`from ${least} to ${most}`);
      expect(problem(key, String(most + 1))).toContain(`from ${least} to ${most}`);
      expect(SettingsSchema.shape[key].safeParse(most + 1).success).toBe(false);
    }
  });
});

describe("bad input", () => {
  test.each(["-1", "NaN", "1e9", "", " ", "12abc", "0x10", "Infinity", "1.5", "99999999999", "1,5"])(
    "%j is no number of hours",
    (text) => expect(problem("confirm_hours", text)).toContain("whole number from 1 to 720 (hours)"),
  );

  test("a comma before three digits may mean a thousand, and is asked again", () =>
    expect(readSetting("completion_mail_delay_minutes", "1,000")).toEqual({
      problem: expect.stringContaining("enter a number"),
    }));
  test("a comma is a decimal point where decimals are allowed", () =>
    expect(readSetting("completion_mail_delay_minutes", "2,5")).toEqual({ value: 2.5 }));

  test.each([
    ["contact_email", "lab@"],
    ["guide_url", "javascript:alert(1)"],
    ["guide_url", "//evil.example"],
    ["time_zone", "Mars/Olympus"],
    ["time_zone", ""],
    ["lab_name", " "],
    ["lab_name", "x".repeat(81)],
    ["lab_name", "a\u202eb"],
    ["lab_name", "a\u0000b"],
    ["environment_banner", "x".repeat(121)],
    ["disciplines", "\n \n"],
    ["disciplines", "x".repeat(51)],
    ["sound_enabled", "maybe"],
    ["sound_volume", "101"],
    ["text_introduction", ""],
    ["text_introduction", "Read {manual}."],
    ["text_introduction", "Read {guide."],
    ["text_consent", "I agree."],
    ["text_consent", "x".repeat(4001)],
  ] as const)("%s refuses %j with a sentence", (key, text) =>
    expect(problem(key, text)).toMatch(/^(“.+”: |Remove the invisible|Say whether).+\.$/),
  );

  test.each(["Z:storage", "relative/path", 'Z:\\a"b', "javascript:x"])("%j is no storage path", (path) =>
    expect(problem("workstation_storage", { front: path })).toContain("absolute path"),
  );
  test.each(["Z:\\storage", "\\\\server\\share", "/mnt/storage", ""])("%j is a storage path", (path) =>
    expect(readSetting("workstation_storage", { front: path })).toEqual({ value: { front: path } }),
  );

  test("disciplines come one a line, each once", () =>
    expect(readSetting("disciplines", " Art \r\n\nArt\nHobby ")).toEqual({ value: ["Art", "Hobby"] }));
});

test("values in words", () => {
  expect(inWords("sound_volume", 60)).toBe("60%");
  expect(inWords("sound_enabled", false)).toBe("off");
  expect(inWords("confirm_hours", 24)).toBe("24 hours");
  expect(inWords("environment_banner", "")).toBe("empty");
  expect(defaultInWords("confirm_hours")).toBe("72 hours");
});

test("placeholders: what is put in is never read again", () => {
  expect(placeholdersIn("{a} and {b}, {a}")).toEqual(["a", "b"]);
  expect(fill("{a}{b}{c}", { a: "{b}", b: "$&" })).toBe("{b}$&");
  expect(fill("{constructor}", {})).toBe("");
  expect(bracesProblem("x {y}", ["y"], ["y"])).toBeNull();
  expect(bracesProblem("x {z}", ["y"])).toContain("{z} is no placeholder here. Use {y}.");
  expect(bracesProblem("x }", ["y"])).toContain("no partner");
  expect(bracesProblem("x", ["y"], ["y"])).toContain("Put {y} into the text");
});

describe("a logo is known by its bytes", () => {
  const bytes = (...parts: (string | number[])[]) =>
    new Uint8Array(parts.flatMap((part) => (typeof part === "string" ? [...part].map((c) => c.charCodeAt(0)) : part))); // prettier-ignore
  const chunk = (kind: string, data: number[]) => [[0, 0, 0, data.length], kind, data, [0, 0, 0, 0]];
  const header = [0, 0, 0, 40, 0, 0, 0, 30, 8, 6, 0, 0, 0];
  const png = bytes([0x89], "PNG", [13, 10, 26, 10], ...chunk("IHDR", header), ...chunk("IDAT", [1]), ...chunk("IEND", [])); // prettier-ignore
  const jpeg = bytes([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 1, 0xff, 0xc0, 0, 11, 8, 0, 30, 0, 40, 1, 1, 1, 1, 0]); // prettier-ignore
  const riff = (kind: string, data: number[]) => bytes("RIFF", [0, 0, 0, 0], "WEBP", kind, [0, 0, 0, 0], data); // prettier-ignore

  test("PNG, JPEG and WebP with their size", () => {
    const size = { width: 40, height: 30 };
    expect(pictureIn(png)).toEqual({ type: "image/png", ...size });
    expect(pictureIn(jpeg)).toEqual({ type: "image/jpeg", ...size });
    expect(pictureIn(riff("VP8X", [0, 0, 0, 0, 39, 0, 0, 29, 0, 0]))).toEqual({ type: "image/webp", ...size }); // prettier-ignore
    expect(pictureIn(riff("VP8L", [0x2f, 39, 0x40, 7, 0, 0, 0, 0, 0, 0]))).toEqual({ type: "image/webp", ...size }); // prettier-ignore
    expect(pictureIn(riff("VP8 ", [0, 0, 0, 0x9d, 1, 0x2a, 40, 0, 30, 0]))).toEqual({ type: "image/webp", ...size }); // prettier-ignore
  });

  test("anything else is none", () => {
    const svg = bytes('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'.padEnd(80)); // prettier-ignore
    const page = bytes("<!doctype html><script>alert(1)</script>".padEnd(80));
    for (const other of [
      svg,
      page,
      bytes("GIF89a".padEnd(80)),
      new Uint8Array(),
      png.slice(0, -12),
      png.slice(0, 30),
      jpeg.slice(0, 9),
      bytes([0xff, 0xd8], "<script>".padEnd(40)),
    ])
      // prettier-ignore
      expect(pictureIn(other)).toBeNull();
    for (let cut = 0; cut < png.length; cut++) expect(pictureIn(png.slice(0, cut))).toBeNull();
  });
});
