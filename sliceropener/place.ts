/**
 * What a path says before the disk is asked: nothing is touched that is not below the base by its very words, so no
 * other computer is ever spoken to. Pure; the rules of Windows and of the others are apart by `platform`.
 */
import path from "node:path";
import { shown, Stop, UNSEEN } from "./verdicts";

export type Platform = "win32" | "linux" | "darwin";

const DEVICE = /^(?:con|prn|aux|nul|clock\$|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])$/i;
const LONGEST = 4_096;

/** The path functions of a platform, on whichever platform this runs. */
export const pathsOf = (platform: Platform) => (platform === "win32" ? path.win32 : path.posix);

/** True when `child` is something below `base`. Both absolute, both without links. */
export function isBelow(platform: Platform, base: string, child: string): boolean {
  const { relative, isAbsolute, sep } = pathsOf(platform);
  const rest = relative(base, child);
  return rest !== "" && rest !== ".." && !rest.startsWith(`..${sep}`) && !isAbsolute(rest);
}

/**
 * @param text the path as a link gives it
 * @param base the storage as this computer mounts it
 * @returns the path in the platform's own writing
 * @throws Stop `forbidden` for what no file of the desk is ever called, `outside` for every other place
 */
export function placeBelow(platform: Platform, base: string, text: string): string {
  if (text.length > LONGEST) throw new Stop("forbidden", "The path in this link is too long.");
  if (UNSEEN.test(text)) throw new Stop("forbidden", "The path in this link has characters nobody can see.");
  if (/^[a-z][a-z0-9+.-]+:/i.test(text))
    throw new Stop("forbidden", `“${shown(text)}” is an address, not a path.`);
  const windows = platform === "win32";
  const written = windows ? text.replaceAll("/", "\\") : text;
  if (windows && /^\\(?:\\[?.]|\?\?)(?:\\|$)/.test(written))
    throw new Stop("forbidden", "The path in this link names a device, not a file.");
  checkRoot(windows, base, written);

  const names = written.slice(rootOf(windows, written).length).split(windows ? "\\" : "/");
  if (names.includes("..") || (!windows && /(?:^|[\\/])\.\.(?:[\\/]|$)/.test(text)))
    throw new Stop("forbidden", "The path in this link climbs out of a folder (“..”).");
  for (const name of names) checkName(windows, name);

  const { normalize } = pathsOf(platform);
  if (!isBelow(platform, normalize(base), normalize(written))) throw elsewhere(base, written);
  return written;
}

function rootOf(windows: boolean, written: string): string {
  return /^(?:[a-z]:\\|\\\\[^\\]+\\[^\\]+\\)/i.exec(windows ? written : "")?.[0] ?? (windows ? "" : "/");
}

function checkRoot(windows: boolean, base: string, written: string): void {
  const absolute = windows ? rootOf(true, written) !== "" : written.startsWith("/") && written[1] !== "/";
  if (!absolute) throw elsewhere(base, written);
}

function checkName(windows: boolean, name: string): void {
  const bad =
    name === "" ||
    name === "." ||
    (windows ? name.length : Buffer.byteLength(name)) > 255 ||
    (windows
      ? /[<>:"|?*]/.test(name) || /[. ]$/.test(name) || DEVICE.test(name.split(".", 1)[0]!.trimEnd())
      : name.includes("\\"));
  if (bad)
    throw new Stop(
      "forbidden",
      name === "" || name === "."
        ? "The path in this link is not written out plainly."
        : `“${shown(name, 80)}” in this link is not a name that a file of the desk can have.`,
    );
}

function elsewhere(base: string, written: string): Stop {
  return new Stop(
    "outside",
    `“${shown(written)}” is not in the desk's storage, which is ${base} on this computer. ` +
      "If the link comes from the dashboard, the workstation's storage path there and the one in config.ini differ.",
  );
}
