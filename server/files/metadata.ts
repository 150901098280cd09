/** What `metadata.json` says beside every job's files: enough to rebuild the job's row. Pure: no I/O. */

export const METADATA_FILE = "metadata.json";

/** The file's shape; times are UTC ISO 8601, money is cents, sizes are bytes. */
export interface Metadata {
  format: 1;
  job_id: string;
  short_id: number;
  status: string;
  status_since: string;
  student_name: string;
  student_email: string;
  discipline: string;
  class_number: string;
  original_filename: string;
  display_name: string;
  authoritative_filename: string;
  file_hash: string;
  print_method: string;
  material: string;
  material_name: string;
  color: string;
  color_name: string;
  printer: string;
  printer_name: string;
  weight_g: number | null;
  time_hours: number | null;
  cost_cents: number | null;
  price_snapshot: unknown;
  catalog_version: number;
  student_confirmed: boolean;
  student_confirmed_at: string | null;
  acknowledged_minimum_charge: boolean;
  consent_version: string;
  consent_at: string;
  reject_reasons: unknown;
  created_at: string;
  files: { role: string; name: string; size_bytes: number; sha256: string }[];
}
