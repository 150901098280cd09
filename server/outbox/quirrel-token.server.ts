import { readFile, stat } from "node:fs/promises";

/** What the file held when it was read, and what tells that it is still the same. */
let known: { stamp: string; token: string } | undefined;

/**
 * The queue's token. In memory the queue forgets its tokens at each start and the launcher writes the
 * new one to a file, so that is looked at for each use; otherwise it is the variable's.
 */
export async function quirrelToken(): Promise<string | undefined> {
  const file = process.env.QUIRREL_TOKEN_FILE;
  if (!file) return process.env.QUIRREL_TOKEN;
  const { ino, size, mtimeMs } = await stat(file);
  const stamp = `${file} ${ino} ${size} ${mtimeMs}`;
  // Noted before reading: when it is replaced in between, the next use reads it once more.
  if (known?.stamp !== stamp) known = { stamp, token: (await readFile(file, "utf8")).trim() };
  return known.token;
}
