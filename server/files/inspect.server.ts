/** Looking at the storage without touching it, and without following links: what a link points to is none of ours. */
import { constants } from "node:fs";
import path from "node:path";
import { codeOf } from "./disk.server";
import { lstat, open, opendir } from "./file-system.server";
import { type KnownMetadata, METADATA_FILE, MetadataSchema } from "./metadata";
import { absolute } from "./store.server";

/** What stands at a path; `"none"` when nothing does. */
export type EntryKind = "file" | "folder" | "link" | "other" | "none";

export interface Entry {
  kind: EntryKind;
  size_bytes: number;
}

/** What stands at a path below the root. */
export async function entryAt(relative: string): Promise<Entry> {
  try {
    const facts = await lstat(absolute(relative));
    const kind = facts.isSymbolicLink()
      ? "link"
      : facts.isDirectory()
        ? "folder"
        : facts.isFile()
          ? "file"
          : "other";
    return { kind, size_bytes: facts.size };
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return { kind: "none", size_bytes: 0 };
    throw error;
  }
}

/** Which entry of which disk a path is: equal for two names of one thing. Null when nothing is there. */
export async function entryId(relative: string): Promise<string | null> {
  try {
    const { dev, ino } = await lstat(absolute(relative), { bigint: true });
    return `${dev}:${ino}`;
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return null;
    throw error;
  }
}

/**
 * The `limit` first names after `after`, in the order of their code units. Reads the folder as a stream and keeps
 * only what it returns, so that a folder with a hundred thousand entries needs no more memory than a small one.
 */
export async function nextNames(folder: string, after: string, limit: number): Promise<string[]> {
  let best: string[] = [];
  let last: string | undefined;
  for await (const { name } of await opendir(absolute(folder), { bufferSize: 256 })) {
    if (name <= after || (last !== undefined && name >= last)) continue;
    best.push(name);
    if (best.length < limit * 2) continue;
    best = best.sort().slice(0, limit);
    last = best.at(-1)!;
  }
  return best.sort().slice(0, limit);
}

/** How many entries a folder has. */
export async function countNames(folder: string): Promise<number> {
  let count = 0;
  const listing = await opendir(absolute(folder), { bufferSize: 256 });
  try {
    while (await listing.read()) count++;
  } finally {
    await listing.close();
  }
  return count;
}

/** Plain files somewhere below a folder: how many, how large together, and the first of their paths within it. */
export interface Content {
  files: number;
  bytes: number;
  first: string[];
}

/** What lies in a folder, its subfolders included; what vanishes meanwhile is left out. Counting ends at `most` entries. */
export async function contentOf(folder: string, show: number, most = 10_000): Promise<Content> {
  const content: Content = { files: 0, bytes: 0, first: [] };
  const waiting = [""];
  let seen = 0;
  for (let below = waiting.pop(); below !== undefined && seen < most; below = waiting.pop()) {
    const listing = await opendir(path.join(absolute(folder), below)).catch((error) => {
      if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return [];
      throw error;
    });
    for await (const entry of listing) {
      if (++seen > most) break;
      const inside = below ? `${below}/${entry.name}` : entry.name;
      if (entry.isDirectory()) waiting.push(inside);
      else {
        content.files++;
        if (entry.isFile()) content.bytes += (await entryAt(`${folder}/${inside}`)).size_bytes;
        if (content.first.length < show) content.first.push(inside);
      }
    }
  }
  content.first.sort();
  return content;
}

/** What a job's metadata.json turned out to be. */
export type MetadataFound =
  | { state: "missing" }
  /** Not a plain file, too large, or not JSON. */
  | { state: "unreadable"; problem: string }
  /** JSON that says too little or the wrong things. */
  | { state: "invalid"; problem: string; raw: unknown }
  | { state: "read"; metadata: KnownMetadata; raw: Record<string, unknown> };

/** Larger than the metadata of any job that could be. */
const MOST_BYTES = 4 << 20;

/** Reads the metadata.json of a folder. A link in its place is not followed. */
export async function readMetadata(folder: string): Promise<MetadataFound> {
  const file = `${folder}/${METADATA_FILE}`;
  const { kind, size_bytes } = await entryAt(file);
  if (kind === "none") return { state: "missing" };
  if (kind !== "file") return { state: "unreadable", problem: "It is not a plain file." };
  if (size_bytes > MOST_BYTES) return { state: "unreadable", problem: "It is far too large." };
  let text: string;
  try {
    const handle = await open(absolute(file), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    text = await handle.readFile("utf8").finally(() => handle.close());
  } catch (error) {
    if (codeOf(error) === "ENOENT") return { state: "missing" };
    if (codeOf(error) === "ELOOP") return { state: "unreadable", problem: "It is not a plain file." };
    throw error;
  }
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return { state: "unreadable", problem: text.trim() ? "It is not JSON." : "It is empty." };
  }
  const parsed = MetadataSchema.safeParse(raw);
  if (parsed.success) return { state: "read", metadata: parsed.data, raw: raw as Record<string, unknown> };
  const fields = [...new Set(parsed.error.issues.map((issue) => String(issue.path[0] ?? "format")))];
  return { state: "invalid", problem: `Missing or wrong: ${fields.slice(0, 10).join(", ")}.`, raw };
}
