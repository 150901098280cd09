import { readFile } from "node:fs/promises";

/**
 * The queue's token. In memory the queue forgets its tokens at each start and the launcher writes the
 * new one to a file, so it is read anew for each use; otherwise it is the variable's.
 */
export async function quirrelToken(): Promise<string | undefined> {
  const file = process.env.QUIRREL_TOKEN_FILE;
  if (!file) return process.env.QUIRREL_TOKEN;
  return (await readFile(file, "utf8")).trim();
}
