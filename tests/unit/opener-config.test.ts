/** config.ini: read strictly, every mistake with its line; what the desk and the ZIP offer can be read. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { openerConfig, platformOfMount } from "@server/opener/config-file";
import { ConfigError, readConfig, textOf } from "../../sliceropener/config";
import type { Platform } from "../../sliceropener/place";
import { argumentsFor, KNOWN, slicersFor } from "../../sliceropener/slicers";
import type { Stop } from "../../sliceropener/verdicts";

const MAIN = "[main]\nAUTHORITATIVE_STORAGE_BASE_PATH = /mnt/storage\n";

function problems(text: string, platform: Platform = "linux"): string[] {
  try {
    readConfig(text, platform, { ProgramFiles: "C:\\Program Files", SystemDrive: "C:" });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe("config.ini", () => {
  test("is read with comments, blanks, quotes, any line ends and any case", () => {
    const text = [
      "; of the front desk",
      "[Main]",
      '  authoritative_storage_base_path = "/mnt/3d print; files"  ',
      "DIALOGS=Errors",
      "LOG_FILE_PATH = /var/tmp/opener.log",
      "[slicer_prusa]",
      "name = PrusaSlicer 2 = new",
      "path = /usr/bin/prusa-slicer",
      "extensions = STL, .3mf .obj",
      'arguments = --datadir "/srv/my profiles" --load "{file}" -x',
      "# the end",
    ];
    const expected = {
      base: "/mnt/3d print; files",
      log: "/var/tmp/opener.log",
      dialogs: "errors",
      slicers: [
        {
          name: "PrusaSlicer 2 = new",
          path: "/usr/bin/prusa-slicer",
          extensions: [".stl", ".3mf", ".obj"],
          arguments: ["--datadir", "/srv/my profiles", "--load", "{file}", "-x"],
        },
      ],
    };
    for (const end of ["\n", "\r\n", "\r"]) expect(readConfig(text.join(end), "linux")).toEqual(expected);
    const bytes = Buffer.from(`\ufeff${text.join("\r\n")}`, "utf16le");
    expect(readConfig(textOf(bytes), "linux")).toEqual(expected);
    expect(readConfig(textOf(Buffer.from(`\ufeff${text.join("\n")}`)), "linux")).toEqual(expected);
  });

  test("expands the variables of Windows in paths", () => {
    const { slicers } = readConfig(
      "[main]\nAUTHORITATIVE_STORAGE_BASE_PATH=Z:\\\n[slicer_a]\nname=A\npath=%ProgramFiles%\\A\\a.exe\nextensions=stl",
      "win32",
      { ProgramFiles: "C:\\Program Files" },
    );
    expect(slicers[0]!.path).toBe("C:\\Program Files\\A\\a.exe");
  });

  test.each<[string, string, Platform?]>([
    ["", "There is no section [main]."],
    ["[main]\n", "Line 1: AUTHORITATIVE_STORAGE_BASE_PATH is not set."],
    ["[main]\n\nAUTHORITATIVE_STORAGE_BASE_PATH =\n", "Line 3: AUTHORITATIVE_STORAGE_BASE_PATH is not set."],
    [
      "[main]\nAUTHORITATIVE_STORAGE_BASE_PATH = storage",
      "Line 2: AUTHORITATIVE_STORAGE_BASE_PATH must be a whole path",
    ],
    ["[main]\nAUTHORITATIVE_STORAGE_BASE_PATH = /", "Line 2: “/” is a whole disk"],
    ["[main]\nAUTHORITATIVE_STORAGE_BASE_PATH = C:\\", "Line 2: “C:\\” is a whole disk", "win32"],
    [
      "[main]\nAUTHORITATIVE_STORAGE_BASE_PATH = \\\\?\\C:\\x",
      "Line 2: AUTHORITATIVE_STORAGE_BASE_PATH must be",
      "win32",
    ],
    [
      "[main]\nAUTHORITATIVE_STORAGE_BASE_PATH = \\storage",
      "Line 2: AUTHORITATIVE_STORAGE_BASE_PATH must be",
      "win32",
    ],
    [`x = 1\n${MAIN}`, "Line 1: “x” stands before the first section."],
    [`${MAIN}[main]\n`, "Line 3: the section [main] is there twice."],
    [`${MAIN}dialogs = all\ndialogs = all`, "Line 4: “dialogs” is there twice"],
    [`${MAIN}dialogs = some`, "Line 3: DIALOGS is “some”"],
    [`${MAIN}colour = red`, "Line 3: unknown setting “colour”"],
    [`${MAIN}just words`, "Line 3: “just words” is not a setting"],
    [`${MAIN}[slicers]`, "Line 3: unknown section [slicers]"],
    [`${MAIN}[slicer a`, "Line 3: “[slicer a” is not a section"],
    [`${MAIN}LOG_FILE_PATH = a.log`, "Line 3: LOG_FILE_PATH must be a whole path"],
    [`${MAIN}[slicer_a]\nname = A\npath = /a\n`, "Line 3: [slicer_a] has no extensions."],
    [`${MAIN}[slicer_a]\nname = A\nextensions = .stl\n`, "Line 3: [slicer_a] has no path."],
    [`${MAIN}[slicer_a]\npath = /a\nextensions = .stl\n`, "Line 3: [slicer_a] has no name."],
    [`${MAIN}[slicer_a]\nname = A\npath = a\nextensions = .stl\n`, "Line 5: path must be a whole path"],
    [`${MAIN}[slicer_a]\nname = A\npath = /a\nextensions = .s/l\n`, "Line 6: “.s/l” is not an extension"],
    [`${MAIN}[slicer_a]\nname = A\npath = /a\nextensions = .stl\narguments = "x`, "Line 7: a quote"],
    [
      `${MAIN}[slicer_a]\nname = A\npath = /a\nextensions = .stl\n[slicer_b]\nname = A\npath = /b\nextensions = .stl`,
      "Two slicers are called “A”",
    ],
    [
      "[main]\nAUTHORITATIVE_STORAGE_BASE_PATH = Z:\\s\n[slicer_a]\nname = A\npath = C:\\a.bat\nextensions = .stl",
      "Line 5: “C:\\a.bat” is not a program",
      "win32",
    ],
    [
      "[main]\nAUTHORITATIVE_STORAGE_BASE_PATH = Z:\\s\n[slicer_a]\nname = A\npath = %Nowhere%\\a.exe\nextensions = .stl",
      "Line 5: there is no variable %Nowhere%",
      "win32",
    ],
  ])("%j says: %s", (text, sentence, platform) => {
    // prettier-ignore
    expect(problems(text, platform).join("\n")).toContain(sentence);
  });

  test("names all mistakes at once", () => {
    expect(problems("[main]\nAUTHORITATIVE_STORAGE_BASE_PATH = x\ny\nz = 1")).toHaveLength(3);
  });
});

describe("what is offered", () => {
  test.each(["Z:\\storage", "\\\\nas\\lab\\storage", "/mnt/3dprint_files", "/Volumes/storage"])(
    "the desk's config.ini for %s names it, and its examples can be used",
    (mount) => {
      const system = platformOfMount(mount);
      const platform: Platform = system === "win" ? "win32" : system;
      const text = openerConfig("Front\r\nDesk", mount);
      const env = { ProgramFiles: "C:\\Program Files" };
      expect(readConfig(text, platform, env)).toEqual({
        base: mount,
        slicers: [],
        log: null,
        dialogs: "all",
      });
      const used = text.replace(/^;(?=\[slicer|name|path|extensions)/gm, "");
      expect(readConfig(used, platform, env).slicers.map(({ name }) => name)).toEqual([
        "PrusaSlicer",
        "OrcaSlicer",
      ]);
    },
  );

  test("the example in the ZIP can be read when its places are filled in", () => {
    const text = readFileSync("sliceropener/config.example.ini", "utf8").replace(/@\w+@/g, "/mnt/storage/x");
    expect(readConfig(text, "linux").base).toBe("/mnt/storage/x");
    const used = text.replace(/^;(?=\[slicer|name|path|extensions|DIALOGS|LOG)/gm, "");
    expect(readConfig(used, "linux")).toMatchObject({ log: "/mnt/storage/x", slicers: [{}, {}] });
  });

  test("the usual slicers are absolute places with an ending a system can start", () => {
    expect(KNOWN.map(({ name }) => name)).toEqual(["PrusaSlicer", "OrcaSlicer", "Bambu Studio", "UltiMaker Cura", "PreForm", "ideaMaker"]); // prettier-ignore
    for (const { places } of KNOWN) {
      for (const place of places.win32) expect(place).toMatch(/^%\w+%\\.*\.exe$/);
      for (const place of [...places.linux, ...places.darwin]) expect(place).toMatch(/^[/~]/);
    }
  });
});

describe("slicers for a file", () => {
  const slicer = (name: string, ...extensions: string[]) => ({
    name,
    path: `/opt/${name}`,
    extensions,
    arguments: [],
  });
  const all = [slicer("A", ".stl", ".obj"), slicer("B", ".stl")];
  const verdict = (work: () => unknown) => {
    try {
      work();
      return "passes";
    } catch (error) {
      return (error as Stop).verdict;
    }
  };

  test("are those that take it and are there", () => {
    const names = (file: string, there?: (path: string) => boolean) =>
      slicersFor("linux", file, all, there ?? (() => true)).map(({ name }) => name);
    expect(names("/s/a.STL")).toEqual(["A", "B"]);
    expect(names("/s/a.obj")).toEqual(["A"]);
    expect(names("/s/a.stl", (path) => path === "/opt/B")).toEqual(["B"]);
    for (const file of ["/s/a.stl.exe", "/s/stl", "/s/.stl", "/s/a.3mf"])
      expect(verdict(() => names(file))).toBe("no_slicer");
    expect(verdict(() => names("/s/a.stl", () => false))).toBe("slicer_missing");
    expect(() => slicersFor("linux", "/s/a.stl", [])).toThrow(/No slicer was found on this computer/);
  });

  test("get the file as one argument, last or where it is wanted, whatever its name looks like", () => {
    const file = "/s/$& --x {file} \"'.stl";
    expect(argumentsFor({ ...all[0]!, arguments: ["-a", "b c"] }, file)).toEqual(["-a", "b c", file]);
    expect(argumentsFor({ ...all[0]!, arguments: ["--open={file}", "-z"] }, file)).toEqual([
      `--open=${file}`,
      "-z",
    ]);
  });
});
