/** The slicer opener as it was built for the workstations: what there is, and handing it out. */
import { open, readFile, stat } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { z } from "zod";
import { config } from "../config.server";
import { Refusal } from "../errors";

const FileSchema = z.object({
  file: z.string().regex(/^[\w.-]+(?:\/[\w.-]+)?$/),
  size_bytes: z.number().int().positive(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
const ManifestSchema = z.object({
  builds: z.array(
    z.object({
      platform: z.string().regex(/^(?:win|linux|darwin)-[a-z0-9]+$/),
      version: z.string().max(40),
      node: z.string().max(40),
      program: FileSchema,
      zip: FileSchema.extend({ file: z.string().regex(/^[\w-]+(?:\.[\w-]+)*\.zip$/) }),
    }),
  ),
});

/** A build: the program, and the ZIP with all that belongs to it. Sizes in bytes. */
export type OpenerBuild = z.infer<typeof ManifestSchema>["builds"][number];

/** The builds that are there. None was made, or only half of one: an empty list. */
export async function openerBuilds(): Promise<OpenerBuild[]> {
  let text: string;
  try {
    text = await readFile(path.join(config().OPENER_DIR, "builds.json"), "utf8");
  } catch {
    return [];
  }
  const manifest = ManifestSchema.safeParse(parsed(text));
  if (!manifest.success) return [];
  const there = await Promise.all(
    manifest.data.builds.map(({ zip }) =>
      stat(path.join(config().OPENER_DIR, zip.file)).then(
        (file) => file.isFile() && file.size === zip.size_bytes,
        () => false,
      ),
    ),
  );
  return manifest.data.builds.filter((_, i) => there[i]);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * @param name the ZIP of one of the builds
 * @returns its bytes; the stream closes the file
 * @throws Refusal `not_found`
 */
export async function openOpenerZip(
  name: string,
): Promise<{ name: string; size_bytes: number; stream: Readable }> {
  const build = (await openerBuilds()).find(({ zip }) => zip.file === name);
  const file = build && (await open(path.join(config().OPENER_DIR, name), "r").catch(() => null));
  if (!file)
    throw new Refusal("not_found", "There is no such download any more. Go back and reload the page.");
  const { size_bytes } = build.zip;
  return { name, size_bytes, stream: file.createReadStream({ highWaterMark: 1 << 18, end: size_bytes - 1 }) };
}
