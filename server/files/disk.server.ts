/** The few careful ways in which Printdesk touches a disk. */
import { createHash, randomUUID } from "node:crypto";
import { constants } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { Refusal } from "../errors";
import {
  close,
  copyFile,
  link,
  open,
  readdir,
  readStream,
  rename,
  rm,
  stat,
  sync,
  unlink,
  utimes,
  write,
} from "./file-system.server";

/** Writes a small file so that a reader sees the old or the new content, never half of it. */
export async function writeAtomic(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID()}.tmp`);
  try {
    const handle = await open(temporary, "wx", 0o660);
    try {
      await write(temporary, handle, content);
      await sync(temporary, handle);
    } finally {
      await close(temporary, handle);
    }
    await rename(temporary, file);
    await syncFolder(path.dirname(file));
  } catch (error) {
    // The first error says more than one of the tidying.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** Makes a folder's entries durable. Some network file systems cannot; they have nothing to sync. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await sync(folder, handle);
  } catch (error) {
    if (!["EINVAL", "ENOTSUP", "EBADF", "EISDIR", "EPERM"].includes(codeOf(error))) throw error;
  } finally {
    await close(folder, handle);
  }
}

/** Gives a file a second name, in constant time where the file system allows, else by a synced copy of the same age. */
export async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!["EXDEV", "EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EINVAL"].includes(codeOf(error)))
      throw error;
    await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    const { atime, mtime } = await stat(from);
    await utimes(to, atime, mtime);
    const handle = await open(to, "r+");
    try {
      await sync(to, handle);
    } finally {
      await close(to, handle);
    }
  }
}

/** Are these two names one file on disk? */
export async function sameFile(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([stat(a), stat(b)]);
  return first.ino === second.ino && first.dev === second.dev;
}

/** SHA-256 of a file, as 64 hex digits; read as a stream. */
export async function hashFile(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(readStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}

/** Two writes closer together than this might carry the same time, milliseconds. */
const SETTLED_MS = 2_000;

/**
 * What the file system says of a file: as long as this stays, so does its content. (Opened, not only looked at: a
 * network share then asks its server.)
 * @returns null where times are kept in whole seconds, which tell too little
 */
export async function diskStamp(file: string): Promise<string | null> {
  const handle = await open(file, "r");
  try {
    const { size, mtimeNs, ino } = await handle.stat({ bigint: true });
    return mtimeNs % 1_000_000_000n === 0n ? null : `${size}-${mtimeNs}-${ino}`;
  } finally {
    await close(file, handle);
  }
}

/** A file's size and SHA-256, and the stamp by which it is known again. */
export interface Fingerprint {
  size_bytes: number;
  sha256: string;
  /** null: it was written a moment ago, or its times tell too little, so it must be hashed again next time. */
  disk_stamp: string | null;
}

/** @returns null when somebody wrote into the file meanwhile */
export async function fingerprint(file: string): Promise<Fingerprint | null> {
  const { size, mtimeMs } = await stat(file);
  const stamp = await diskStamp(file);
  const settled = Date.now() - mtimeMs >= SETTLED_MS;
  const sha256 = await hashFile(file);
  const after = await stat(file);
  if (after.size !== size || after.mtimeMs !== mtimeMs) return null;
  return { size_bytes: size, sha256, disk_stamp: settled ? stamp : null };
}

/** The names in a folder; none when it does not exist. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  }
}

/** Removes a file that may be gone already. */
export async function unlinkIfThere(file: string): Promise<void> {
  try {
    await unlink(file);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
}

/** The system's error code ("ENOSPC"), or "". */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** What a failing disk means to people: the sentence, or the error itself when it is something else. */
export function storageRefusal(error: unknown): unknown {
  const code = codeOf(error);
  if (["ENOSPC", "EDQUOT"].includes(code))
    return new Refusal(
      "unavailable",
      "The lab's storage is full, so nothing was changed. Please tell the lab staff and try again later.",
      { reason: "storage_full" },
    );
  // Whatever else the system says about a file: nothing the person at the form could mend.
  if (/^E[A-Z0-9]+$/.test(code) && (error as NodeJS.ErrnoException).syscall !== undefined)
    return new Refusal(
      "unavailable",
      "The lab's storage cannot be reached or written to right now, so nothing was changed. Please try again in a few minutes; if it stays so, tell the person who looks after the server.",
      { reason: "storage_unavailable", code },
    );
  return error;
}
