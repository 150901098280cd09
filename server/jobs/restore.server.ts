/** A row from its metadata.json: the way back when the database has lost a job. */
import type { Trx } from "../db.server";
import { Refusal } from "../errors";
import { type KnownMetadata, METADATA_FILE } from "../files/metadata";
import { folderOf } from "../files/store.server";
import { Job, JobFile, type JobRow } from "./job.server";
import { UNLOCKED } from "./lock.server";

/** Lost numbers further ahead of the sequence than this are no numbers of ours. */
const MOST_AHEAD = 100_000;

/**
 * Writes a lost job's row and its list of files. The number sequence moves on past the job's number, so that no
 * other job gets it. Nobody holds the job, and no link to confirm works.
 * @param stem the name of its folder
 * @returns the row, its files, and what had to be put differently, for the log
 * @throws Refusal `forbidden` (reason `taken`) when number or folder belong to another job by now, or the number
 * cannot be one of this lab
 */
export async function restoreRow(
  trx: Trx,
  metadata: KnownMetadata,
  stem: string,
): Promise<{ job: Job; files: JobFile[]; notes: Record<string, unknown> }> {
  const { status, short_id } = metadata;
  const taken = await Job.query(trx)
    .where({ id: metadata.job_id })
    .orWhere({ short_id })
    .orWhere({ stem })
    .first();
  if (taken) throw takenBy(`Its number or its folder belongs to job ${taken.short_id} by now.`);
  await moveNumbersPast(trx, short_id);
  const catalog_version = await knownCatalog(trx, metadata.catalog_version);
  const folder = folderOf(status, stem);
  const last = metadata.format === 1 ? unknownMove(metadata) : metadata.at_last_move;
  const date = (iso: string | null) => (iso === null ? null : new Date(iso));
  const row: JobRow = {
    ...UNLOCKED,
    id: metadata.job_id,
    short_id,
    version: last.version,
    status,
    status_since: new Date(metadata.status_since),
    student_name: metadata.student_name,
    student_email: metadata.student_email,
    discipline: metadata.discipline,
    class_number: metadata.class_number,
    stem,
    original_filename: metadata.original_filename,
    display_name: metadata.display_name,
    file_path: `${folder}/${metadata.authoritative_filename}`,
    metadata_path: `${folder}/${METADATA_FILE}`,
    file_hash: metadata.file_hash,
    catalog_version,
    print_method: metadata.print_method,
    material: metadata.material,
    material_name: metadata.material_name,
    color: metadata.color,
    color_name: metadata.color_name,
    printer: metadata.printer,
    printer_name: metadata.printer_name,
    weight_g: metadata.weight_g,
    time_hours: metadata.time_hours,
    cost_cents: metadata.cost_cents,
    price_snapshot: metadata.price_snapshot,
    acknowledged_minimum_charge: metadata.acknowledged_minimum_charge,
    consent_version: metadata.consent_version,
    consent_at: new Date(metadata.consent_at),
    student_confirmed: metadata.student_confirmed,
    student_confirmed_at: date(metadata.student_confirmed_at),
    confirm_token_expires: date(last.confirm_token_expires),
    // The link went with the row. As expired the job stands among what needs doing, with a fresh letter as its next step.
    is_confirmation_expired: status === "PENDING" || last.is_confirmation_expired,
    confirmation_last_sent_at: date(last.confirmation_last_sent_at),
    reject_reasons: metadata.reject_reasons,
    staff_viewed_at: date(last.staff_viewed_at),
    last_updated_by: last.last_updated_by,
    pruned_at: null,
    created_at: new Date(metadata.created_at),
    updated_at: new Date(last.updated_at),
  };
  const job = await Job.query(trx).insertAndFetch(row);
  const files = await JobFile.query(trx)
    .insert(
      metadata.files.map((file) => ({
        job_id: job.id,
        role: file.role,
        name: file.name,
        size_bytes: file.size_bytes,
        sha256: file.sha256,
        first_seen_at: new Date("first_seen_at" in file ? file.first_seen_at : metadata.created_at),
      })),
    )
    .returning("*");
  const notes =
    catalog_version === metadata.catalog_version ? {} : { lost_catalog_version: metadata.catalog_version };
  return { job, files, notes };
}

/** What the first format did not say. */
function unknownMove({ status, status_since }: KnownMetadata) {
  return {
    version: 1,
    updated_at: status_since,
    last_updated_by: null,
    staff_viewed_at: status === "UPLOADED" ? null : status_since,
    confirm_token_expires: null,
    is_confirmation_expired: false,
    confirmation_last_sent_at: null,
  };
}

/** A database that was set back hands out numbers again that are on bags and labels already. */
async function moveNumbersPast(trx: Trx, shortId: number): Promise<void> {
  const { rows } = await trx.raw<{ rows: [{ last: number }] }>(
    "SELECT last_value::int AS last FROM job_short_id",
  );
  const ahead = shortId - rows[0].last;
  if (ahead > MOST_AHEAD) throw takenBy(`${shortId} cannot be a number of this lab.`);
  if (ahead > 0) await trx.raw("SELECT max(nextval('job_short_id')) FROM generate_series(1, ?)", [ahead]);
}

/** The version noted, or the one in force when that is lost too. */
async function knownCatalog(trx: Trx, version: number): Promise<number> {
  const row = await trx("catalog_versions")
    .orderByRaw("version = ? DESC, version DESC", [version])
    .first("version");
  return row?.version ?? version;
}

function takenBy(message: string): Refusal {
  return new Refusal("forbidden", `This job cannot be restored. ${message} Nothing was changed.`, {
    reason: "taken",
  });
}
