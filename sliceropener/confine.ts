/** Asks the disk where a path really leads, links and junctions followed, and lets pass only a regular file below the base. */
import { constants } from "node:fs";
import fs from "node:fs/promises";
import { isBelow, pathsOf, type Platform } from "./place";
import { shown, Stop } from "./verdicts";

/** The questions asked of a disk. */
export interface Disk {
  /** Every link followed. */
  realpath(path: string): Promise<string>;
  stat(path: string): Promise<{ isFile(): boolean }>;
  access(path: string, mode: number): Promise<void>;
}

/** This computer's. */
export const thisDisk: Disk = { realpath: (path) => fs.realpath(path), stat: fs.stat, access: fs.access };

/** A share that has gone away may never answer. */
const PATIENCE_MS = 10_000;

const MISSING = new Set(["ENOENT", "ENOTDIR", "ENAMETOOLONG", "EINVAL"]);
const CLOSED = new Set(["EACCES", "EPERM"]);

/**
 * @param paths places that `placeBelow` let pass, the likeliest first
 * @returns the first of them that exists, written below the base as this computer mounts it but with every link resolved:
 *   what was looked at is what is opened
 * @throws Stop `unreachable`, `not_found`, `outside`, `not_a_file`
 */
export async function findFile(
  platform: Platform,
  base: string,
  paths: readonly string[],
  disk: Disk = thisDisk,
): Promise<string> {
  const realBase = await answered(disk.realpath(base), base).catch((error: unknown) => {
    throw error instanceof Stop ? error : away(base);
  });
  for (const path of paths) {
    let real: string;
    try {
      real = await answered(disk.realpath(path), base);
    } catch (error) {
      if (error instanceof Stop) throw error;
      const { code = "" } = error as NodeJS.ErrnoException;
      if (MISSING.has(code)) continue;
      if (CLOSED.has(code)) throw closed(path);
      if (code === "ELOOP") throw new Stop("outside", `“${shown(path)}” is a link that leads in a circle.`);
      throw away(base);
    }
    if (!isBelow(platform, realBase, real))
      throw new Stop(
        "outside",
        `“${shown(path)}” is a link that leads out of the desk's storage, to ${shown(real)}. Nothing was opened; tell whoever looks after the storage.`,
        real,
      );
    if (!(await answered(disk.stat(real), base).catch(rethrow(path))).isFile())
      throw new Stop(
        "not_a_file",
        `“${shown(path)}” is a folder or something else that is not a file.`,
        real,
      );
    await answered(disk.access(real, constants.R_OK), base).catch(rethrow(path));
    const { join, relative } = pathsOf(platform);
    return join(base, relative(realBase, real));
  }
  throw new Stop(
    "not_found",
    `There is no file “${shown(paths[0]!)}” any more. The job may have moved to another status: reload the dashboard and try again.`,
  );
}

const rethrow =
  (path: string) =>
  (error: unknown): never => {
    if (error instanceof Stop) throw error;
    throw MISSING.has((error as NodeJS.ErrnoException).code ?? "")
      ? new Stop("not_found", `“${shown(path)}” has just gone away. Reload the dashboard and try again.`)
      : closed(path);
  };

const closed = (path: string) =>
  new Stop("not_found", `This computer's user may not read “${shown(path)}”. Ask for access to the storage.`);

const away = (base: string) =>
  new Stop(
    "unreachable",
    `The desk's storage cannot be reached at ${base}. Connect the network drive (or mount the share) and try again.`,
  );

function answered<T>(question: Promise<T>, base: string): Promise<T> {
  let timer: NodeJS.Timeout;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(away(base)), PATIENCE_MS);
  });
  return Promise.race([question, late]).finally(() => clearTimeout(timer));
}
