/** What a backup's set says of itself. A set without its manifest does not exist. Pure: no I/O. */
import { z } from "zod";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const size = z.number().int().min(0);
/** Below its root, with forward slashes, never out of it. */
const path = z
  .string()
  .min(1)
  .max(4_000)
  .refine(
    (p) => !/^\/|\\|\0/.test(p) && !p.split("/").some((part) => part === "" || part === "." || part === ".."),
  );

const TableSchema = z.object({
  name: z.string().regex(/^[a-z_][a-z0-9_]*$/),
  columns: z.array(z.string().regex(/^[a-z_][a-z0-9_]*$/)).min(1),
  rows: size,
  /** Of the text as COPY gives it; the drill copies out again and compares. */
  text_sha256: sha256,
  /** The object: that text, gzipped. */
  sha256,
  size,
});

const FileSchema = z.object({
  root: z.enum(["storage", "events"]),
  path,
  sha256,
  size,
  mtime_ms: z.number(),
});

export const ManifestSchema = z.object({
  format: z.literal(1),
  set: z.string(),
  made_at: z.iso.datetime(),
  /** A fingerprint of SECRET_KEY: links in letters work only with the same one. */
  key_mark: z.string(),
  database: z.object({
    server_version: z.number().int(),
    migrations: z.array(z.string()).min(1),
    /** The head of the log's chain in this set. */
    head: z.object({ seq: size, hash: sha256 }),
    tables: z.array(TableSchema).min(1),
    /** PostgreSQL's own archive of the same snapshot, or why there is none. Older sets say nothing. */
    pg_dump: z.union([z.object({ made_by: z.string(), sha256, size }), z.object({ missing: z.string() })]).optional(), // prettier-ignore
    sequences: z.array(z.object({ name: z.string().regex(/^[a-z_][a-z0-9_]*$/), value: z.number().int(), called: z.boolean() })), // prettier-ignore
  }),
  files: z.array(FileSchema),
  /** Files that the database names and the storage did not have: an audit had found them before already. */
  missing: z.array(z.string()),
  /** Jobs of the snapshot that were deleted before their files were read. */
  deleted: z.array(z.object({ id: z.uuid(), short_id: z.number().int() })),
  jobs: size,
});

export type Manifest = z.infer<typeof ManifestSchema>;
export type BackedUpTable = z.infer<typeof TableSchema>;
export type BackedUpFile = z.infer<typeof FileSchema>;

/** Bytes of everything a set needs, each object once. */
export function bytesOf(manifest: Manifest): number {
  const objects = new Map(objectsOf(manifest).map((object) => [object.sha256, object.size]));
  return [...objects.values()].reduce((sum, size) => sum + size, 0);
}

/** Every object a set needs. */
export function objectsOf(manifest: Manifest): { sha256: string; size: number; for: string }[] {
  return [
    ...manifest.database.tables.map((table) => ({
      sha256: table.sha256,
      size: table.size,
      for: `table ${table.name}`,
    })),
    ...archiveOf(manifest),
    ...manifest.files.map((file) => ({ sha256: file.sha256, size: file.size, for: file.path })),
  ];
}

function archiveOf({ database: { pg_dump } }: Manifest): ReturnType<typeof objectsOf> {
  return pg_dump && "sha256" in pg_dump
    ? [{ sha256: pg_dump.sha256, size: pg_dump.size, for: "the archive by pg_dump" }]
    : [];
}
