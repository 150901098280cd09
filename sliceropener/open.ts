/**
 * One opening: read the link, find the real file below the base, pick a slicer, start it, say and log what happened.
 * What it needs of the computer is handed in, so that tests can watch it.
 */
import type { Choices } from "./choices";
import { type Config, ConfigError, type Slicer } from "./config";
import { type Disk, findFile, thisDisk } from "./confine";
import type { Dialogs } from "./dialogs";
import { pathsInLink } from "./link";
import { pathsOf, placeBelow, type Platform } from "./place";
import { isProgram, slicersFor } from "./slicers";
import { shown, Stop, type Verdict } from "./verdicts";

export interface Computer {
  platform: Platform;
  config: () => Config;
  /** The slicers found here, used when config.ini names none. */
  installed: () => Slicer[];
  dialogs: Dialogs;
  choices: Choices;
  /** Starts a slicer; rejects when it cannot be. */
  start: (slicer: Slicer, file: string) => Promise<void>;
  disk?: Disk;
  isProgram?: (path: string) => boolean;
}

export interface Outcome {
  verdict: Verdict;
  /** What happened, for the person and the log. */
  action: string;
  realPath: string | null;
  slicer: string | null;
}

/**
 * @param args what the program was started with: exactly one link. A link with quotes in it can reach a program as several
 *   arguments, so any other number is refused.
 */
export async function openLink(args: readonly string[], computer: Computer): Promise<Outcome> {
  try {
    return await attempt(args, computer);
  } catch (error) {
    const stop =
      error instanceof Stop
        ? error
        : error instanceof ConfigError
          ? new Stop("config", `config.ini cannot be used:\n${error.message}`)
          : new Stop("slicer_failed", `This should not have happened: ${(error as Error).message}`);
    return { verdict: stop.verdict, action: stop.message, realPath: stop.realPath ?? null, slicer: null };
  }
}

async function attempt(args: readonly string[], computer: Computer): Promise<Outcome> {
  if (args.length !== 1)
    throw new Stop(
      "arguments",
      `The opener takes exactly one link and was given ${args.length} arguments; nothing was opened. See SlicerOpener --help.`,
    );
  const paths = pathsInLink(args[0]!);
  const config = computer.config();
  const { platform, disk = thisDisk } = computer;
  const file = await findFile(platform, config.base, candidates(platform, config.base, paths), disk);

  const all = config.slicers.length ? config.slicers : computer.installed();
  const fitting = slicersFor(platform, file, all, computer.isProgram ?? isProgram);
  const slicer = fitting.length === 1 ? fitting[0]! : await choose(computer, file, fitting);
  try {
    await computer.start(slicer, file);
  } catch (error) {
    throw new Stop(
      "slicer_failed",
      `${slicer.name} could not be started (${(error as Error).message}). Check its path in config.ini: ${slicer.path}`,
      file,
    );
  }
  const name = pathsOf(platform).basename(file);
  return {
    verdict: "opened",
    action: `Opened ${name} in ${slicer.name}.`,
    realPath: file,
    slicer: slicer.name,
  };
}

/** The readings of a link that lie below the base. What its last decoding says must be harmless in any case. */
function candidates(platform: Platform, base: string, paths: readonly string[]): string[] {
  const found: string[] = [];
  let refusal: Stop | undefined;
  for (const path of paths) {
    refusal = undefined;
    try {
      found.push(placeBelow(platform, base, path));
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
      refusal = error;
    }
  }
  if (refusal && (found.length === 0 || refusal.verdict === "forbidden")) throw refusal;
  return found;
}

async function choose(computer: Computer, file: string, fitting: Slicer[]): Promise<Slicer> {
  const { basename, extname } = pathsOf(computer.platform);
  const ext = extname(file).toLowerCase();
  const remembered = computer.choices.get(ext);
  const known = fitting.find(({ name }) => name === remembered);
  if (known) return known;
  const picked = await computer.dialogs.choose("Slicer opener", `Open ${shown(basename(file), 80)} in:`, [
    ...fitting.map(({ name }) => name),
    ...fitting.map(({ name }) => `${name}, always for ${ext} files`),
  ]);
  if (picked === null) throw new Stop("cancelled", "No slicer was chosen, so nothing was opened.", file);
  const slicer = fitting[picked % fitting.length]!;
  if (picked >= fitting.length) computer.choices.set(ext, slicer.name);
  return slicer;
}
