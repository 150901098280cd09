import { createHash, randomUUID } from "node:crypto";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { config } from "../config.server";
import { catalogVersion, currentCatalog, holdCatalogAsItIs } from "../catalog/catalog.server";
import { type Choice, methodsOffered, notOpen, resolveChoice } from "../catalog/choices";
import type { Catalog, CatalogInForce } from "../catalog/schema";
import { inTransaction, type Trx } from "../db.server";
import { invalidField, Refusal } from "../errors";
import { appendEvent, STUDENT } from "../events/append.server";
import { acceptModel } from "../files/accept.server";
import { crashOnceSent, crashPoint } from "../files/crash.server";
import { METADATA_FILE } from "../files/metadata";
import { cleanOriginalName, stemFor } from "../files/names";
import type { StagedFile } from "../files/receive.server";
import { commitFolder, folderOf, stageNewJob, type Staged } from "../files/store.server";
import { limitSubmissions } from "../limits.server";
import { log } from "../log.server";
import type { MeshReport } from "../mesh/report";
import { announceLater } from "../outbox/enqueue.server";
import { writeEffects } from "../outbox/outbox.server";
import { examineUpload, keepPlace } from "../parts/examine.server";
import { fitsNowhereText, judgePart, type PartView } from "../parts/judge";
import { recordPart } from "../parts/part.server";
import { settings } from "../settings/settings.server";
import type { Timing } from "../timing";
import { consentVersion } from "./consent.server";
import { holdFiles } from "./guard.server";
import { claimFormKey } from "../form-keys.server";
import { Job, JobFile, type JobRow, metadataOf } from "./job.server";
import { labFacts } from "./lab-facts";
import { letter } from "./letters";
import { pictureEffect } from "./make-picture.server";
import { refuseWhenFull } from "./quota.server";
import type { SubmitInput } from "./schemas";
import { referenceFor } from "./sign.server";
import { ACTIVE_STATUSES } from "./states";

/** What the student is told: the private reference of the status page, and the number for the counter. */
export interface Submitted {
  id: string;
  reference: string;
  short_id: number;
}

/**
 * Takes in a request: checks file, options, limits and duplicates and measures the model, then writes folder,
 * job, files, event and the receipt as one. The received upload is not touched; whoever received it removes it.
 * @param extras.timing is told when its steps end: check, measure, store
 * @throws Refusal `invalid` with fields (reason `fits_nowhere` on `acknowledged_fit`: a warning to be
 * acknowledged), `conflict` (reasons `duplicate`, `another_copy`), `too_many`, `unavailable`
 */
export async function submitJob(
  input: SubmitInput,
  file: StagedFile,
  extras: { form_key?: string; ip: string; timing?: Timing },
): Promise<Submitted> {
  const lab = await settings();
  if (!lab.disciplines.includes(input.discipline))
    throw invalidField("discipline", "Choose one of the disciplines in the list.");
  const catalog = await currentCatalog();
  const choice = chosen(catalog.data, input);
  const { extension } = await acceptModel(file, { minBytes: config().MIN_FILE_SIZE_BYTES });

  const id = randomUUID();
  const attempt = {
    step: "submit",
    guard: { form_key: extras.form_key },
    input: { ...input, sha256: file.sha256 },
  };
  const repeated = await previousResult(attempt);
  if (repeated) return repeated;
  const consent = consentVersion(lab.text_consent);
  // Nobody is held to a text that was not the one on their form.
  if (input.consent_version && input.consent_version !== consent)
    throw invalidField(
      "acknowledged_minimum_charge",
      "The lab has changed this text since you opened the form. Please read it again, then answer and send the form once more.",
    );
  const limits = {
    perStudent: lab.submissions_per_hour_per_student,
    perAddress: lab.submissions_per_hour_per_address,
  };
  let report: MeshReport | null;
  const giveBack = keepPlace(file.sha256);
  try {
    try {
      await limitSubmissions(extras.ip, input.student_email, limits);
    } catch (error) {
      // Perhaps the same form, pressed several times, is being taken in at this very moment.
      const done = await resultSoon(attempt);
      if (done) return done;
      throw error;
    }
    await refuseWhenFull(lab, file.size_bytes);
    extras.timing?.ended("check");
    report = await examineUpload(file).finally(() => extras.timing?.ended("measure"));
  } finally {
    giveBack();
  }
  const part = report && judgePart(report, labFacts(catalog.data, { printer: choice.printer.id, material: choice.material.id })); // prettier-ignore
  if (part?.fits === "no" && !input.acknowledged_fit) throw fitsNowhere(part);
  let staged: Staged | undefined;
  let deciding = true;
  const effectIds: string[] = [];
  try {
    const done = await inTransaction(async (trx) => {
      await holdFiles(trx, id);
      if (!(await claimFormKey(trx, { ...attempt, job_id: undefined }))) {
        const before = await trx("form_keys").where({ key: extras.form_key! }).first();
        const job = await Job.query(trx).findById(before.job_id);
        if (!job)
          throw new Refusal(
            "gone",
            "This form was sent before, and the lab has deleted that request since. Open the form again to send it anew.",
            { reason: "deleted" },
          );
        return submitted(job);
      }
      await stillOffered(trx, catalog, input);
      await refuseDuplicate(trx, input, file.sha256, choice);
      const row = await newRow(trx, id, input, file, extension, catalog.version, choice, consent);
      const original = {
        job_id: id,
        name: row.display_name,
        size_bytes: file.size_bytes,
        sha256: file.sha256,
        first_seen_at: row.created_at,
      };
      const files = [
        { ...original, role: "original" as const },
        { ...original, role: "authoritative" as const },
      ];
      const folder = folderOf("UPLOADED", row.stem);
      const fresh = await stageNewJob(folder, file.path, row.display_name, metadataOf(row, files));
      staged = fresh;
      crashPoint("submit:after-rename");
      const job = await Job.query(trx).insertAndFetch(row);
      await JobFile.query(trx).insert(files.map((one) => ({ ...one, disk_stamp: fresh.stamp })));
      if (extras.form_key) await trx("form_keys").where({ key: extras.form_key }).update({ job_id: id });
      await recordPart({ sha256: file.sha256, size_bytes: file.size_bytes, ...measured(report) }, trx);
      const effects = [letter("receipt", id, "once"), pictureEffect(id, file.sha256)];
      effectIds.push(...(await writeEffects(trx, effects)));
      await appendEvent(trx, STUDENT, {
        type: "JobCreated",
        job_id: id,
        details: {
          to: "UPLOADED",
          size_bytes: file.size_bytes,
          sha256: file.sha256,
          printer: row.printer_name,
          ...(part && { size_mm: part.size_mm, fits: part.fits }),
        },
      });
      crashPoint("submit:before-commit");
      deciding = false;
      crashOnceSent("submit:commit-sent");
      return submitted(job);
    });
    crashPoint("submit:after-commit");
    if (staged)
      await commitFolder(staged.folder).catch((err) =>
        log.warn({ err }, "A folder's mark stays; the sweep removes it"),
      );
    crashPoint("submit:before-wake-up");
    announceLater(effectIds);
    extras.timing?.ended("store");
    return done;
  } catch (error) {
    if (staged && deciding)
      await staged.discard().catch((err) => log.error({ err }, "A staged folder stays behind"));
    throw error;
  }
}

/** What the student chose. @throws Refusal `unavailable` while nothing is on offer; `invalid` with fields */
function chosen(catalog: Catalog, input: SubmitInput): Choice {
  if (methodsOffered(catalog).length === 0) throw notOpen();
  const found = resolveChoice(catalog, input);
  if ("choice" in found) return found.choice;
  throw new Refusal("invalid", "Please correct the fields marked below.", { fields: found.errors });
}

/** While the file was being measured the lab may have changed its catalog; from here on until the commit it cannot. */
async function stillOffered(trx: Trx, seen: CatalogInForce, input: SubmitInput): Promise<void> {
  await holdCatalogAsItIs(trx);
  if ((await catalogVersion(trx)) === seen.version) return;
  chosen((await currentCatalog(trx)).data, input);
}

/** A warning, not a verdict: the student may know that it is to be split or scaled, and says so. */
function fitsNowhere(part: PartView): Refusal {
  const message = fitsNowhereText(part);
  return new Refusal("invalid", message, {
    reason: "fits_nowhere",
    fields: { acknowledged_fit: [message] },
  });
}

function measured(report: MeshReport | null): { report: MeshReport } | { report_problem: string } {
  return report ? { report } : { report_problem: "The model could not be measured." };
}

function submitted(job: Pick<Job, "id" | "short_id">): Submitted {
  return { id: job.id, reference: referenceFor(job.id), short_id: job.short_id };
}

/** Waits a little for another post of this very form to end well. */
async function resultSoon(attempt: Parameters<typeof previousResult>[0]): Promise<Submitted | null> {
  if (!attempt.guard.form_key) return null;
  for (let n = 0; n < 10; n++) {
    const done = await previousResult(attempt);
    if (done) return done;
    await sleep(150);
  }
  return null;
}

/** The answer that this very form got before, so that a second press costs no rate-limit point. */
async function previousResult(attempt: {
  guard: { form_key?: string };
  input: unknown;
}): Promise<Submitted | null> {
  if (!attempt.guard.form_key) return null;
  return inTransaction(async (trx) => {
    const before = await trx("form_keys").where({ key: attempt.guard.form_key! }).first();
    if (!before?.job_id) return null;
    const digest = createHash("sha256").update(JSON.stringify(attempt.input)).digest("hex");
    const job = before.digest === digest && (await Job.query(trx).findById(before.job_id));
    return job ? submitted(job) : null;
  });
}

/**
 * The duplicate rule: the same file from the same student, not yet printing, is refused; with other
 * options it is asked about once. One student's equal files wait for each other here.
 */
async function refuseDuplicate(trx: Trx, input: SubmitInput, sha256: string, choice: Choice): Promise<void> {
  const email = input.student_email.toLowerCase();
  await trx.raw("SELECT pg_advisory_xact_lock(7302605, hashtext(?))", [`${sha256} ${email}`]);
  const active = await Job.query(trx)
    .where("file_hash", sha256)
    .whereRaw("lower(student_email) = ?", [email])
    .whereIn("status", ACTIVE_STATUSES as string[])
    .orderBy("created_at", "desc");
  const same = active.find(
    (job) =>
      job.print_method === choice.method &&
      job.color === choice.color.id &&
      job.printer === choice.printer.id,
  );
  if (same)
    throw new Refusal(
      "conflict",
      `An identical active job has already been submitted: it is print ${same.short_id}. You do not need to send it again; the link to its status is in the receipt we mailed you.`,
      { reason: "duplicate", existing_job_id: referenceFor(same.id), short_id: same.short_id },
    );
  const other = active[0];
  if (other && !input.another_copy)
    throw new Refusal(
      "conflict",
      `You have already sent this file, as print ${other.short_id} (${other.print_method}, ${other.color_name}, ${other.printer_name}). If you want another copy on purpose, say so below and send the form again.`,
      { reason: "another_copy", existing_job_id: referenceFor(other.id), short_id: other.short_id },
    );
}

async function newRow(
  trx: Trx,
  id: string,
  input: SubmitInput,
  file: StagedFile,
  extension: string,
  catalogVersion: number,
  choice: Choice,
  consent: string,
): Promise<JobRow> {
  const { short_id, now } = (
    await trx.raw<{ rows: [{ short_id: number; now: Date }] }>(
      "SELECT nextval('job_short_id')::int AS short_id, now()",
    )
  ).rows[0];
  const stem = stemFor({
    student_name: input.student_name,
    print_method: choice.method,
    color_name: choice.color.name,
    short_id,
  });
  const folder = folderOf("UPLOADED", stem);
  const display_name = `${stem}.${extension}`;
  return {
    id,
    short_id,
    version: 1,
    status: "UPLOADED",
    status_since: now,
    student_name: input.student_name,
    student_email: input.student_email,
    discipline: input.discipline,
    class_number: input.class_number,
    stem,
    original_filename: cleanOriginalName(path.basename(file.original_name)),
    display_name,
    file_path: `${folder}/${display_name}`,
    metadata_path: `${folder}/${METADATA_FILE}`,
    file_hash: file.sha256,
    catalog_version: catalogVersion,
    print_method: choice.method,
    material: choice.material.id,
    material_name: choice.material.name,
    color: choice.color.id,
    color_name: choice.color.name,
    printer: choice.printer.id,
    printer_name: choice.printer.name,
    weight_g: null,
    time_hours: null,
    cost_cents: null,
    price_snapshot: null,
    acknowledged_minimum_charge: true,
    consent_version: consent,
    consent_at: now,
    student_confirmed: false,
    student_confirmed_at: null,
    confirm_token_expires: null,
    is_confirmation_expired: false,
    confirmation_last_sent_at: null,
    reject_reasons: null,
    staff_viewed_at: null,
    last_updated_by: null,
    lock_key: null,
    lock_session: null,
    locked_by: null,
    locked_until: null,
    pruned_at: null,
    created_at: now,
    updated_at: now,
  };
}
