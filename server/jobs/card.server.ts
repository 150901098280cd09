/** Jobs as the staff's pages show them in short. Read-only. */
import { db } from "../db.server";
import { currentCatalog } from "../catalog/catalog.server";
import { type CardRecords, cardRecords } from "./card-records.server";
import type { Job } from "./job.server";
import { isLocked } from "./lock.server";
import { type JobPart, jobParts } from "./part-view.server";
import type { Status } from "./states";

/** A job as a card shows it. Times are UTC ISO 8601, money in cents. */
export interface JobCard extends JobPart, CardRecords {
  id: string;
  short_id: number;
  version: number;
  status: Status;
  status_since: string;
  created_at: string;
  student_name: string;
  student_email: string;
  discipline: string;
  class_number: string;
  display_name: string;
  /** The file to print (until one is chosen, the student's) below the storage root. */
  file_path: string;
  original_filename: string;
  print_method: string;
  material_name: string;
  color_name: string;
  color_hex: string | null;
  printer_name: string;
  weight_g: number | null;
  time_hours: number | null;
  cost_cents: number | null;
  is_new: boolean;
  confirmation_expired: boolean;
  locked_by: string | null;
  locked_until: string | null;
}

/** Jobs as cards: swatches, parts and records looked up together. @param at the database's clock, if it is known */
export async function asCards(rows: Job[], at?: Date): Promise<JobCard[]> {
  const now = at ?? (await db().raw<{ rows: [{ now: Date }] }>("SELECT now()")).rows[0].now;
  const [swatches, parts, records] = await Promise.all([
    colorHexes(),
    jobParts(rows),
    cardRecords(rows, now),
  ]);
  return rows.map((job) => ({
    id: job.id,
    short_id: job.short_id,
    version: job.version,
    status: job.status,
    status_since: job.status_since.toISOString(),
    created_at: job.created_at.toISOString(),
    student_name: job.student_name,
    student_email: job.student_email,
    discipline: job.discipline,
    class_number: job.class_number,
    display_name: job.display_name,
    file_path: job.file_path,
    original_filename: job.original_filename,
    print_method: job.print_method,
    material_name: job.material_name,
    color_name: job.color_name,
    color_hex: swatches.get(job.color) ?? null,
    printer_name: job.printer_name,
    weight_g: job.weight_g,
    time_hours: job.time_hours,
    cost_cents: job.cost_cents,
    is_new: job.status === "UPLOADED" && job.staff_viewed_at === null,
    confirmation_expired:
      job.status === "PENDING" && (job.is_confirmation_expired || (job.confirm_token_expires ?? now) < now),
    locked_by: isLocked(job, now) ? job.locked_by : null,
    locked_until: isLocked(job, now) ? job.locked_until!.toISOString() : null,
    ...records.get(job.id)!,
    ...parts.get(job.id)!,
  }));
}

/** Swatch of each colour id in the catalog in force. */
export async function colorHexes(): Promise<Map<string, string>> {
  const { data } = await currentCatalog();
  return new Map(data.materials.flatMap((m) => m.colors.map((c) => [c.id, c.hex] as const)));
}
