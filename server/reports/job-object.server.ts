/** The one writer of the API's job object. Read-only. */
import { config } from "../config.server";
import { db } from "../db.server";
import { isUuid } from "../ids";
import { Job, JobFile, JobNote } from "../jobs/job.server";
import { isLocked, jobNotFound } from "../jobs/lock.server";
import { jobIdFrom, referenceFor } from "../jobs/sign.server";
import { stepsFrom } from "../jobs/states";
import type { MeshReport } from "../mesh/report";
import { OutboxRow } from "../outbox/outbox.server";
import { findParts, type Part } from "../parts/part.server";
import { Payment, Receipt } from "../payments/payment.server";
import { HISTORY_SHOWN, type JobObject, type PublicJobObject } from "./job-object";
import { trackJob } from "./track.server";

/** A job by its UUID. @throws Refusal `not_found` */
export async function jobObject(id: string): Promise<JobObject> {
  const [job] = isUuid(id) ? await jobObjects([id]) : [];
  if (!job) throw jobNotFound();
  return job;
}

/** Several jobs in the order asked for, everything about them looked up together; unknown ids are left out. */
export async function jobObjects(ids: string[]): Promise<JobObject[]> {
  if (ids.length === 0) return [];
  const [jobs, files, notes, payments, letters, events, { rows: clock }] = await Promise.all([
    Job.query().findByIds(ids),
    JobFile.query().whereIn("job_id", ids).orderBy(["role", "name"]),
    JobNote.query().whereIn("job_id", ids).orderBy("created_at", "desc").orderBy("id"),
    paymentRows(ids),
    OutboxRow.query()
      .where("kind", "mail")
      .whereIn("job_id", ids)
      .orderBy("created_at", "desc")
      .orderBy("id"),
    newestEvents(ids),
    db().raw<{ rows: [{ now: Date }] }>("SELECT now()"),
  ]);
  const parts = await findParts(jobs.map(({ file_hash }) => file_hash));
  const { now } = clock[0];
  const byId = new Map(jobs.map((job) => [job.id, job]));
  const own = <T extends { job_id: string | null }>(rows: T[], id: string) =>
    rows.filter(({ job_id }) => job_id === id);
  return ids.flatMap((id) => {
    const job = byId.get(id);
    if (!job) return [];
    const part = parts.get(job.file_hash);
    const history = own(events, id);
    return {
      id,
      ...shared(job, part),
      version: job.version,
      ...student(job),
      reference: referenceFor(id),
      file_path: job.file_path,
      metadata_path: job.metadata_path,
      file_hash: job.file_hash,
      catalog_version: job.catalog_version,
      price_snapshot: job.price_snapshot,
      acknowledged_minimum_charge: job.acknowledged_minimum_charge,
      student_confirmed: job.student_confirmed,
      student_confirmed_at: iso(job.student_confirmed_at),
      confirm_token_expires: iso(job.confirm_token_expires),
      is_confirmation_expired:
        job.status === "PENDING" && (job.is_confirmation_expired || (job.confirm_token_expires ?? now) < now),
      confirmation_last_sent_at: iso(job.confirmation_last_sent_at),
      reject_reasons: job.reject_reasons,
      staff_viewed_at: iso(job.staff_viewed_at),
      last_updated_by: job.last_updated_by,
      locked_by: isLocked(job, now) ? job.locked_by : null,
      locked_until: isLocked(job, now) ? iso(job.locked_until) : null,
      updated_at: iso(job.updated_at)!,
      next_steps: stepsFrom(job.status),
      files: own(files, id).map(({ name, role, size_bytes, sha256, first_seen_at }) => ({
        name,
        role,
        size_bytes,
        sha256,
        first_seen_at: iso(first_seen_at)!,
      })),
      mesh_report_problem: part?.report ? null : (part?.report_problem ?? null),
      notes: own(notes, id).map(({ id, body, staff_name, workstation_id, created_at }) => ({
        id,
        body,
        staff_name,
        workstation_id,
        created_at: iso(created_at)!,
      })),
      payments: own(payments, id).map(paymentObject),
      letters: own(letters, id).map((row) => ({
        id: row.id,
        letter: row.payload.letter as JobObject["letters"][number]["letter"],
        state: row.state,
        attempts: row.attempts,
        created_at: iso(row.created_at)!,
        done_at: iso(row.done_at),
        last_error: row.last_error,
      })),
      history: history.map(({ id, timestamp, event_type, details, triggered_by, workstation_id }) => ({
        id,
        timestamp: iso(timestamp)!,
        event_type,
        details,
        triggered_by,
        workstation_id,
      })),
      history_total: history[0]?.total ?? 0,
    };
  });
}

/**
 * A job as its student sees it.
 * @param told `true` in the answer to the student's own submission: with what they have just told us
 * @throws Refusal `not_found`
 */
export async function publicJobObject(reference: string, told = false): Promise<PublicJobObject> {
  const view = await trackJob(reference);
  const job = await Job.query().findById(jobIdFrom(reference)!);
  if (!job) throw jobNotFound();
  const part = (await findParts([job.file_hash])).get(job.file_hash);
  return {
    id: reference,
    ...shared(job, part),
    ...(told ? student(job) : {}),
    status_url: `${config().PUBLIC_URL}/track/${reference}`,
    next_step: view.next_step,
    timeline: view.timeline,
    reject_reasons: view.reject_reasons,
    payment: view.payment,
  };
}

type PaymentRow = Payment & { receipt_number: number };

/** The ledger's rows with the numbers of their receipts, newest first. */
function paymentRows(ids: string[]): Promise<PaymentRow[]> {
  const number = Receipt.query().select("number").whereColumn("receipts.id", "payments.receipt_id");
  const rows = Payment.query().select("payments.*", number.as("receipt_number")).whereIn("job_id", ids);
  return rows.orderBy("paid_ts", "desc").orderBy("id").castTo<PaymentRow[]>().execute();
}

/** A ledger row as the API gives it. */
function paymentObject(row: PaymentRow): JobObject["payments"][number] {
  return {
    id: row.id,
    payment_system: row.payment_system,
    grams: row.grams,
    price_cents: row.price_cents,
    estimated_cents: row.estimated_cents,
    deviation_reason: row.deviation_reason,
    txn_no: row.txn_no,
    receipt_number: row.receipt_number,
    picked_up_by: row.picked_up_by,
    paid_ts: iso(row.paid_ts)!,
    paid_by_staff: row.paid_by_staff,
    workstation_id: row.workstation_id,
    voided_at: iso(row.voided_at),
    voided_by: row.voided_by,
    void_reason: row.void_reason,
    corrects: row.corrects,
  };
}

function shared(job: Job, part: Part | undefined) {
  return {
    short_id: job.short_id,
    status: job.status,
    status_since: iso(job.status_since)!,
    original_filename: job.original_filename,
    display_name: job.display_name,
    print_method: job.print_method,
    material: job.material,
    material_name: job.material_name,
    color: job.color,
    color_name: job.color_name,
    printer: job.printer,
    printer_name: job.printer_name,
    weight_g: job.weight_g,
    time_hours: job.time_hours,
    cost_cents: job.cost_cents,
    created_at: iso(job.created_at)!,
    mesh_report: part?.report ? meshReport(part.report) : null,
  };
}

/** Only what the schema promises. */
function meshReport(report: MeshReport): NonNullable<JobObject["mesh_report"]> {
  const { items, advice, ...numbers } = report;
  return {
    ...numbers,
    items: items.map(({ name, size_mm, triangles }) => ({ name, size_mm, triangles })),
    advice: advice.map(({ code, text }) => ({ code, text })),
  };
}

function student({ student_name, student_email, discipline, class_number }: Job) {
  return { student_name, student_email, discipline, class_number };
}

interface EventRow {
  id: number;
  job_id: string;
  timestamp: Date;
  event_type: string;
  details: Record<string, unknown>;
  triggered_by: string;
  workstation_id: string;
  total: number;
}

async function newestEvents(ids: string[]): Promise<EventRow[]> {
  const { rows } = await db().raw<{ rows: EventRow[] }>(
    `SELECT e.*, (SELECT count(*) FROM events WHERE job_id = j.id)::int AS total
     FROM unnest(?::uuid[]) AS j (id) CROSS JOIN LATERAL (
       SELECT id, job_id, timestamp, event_type, details, triggered_by, workstation_id FROM events
       WHERE job_id = j.id ORDER BY id DESC LIMIT ?
     ) AS e ORDER BY e.id DESC`,
    [ids, HISTORY_SHOWN],
  );
  return rows;
}

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;
