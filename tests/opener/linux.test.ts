/** The Linux program, really registered, started by a click in Chromium, and beaten with the whole hostile list. */
import fs from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { chromium } from "@playwright/test";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { slicerLink } from "~/components/staff-slicer-path";
import { EXIT, type Verdict } from "../../sliceropener/verdicts";
import { hostileLinks, mangledLinks, type Trapped } from "../support/opener-links";
import { eventually, makeHome, pressIn, readLog, runProgram, several, startScreen, trappedStorage } from "../support/opener-machine"; // prettier-ignore

describe.skipIf(inject("opener").linux !== null)("the opener on Linux", () => {
  let home: string;
  let at: Trapped;
  let program: string;
  let log: string;
  let starts: string;
  let env: Record<string, string>;
  let screen: Awaited<ReturnType<typeof startScreen>>;
  /** The same without a screen. */
  let blind: Record<string, string>;

  beforeAll(async () => {
    home = makeHome();
    at = trappedStorage(home);
    const folder = path.join(home, "program");
    fs.mkdirSync(folder);
    program = path.join(folder, "SlicerOpener");
    fs.copyFileSync("build/opener/linux-x64/SlicerOpener", program);
    log = path.join(home, "opener.log");
    starts = path.join(home, "starts");
    fs.mkdirSync(starts);
    const user = path.join(home, "user");
    blind = {
      PATH: process.env.PATH!,
      HOME: user,
      XDG_CONFIG_HOME: `${user}/.config`,
      XDG_DATA_HOME: `${user}/.local/share`,
      XDG_STATE_HOME: `${user}/.local/state`,
      XDG_CACHE_HOME: `${user}/.cache`,
      LANG: "C.UTF-8",
      XDG_CURRENT_DESKTOP: "GNOME",
    };
    fs.mkdirSync(user);
    screen = await startScreen();
    env = { ...blind, DISPLAY: screen.display };
    for (const name of ["one", "two"]) {
      // Its record appears whole or not at all.
      fs.writeFileSync(
        path.join(home, name),
        `#!/bin/sh\nfor a in ${name} "$@"; do printf '%s\\0' "$a"; done > "${home}/$$.part"\nmv "${home}/$$.part" "${starts}/$$"\n`,
        { mode: 0o755 },
      );
    }
  });
  afterAll(() => {
    screen?.stop();
    if (home) fs.rmSync(home, { recursive: true, force: true });
  });
  beforeEach(() => {
    for (const name of fs.readdirSync(starts)) fs.rmSync(path.join(starts, name));
    for (const name of fs.readdirSync(home))
      if (name.startsWith("opener.log")) fs.rmSync(path.join(home, name));
    configure();
  });

  function configure(slicers = ["one"], more = "DIALOGS = none"): void {
    fs.writeFileSync(
      path.join(path.dirname(program), "config.ini"),
      [
        "[main]",
        `AUTHORITATIVE_STORAGE_BASE_PATH = ${at.base}`,
        `LOG_FILE_PATH = ${log}`,
        more,
        ...slicers.map(
          (name) => `[slicer_${name}]\nname = ${name}\npath = ${home}/${name}\nextensions = .stl, .3mf`,
        ),
      ].join("\n"),
    );
  }

  /** Slicers started so far: name and arguments. */
  const started = () =>
    fs
      .readdirSync(starts)
      .map((name) => fs.readFileSync(path.join(starts, name), "utf8").split("\0").slice(0, -1));
  const startOf = (count: number) =>
    eventually(`${count} slicers to start`, () => (started().length >= count ? started() : null));

  test("registers itself, tells so, is started by a click in Chromium, and leaves no trace when it is taken back", async () => {
    expect((await runProgram(program, ["--check"], env)).code).toBe(1);
    const asked = () => runProgram("xdg-mime", ["query", "default", "x-scheme-handler/print3d"], env);
    expect((await runProgram(program, ["--register"], env)).code).toBe(0);
    expect((await asked()).out.trim()).toBe("sliceropener.desktop");
    const check = await runProgram(program, ["--check"], env);
    expect(check.out).toContain(`print3d:// links start ${program}`);
    expect(check).toMatchObject({ code: 0 });

    const page = http.createServer((_, answer) =>
      answer
        .setHeader("Content-Type", "text/html")
        .end(`<title>desk</title><a href="${slicerLink(at.part)}">Open in slicer</a>`),
    );
    await new Promise<void>((resolve) => page.listen(0, "127.0.0.1", resolve));
    const browser = await chromium.launchPersistentContext(path.join(home, "profile"), {
      executablePath: process.env.CHROMIUM_PATH || "/usr/bin/chromium",
      headless: false,
      env,
      viewport: null,
      args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync", "--window-size=1000,700", "--window-position=0,0"], // prettier-ignore
    });
    try {
      const tab = browser.pages()[0] ?? (await browser.newPage());
      await tab.goto(`http://127.0.0.1:${(page.address() as AddressInfo).port}/`);
      await tab.getByText("Open in slicer").click();
      // The browser's own question, answered as a person does; its window has no name that can be waited for.
      await eventually("the slicer to start", async () => {
        await new Promise((resolve) => setTimeout(resolve, 1_500));
        if (started().length) return true;
        await runProgram("xdotool", ["key", "Tab", "key", "Return"], env);
        await new Promise((resolve) => setTimeout(resolve, 3_000));
        if (started().length) return true;
        await tab.getByText("Open in slicer").click();
        return null;
      });
    } finally {
      await browser.close();
      page.close();
    }
    for (const start of started()) expect(start).toEqual(["one", at.part]);
    expect(readLog(log)[0]).toMatchObject({ url: slicerLink(at.part), verdict: "opened", real_path: at.part, slicer: "one" }); // prettier-ignore

    expect((await runProgram(program, ["--unregister"], env)).code).toBe(0);
    expect((await asked()).out.trim()).toBe("");
    const left = fs
      .readdirSync(blind.HOME!, { recursive: true, encoding: "utf8" })
      .filter((name) => /sliceropener\.desktop/.test(name));
    expect(left).toEqual([]);
    expect((await runProgram(program, ["--check"], env)).out).toContain("start nothing");
  });

  test("opens every mangled form of a good link, as one argument", async () => {
    const forms = Object.values(mangledLinks(at.part));
    for (const { code } of await several(forms, 3, (link) => runProgram(program, [link], blind)))
      expect(code).toBe(0);
    for (const start of await startOf(forms.length)) expect(start).toEqual(["one", at.part]);
  });

  test("R34: starts nothing for any hostile link: one line in the log each, and the exit code tells why", async () => {
    // A NUL cannot be part of an argument on any system; the reading of such links is tested apart.
    const list = hostileLinks(at).filter(({ args }) => !args.some((arg) => arg.includes("\0")));
    expect(list.length).toBeGreaterThanOrEqual(300);
    const ends = await several(list, 3, ({ args }) => runProgram(program, args, blind));
    const lines = readLog(log);
    expect(lines).toHaveLength(list.length);
    // Long links are cut in the log, so that two of them can look the same there.
    const verdicts = new Map<string, Verdict[]>();
    for (const { url, verdict } of lines) verdicts.set(url, [...(verdicts.get(url) ?? []), verdict]);
    list.forEach(({ what, args }, i) => {
      const url = args.join(" ");
      const logged = verdicts.get(url.length > 2_000 ? `${url.slice(0, 2_000)}…` : url) ?? [];
      expect(logged, what).not.toContain("opened");
      expect(
        logged.map((verdict) => EXIT[verdict] as number),
        what,
      ).toContain(ends[i]!.code);
    });
    // A good one last: had any other been started, it would be here by now.
    await runProgram(program, [slicerLink(at.part)], blind);
    expect(await startOf(1)).toEqual([["one", at.part]]);
  });

  test("never hangs without a screen, or with one that is gone, when it has something to ask or to say", async () => {
    configure(["one", "two"], "DIALOGS = all");
    const gone = { ...blind, DISPLAY: ":4242" };
    for (const where of [blind, gone]) {
      expect((await runProgram(program, [slicerLink(at.part)], where)).code).toBe(EXIT.cancelled);
      expect((await runProgram(program, [slicerLink(at.outside[0]!)], where)).code).toBe(EXIT.outside);
    }
    expect(started()).toEqual([]);
  });

  test("asks which of several slicers, and remembers it for good when told so", async () => {
    configure(["one", "two"], "DIALOGS = errors");
    const first = runProgram(program, [slicerLink(at.part)], env);
    await pressIn("Slicer opener", ["Down", "Down", "Down", "Return"], env);
    expect((await first).code).toBe(0);
    expect(await startOf(1)).toEqual([["two", at.part]]);
    // Nobody presses anything now.
    expect((await runProgram(program, [slicerLink(at.part)], env)).code).toBe(0);
    expect(await startOf(2)).toEqual([["two", at.part], ["two", at.part]]); // prettier-ignore
    expect((await runProgram(program, ["--forget"], env)).code).toBe(0);
    expect((await runProgram(program, [slicerLink(at.part)], blind)).code).toBe(EXIT.cancelled);
  });

  test("says in a window what went wrong", async () => {
    configure(["one"], "DIALOGS = errors");
    const run = await runProgram(program, [slicerLink(at.leading_out[0]!)], env);
    expect(run.code).toBe(EXIT.outside);
    await pressIn("Slicer opener", ["Return"], env);
  });

  test("does not start with a config.ini that is wrong or missing, and names the line", async () => {
    configure(["one"], "DIALOGS = loud");
    const wrong = await runProgram(program, [slicerLink(at.part)], blind);
    expect(wrong).toMatchObject({ code: EXIT.config });
    expect(wrong.out).toContain("Line 4: DIALOGS is “loud”");
    fs.rmSync(path.join(path.dirname(program), "config.ini"));
    const missing = await runProgram(program, [slicerLink(at.part)], blind);
    expect(missing).toMatchObject({ code: EXIT.config });
    expect(missing.out).toContain("There is no ");
    expect(started()).toEqual([]);
  });
});
