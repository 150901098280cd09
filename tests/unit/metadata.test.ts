/** metadata.json: what is written can be read back, in every format; what the database would refuse is refused here. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { comparable, type Metadata, MetadataSchema } from "@server/files/metadata";
import { type JobRow, metadataOf } from "@server/jobs/job.server";

const at = new Date("2026-11-24T05:06:07.089Z");
const hash = "ab".repeat(32);
const row: JobRow = {
  id: "0b6f6c1e-6b1a-4c7e-9f5e-2f1d9a1c0a11",
  short_id: 1042,
  version: 3,
  status: "PENDING",
  status_since: at,
  student_name: "Zoë Straße",
  student_email: "zoe@example.edu",
  discipline: "Engineering",
  class_number: "N/A",
  stem: "ZoeStrasse_Filament_Blue_1042",
  original_filename: "My part (final).stl",
  display_name: "ZoeStrasse_Filament_Blue_1042.stl",
  file_path: "Pending/ZoeStrasse_Filament_Blue_1042/plate.gcode",
  metadata_path: "Pending/ZoeStrasse_Filament_Blue_1042/metadata.json",
  file_hash: hash,
  catalog_version: 2,
  print_method: "Filament",
  material: "pla",
  material_name: "PLA",
  color: "blue",
  color_name: "Blue",
  printer: "prusa_mk4s",
  printer_name: "Prusa MK4S",
  weight_g: 82.55,
  time_hours: 3.5,
  cost_cents: 826,
  price_snapshot: {
    catalog_version: 2,
    material: "pla",
    material_name: "PLA",
    price_per_gram_cents: 10,
    minimum_charge_cents: 300,
  },
  acknowledged_minimum_charge: true,
  consent_version: "2026-01",
  consent_at: at,
  student_confirmed: false,
  student_confirmed_at: null,
  confirm_token_expires: at,
  is_confirmation_expired: false,
  confirmation_last_sent_at: at,
  reject_reasons: { reasons: ["thin_walls"], custom_reason: "" },
  staff_viewed_at: at,
  last_updated_by: "Jane Doe",
  lock_key: null,
  lock_session: null,
  locked_by: null,
  locked_until: null,
  pruned_at: null,
  created_at: at,
  updated_at: at,
};
const files = (["original", "authoritative", "other"] as const).map((role, n) => ({
  role,
  name: `${role}.stl`,
  size_bytes: 684 + n,
  sha256: hash,
  first_seen_at: at,
}));
const written = (): Metadata => JSON.parse(JSON.stringify(metadataOf(row, files))) as Metadata;
const first = () => comparable(written(), 1);

describe("metadata.json", () => {
  test("says everything about a job but its place, its lock and what is only known between two moves", () => {
    const data = written();
    const told = new Set([...Object.keys(data), ...Object.keys(data.at_last_move)]);
    const elsewhere = { id: "job_id", file_path: "authoritative_filename", metadata_path: "stem" };
    // A pruned job has no metadata.json any more.
    const lock = ["lock_key", "lock_session", "locked_by", "locked_until", "pruned_at"];
    for (const column of Object.keys(row).filter((name) => !lock.includes(name)))
      expect(told).toContain(elsewhere[column as keyof typeof elsewhere] ?? column);
  });

  test("is read back as it was written", () => {
    expect(MetadataSchema.parse(written())).toEqual(written());
    expect(MetadataSchema.parse(first())).toMatchObject({ format: 1, job_id: row.id });
    expect(first()).not.toHaveProperty("at_last_move");
    expect(first()).not.toHaveProperty("stem");
  });

  test.each<[string, (data: Record<string, unknown>) => unknown]>([
    ["no object", () => []],
    ["an unknown format", (data) => ({ ...data, format: 3 })],
    ["no format", ({ format: _, ...data }) => data],
    ["an unknown status", (data) => ({ ...data, status: "LOST" })],
    ["an id that is none", (data) => ({ ...data, job_id: "../../etc" })],
    ["number 0", (data) => ({ ...data, short_id: 0 })],
    ["a number too large for the column", (data) => ({ ...data, short_id: 2 ** 31 })],
    ["a name with NUL", (data) => ({ ...data, student_name: "Ada\0" })],
    ["a name of one letter", (data) => ({ ...data, student_name: "A" })],
    ["a stem with a slash", (data) => ({ ...data, stem: "../Ada" })],
    ["an unsafe file to print", (data) => ({ ...data, authoritative_filename: "../../x.stl" })],
    ["a hash of another kind", (data) => ({ ...data, file_hash: "ABC" })],
    ["a time that is none", (data) => ({ ...data, created_at: "yesterday" })],
    ["a negative price", (data) => ({ ...data, cost_cents: -1 })],
    ["half a cent", (data) => ({ ...data, cost_cents: 0.5 })],
    ["no weight at all but zero", (data) => ({ ...data, weight_g: 0 })],
    ["a confirmation without its time", (data) => ({ ...data, student_confirmed: true })],
    ["no consent", (data) => ({ ...data, acknowledged_minimum_charge: false })],
    ["no file", (data) => ({ ...data, files: [] })],
    ["no original", (data) => ({ ...data, files: [files[1]] })],
    ["two originals", (data) => ({ ...data, files: [files[0], { ...files[0], name: "b.stl" }] })],
    ["one file twice", (data) => ({ ...data, files: [files[0], files[2], files[2]] })],
    ["a file outside", (data) => ({ ...data, files: [{ ...files[0], name: "../b.stl" }] })],
  ])("with %s is refused", (_, spoil) => {
    const data = spoil(JSON.parse(JSON.stringify(written())) as Record<string, unknown>);
    expect(MetadataSchema.safeParse(JSON.parse(JSON.stringify(data))).success).toBe(false);
  });

  test("of any content is refused or read, never worse", () => {
    const fields = Object.keys(written());
    fc.assert(
      fc.property(fc.constantFrom(...fields), fc.jsonValue(), (field, value) => {
        MetadataSchema.safeParse({ ...written(), [field]: value });
      }),
      { numRuns: 2_000 },
    );
    fc.assert(
      fc.property(fc.jsonValue(), (value) => void MetadataSchema.safeParse(value)),
      { numRuns: 1_000 },
    );
  });
});
