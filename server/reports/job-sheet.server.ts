/** Everything staff see about one job: facts, files, notes, payments, letters. Read-only. */
import { currentCatalog } from "../catalog/catalog.server";
import { filesIn, folderOf } from "../files/store.server";
import { asCards, type JobCard } from "../jobs/card.server";
import type { NoteInShort } from "../jobs/card-records.server";
import { Job, JobFile, JobNote, type Rejection } from "../jobs/job.server";
import { lettersToResend, type LetterToResend } from "../jobs/resend-email.server";
import { isUuid } from "../ids";
import { jobNotFound } from "../jobs/lock.server";
import type { PriceSnapshot } from "../jobs/pricing";
import { stepsFrom, step, type StepName } from "../jobs/states";
import { OutboxRow, type OutboxState } from "../outbox/outbox.server";
import { Payment, Receipt } from "../payments/payment.server";
import { inactiveStaffNames } from "../staff/staff.server";
import { referenceFor } from "../jobs/sign.server";
import { Refusal } from "../errors";
import { modelShown, type ModelShown } from "./model-shown";

/** A file as the job page lists it. */
export interface SheetFile {
  name: string;
  size_bytes: number;
  roles: string[];
  sha256: string | null;
  modified_at: string | null;
  on_disk: boolean;
}

/** The job page's content. Times are UTC ISO 8601, money in cents, sizes in bytes. */
export interface JobSheet extends JobCard {
  file_hash: string;
  reject_reasons: Rejection | null;
  price_snapshot: PriceSnapshot | null;
  student_confirmed_at: string | null;
  confirm_token_expires: string | null;
  consent_at: string;
  /** When the job was pruned; its files, notes and student are gone since. */
  pruned_at: string | null;
  staff_viewed_at: string | null;
  last_updated_by: string | null;
  reference: string;
  files: SheetFile[];
  storage_problem: string | null;
  /** What the 3D view shows; null when there is nothing to show. */
  model: ModelShown | null;
  notes: (NoteInShort & { inactive: boolean })[];
  payments: {
    id: string;
    /** Number of the receipt it stands on. */
    receipt: number;
    payment_system: string;
    grams: number;
    price_cents: number;
    estimated_cents: number | null;
    deviation_reason: string | null;
    /** It stands for a payment that was wrong. */
    is_correction: boolean;
    txn_no: string;
    picked_up_by: string;
    paid_ts: string;
    paid_by_staff: string;
    voided_at: string | null;
    voided_by: string | null;
    void_reason: string | null;
  }[];
  mails: {
    id: string;
    letter: string;
    state: OutboxState;
    attempts: number;
    created_at: string;
    next_at: string;
    done_at: string | null;
    last_error: string | null;
  }[];
  letters_to_resend: LetterToResend[];
  /** The steps that make sense now; a revert only while its time lasts. */
  steps: StepName[];
}

/**
 * @param id the job's UUID
 * @throws Refusal `not_found`
 */
export async function jobSheet(id: string): Promise<JobSheet> {
  if (!isUuid(id)) throw jobNotFound();
  const job = await Job.query().findById(id);
  if (!job) throw jobNotFound();
  const [[card], known, notes, payments, mails, inactive, catalog] = await Promise.all([
    asCards([job]),
    JobFile.query().where("job_id", id),
    JobNote.query().where("job_id", id).orderBy("created_at", "desc"),
    paymentsOf(id),
    OutboxRow.query().where({ job_id: id, kind: "mail" }).orderBy("created_at", "desc"),
    inactiveStaffNames(),
    currentCatalog(),
  ]);
  const { files, problem } = job.pruned_at ? { files: [], problem: null } : await listFiles(job, known);
  const iso = (at: Date | null) => at?.toISOString() ?? null;
  const letters_to_resend = lettersToResend(job);
  const steps = stepsFrom(job.status).filter(
    (name) =>
      !job.pruned_at &&
      (!step(name).withinRevertWindow || card!.revert_until !== null) &&
      (name !== "resend-email" || letters_to_resend.length > 0) &&
      (name !== "correct-payment" || payments.length > 0) &&
      (name !== "void-payment" || payments.some((payment) => payment.voided_at === null)),
  );
  return {
    ...card!,
    file_hash: job.file_hash,
    reject_reasons: job.reject_reasons,
    price_snapshot: job.price_snapshot,
    student_confirmed_at: iso(job.student_confirmed_at),
    confirm_token_expires: iso(job.confirm_token_expires),
    consent_at: job.consent_at.toISOString(),
    pruned_at: iso(job.pruned_at),
    staff_viewed_at: iso(job.staff_viewed_at),
    last_updated_by: job.last_updated_by,
    reference: referenceFor(job.id),
    files,
    storage_problem: problem,
    model: modelShown(files, catalog.data, job.printer),
    notes: notes.map((n) => ({
      ...plain(n),
      created_at: n.created_at.toISOString(),
      inactive: inactive.includes(n.staff_name),
    })),
    payments,
    mails: mails.map((m) => ({
      id: m.id,
      letter: m.payload.letter ?? "",
      state: m.state,
      attempts: m.attempts,
      created_at: m.created_at.toISOString(),
      next_at: m.next_at.toISOString(),
      done_at: iso(m.done_at),
      last_error: m.last_error,
    })),
    letters_to_resend,
    steps,
  };
}

/** The job's part of the ledger, the newest first. */
async function paymentsOf(jobId: string): Promise<JobSheet["payments"]> {
  const rows = await Payment.query().where("job_id", jobId).orderBy("paid_ts", "desc");
  const receipts = await Receipt.query().findByIds(rows.map((row) => row.receipt_id));
  const numbers = new Map(receipts.map((receipt) => [receipt.id, receipt.number]));
  return rows.map((row) => ({
    id: row.id,
    receipt: numbers.get(row.receipt_id)!,
    payment_system: row.payment_system,
    grams: row.grams,
    price_cents: row.price_cents,
    estimated_cents: row.estimated_cents,
    deviation_reason: row.deviation_reason,
    is_correction: row.corrects !== null,
    txn_no: row.txn_no,
    picked_up_by: row.picked_up_by,
    paid_ts: row.paid_ts.toISOString(),
    paid_by_staff: row.paid_by_staff,
    voided_at: row.voided_at?.toISOString() ?? null,
    voided_by: row.voided_by,
    void_reason: row.void_reason,
  }));
}

function plain<T extends object>(row: T): T {
  return { ...row };
}

/** What lies in the folder beside what the records say; a share that is away is told, not thrown. */
async function listFiles(
  job: Job,
  known: JobFile[],
): Promise<{ files: SheetFile[]; problem: string | null }> {
  let found: Awaited<ReturnType<typeof filesIn>> = [];
  let problem: string | null = null;
  try {
    found = await filesIn(folderOf(job.status, job.stem));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    problem = "The storage cannot be read right now, so the list below comes from the records alone.";
  }
  const names = [...new Set([...found.map((f) => f.name), ...known.map((f) => f.name)])];
  const files = names.map((name) => {
    const lying = found.find((f) => f.name === name);
    const records = known.filter((f) => f.name === name);
    return {
      name,
      size_bytes: lying?.size_bytes ?? records[0]?.size_bytes ?? 0,
      roles: records.map((f) => f.role).filter((role) => role !== "other"),
      sha256: records[0]?.sha256 ?? null,
      modified_at: lying?.modified_at.toISOString() ?? null,
      on_disk: lying !== undefined,
    };
  });
  return { files, problem };
}
