/**
 * Believable jobs by the thousand, written by one statement: names, classes, files and printers in the shares
 * of a real lab, most of them long finished. Their files do not exist; lists, counts and reports need none.
 */
import type { Lab } from "./database";

/** Runs SQL as the owner of the tables. */
type Owner = Pick<Lab, "owner">["owner"];

const FIRST = "Ada Ben Chloe Diego Emma Farid Grace Hugo Iris Jonas Kim Lena Mateo Nora Omar Priya Quinn Rosa Sam Tara Umar Vera Wei Ximena Yuki Zoe".split(" "); // prettier-ignore
const LAST = "Smith Johnson Nguyen Garcia Miller Brown Chen Davis Lopez Wilson Kim Anderson Thomas Patel Moore Jackson Martin Lee Thompson White Okafor Haddad Novak Larsen".split(" "); // prettier-ignore
const THINGS = "bracket gear housing vase bust terrain clip hinge facade dragon lamp mount adapter phone_stand chess_knight bridge".split(" "); // prettier-ignore

/**
 * @param count how many jobs to add
 * @param days over how many days back they were submitted
 * @param open how many of them are not finished yet: a lab's pile does not grow with its history
 */
export async function addJobs(
  owner: Owner,
  count: number,
  days = 365,
  open = Math.ceil(count / 20),
): Promise<void> {
  await owner(
    `INSERT INTO jobs (status, status_since, student_name, student_email, discipline, class_number, stem, original_filename,
       display_name, file_path, metadata_path, file_hash, catalog_version, print_method, material, material_name, color,
       color_name, printer, printer_name, weight_g, time_hours, cost_cents, acknowledged_minimum_charge, consent_version,
       consent_at, staff_viewed_at, created_at, updated_at, short_id)
     SELECT status, created + interval '1 day' * r5, name, lower(replace(name, ' ', '.')) || (n % 20000) || '@example.edu',
       ($5::text[])[1 + (r1 * 7)::int % 7], CASE WHEN r2 < 0.3 THEN 'N/A' ELSE 'ARCH ' || (1000 + (r2 * 8000)::int) END,
       'S_' || id, file, 'S_' || id || '.stl', folder || '/S_' || id || '/S_' || id || '.stl', folder || '/S_' || id || '/metadata.json',
       encode(sha256(id::text::bytea), 'hex'), 1, CASE WHEN resin THEN 'Resin' ELSE 'Filament' END,
       CASE WHEN resin THEN 'standard-resin' ELSE 'pla' END, CASE WHEN resin THEN 'Standard resin' ELSE 'PLA filament' END,
       CASE WHEN resin THEN 'resin-black' ELSE 'blue' END, CASE WHEN resin THEN 'Black' ELSE 'Blue' END,
       CASE WHEN resin THEN 'formlabs_form3' ELSE (ARRAY['prusa_mk4s','prusa_xl','raise3d_pro2_plus'])[1 + (r3 * 3)::int % 3] END,
       CASE WHEN resin THEN 'Formlabs Form 3' ELSE (ARRAY['Prusa MK4S','Prusa XL','Raise3D Pro 2 Plus'])[1 + (r3 * 3)::int % 3] END,
       CASE WHEN status <> 'UPLOADED' THEN round((5 + r4 * 200)::numeric, 1) END,
       CASE WHEN status <> 'UPLOADED' THEN ceil(r4 * 20 + 0.1) END,
       CASE WHEN status <> 'UPLOADED' THEN greatest(300, round((5 + r4 * 200)::numeric, 1) * 10)::int END,
       true, '2026-01', created, CASE WHEN status <> 'UPLOADED' OR r5 < 0.5 THEN created + interval '1 hour' END, created, created,
       nextval('job_short_id')
     FROM (
       SELECT *, ($2::text[])[1 + (r6 * $7::int)::int % $7::int] || ' ' || ($3::text[])[1 + (r7 * $8::int)::int % $8::int] AS name,
         ($4::text[])[1 + (r8 * $9::int)::int % $9::int] || '_' || n || '.stl' AS file, r3 < 0.15 AS resin,
         CASE status WHEN 'UPLOADED' THEN 'Uploaded' WHEN 'PENDING' THEN 'Pending' WHEN 'READYTOPRINT' THEN 'ReadyToPrint'
           WHEN 'PRINTING' THEN 'Printing' WHEN 'COMPLETED' THEN 'Completed' WHEN 'PAIDPICKEDUP' THEN 'PaidPickedUp'
           WHEN 'REJECTED' THEN 'Rejected' ELSE 'Archived' END AS folder
       FROM (
         SELECT n, gen_random_uuid() AS id, now() - interval '1 day' * ($6::float * random()) AS created,
           CASE WHEN n <= $10::int THEN (ARRAY['UPLOADED','UPLOADED','PENDING','PENDING','READYTOPRINT','PRINTING','COMPLETED','COMPLETED'])[1 + n % 8]
             WHEN r < 0.1 THEN 'REJECTED' WHEN r < 0.45 THEN 'PAIDPICKEDUP' ELSE 'ARCHIVED' END AS status,
           random() AS r1, random() AS r2, random() AS r3, random() AS r4, random() AS r5, random() AS r6, random() AS r7, random() AS r8
         FROM (SELECT n, random() AS r FROM generate_series(1, $1::int) AS n) AS drawn
       ) AS rolled
     ) AS made`,
    [count, FIRST, LAST, THINGS, DISCIPLINES, days, FIRST.length, LAST.length, THINGS.length, open],
  );
  // PENDING jobs wait for an answer; some have waited too long.
  await owner(
    `UPDATE jobs SET confirm_token_expires = status_since + interval '72 hours',
       is_confirmation_expired = status_since + interval '72 hours' < now()
     WHERE status = 'PENDING' AND confirm_token_expires IS NULL`,
  );
  await owner("ANALYZE jobs");
}

const DISCIPLINES = [
  "Art",
  "Architecture",
  "Landscape Architecture",
  "Interior Design",
  "Engineering",
  "Hobby/Personal",
  "Other",
];
