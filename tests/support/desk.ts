/**
 * What people do at the desk, as a test says it: hand in a cube, take a lock, walk a job to a status,
 * always through the real verbs. Also the program of a second application (`serve`), hence free of vitest.
 */
import { createHash, randomUUID } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { makeBackup } from "@server/backup/backup.server";
import { startAudit } from "@server/audit/start-audit.server";
import { db } from "@server/db.server";
import { Refusal } from "@server/errors";
import { SYSTEM } from "@server/events/append.server";
import { Event } from "@server/events/event.server";
import { rotateEvents } from "@server/retention/rotate-events.server";
import { verifyChain } from "@server/events/verify.server";
import { crashAt, type CrashPoint } from "@server/files/crash.server";
import type { StagedFile } from "@server/files/receive.server";
import { folderOf, storageRoot, uploadStaging } from "@server/files/store.server";
import { approveJob } from "@server/jobs/approve.server";
import { ConfirmToken } from "@server/jobs/confirm-token.server";
import { confirmJob } from "@server/jobs/confirm.server";
import { declineJob } from "@server/jobs/decline.server";
import { deleteJob } from "@server/jobs/delete.server";
import { Job } from "@server/jobs/job.server";
import { type Desk, extendLock, releaseLock, takeLock } from "@server/jobs/lock.server";
import { addNote } from "@server/jobs/note.server";
import { rejectJob } from "@server/jobs/reject.server";
import { resendConfirmation } from "@server/jobs/resend-confirmation.server";
import { resendEmail } from "@server/jobs/resend-email.server";
import { type Guard, SubmitSchema } from "@server/jobs/schemas";
import { hashToken, referenceFor, tokenFor } from "@server/jobs/sign.server";
import type { Status, StepName } from "@server/jobs/states";
import {
  changeStatus,
  forceConfirm,
  markComplete,
  markFailed,
  markPrinting,
  revertCompletion,
  reviewJob,
} from "@server/jobs/steps.server";
import { submitJob } from "@server/jobs/submit.server";
import { sweepStorage } from "@server/jobs/sweep.server";
import { OutboxRow } from "@server/outbox/outbox.server";
import { sweepOutbox } from "@server/outbox/work.server";
import { correctPayment } from "@server/payments/correct-payment.server";
import { handOver } from "@server/payments/hand-over.server";
import { revertPickup } from "@server/payments/revert-pickup.server";
import { takePayment } from "@server/payments/take-payment.server";
import { voidPayment } from "@server/payments/void-payment.server";
import { archiveJobs } from "@server/retention/archive-jobs.server";
import { pruneJobs } from "@server/retention/prune-jobs.server";
import { HANDLERS } from "@workers/queues";
import { cubeStl } from "./models";

/** A computer of the lab with a session of its own. */
export function deskAt(workstation: "front" | "back" | "office"): Desk {
  return {
    session_id: randomUUID(),
    workstation_id: workstation,
    workstation_name: `${workstation[0]!.toUpperCase()}${workstation.slice(1)} computer`,
  };
}

export const FRONT = deskAt("front");
export const BACK = deskAt("back");
export const STAFF = "Jane Doe";

let cubes = 0;

/** A cube that no other test of this process has: the header carries a number. */
export function newCube(): Buffer {
  const bytes = cubeStl();
  bytes.write(`cube ${process.pid} ${++cubes} ${randomUUID()}`, 0, 80, "latin1");
  return bytes;
}

/** A received upload, as the reception hands it over. */
export function stageFile(content: Buffer, original_name = "cube.stl"): StagedFile {
  const file = path.join(uploadStaging(), `${randomUUID()}.part`);
  writeFileSync(file, content);
  return {
    path: file,
    original_name,
    size_bytes: content.length,
    sha256: sha256(content),
    head: content.subarray(0, 512),
  };
}

export interface CubeOverrides {
  student_name?: string;
  student_email?: string;
  print_method?: string;
  color?: string;
  printer?: string;
  another_copy?: string;
  acknowledged_fit?: string;
  consent_version?: string;
  content?: Uint8Array;
  original_name?: string;
  form_key?: string;
  ip?: string;
}

/** Hands in a model the way the form does. Every call is another student at another address unless told. */
export async function handIn({ content, original_name, ...rest }: CubeOverrides = {}) {
  return handInFile(stageFile(content ? Buffer.from(content) : newCube(), original_name), rest);
}

/** The same with an upload that has been received already. */
export async function handInFile(file: StagedFile, overrides: CubeOverrides = {}) {
  const { form_key, ip = randomUUID(), ...fields } = overrides;
  const input = SubmitSchema.parse({
    student_name: "Ada Lovelace",
    student_email: `ada.${randomUUID()}@example.edu`,
    discipline: "Engineering",
    class_number: "ENGR 1001",
    print_method: "Filament",
    color: "true-red",
    printer: "prusa_mk4s",
    acknowledged_minimum_charge: "yes",
    ...fields,
  });
  return submitJob(input, file, { form_key, ip });
}

/** Hands in a cube. @returns the job's row */
export async function submitCube(overrides: CubeOverrides = {}): Promise<Job> {
  return theJob((await handIn(overrides)).id);
}

/** The row as it is now. */
export async function theJob(id: string): Promise<Job> {
  return Job.query().findById(id).throwIfNotFound();
}

/** Takes the job's lock. @returns what the form of that page would carry */
export async function lockFor(desk: Desk, jobId: string): Promise<Required<Guard>> {
  const { lock_key } = await takeLock(desk, jobId, { staff_name: STAFF });
  return { version: (await theJob(jobId)).version, lock_key, form_key: randomUUID() };
}

/** Every step that has a verb. (Filing away is done by the many, in server/retention.) */
export type Verb = Exclude<StepName, "archive">;

let receipts = 0;

/** The real verb of each step, with an input it accepts. */
export const VERBS: Record<Verb, (desk: Desk, job: Job, guard: Guard, more?: object) => Promise<unknown>> = {
  review: (desk, { id }, guard, more) =>
    reviewJob(desk, id, { staff_name: STAFF, reviewed: true, ...more }, guard),
  approve: (desk, { id, display_name }, guard, more) =>
    approveJob(
      desk,
      id,
      { staff_name: STAFF, weight_g: 25.5, time_hours: 3.25, authoritative_filename: display_name, ...more },
      guard,
    ),
  reject: (desk, { id }, guard) =>
    rejectJob(desk, id, { staff_name: STAFF, reasons: ["thin_walls"], custom_reason: "" }, guard),
  confirm: async (_, { id }) => confirmJob(await tokenOf(id)),
  decline: async (_, { id }) => declineJob(await tokenOf(id)),
  "resend-confirmation": (_, { id }) => resendConfirmation(referenceFor(id)),
  "force-confirm": (desk, { id }, guard) =>
    forceConfirm(desk, id, { staff_name: STAFF, reason: "by phone" }, guard),
  "mark-printing": (desk, { id }, guard) => markPrinting(desk, id, { staff_name: STAFF }, guard),
  "mark-failed": (desk, { id }, guard) =>
    markFailed(desk, id, { staff_name: STAFF, reason: "warped" }, guard),
  "mark-complete": (desk, { id }, guard) => markComplete(desk, id, { staff_name: STAFF }, guard),
  payment: (desk, { id }, guard, more) =>
    takePayment(
      desk,
      id,
      {
        staff_name: STAFF,
        grams: 27.3,
        txn_no: `T${process.pid}-${++receipts}`,
        picked_up_by: "Ada Lovelace",
        ...more,
      },
      guard,
    ),
  "mark-picked-up": (desk, { id }, guard) =>
    handOver(desk, id, { staff_name: STAFF, picked_up_by: "Ada Lovelace", reason: "reprint" }, guard),
  "revert-completion": (desk, { id }, guard) => revertCompletion(desk, id, { staff_name: STAFF }, guard),
  "revert-pickup": (desk, { id }, guard) => revertPickup(desk, id, { staff_name: STAFF }, guard),
  "correct-payment": async (desk, { id }, guard, more) =>
    correctPayment(
      desk,
      id,
      {
        staff_name: STAFF,
        payment_id: await newestPayment(id),
        grams: 40,
        txn_no: `T${process.pid}-${++receipts}`,
        reason: "weighed with its supports",
        ...more,
      },
      guard,
    ),
  "void-payment": async (desk, { id }, guard, more) =>
    voidPayment(
      desk,
      id,
      { staff_name: STAFF, payment_id: await newestPayment(id), reason: "the card was refused", ...more },
      guard,
    ),
  "change-status": (desk, { id, status }, guard, more) =>
    changeStatus(
      desk,
      id,
      {
        staff_name: STAFF,
        reason: "a repair",
        new_status: status === "UPLOADED" ? "PENDING" : "UPLOADED",
        ...more,
      },
      guard,
    ),
  delete: (desk, { id }, guard) =>
    deleteJob(desk, id, { staff_name: STAFF, reason: "sent by mistake" }, guard),
  notes: (desk, { id }, guard) => addNote(desk, id, { staff_name: STAFF, notes: "Looks fine." }, guard),
  "resend-email": (desk, { id, status }, guard) =>
    resendEmail(
      desk,
      id,
      {
        staff_name: STAFF,
        email_type: status === "REJECTED" ? "rejection" : status === "COMPLETED" ? "completion" : "approval",
      },
      guard,
    ),
};

/** The job's newest payment; an id of nothing when it has none. */
async function newestPayment(jobId: string): Promise<string> {
  const row = (await db()("payments").where({ job_id: jobId }).orderBy("paid_ts", "desc").first("id")) as { id: string } | undefined; // prettier-ignore
  return row?.id ?? randomUUID();
}

/** Takes a step as a person would: lock, then verb. @returns the job afterwards */
export async function take(verb: Verb, jobId: string, more?: object): Promise<Job> {
  const guard = await lockFor(FRONT, jobId);
  await VERBS[verb](FRONT, await theJob(jobId), guard, more);
  return theJob(jobId);
}

const ROAD: Record<Status, Verb[]> = {
  UPLOADED: [],
  REJECTED: ["reject"],
  PENDING: ["approve"],
  READYTOPRINT: ["approve", "confirm"],
  PRINTING: ["approve", "confirm", "mark-printing"],
  COMPLETED: ["approve", "confirm", "mark-printing", "mark-complete"],
  PAIDPICKEDUP: ["approve", "confirm", "mark-printing", "mark-complete", "payment"],
  ARCHIVED: ["approve", "confirm", "mark-printing", "mark-complete", "payment", "change-status"],
};

/** Walks a freshly uploaded job to a status. */
export async function drive(job: Job, to: Status): Promise<Job> {
  for (const verb of ROAD[to]) {
    if (verb === "confirm") await confirmJob(await tokenOf(job.id));
    else await take(verb, job.id, verb === "change-status" ? { new_status: "ARCHIVED" } : undefined);
  }
  return theJob(job.id);
}

/** The job's live confirm token; one is made when it has none, so that only the status can be in the way. */
export async function tokenOf(jobId: string): Promise<string> {
  const live = await ConfirmToken.query()
    .where({ job_id: jobId })
    .whereNull("used_at")
    .whereNull("replaced_at")
    .first();
  if (live) return tokenFor(live.id);
  const id = randomUUID();
  await ConfirmToken.query()
    .insert({
      id,
      job_id: jobId,
      token_hash: hashToken(tokenFor(id)),
      expires_at: new Date(Date.now() + 3_600_000),
    })
    .onConflict()
    .ignore();
  return tokenFor(id);
}

/** Folder of the storage → names in it, for every job folder and everything else that lies about. */
export function storageListing(): Record<string, string[]> {
  const listing: Record<string, string[]> = {};
  for (const status of readdirSync(storageRoot())) {
    if (status === ".incoming") continue;
    for (const entry of readdirSync(path.join(storageRoot(), status), { withFileTypes: true }))
      listing[`${status}/${entry.name}`] = entry.isDirectory()
        ? readdirSync(path.join(storageRoot(), status, entry.name)).sort()
        : [];
  }
  return listing;
}

/** Everything about a job that a refused step must leave alone. */
export async function everythingAbout(job: Pick<Job, "id" | "stem">) {
  const folders = Object.entries(storageListing()).filter(([folder]) => folder.endsWith(`/${job.stem}`));
  return {
    row: { ...(await theJob(job.id)) },
    folders: folders.map(([folder, names]) => [
      folder,
      names.map((name) => {
        const file = path.join(storageRoot(), folder, name);
        return [name, statSync(file).isFile() ? sha256(readFileSync(file)) : "no file"];
      }),
    ]),
    files: await db()("job_files").where({ job_id: job.id }).orderBy("id"),
    tokens: await db()("confirm_tokens").where({ job_id: job.id }).orderBy("id"),
    payments: await db()("payments").where({ job_id: job.id }).orderBy("paid_ts").orderBy("price_cents"),
    notes: await db()("job_notes").where({ job_id: job.id }).orderBy("id"),
    outbox: await db()("outbox").where({ job_id: job.id }).orderBy("id"),
    events: (await eventsOf(job.id)).length,
  };
}

/** The job's events, oldest first. */
export function eventsOf(jobId: string): Promise<Event[]> {
  return Event.query()
    .where({ job_id: jobId })
    .orderBy("id")
    .then((rows) => rows);
}

/** The job's outbox rows of a kind, oldest first; its letters when not told. */
export function outboxOf(jobId: string, kind = "mail"): Promise<OutboxRow[]> {
  return OutboxRow.query()
    .where({ job_id: jobId, kind })
    .orderBy("created_at")
    .then((rows) => rows);
}

/** metadata.json beside a job's files. */
export function metadataBeside(job: Pick<Job, "status" | "stem">): Record<string, unknown> {
  return JSON.parse(
    readFileSync(path.join(storageRoot(), folderOf(job.status, job.stem), "metadata.json"), "utf8"),
  ) as Record<string, unknown>;
}

export function sha256(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** What a second application can be asked to do. Arguments and results travel between processes. */
export const plays = {
  crashAt: async (point: CrashPoint) => crashAt(point),
  handIn: (overrides: CubeOverrides) => handIn(overrides),
  upload: async (overrides: CubeOverrides) => (await import("./reception")).upload(overrides),
  takeLock: (desk: Desk, jobId: string) => takeLock(desk, jobId),
  extendLock: (desk: Desk, jobId: string, key: string) => extendLock(desk, jobId, key),
  releaseLock: (desk: Desk, jobId: string, key: string) => releaseLock(desk, jobId, key),
  step: async (verb: Verb, desk: Desk, jobId: string, guard: Guard, more?: object) => {
    await VERBS[verb](desk, await theJob(jobId), guard, more);
    return null;
  },
  confirm: (token: string) => confirmJob(token),
  sweepStorage: () => sweepStorage(),
  sweepOutbox: () => sweepOutbox(HANDLERS, async () => []),
  verifyChain: () => verifyChain(),
  prune: (days: number) => pruneJobs(SYSTEM, { days }),
  archive: (days: number) => archiveJobs(SYSTEM, { days }),
  rotateEvents: () => rotateEvents(),
  makeBackup: (folder: string) => makeBackup(folder),
  startAudit: (desk: Desk) => startAudit(desk, { staff_name: STAFF }),
};

/** The program of a second application: answers what it is asked over IPC. */
export function serve(): void {
  process.on("message", (message: { id: number; play: keyof typeof plays; args: unknown[] }) => {
    const play = plays[message.play] as (...args: unknown[]) => Promise<unknown>;
    void play(...message.args).then(
      (value) => process.send!({ id: message.id, answer: { ok: true, value } }),
      (error: Error) =>
        process.send!({
          id: message.id,
          answer: {
            ok: false,
            name: error.name,
            code: error instanceof Refusal ? error.code : "",
            message: error.message,
            details: error instanceof Refusal ? JSON.parse(JSON.stringify(error.details)) : {},
          },
        }),
    );
  });
  process.on("disconnect", () => process.exit(0));
  process.send!("ready");
}
