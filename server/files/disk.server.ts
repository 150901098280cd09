/** The few careful ways in which Printdesk touches a disk. */
import { randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { link, open, readdir, rename, rm, stat, unlink } from "node:fs/promises";
import { createHash } from "node:crypto";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { Refusal } from "../errors";

/** Writes a small file so that a reader sees the old or the new content, never half of it. */
export async function writeAtomic(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID()}.tmp`);
  try {
    const handle = await open(temporary, "wx", 0o660);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    await syncFolder(path.dirname(file));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Makes a folder's entries durable. Some network file systems cannot; they have nothing to sync. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } catch (error) {
    if (!["EINVAL", "ENOTSUP", "EBADF", "EISDIR", "EPERM"].includes(codeOf(error))) throw error;
  } finally {
    await handle.close();
  }
}

/** Gives a file a second name, in constant time where the file system allows, else by a synced copy. */
export async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!["EXDEV", "EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EINVAL"].includes(codeOf(error)))
      throw error;
    await pipeline(createReadStream(from), createWriteStream(to, { flags: "wx", mode: 0o660, flush: true }));
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
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
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
  if (
    [
      "EROFS",
      "EACCES",
      "EPERM",
      "EIO",
      "ENOENT",
      "EBUSY",
      "EEXIST",
      "ENOTEMPTY",
      "ESTALE",
      "ENOTCONN",
      "EHOSTDOWN",
      "ETIMEDOUT",
    ].includes(code)
  )
    return new Refusal(
      "unavailable",
      "The lab's storage cannot be reached or written to right now, so nothing was changed. Please try again in a few minutes; if it stays so, tell the person who looks after the server.",
      { reason: "storage_unavailable", code },
    );
  return error;
}
