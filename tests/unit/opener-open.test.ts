/** Openings on a real disk with traps in it: what is started, and that nothing outside the base ever is (R17, R34). */
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Choices } from "../../sliceropener/choices";
import { type Config, ConfigError, type Slicer } from "../../sliceropener/config";
import type { Disk } from "../../sliceropener/confine";
import { writeLog } from "../../sliceropener/log";
import { type Computer, openLink } from "../../sliceropener/open";
import { slicerLink } from "~/components/staff-slicer-path";
import { hostileLinks, mangledLinks, type Trapped } from "../support/opener-links";
import { makeHome, trappedStorage } from "../support/opener-machine";

const slicer = (name: string, ...extensions: string[]): Slicer => ({
  name,
  path: process.execPath,
  extensions,
  arguments: [],
});

let home: string;
let at: Trapped;
let started: [slicer: string, file: string][] = [];
let asked: (readonly string[])[] = [];
let answer: number | null = null;

beforeAll(() => {
  home = makeHome();
  at = trappedStorage(home);
});
afterAll(() => fs.rmSync(home, { recursive: true, force: true }));
beforeEach(() => {
  started = [];
  asked = [];
  answer = null;
  new Choices(path.join(home, "user")).forget();
});

function computer(more: Partial<Computer> & { settings?: Partial<Config> } = {}): Computer {
  const { settings, ...rest } = more;
  return {
    platform: "linux",
    config: () => ({
      base: at.base,
      slicers: [slicer("Prusa", ".stl")],
      log: null,
      dialogs: "none",
      ...settings,
    }),
    installed: () => [],
    dialogs: {
      tell: async () => undefined,
      choose: async (_title, _text, rows) => {
        asked.push(rows);
        return answer;
      },
    },
    choices: new Choices(path.join(home, "user")),
    start: async ({ name }, file) => {
      started.push([name, file]);
    },
    ...rest,
  };
}

describe("a link of the dashboard", () => {
  test("opens the very file, in every form it is mangled to", async () => {
    for (const [how, link] of Object.entries(mangledLinks(at.part))) {
      started = [];
      const outcome = await openLink([link], computer());
      expect(outcome, how).toMatchObject({ verdict: "opened", realPath: at.part, slicer: "Prusa" });
      expect(started, how).toEqual([["Prusa", at.part]]);
    }
  });

  test("opens names that look like options, encodings or commands, as the files they are", async () => {
    for (const name of [
      "--load=x.stl",
      "a%20b.stl",
      "a b.stl",
      "$(id).stl",
      "a;b&c.stl",
      "é\u0301.stl",
      "'q\".stl",
      "%2e%2e.stl",
      "+.stl",
    ]) {
      // prettier-ignore
      const file = path.join(path.dirname(at.part), name);
      fs.writeFileSync(file, "solid\n");
      started = [];
      expect(await openLink([slicerLink(file)], computer()), name).toMatchObject({ verdict: "opened" });
      expect(started).toEqual([["Prusa", file]]);
      fs.rmSync(file);
    }
  });

  test("is refused when its last decoding climbs, even where its first names a file", async () => {
    const folder = path.join(at.base, "%2e%2e");
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, "part.stl"), "solid\n");
    const outcome = await openLink([slicerLink(path.join(folder, "part.stl"))], computer());
    expect(outcome).toMatchObject({ verdict: "forbidden" });
    fs.rmSync(folder, { recursive: true });
  });

  test("opens what a link inside the storage means, by its real name", async () => {
    const alias = path.join(at.base, "alias.stl");
    fs.symlinkSync(at.part, alias);
    await openLink([slicerLink(alias)], computer());
    expect(started).toEqual([["Prusa", at.part]]);
    // An ending that only the link has opens nothing.
    const other = path.join(at.base, "other.stl");
    fs.symlinkSync(path.join(path.dirname(at.part), "evil.exe"), other);
    expect(await openLink([slicerLink(other)], computer())).toMatchObject({ verdict: "no_slicer" });
    fs.rmSync(alias);
    fs.rmSync(other);
  });

  test("keeps the storage's own name when the base itself is a link, as a mapped drive is", async () => {
    const mount = path.join(home, "mount");
    fs.symlinkSync(at.base, mount);
    const file = at.part.replace(at.base, mount);
    await openLink([slicerLink(file)], computer({ settings: { base: mount } }));
    expect(started).toEqual([["Prusa", file]]);
  });
});

describe("nothing is opened", () => {
  test("R17 R34: by any hostile link, each with a verdict of its own", async () => {
    const list = hostileLinks(at);
    expect(list.length).toBeGreaterThanOrEqual(300);
    const counts: Record<string, number> = {};
    for (const { what, args } of list) {
      const { verdict, action } = await openLink(args, computer());
      expect(started, what).toEqual([]);
      expect(verdict, what).not.toBe("opened");
      expect(action.length, what).toBeGreaterThan(20);
      counts[verdict] = (counts[verdict] ?? 0) + 1;
    }
    for (const verdict of [
      "arguments",
      "not_a_link",
      "old_scheme",
      "forbidden",
      "outside",
      "not_found",
      "not_a_file",
      "no_slicer",
    ])
      // prettier-ignore
      expect(counts[verdict], verdict).toBeGreaterThan(0);
    expect(counts.slicer_failed).toBeUndefined();
  });

  test("R34: 100,000 random links never start anything outside the base, and some that are good do open", async () => {
    const seed = Number(process.env.FAULT_SEED ?? 8);
    let state = seed;
    const random = (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const pick = <T>(from: readonly T[]): T => from[random(from.length)]!;
    const pieces = [
      at.base, at.base, "Uploaded", "Job", "part.stl", "link.stl", "up", "old", "root", "circle.stl", "secret.stl", "evil.exe",
      "..", ".", "", "~", "\\", "/", "%2e%2e", "%2f", "%00", "%c0%ae", "\0", "'", '"', "&", ";", "|", "$(x)", "#", "?", "=", "%", "--x", "file:", "NUL", ":s", " ", "\u202e", "é",
      home, ...at.leading_out, ...at.outside, at.part, at.part,
    ]; // prettier-ignore
    const encoders = [encodeURIComponent, encodeURIComponent, encodeURI, (text: string) => text, (text: string) => encodeURIComponent(encodeURIComponent(text))]; // prettier-ignore
    const heads = ["print3d://open?path=", "print3d://open?path=", "print3d://open?path=", "print3d://open/?path=", "PRINT3D://open?path=", "print3d:open?path=", "print3d://x?path=", "3dprint://open?path=", ""]; // prettier-ignore
    const one = computer();
    const verdicts: Record<string, number> = {};
    for (let n = 0; n < 100_000; n += 1) {
      const parts = Array.from({ length: 1 + random(5) }, () => pick(pieces));
      let link = pick(heads) + pick(encoders)(parts.join(pick(["/", "/", "", "\\"])));
      if (random(10) === 0) {
        const where = random(link.length);
        link = link.slice(0, where) + String.fromCodePoint(random(0x250)) + link.slice(where + random(3));
      }
      const { verdict } = await openLink(random(50) === 0 ? [link, pick(pieces)] : [link], one);
      verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
    }
    const files = new Set(started.map(([, file]) => file));
    for (const file of files) expect(fs.realpathSync(file), `seed ${seed}`).toBe(at.part);
    expect(verdicts.opened).toBeGreaterThan(100);
    expect(verdicts.opened).toBe(started.length);
    expect(verdicts.slicer_failed).toBeUndefined();
  });

  test("and the disk is not even asked about what is elsewhere by its words", async () => {
    const questions: string[] = [];
    const disk: Disk = {
      realpath: async (file) => (questions.push(file), file),
      stat: async () => ({ isFile: () => true }),
      access: async () => undefined,
    };
    const base = "Z:\\storage";
    const windows = computer({ platform: "win32", settings: { base }, disk, isProgram: () => true });
    for (const file of [
      "\\\\evil.example\\share\\a.stl",
      "C:\\a.stl",
      "Z:\\a.stl",
      "\\\\?\\UNC\\evil\\s\\a.stl",
    ])
      expect((await openLink([slicerLink(file)], windows)).verdict).not.toBe("opened");
    expect(questions.filter((file) => file !== base)).toEqual([]);
    const file = "Z:\\storage\\Uploaded\\a.stl";
    expect(await openLink([slicerLink(file)], windows)).toMatchObject({ verdict: "opened", realPath: file });
  });

  test("by a mapped drive whose real place is a share, unless the file is below it there too", async () => {
    const real: Record<string, string> = {
      "Z:\\storage": "\\\\nas\\lab\\storage",
      "Z:\\storage\\a.stl": "\\\\NAS\\lab\\storage\\a.stl",
      "Z:\\storage\\j\\b.stl": "\\\\nas\\lab\\other\\b.stl",
      "Z:\\storage\\j\\c.stl": "C:\\Windows\\c.stl",
    };
    const disk: Disk = {
      realpath: async (file) => real[file]!,
      stat: async () => ({ isFile: () => true }),
      access: async () => undefined,
    };
    const windows = computer({
      platform: "win32",
      settings: { base: "Z:\\storage" },
      disk,
      isProgram: () => true,
    });
    for (const file of ["Z:\\storage\\j\\b.stl", "Z:\\storage\\j\\c.stl"])
      expect(await openLink([slicerLink(file)], windows)).toMatchObject({
        verdict: "outside",
        realPath: real[file],
      });
    await openLink([slicerLink("Z:\\storage\\a.stl")], windows);
    expect(started).toEqual([["Prusa", "Z:\\storage\\a.stl"]]);
  });

  test.each(["EIO", "EHOSTDOWN", "ESTALE", "ENOENT"])(
    "when the base answers %s: it is out of reach",
    async (code) => {
      const disk: Disk = {
        realpath: () => Promise.reject(Object.assign(new Error(code), { code })),
        stat: fs.promises.stat,
        access: fs.promises.access,
      };
      const outcome = await openLink([slicerLink(at.part)], computer({ disk }));
      expect(outcome).toMatchObject({ verdict: "unreachable" });
      expect(outcome.action).toContain("Connect the network drive");
    },
  );

  test("when config.ini is wrong, and the person reads where", async () => {
    const broken = computer({
      config: () => {
        throw new ConfigError(["Line 3: this is wrong."]);
      },
    });
    const outcome = await openLink([slicerLink(at.part)], broken);
    expect(outcome).toMatchObject({ verdict: "config" });
    expect(outcome.action).toContain("Line 3");
  });

  test("when the slicer does not start, and the person reads why", async () => {
    const outcome = await openLink(
      [slicerLink(at.part)],
      computer({ start: () => Promise.reject(new Error("spawn EACCES")) }),
    );
    expect(outcome).toMatchObject({ verdict: "slicer_failed", realPath: at.part });
    expect(outcome.action).toContain("EACCES");
  });
});

describe("several slicers", () => {
  const several = { slicers: [slicer("Prusa", ".stl"), slicer("Orca", ".stl"), slicer("Cura", ".obj")] };

  test("are asked about; cancelling opens nothing", async () => {
    expect(await openLink([slicerLink(at.part)], computer({ settings: several }))).toMatchObject({
      verdict: "cancelled",
    });
    expect(asked).toEqual([["Prusa", "Orca", "Prusa, always for .stl files", "Orca, always for .stl files"]]);
    expect(started).toEqual([]);
  });

  test("once, or for good until forgotten", async () => {
    const open = () => openLink([slicerLink(at.part)], computer({ settings: several }));
    answer = 1;
    await open();
    answer = 3;
    await open();
    await open();
    expect(started.map(([name]) => name)).toEqual(["Orca", "Orca", "Orca"]);
    expect(asked).toHaveLength(2);
    // What was remembered and is gone is asked about again.
    answer = 0;
    const without = { slicers: [slicer("Prusa", ".stl"), slicer("Bambu", ".stl")] };
    await openLink([slicerLink(at.part)], computer({ settings: without }));
    expect(started.at(-1)![0]).toBe("Prusa");
    new Choices(path.join(home, "user")).forget();
    await open();
    expect(asked).toHaveLength(4);
  });

  test("found on the computer are used when config.ini names none", async () => {
    await openLink(
      [slicerLink(at.part)],
      computer({ settings: { slicers: [] }, installed: () => [slicer("Found", ".stl")] }),
    );
    expect(started).toEqual([["Found", at.part]]);
  });
});

describe("the log", () => {
  const entry = {
    time: "2026-11-24T10:00:00.000Z",
    url: 'print3d://open?path=a\n{"verdict":"opened"}\u202e',
    real_path: null,
    verdict: "forbidden" as const,
    action: "x",
    slicer: null,
    ms: 1,
    version: "0",
  };

  test("has one line per opening, whatever the link holds, and is turned over at a megabyte", () => {
    const file = path.join(home, "logs", "opener.log");
    expect(writeLog([file], entry)).toBe(file);
    expect(writeLog([file], { ...entry, url: "u".repeat(33_000) })).toBe(file);
    const lines = fs.readFileSync(file, "utf8").trimEnd().split("\n");
    expect(lines).toHaveLength(2);
    expect(JSON.parse(lines[0]!)).toEqual(entry);
    expect(lines[0]).not.toContain("\u202e");
    expect(lines[1]!.length).toBeLessThan(3_000);
    for (let n = 0; n < 5; n += 1) {
      fs.writeFileSync(file, `${n}`.repeat(1_000_001));
      writeLog([file], entry);
    }
    expect(fs.readdirSync(path.dirname(file)).sort()).toEqual(["opener.log", "opener.log.1", "opener.log.2", "opener.log.3"]); // prettier-ignore
    expect(fs.readFileSync(`${file}.3`, "utf8")[0]).toBe("2");
  });

  test("goes to the next place when the first cannot be written", () => {
    const second = path.join(home, "second.log");
    expect(writeLog([path.join(at.part, "no.log"), second], entry)).toBe(second);
    expect(writeLog([path.join(at.part, "no.log")], entry)).toBeNull();
  });
});
