/**
 * The slicer opener: the program behind `print3d://` links. A link opens one file; a word with two dashes sets it up.
 * A link always begins with its scheme, so none can ever be taken for such a word.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Choices } from "./choices";
import { type Config, ConfigError, readConfig, textOf } from "./config";
import { dialogsOf } from "./dialogs";
import { writeLog } from "./log";
import { openLink } from "./open";
import type { Platform } from "./place";
import { registrationOf } from "./register";
import { installedSlicers, isProgram } from "./slicers";
import { startSlicer } from "./start";
import { EXIT, Stop } from "./verdicts";

/** Put in by the build. */
declare const OPENER_VERSION: string;

const TITLE = "Slicer opener";
const HELP = `Opens files of the print desk in the slicer of this computer.

  SlicerOpener LINK                        open a print3d:// link
  SlicerOpener --register [--all-users]    make print3d:// links start this program
  SlicerOpener --unregister [--all-users]  take that back
  SlicerOpener --check                     what is set up, and whether it can work
  SlicerOpener --forget                    ask again which slicer to use
  SlicerOpener --version`;

const platform = process.platform as Platform;
const { env } = process;
const folder = path.dirname(process.execPath);
const configFile = path.join(folder, "config.ini");

/** The user's own place for what this program remembers. */
function userFolder(): string {
  const home = env.HOME || os.homedir();
  if (platform === "win32") return path.join(env.LOCALAPPDATA || home, "SlicerOpener");
  if (platform === "darwin") return path.join(home, "Library", "Application Support", "SlicerOpener");
  return path.join(env.XDG_STATE_HOME || path.join(home, ".local", "state"), "sliceropener");
}

function loadConfig(): Config {
  let bytes: Buffer;
  try {
    bytes = fs.readFileSync(configFile);
  } catch {
    throw new Stop(
      "config",
      `There is no ${configFile}. Download it from the print desk (Dashboard, “Set up the slicer opener”) and put it beside this program.`,
    );
  }
  return readConfig(textOf(bytes), platform, env);
}

/** Standard output, where there is one. */
function print(text: string): void {
  try {
    fs.writeSync(1, `${text}\n`);
  } catch {
    // a program of the desktop has none
  }
}

async function open(args: string[]): Promise<number> {
  const begun = performance.now();
  let config: Config | undefined;
  let broken: unknown;
  try {
    config = loadConfig();
  } catch (error) {
    broken = error;
  }
  const dialogs = dialogsOf(platform, config?.dialogs ?? "errors", env);
  const outcome = await openLink(args, {
    platform,
    config: () => {
      if (!config) throw broken;
      return config;
    },
    installed: () => installedSlicers(platform, env),
    dialogs,
    choices: new Choices(userFolder()),
    start: startSlicer,
  });
  writeLog(
    [config?.log ?? path.join(folder, "sliceropener.log"), path.join(userFolder(), "sliceropener.log")],
    {
      time: new Date().toISOString(),
      url: args.join(" "),
      real_path: outcome.realPath,
      verdict: outcome.verdict,
      action: outcome.action,
      slicer: outcome.slicer,
      ms: Math.round(performance.now() - begun),
      version: OPENER_VERSION,
    },
  );
  const opened = outcome.verdict === "opened";
  if (!opened) print(outcome.action);
  if (outcome.verdict !== "cancelled") await dialogs.tell(opened ? "info" : "error", TITLE, outcome.action);
  return EXIT[outcome.verdict];
}

/** Set-up is asked for, so it is answered in a window on systems whose desktop programs have no console. */
async function answer(text: string, ok: boolean): Promise<number> {
  print(text);
  if (platform === "win32" && env.SLICEROPENER_QUIET !== "1")
    await dialogsOf(platform, "all", env).tell(ok ? "answer" : "error", TITLE, text);
  return ok ? 0 : 1;
}

function check(): { text: string; ok: boolean } {
  const lines: string[] = [`Version ${OPENER_VERSION}, Node ${process.versions.node}`];
  let ok = true;
  const say = (good: boolean, text: string) => {
    ok &&= good;
    lines.push(`${good ? "ok     " : "PROBLEM"}  ${text}`);
  };
  const current = registrationOf(platform).current();
  say(
    current !== null && current.toLowerCase().includes(process.execPath.toLowerCase()),
    current === null ? "print3d:// links start nothing; run --register" : `print3d:// links start ${current}`,
  );
  try {
    const config = loadConfig();
    say(true, `config.ini: ${configFile}`);
    const there = fs.statSync(config.base, { throwIfNoEntry: false })?.isDirectory() ?? false;
    say(there, `storage: ${config.base}${there ? "" : " cannot be reached"}`);
    const slicers = config.slicers.length ? config.slicers : installedSlicers(platform, env);
    if (!config.slicers.length)
      lines.push(`         no slicer is named in config.ini; the usual ones found here are used`);
    for (const { name, path: program, extensions } of slicers)
      say(isProgram(program), `${name}: ${program} (${extensions.join(" ")})`);
    if (!slicers.length) say(false, "no slicer was found");
  } catch (error) {
    const text =
      error instanceof ConfigError ? error.message.replaceAll("\n", "\n         ") : (error as Error).message;
    say(false, `config.ini: ${text}`);
  }
  return { text: lines.join("\n"), ok };
}

async function main(args: string[]): Promise<number> {
  const [word, more] = args;
  const everybody = more === "--all-users";
  const alone = args.length === 1;
  try {
    if ((word === "--register" || word === "--unregister") && (alone || (args.length === 2 && everybody))) {
      const { register, unregister } = registrationOf(platform);
      if (word === "--register") register(process.execPath, everybody);
      else unregister(everybody);
      return await answer(
        word === "--register"
          ? `print3d:// links now start ${process.execPath}`
          : "print3d:// links no longer start this program.",
        true,
      );
    }
    if (word === "--check" && alone) {
      const { text, ok } = check();
      return await answer(text, ok);
    }
    if (word === "--forget" && alone) {
      new Choices(userFolder()).forget();
      return await answer("You will be asked again which slicer to use.", true);
    }
    if (word === "--version" && alone) return await answer(`SlicerOpener ${OPENER_VERSION}`, true);
    if ((word === "--help" && alone) || args.length === 0) return await answer(HELP, word === "--help");
  } catch (error) {
    return answer((error as Error).message, false);
  }
  return open(args);
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    print(String(error));
    process.exit(1);
  },
);
