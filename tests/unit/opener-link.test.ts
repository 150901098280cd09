/** The opener's reading of links and paths, by words alone: both systems' rules on whichever this runs. */
import { describe, expect, test } from "vitest";
import { pathOnWorkstation, slicerLink } from "~/components/staff-slicer-path";
import { pathsInLink } from "../../sliceropener/link";
import { isBelow, placeBelow, type Platform } from "../../sliceropener/place";
import { shown, Stop } from "../../sliceropener/verdicts";
import { mangledLinks } from "../support/opener-links";

const WINDOWS = "Z:\\storage\\Uploaded\\JaneDoe_Filament_Blue_1042\\Jane Doe +100% & co.stl";
const LINUX = "/mnt/3dprint files/Uploaded/JaneDoe_Filament_Blue_1042/part (1) é.stl";

function verdict(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof Stop) return error.verdict;
    throw error;
  }
  return "passes";
}
const place = (platform: Platform, base: string, text: string) =>
  verdict(() => placeBelow(platform, base, text));

describe("a link", () => {
  test("of the dashboard carries the very path", () => {
    for (const [mount, below] of [
      ["Z:\\storage", "Uploaded/Job/a b+c%41.stl"],
      ["\\\\nas\\lab", "Pending/Job/ü.3mf"],
      ["/mnt/storage/", "Printing/Job/#1 & 2?.stl"],
    ] as const) {
      const path = pathOnWorkstation(mount, below);
      expect(pathsInLink(slicerLink(path))[0]).toBe(path);
    }
  });

  // An ampersand or a per cent sign that is not encoded means something else in an address.
  test.each([WINDOWS.replace(/[%&]/g, ""), LINUX])("is read in every form it is mangled to: %s", (path) => {
    for (const [how, link] of Object.entries(mangledLinks(path)))
      expect(pathsInLink(link), how).toContain(path);
  });

  test("keeps a plus and a per cent sign as they are", () => {
    expect(pathsInLink(slicerLink("/mnt/a+b/100%.stl"))).toEqual(["/mnt/a+b/100%.stl"]);
    // Not a decoding, but another name: it comes first and wins when it exists.
    expect(pathsInLink(slicerLink("/mnt/a%41.stl"))).toEqual(["/mnt/a%41.stl", "/mnt/aA.stl"]);
  });

  test("of the old scheme is answered with what to do", () => {
    expect(() => pathsInLink("3dprint://open?path=x")).toThrow(/Reload the dashboard/);
    expect(verdict(() => pathsInLink("3DPRINT://open?path=x"))).toBe("old_scheme");
  });

  test.each([
    "print3d://open?path=a&path=b",
    "print3d://open?path=a#b",
    "print3d://open.evil/?path=a",
    "print3d://u:p@open?path=a",
    "print3d:open?path=a",
    "print3d://open?path=%c0%ae",
    "print3d://open?path=%",
    "print3d://open?path=",
    "print3d://open?path=%2525252525252541",
    "/mnt/storage/a.stl",
    "",
  ])("is refused: %s", (link) => {
    expect(verdict(() => pathsInLink(link))).toBe("not_a_link");
  });
});

describe("a path on Windows", () => {
  const base = "Z:\\storage";
  test.each([
    WINDOWS,
    "z:\\STORAGE\\Uploaded\\a.stl",
    "Z:/storage/Uploaded/a.stl",
    "Z:\\storage\\com.stl",
    "Z:\\storage\\..a.stl",
  ])("passes: %s", (text) => {
    expect(placeBelow("win32", base, text)).toBe(text.replaceAll("/", "\\"));
  });

  test.each([
    ["Z:\\storage", "outside"],
    ["Z:\\storage2\\a.stl", "outside"],
    ["Z:\\a.stl", "outside"],
    ["Z:storage\\a.stl", "outside"],
    ["\\storage\\a.stl", "outside"],
    ["storage\\a.stl", "outside"],
    ["C:\\storage\\a.stl", "outside"],
    ["Z:\\STORAG~1\\a.stl", "outside"],
    ["\\\\evil\\share\\a.stl", "outside"],
    ["//evil/share/a.stl", "outside"],
    ["/mnt/storage/a.stl", "outside"],
    ["Z:\\storage\\..\\a.stl", "forbidden"],
    ["Z:\\storage\\x\\..\\a.stl", "forbidden"],
    ["Z:\\storage\\.. \\a.stl", "forbidden"],
    ["Z:\\storage\\.\\a.stl", "forbidden"],
    ["Z:\\storage\\\\a.stl", "forbidden"],
    ["Z:\\storage\\a.stl:s", "forbidden"],
    ["Z:\\storage\\a.stl::$DATA", "forbidden"],
    ["Z:\\storage\\a.stl.", "forbidden"],
    ["Z:\\storage\\a.stl ", "forbidden"],
    ["Z:\\storage\\NUL", "forbidden"],
    ["Z:\\storage\\nul .stl", "forbidden"],
    ["Z:\\storage\\com¹.stl", "forbidden"],
    ["Z:\\storage\\aux\\a.stl", "forbidden"],
    ["Z:\\storage\\a*.stl", "forbidden"],
    ["Z:\\storage\\a\0.stl", "forbidden"],
    ["Z:\\storage\\a\u202elts.exe", "forbidden"],
    ["\\\\?\\Z:\\storage\\a.stl", "forbidden"],
    ["\\\\.\\Z:\\storage\\a.stl", "forbidden"],
    ["//?/Z:/storage/a.stl", "forbidden"],
    ["\\??\\Z:\\storage\\a.stl", "forbidden"],
    ["file:///Z:/storage/a.stl", "forbidden"],
  ])("%s is %s", (text, expected) => {
    expect(place("win32", base, text)).toBe(expected);
  });

  test("that is too long, as a whole or in one name, is forbidden", () => {
    expect(place("win32", base, `Z:\\storage\\${"a".repeat(256)}`)).toBe("forbidden");
    expect(place("win32", base, `Z:\\storage${"\\a".repeat(3_000)}`)).toBe("forbidden");
    expect(verdict(() => pathsInLink(slicerLink(`Z:\\storage\\${"a".repeat(33_000)}`)))).toBe("not_a_link");
  });

  test("on a share: its own host only, and a drive's root as base", () => {
    expect(place("win32", "\\\\nas\\lab\\storage", "\\\\NAS\\lab\\storage\\a.stl")).toBe("passes");
    expect(place("win32", "\\\\nas\\lab\\storage", "\\\\nas\\lab\\other\\a.stl")).toBe("outside");
    expect(place("win32", "\\\\nas\\lab\\storage", "\\\\nas2\\lab\\storage\\a.stl")).toBe("outside");
    expect(place("win32", "Z:\\", "Z:\\Uploaded\\a.stl")).toBe("passes");
    expect(place("win32", "Z:\\", "Y:\\Uploaded\\a.stl")).toBe("outside");
  });
});

describe("a path elsewhere", () => {
  const base = "/mnt/3dprint files/";
  test.each([LINUX, "/mnt/3dprint files/--load=x.stl", "/mnt/3dprint files/nul", "/mnt/3dprint files/..a"])(
    "passes: %s",
    (text) => {
      expect(placeBelow("linux", base, text)).toBe(text);
    },
  );
  test.each([
    ["/mnt/3dprint files", "outside"],
    ["/mnt/3dprint files2/a.stl", "outside"],
    ["/MNT/3dprint files/a.stl", "outside"],
    ["//mnt/3dprint files/a.stl", "outside"],
    ["a.stl", "outside"],
    ["~/a.stl", "outside"],
    ["Z:\\storage\\a.stl", "outside"],
    ["/mnt/3dprint files/../a.stl", "forbidden"],
    ["/mnt/3dprint files/..\\a.stl", "forbidden"],
    ["/mnt/3dprint files/./a.stl", "forbidden"],
    ["/mnt/3dprint files//a.stl", "forbidden"],
    ["/mnt/3dprint files/a\\b.stl", "forbidden"],
    ["/mnt/3dprint files/a\n.stl", "forbidden"],
    ["file:///mnt/3dprint files/a.stl", "forbidden"],
  ])("%s is %s", (text, expected) => {
    expect(place("linux", base, text)).toBe(expected);
  });
});

test("below means below: neither itself, nor beside, nor above", () => {
  expect(isBelow("linux", "/a", "/a/b")).toBe(true);
  expect(isBelow("linux", "/a", "/a/..b")).toBe(true);
  for (const other of ["/a", "/", "/ab", "/b/a"]) expect(isBelow("linux", "/a", other)).toBe(false);
  expect(isBelow("win32", "Z:\\a", "z:\\A\\b")).toBe(true);
  for (const other of ["Z:\\a", "Z:\\ab", "Y:\\a\\b", "\\\\h\\s\\a"])
    expect(isBelow("win32", "Z:\\a", other)).toBe(false);
});

test("what is shown of a link is short and has nothing a window could read as markup", () => {
  expect(shown("<b>\u202ea\n")).toBe("‹b›\ufffda\ufffd");
  expect(shown("x".repeat(400))).toHaveLength(301);
});
