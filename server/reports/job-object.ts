/**
 * The job object of the API, said once: the schema here, the values in `job-object.server.ts`. Field names are the
 * specification's. Times are UTC ISO 8601, money cents, sizes bytes, weights g, lengths mm. Pure: no I/O.
 */
import { z } from "zod";
import { STEP_NAMES, STATUSES } from "../jobs/states";
import { LETTER_KIND_NAMES } from "../mail/kinds";

/** A point in time, UTC. */
export const At = z.iso.datetime().describe("UTC, ISO 8601");
export const Cents = z.int().min(0).describe("US cents");
const MaybeAt = At.nullable();
const Name = z.string();

export const EventSchema = z
  .object({
    id: z.int().positive().describe("Number in the log, without gaps."),
    timestamp: At,
    event_type: z.string().describe('For example "JobApproved".'),
    details: z.record(z.string(), z.unknown()),
    triggered_by: z.string().describe('Name of a member of staff as it was then, "student" or "system".'),
    workstation_id: z.string().describe('"public" for students, "worker" for the system.'),
  })
  .meta({ id: "Event" });

export const NoteSchema = z
  .object({ id: z.uuid(), body: z.string(), staff_name: Name, workstation_id: z.string(), created_at: At })
  .meta({ id: "Note", description: "Written once, never changed." });

export const PaymentSchema = z
  .object({
    id: z.uuid(),
    payment_system: z.string(),
    grams: z.number().describe("As weighed, g."),
    price_cents: Cents,
    estimated_cents: Cents.nullable().describe("The price that was approved."),
    deviation_reason: z.string().nullable().describe("Why it is far from the estimate."),
    txn_no: z.string(),
    receipt_number: z.int().positive().describe("Prints that were paid together have one receipt."),
    picked_up_by: z.string(),
    paid_ts: At,
    paid_by_staff: Name,
    workstation_id: z.string(),
    voided_at: MaybeAt,
    voided_by: Name.nullable(),
    void_reason: z.string().nullable(),
    corrects: z.uuid().nullable().describe("The payment that this one stands for instead."),
  })
  .meta({ id: "Payment", description: "A row of the ledger: voided when it was wrong, never erased." });

export const FileSchema = z
  .object({
    name: z.string(),
    role: z.enum(["original", "authoritative", "other"]),
    size_bytes: z.int().min(0),
    sha256: z.string(),
    first_seen_at: At,
  })
  .meta({ id: "File", description: "A file of the job's folder; the authoritative one is printed." });

export const LetterSchema = z
  .object({
    id: z.uuid(),
    letter: z.enum(LETTER_KIND_NAMES),
    state: z.enum(["due", "running", "done", "failed", "cancelled"]),
    attempts: z.int().min(0),
    created_at: At,
    done_at: MaybeAt,
    last_error: z.string().nullable(),
  })
  .meta({ id: "Letter" });

const Triple = z.array(z.number()).length(3).describe("x, y, z");
const Count = z.int().min(0);

export const MeshReportSchema = z
  .object({
    format: z.enum(["stl", "obj", "3mf"]),
    encoding: z.string(),
    triangles: Count,
    vertices: Count,
    size_mm: Triple,
    min_mm: Triple,
    max_mm: Triple,
    items: z.array(z.object({ name: z.string(), size_mm: Triple, triangles: Count })),
    item_count: Count,
    volume_mm3: z.number(),
    area_mm2: z.number(),
    watertight: z.boolean(),
    shells: Count,
    open_edges: Count,
    nonmanifold_edges: Count,
    flipped_edges: Count,
    flipped_triangles: Count,
    zero_area_triangles: Count,
    inverted_shells: Count,
    cavities: Count,
    unit: z.enum(["unknown", "micron", "mm", "cm", "m", "inch", "foot"]),
    advice: z.array(z.object({ code: z.string(), text: z.string() })).describe("Worst first."),
  })
  .meta({ id: "MeshReport", description: "What was measured in the student's file." });

export const PriceSnapshotSchema = z
  .object({
    catalog_version: z.int(),
    material: z.string(),
    material_name: z.string(),
    price_per_gram_cents: z.number().min(0),
    minimum_charge_cents: Cents,
  })
  .meta({ id: "PriceSnapshot", description: "The prices that the job was approved with." });

/** What the student of a link may see as well as staff. */
const shared = {
  short_id: z.int().describe("The number on tickets and in mails."),
  status: z.enum(STATUSES),
  status_since: At,
  original_filename: z.string(),
  display_name: z.string(),
  print_method: z.string(),
  material: z.string().describe("Id in the catalog."),
  material_name: z.string(),
  color: z.string().describe("Id in the catalog."),
  color_name: z.string(),
  printer: z.string().describe("Id in the catalog."),
  printer_name: z.string(),
  weight_g: z.number().nullable(),
  time_hours: z.number().nullable(),
  cost_cents: Cents.nullable().describe("The estimate that was approved; the payment is by the scale."),
  created_at: At,
  mesh_report: MeshReportSchema.nullable(),
};

const student = {
  student_name: z.string(),
  student_email: z.string(),
  discipline: z.string(),
  class_number: z.string(),
};

export const JobSchema = z
  .object({
    id: z.uuid(),
    ...shared,
    version: z
      .int()
      .positive()
      .describe("Goes up with every change; send it to be refused when it is stale."),
    ...student,
    reference: z.string().describe("The opaque name of the job in public calls and links."),
    file_path: z.string().describe("Of the file to be printed, below the storage root."),
    metadata_path: z.string(),
    file_hash: z.string().describe("SHA-256 of the student's file."),
    catalog_version: z.int(),
    price_snapshot: PriceSnapshotSchema.nullable(),
    acknowledged_minimum_charge: z.boolean(),
    student_confirmed: z.boolean(),
    student_confirmed_at: MaybeAt,
    confirm_token_expires: MaybeAt,
    is_confirmation_expired: z.boolean(),
    confirmation_last_sent_at: MaybeAt,
    reject_reasons: z.object({ reasons: z.array(z.string()), custom_reason: z.string() }).nullable(),
    staff_viewed_at: MaybeAt,
    last_updated_by: Name.nullable(),
    locked_by: z.string().nullable(),
    locked_until: MaybeAt,
    updated_at: At,
    next_steps: z.array(z.enum(STEP_NAMES)).describe("What staff can do in this status."),
    files: z.array(FileSchema),
    mesh_report_problem: z.string().nullable(),
    notes: z.array(NoteSchema).describe("Newest first."),
    payments: z.array(PaymentSchema).describe("Newest first, voided ones too."),
    letters: z.array(LetterSchema).describe("Newest first."),
    history: z
      .array(EventSchema)
      .describe("The newest 100, newest first; all are at `/jobs/{job_id}/events`."),
    history_total: z.int().min(0),
  })
  .meta({ id: "Job", description: "One print request, with everything that belongs to it." });
export type JobObject = z.output<typeof JobSchema>;

/** How much history the object carries. */
export const HISTORY_SHOWN = 100;

export const PublicJobSchema = z
  .object({
    id: z.string().describe("The job's opaque reference: what public calls take as `job_id`."),
    ...shared,
    status_url: z.url().describe("The student's private status page."),
    next_step: z.string().describe("One sentence for the student."),
    timeline: z.array(z.object({ at: At, title: z.string(), text: z.string() })),
    reject_reasons: z.array(z.string()),
    payment: z.object({ price_cents: Cents, paid_ts: At }).nullable(),
    ...z.object(student).partial().shape,
  })
  .meta({
    id: "PublicJob",
    description:
      "The job as its student sees it: no staff names, no notes, no lock. Who the student is stands only in the answer to the submission itself.",
  });
export type PublicJobObject = z.output<typeof PublicJobSchema>;
