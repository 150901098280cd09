/** The records of a print request. Only files of this room touch them; others ask verbs and finders. */
import type { Pojo } from "objection";
import { BaseModel } from "../db.server";
import type { Metadata } from "../files/metadata";
import type { PriceSnapshot } from "./pricing";
import type { Status } from "./states";

/** Why a job was rejected: the codes chosen, and staff's own words. */
export interface Rejection {
  reasons: string[];
  custom_reason: string;
}

/** One print request. Columns are named as in the specification; money in cents, weights in g, times UTC. */
export class Job extends BaseModel {
  static override tableName = "jobs";
  static override jsonAttributes = ["price_snapshot", "reject_reasons"];

  declare id: string;
  declare short_id: number;
  declare version: number;
  declare status: Status;
  declare status_since: Date;
  declare student_name: string;
  declare student_email: string;
  declare discipline: string;
  declare class_number: string;
  declare stem: string;
  declare original_filename: string;
  declare display_name: string;
  declare file_path: string;
  declare metadata_path: string;
  declare file_hash: string;
  declare catalog_version: number;
  declare print_method: string;
  declare material: string;
  declare material_name: string;
  declare color: string;
  declare color_name: string;
  declare printer: string;
  declare printer_name: string;
  declare weight_g: number | null;
  declare time_hours: number | null;
  declare cost_cents: number | null;
  declare price_snapshot: PriceSnapshot | null;
  declare acknowledged_minimum_charge: boolean;
  declare consent_version: string;
  declare consent_at: Date;
  declare student_confirmed: boolean;
  declare student_confirmed_at: Date | null;
  declare confirm_token_expires: Date | null;
  declare is_confirmation_expired: boolean;
  declare confirmation_last_sent_at: Date | null;
  declare reject_reasons: Rejection | null;
  declare staff_viewed_at: Date | null;
  declare last_updated_by: string | null;
  declare lock_key: string | null;
  declare lock_session: string | null;
  declare locked_by: string | null;
  declare locked_until: Date | null;
  /** When its person and its files were removed; only the bare record is left. */
  declare pruned_at: Date | null;
  declare created_at: Date;
  declare updated_at: Date;

  /** What is searched is made by the database from the other columns, and comes along when a row is read. */
  override $formatDatabaseJson(json: Pojo): Pojo {
    const row = super.$formatDatabaseJson(json);
    delete row.search_text;
    return row;
  }
}

/** The columns of a job as a plain value. */
export type JobRow = Omit<Job, keyof BaseModel>;

/** A file that belongs to a job; its place is the job's folder. */
export class JobFile extends BaseModel {
  static override tableName = "job_files";

  declare id: string;
  declare job_id: string;
  declare role: "original" | "authoritative" | "other";
  declare name: string;
  declare size_bytes: number;
  declare sha256: string;
  /** What the file system said of the file when it was hashed (`diskStamp`); null: hash it again. */
  declare disk_stamp: string | null;
  declare first_seen_at: Date;
}

/** A staff note: written once, never changed. */
export class JobNote extends BaseModel {
  static override tableName = "job_notes";

  declare id: string;
  declare job_id: string;
  declare body: string;
  declare staff_name: string;
  declare workstation_id: string;
  declare created_at: Date;
}

/** What metadata.json says about a job in the state given. */
export function metadataOf(
  job: JobRow,
  files: Pick<JobFile, "role" | "name" | "size_bytes" | "sha256" | "first_seen_at">[],
): Metadata {
  const iso = (at: Date | null) => (at ? new Date(at).toISOString() : null);
  return {
    format: 2,
    job_id: job.id,
    short_id: job.short_id,
    status: job.status,
    status_since: iso(job.status_since)!,
    stem: job.stem,
    student_name: job.student_name,
    student_email: job.student_email,
    discipline: job.discipline,
    class_number: job.class_number,
    original_filename: job.original_filename,
    display_name: job.display_name,
    authoritative_filename: job.file_path.slice(job.file_path.lastIndexOf("/") + 1),
    file_hash: job.file_hash,
    print_method: job.print_method,
    material: job.material,
    material_name: job.material_name,
    color: job.color,
    color_name: job.color_name,
    printer: job.printer,
    printer_name: job.printer_name,
    weight_g: job.weight_g ?? null,
    time_hours: job.time_hours ?? null,
    cost_cents: job.cost_cents ?? null,
    price_snapshot: job.price_snapshot ?? null,
    catalog_version: job.catalog_version,
    student_confirmed: job.student_confirmed,
    student_confirmed_at: iso(job.student_confirmed_at),
    acknowledged_minimum_charge: true,
    consent_version: job.consent_version,
    consent_at: iso(job.consent_at)!,
    reject_reasons: job.reject_reasons ?? null,
    created_at: iso(job.created_at)!,
    files: files
      .map(({ role, name, size_bytes, sha256, first_seen_at }) => ({
        role,
        name,
        size_bytes,
        sha256,
        first_seen_at: iso(first_seen_at)!,
      }))
      .sort((a, b) => a.role.localeCompare(b.role) || a.name.localeCompare(b.name)),
    at_last_move: {
      version: job.version,
      updated_at: iso(job.updated_at)!,
      last_updated_by: job.last_updated_by ?? null,
      staff_viewed_at: iso(job.staff_viewed_at),
      confirm_token_expires: iso(job.confirm_token_expires),
      is_confirmation_expired: job.is_confirmation_expired,
      confirmation_last_sent_at: iso(job.confirmation_last_sent_at),
    },
  };
}
