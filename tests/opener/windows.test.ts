/** SlicerOpener.exe under wine: registry, a link clicked, Windows paths, and the hostile list. */
import fs from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { slicerLink } from "~/components/staff-slicer-path";
import { EXIT } from "../../sliceropener/verdicts";
import { hostileLinks, mangledLinks, type Trapped } from "../support/opener-links";
import { eventually, makeHome, onDrive, pressIn, readLog, runProgram, several, startScreen, trappedStorage } from "../support/opener-machine"; // prettier-ignore
import { windowsNode } from "./setup";

/** Starting a program under wine takes long, so the program itself gets a part of the list, and its code all of it. `OPENER_LINKS=all`: everything. */
const EVERY = process.env.OPENER_LINKS === "all" ? 1 : 16;

describe.skipIf(inject("opener").windows !== null)("the opener on Windows", () => {
  let home: string;
  let at: Trapped;
  let screen: Awaited<ReturnType<typeof startScreen>>;
  let env: Record<string, string>;
  /** The program as Windows names it, and its folder here. */
  const program = "S:\\Slicer Opener\\SlicerOpener.exe";
  let folder: string;
  let log: string;
  let starts: string;

  beforeAll(async () => {
    home = makeHome();
    at = onDrive(trappedStorage(home), home, "S");
    folder = path.join(home, "Slicer Opener");
    fs.mkdirSync(folder);
    fs.copyFileSync("build/opener/win-x64/SlicerOpener.exe", path.join(folder, "SlicerOpener.exe"));
    fs.copyFileSync(windowsNode, path.join(home, "slicer.exe"));
    log = path.join(home, "opener.log");
    starts = path.join(home, "starts");
    fs.mkdirSync(starts);
    // The slicer: Node, told to write down how it was started.
    fs.writeFileSync(
      path.join(home, "slicer.js"),
      `const fs = require("fs"), to = "S:\\\\starts\\\\" + process.pid;
       fs.writeFileSync(to + ".part", JSON.stringify(process.argv.slice(2))); fs.renameSync(to + ".part", to + ".json");`,
    );
    screen = await startScreen();
    env = {
      PATH: `${process.env.PATH}:/usr/lib/wine`,
      HOME: path.join(home, "user"),
      DISPLAY: screen.display,
      WINEPREFIX: path.join(home, "wine"),
      WINEDEBUG: "-all",
      WINEDLLOVERRIDES: "mscoree,mshtml=",
      NODE_SKIP_PLATFORM_CHECK: "1",
      SLICEROPENER_QUIET: "1",
    };
    fs.mkdirSync(env.HOME!);
    await wine("winecfg", "-v", "win10");
    fs.symlinkSync(home, path.join(env.WINEPREFIX!, "dosdevices", "s:"));
    // One program that stays keeps wine's own from being started again and again.
    void runProgram("wineserver", ["-p600"], env);
  });
  afterAll(async () => {
    if (!home) return;
    await runProgram(
      fs.existsSync("/usr/lib/wine/wineserver64") ? "/usr/lib/wine/wineserver64" : "wineserver",
      ["-k"],
      env,
    );
    screen?.stop();
    fs.rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  });
  beforeEach(() => {
    for (const name of fs.readdirSync(starts)) fs.rmSync(path.join(starts, name));
    for (const name of fs.readdirSync(home))
      if (name.startsWith("opener.log")) fs.rmSync(path.join(home, name));
    configure("none");
  });

  function configure(dialogs: string): void {
    fs.writeFileSync(
      path.join(folder, "config.ini"),
      ["[main]", `AUTHORITATIVE_STORAGE_BASE_PATH = ${at.base}`, "LOG_FILE_PATH = S:\\opener.log", `DIALOGS = ${dialogs}`, "[slicer_one]", "name = One", "path = S:\\slicer.exe", "extensions = .stl, .3mf", "arguments = S:\\slicer.js"].join("\r\n"), // prettier-ignore
    );
  }

  /** Runs a program under wine to its end. Its output goes through a file, as wine wants it. */
  let runs = 0;
  async function wine(...args: string[]): Promise<{ code: number | null; out: string }> {
    const out = path.join(home, `out-${++runs}.txt`);
    const script = 'out="$1"; shift; exec wine "$@" > "$out" 2> /dev/null < /dev/null';
    const { code } = await runProgram("sh", ["-c", script, "sh", out, ...args], env);
    return { code, out: fs.readFileSync(out, "utf8") };
  }

  const started = () =>
    fs
      .readdirSync(starts)
      .filter((name) => name.endsWith(".json"))
      .map((name) => JSON.parse(fs.readFileSync(path.join(starts, name), "utf8")) as string[]);
  const startOf = (count: number) =>
    eventually(`${count} slicers to start`, () => (started().length >= count ? started() : null));

  test("is a program of the desktop with our names on it", () => {
    const bytes = fs.readFileSync(path.join(folder, "SlicerOpener.exe"));
    const header = bytes.readUInt32LE(0x3c);
    expect(bytes.readUInt16LE(header + 24 + 68), "subsystem").toBe(2);
    for (const text of ["Printdesk slicer opener", "SlicerOpener.exe"])
      expect(bytes.includes(Buffer.from(text, "utf16le")), text).toBe(true);
  });

  test("registers itself, opens the right file by a Windows path when a link is started, and takes itself back", async () => {
    const key = "\\Software\\Classes\\print3d";
    const query = (root: string) => wine("reg", "query", `${root}${key}\\shell\\open\\command`, "/ve");
    expect((await wine(program, "--check")).code).toBe(1);
    expect((await wine(program, "--register")).code).toBe(0);
    expect((await query("HKCU")).out).toContain(`"${program}" "%1"`);
    expect((await wine("reg", "query", `HKCU${key}`, "/v", "URL Protocol")).code).toBe(0);
    const check = await wine(program, "--check");
    expect(check.out).toContain(`ok       print3d:// links start "${program}" "%1"`);
    expect(check.code).toBe(0);

    // wine 8 starts links by the keys of all users only; Windows by both.
    expect((await wine(program, "--register", "--all-users")).code).toBe(0);
    await wine("start", slicerLink(at.part));
    expect(await startOf(1)).toEqual([[at.part]]);
    expect(readLog(log)).toMatchObject([{ url: slicerLink(at.part), verdict: "opened", real_path: at.part }]);

    // A quote in a link splits it on its way.
    await wine("start", `print3d://open?path=${at.part}" --evil "y`);
    const lines = await eventually("a second line in the log", () =>
      readLog(log).length > 1 ? readLog(log) : null,
    );
    expect(lines[1]).toMatchObject({ verdict: "arguments" });

    for (const all of [[], ["--all-users"]]) {
      expect((await wine(program, "--unregister", ...all)).code).toBe(0);
      expect((await query(all.length ? "HKLM" : "HKCU")).code).not.toBe(0);
    }
    expect((await wine(program, "--check")).out).toContain("start nothing");
    expect(started()).toHaveLength(1);
  });

  test("R34: starts nothing for hostile links: one line in the log each, and the exit code tells why", async () => {
    const list = hostileLinks(at)
      .filter(({ args }) => !args.some((arg) => arg.includes("\0")))
      .filter(({ args }, i) => args.length !== 1 || i % EVERY === 0);
    expect(list.length).toBeGreaterThanOrEqual(35);
    const ends = await several(list, 3, ({ args }) => wine(program, ...args));
    const lines = readLog(log);
    expect(lines).toHaveLength(list.length);
    for (const { verdict } of lines) expect(verdict).not.toBe("opened");
    const sorted = (codes: (number | null)[]) => [...codes].sort();
    expect(sorted(ends.map(({ code }) => code))).toEqual(sorted(lines.map(({ verdict }) => EXIT[verdict])));
    await wine(program, slicerLink(at.part));
    expect(await startOf(1)).toEqual([[at.part]]);
  }, 900_000);

  test("R17 R34: its code, under Node for Windows, opens mangled good links and nothing of the whole list", async () => {
    const good = Object.values(mangledLinks(at.part)).map((link) => [link]);
    const bad = hostileLinks(at);
    expect(bad.length).toBeGreaterThanOrEqual(300);
    fs.writeFileSync(path.join(home, "list.json"), JSON.stringify([...good, ...bad.map(({ args }) => args)]));
    await build({ entryPoints: ["tests/support/opener-run.ts"], outfile: path.join(home, "run.cjs"), bundle: true, platform: "node", format: "cjs" }); // prettier-ignore
    expect(
      (await wine("S:\\slicer.exe", "S:\\run.cjs", "S:\\list.json", "S:\\result.json", at.base)).code,
    ).toBe(0);
    const outcomes = JSON.parse(fs.readFileSync(path.join(home, "result.json"), "utf8")) as {
      verdict: string;
      started: string | null;
    }[];
    expect(outcomes).toHaveLength(good.length + bad.length);
    outcomes.forEach(({ verdict, started }, i) => {
      const what = bad[i - good.length]?.what ?? `good link ${i}`;
      if (i < good.length)
        expect({ verdict, started }, what).toEqual({ verdict: "opened", started: at.part });
      else {
        expect(started, what).toBeNull();
        expect(verdict, what).not.toMatch(/opened|slicer_failed/);
      }
    });
  });

  test("says in a window what went wrong", async () => {
    configure("errors");
    const run = wine(program, slicerLink(at.outside[0]!));
    await pressIn("Slicer opener", ["Return"], env);
    expect((await run).code).toBe(EXIT.outside);
  });

  test("comes with scripts that cmd.exe runs", async () => {
    fs.copyFileSync("build/opener/win-x64/register.bat", path.join(folder, "register.bat"));
    fs.copyFileSync("build/opener/win-x64/unregister.bat", path.join(folder, "unregister.bat"));
    const key = "HKCU\\Software\\Classes\\print3d\\shell\\open\\command";
    await wine("cmd", "/c", "S:\\Slicer Opener\\register.bat");
    expect((await wine("reg", "query", key, "/ve")).out).toContain(`"${program}" "%1"`);
    await wine("cmd", "/c", "S:\\Slicer Opener\\unregister.bat");
    expect((await wine("reg", "query", key, "/ve")).code).not.toBe(0);
  });
});
