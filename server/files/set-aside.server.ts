/**
 * Taking something out of the storage at a person's wish. Promises: nothing outside the status folders is ever
 * touched, whatever the path says and whatever somebody swaps for a link meanwhile; and until the caller says
 * `destroy`, it can be put back.
 */
import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import path from "node:path";
import { Refusal } from "../errors";
import { STATUS, STATUSES } from "../jobs/states";
import { codeOf, storageRefusal } from "./disk.server";
import { access, lstat, open, rename, rm, rmdir } from "./file-system.server";
import { STAGING_PREFIX, storageRoot } from "./store.server";

/**
 * The segments of a path below the status folders, as an audit writes it: forward slashes, relative to the root.
 * @throws Refusal `invalid` on `file_path` (reason `outside`) for anything else: absolute, with `..`, with a
 * backslash, a status folder itself, a folder of our own
 */
export function storedSegments(filePath: string): string[] {
  const segments = filePath.split("/");
  const folders: string[] = STATUSES.map((status) => STATUS[status].folder);
  const sound =
    filePath.length <= 4096 &&
    segments.length >= 2 &&
    folders.includes(segments[0]!) &&
    segments.every(
      (s) => s !== "" && s !== "." && s !== ".." && !/[\0\\]/.test(s) && Buffer.byteLength(s) <= 255,
    );
  if (!sound)
    throw new Refusal(
      "invalid",
      "That path does not lie below the status folders of the storage, so nothing was done.",
      {
        reason: "outside",
        fields: { file_path: ["Give a path as the audit reports it."] },
      },
    );
  return segments;
}

/** Something that was taken out and not yet destroyed. */
export interface SetAside {
  putBack(): Promise<void>;
  destroy(): Promise<void>;
}

/**
 * Takes a file or folder out of its place, by one rename inside its status folder. What a crash leaves is
 * cleared by the next sweep, like any folder of work in progress.
 * @throws Refusal `invalid` (reasons `outside`, `link`), `not_found` when nothing is there, `unavailable`
 */
export async function setAside(filePath: string): Promise<SetAside> {
  const segments = storedSegments(filePath);
  const name = segments.pop()!;
  const chain = await openChain(segments);
  try {
    const place = path.join(chain.last, name);
    if ((await lstat(place)).isSymbolicLink()) throw isLink(filePath);
    const aside = path.join(chain.first, `${STAGING_PREFIX}${randomUUID()}-removed`);
    await rename(place, aside);
    return {
      putBack: () => rename(aside, place).finally(() => chain.close()),
      destroy: async () => {
        try {
          await rm(aside, { recursive: true, force: true });
          await clearEmpty(segments);
        } finally {
          await chain.close();
        }
      },
    };
  } catch (error) {
    await chain.close();
    throw whatItMeans(error, filePath);
  }
}

/** Removes the folders between a status folder and what was in them, as long as they are empty. */
async function clearEmpty(segments: string[]): Promise<void> {
  for (let length = segments.length; length > 1; length--) {
    const chain = await openChain(segments.slice(0, length - 1));
    const done = await rmdir(path.join(chain.last, segments[length - 1]!)).then(
      () => true,
      () => false,
    );
    await chain.close();
    if (!done) return;
  }
}

interface Chain {
  /** A path to the status folder, and one to the innermost folder, that nobody can redirect any more. */
  first: string;
  last: string;
  close(): Promise<void>;
}

/**
 * Opens folder after folder, each inside the one before and never through a link. Where the system offers it,
 * what follows goes through the open folders, so that swapping one for a link later changes nothing.
 */
async function openChain(segments: string[]): Promise<Chain> {
  const handles: FileHandle[] = [];
  const close = async () => {
    for (const handle of handles.splice(0)) await handle.close();
  };
  try {
    const byHandle = await access("/proc/self/fd").then(
      () => true,
      () => false,
    );
    let at = storageRoot();
    let first = "";
    for (const segment of segments) {
      const next = path.join(at, segment);
      const facts = await lstat(next);
      if (!facts.isDirectory()) throw isLink(segments.join("/"));
      const handle = await open(next, constants.O_RDONLY | (constants.O_DIRECTORY ?? 0) | (constants.O_NOFOLLOW ?? 0)); // prettier-ignore
      handles.push(handle);
      at = byHandle ? `/proc/self/fd/${handle.fd}` : next;
      first ||= at;
    }
    return { first, last: at, close };
  } catch (error) {
    await close();
    throw whatItMeans(error, segments.join("/"));
  }
}

function isLink(filePath: string): Refusal {
  return new Refusal(
    "invalid",
    `${filePath} is a link, or lies behind one. Printdesk does not follow links; remove it by hand on the server.`,
    { reason: "link" },
  );
}

function whatItMeans(error: unknown, filePath: string): unknown {
  if (["ELOOP", "ENOTDIR"].includes(codeOf(error))) return isLink(filePath);
  if (codeOf(error) === "ENOENT")
    return new Refusal("not_found", "There is nothing at that path any more.", { reason: "gone" });
  return storageRefusal(error);
}
