/**
 * What `metadata.json` says beside every job's files: enough to rebuild the job's row when the database has lost
 * it. Times are UTC ISO 8601, money is cents, weights are g, sizes are bytes. Pure: no I/O.
 *
 * The file is written at each move. What changes between two moves (`at_last_move`) is as of the last one; all
 * else always agrees with the database, and the audit says so when it does not.
 */
import { z } from "zod";
import { STATUSES } from "../jobs/states";
import { isSafeFileName } from "./names";

export const METADATA_FILE = "metadata.json";

/** The rules are the database's, so that a row can be made from whatever passes. */
const text = (least: number, most: number) =>
  z.string().min(least).max(most).refine((value) => !value.includes("\0")); // prettier-ignore
const time = z.iso.datetime();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const fileName = z.string().refine(isSafeFileName);
const count = z.number().int().min(0).max(2_147_483_647);

const file = z.object({
  role: z.enum(["original", "authoritative", "other"]),
  name: fileName,
  size_bytes: z.number().int().min(0),
  sha256,
});

/** As first released: without what only the folder's name and the last move tell. */
const Format1 = z.object({
  format: z.literal(1),
  job_id: z.uuid(),
  short_id: count.min(1),
  status: z.enum(STATUSES),
  status_since: time,
  student_name: text(2, 100),
  student_email: text(3, 100),
  discipline: text(1, 50),
  class_number: text(1, 50),
  original_filename: text(1, 256),
  display_name: text(1, 256),
  authoritative_filename: fileName,
  file_hash: sha256,
  print_method: text(1, 100),
  material: text(1, 100),
  material_name: text(1, 200),
  color: text(1, 100),
  color_name: text(1, 200),
  printer: text(1, 100),
  printer_name: text(1, 200),
  weight_g: z.number().positive().max(9_999_999).nullable(),
  time_hours: z.number().positive().max(999_999).nullable(),
  cost_cents: count.nullable(),
  price_snapshot: z
    .object({
      catalog_version: count,
      material: text(1, 100),
      material_name: text(1, 200),
      price_per_gram_cents: z.number().min(0),
      minimum_charge_cents: count,
    })
    .nullable(),
  catalog_version: count.min(1),
  student_confirmed: z.boolean(),
  student_confirmed_at: time.nullable(),
  acknowledged_minimum_charge: z.literal(true),
  consent_version: text(1, 50),
  consent_at: time,
  reject_reasons: z
    .object({ reasons: z.array(text(1, 100)).max(50), custom_reason: text(0, 5000) })
    .nullable(),
  created_at: time,
  files: z.array(file).min(1).max(10_000),
});

const Format2 = Format1.extend({
  format: z.literal(2),
  /** The name of the job's folder. */
  stem: z.string().regex(/^[A-Za-z0-9_-]{1,120}$/),
  files: z.array(file.extend({ first_seen_at: time })).min(1).max(10_000), // prettier-ignore
  at_last_move: z.object({
    version: count.min(1),
    updated_at: time,
    last_updated_by: text(1, 100).nullable(),
    staff_viewed_at: time.nullable(),
    confirm_token_expires: time.nullable(),
    is_confirmation_expired: z.boolean(),
    confirmation_last_sent_at: time.nullable(),
  }),
});

/** What may lie on disk; newest format last. */
export const MetadataSchema = z
  .discriminatedUnion("format", [Format1, Format2])
  .refine((data) => data.student_confirmed === (data.student_confirmed_at !== null), {
    path: ["student_confirmed_at"],
  })
  .refine(
    ({ files }) =>
      files.filter(({ role }) => role === "original").length === 1 &&
      files.filter(({ role }) => role === "authoritative").length <= 1 &&
      new Set(files.map(({ role, name }) => `${role}/${name}`)).size === files.length,
    { path: ["files"] },
  );

/** As it is written today. */
export type Metadata = z.output<typeof Format2>;
/** As it may be read: in any format that was ever written. */
export type KnownMetadata = z.output<typeof MetadataSchema>;

/** What only the last move noted: it may differ from the database ever after. */
const PASSING = ["at_last_move"];
/** What the first format did not have. */
const NEWER = ["stem", ...PASSING];

/** What a metadata.json of this format must say, field by field, to agree with what would be written today. */
export function comparable(metadata: Metadata, format: number): Record<string, unknown> {
  const without = (left: string[]) =>
    Object.fromEntries(Object.entries(metadata).filter(([field]) => !left.includes(field)));
  if (format !== 1) return without(PASSING);
  const files = metadata.files.map(({ role, name, size_bytes, sha256 }) => ({
    role,
    name,
    size_bytes,
    sha256,
  }));
  return { ...without(NEWER), format: 1, files };
}
