/**
 * A believable past, written by a few statements: requests with their whole way through the lab, the log with a chain that
 * verifies, and the payments. For the demonstration, the tests of the figures, and the benches. Everything follows
 * the lab's clock (opening hours, weekends, terms, summer time) and a seed.
 *
 * Only the owner of the tables can do this: the log's own trigger gives every event the present time.
 */

export interface PastModel {
  name: string;
  sha256: string;
  size_bytes: number;
  /** What a slicer would say. */
  grams: number;
  hours: number;
}

export interface PastOptions {
  /** About how many requests; days, weekends and terms round it. */
  jobs: number;
  /** Over how many days back from `until`. */
  days: number;
  /** The lab's time zone. */
  zone: string;
  seed?: number;
  /** Last day, "2026-11-24"; today when not given. Nothing lies in the future. */
  until?: string;
  /** Files that are requested; without them, jobs get names and sums of files that do not exist. */
  models?: PastModel[];
  /** So many more of the last hours, which nobody has looked at yet; what the days bring may all be reviewed by now. */
  fresh?: number;
  /** False leaves the report's steps for later: for several pasts in a row. */
  steps?: boolean;
  /** Who worked there; names that are not on the staff list are people who have left. */
  staff?: string[];
}

/** Runs SQL on one connection: temporary tables must last from one statement to the next. */
export type Run = (sql: string, values?: unknown[]) => Promise<{ rows: Record<string, unknown>[] }>;

const FIRST = "Ada Ben Chloe Diego Emma Farid Grace Hugo Iris Jonas Kim Lena Mateo Nora Omar Priya Quinn Rosa Sam Tara Umar Vera Wei Ximena Yuki Zoe".split(" "); // prettier-ignore
const LAST = "Smith Johnson Nguyen Garcia Miller Brown Chen Davis Lopez Wilson Kim Anderson Thomas Patel Moore Jackson Martin Lee Thompson White Okafor Haddad Novak Larsen".split(" "); // prettier-ignore
const THINGS = "bracket gear housing vase bust terrain clip hinge facade dragon lamp mount adapter phone_stand chess_knight bridge".split(" "); // prettier-ignore
const STAFF = ["Jane Doe", "Sam Rivera", "Alex Kim", "Robin Vale", "Dana Osei"];
const DISCIPLINES = ["Art", "Architecture", "Landscape Architecture", "Interior Design", "Engineering", "Hobby/Personal", "Other"]; // prettier-ignore
const CODES = ["ART", "ARCH", "LA", "ID", "ENGR", "N/A", "N/A"];
const REASONS = ["not_watertight", "too_large", "thin_walls", "wrong_scale", "needs_supports", "too_small", "wrong_file"]; // prettier-ignore

/**
 * Writes the past in one transaction and makes the report's steps from it. The sums of the days are the night shift's.
 * @returns how many jobs, events and payments were added
 */
export async function writePast(
  run: Run,
  options: PastOptions,
): Promise<{ jobs: number; events: number; payments: number }> {
  const { jobs, days, zone, seed = 1, until, models = [], staff = STAFF, fresh = 0, steps = true } = options;
  await run("BEGIN");
  try {
    for (const table of ["jobs", "events", "payments"])
      await run(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
    await run("SET LOCAL max_parallel_workers_per_gather = 0");
    await run("SELECT setseed($1)", [(seed % 1000) / 1000]);
    await run(HELPERS);
    await run("CREATE TEMP TABLE past_models (n serial, name text, sha256 text, size_bytes bigint, grams numeric, hours numeric) ON COMMIT DROP"); // prettier-ignore
    for (const { name, sha256, size_bytes, grams, hours } of models)
      await run("INSERT INTO past_models (name, sha256, size_bytes, grams, hours) VALUES ($1,$2,$3,$4,$5)", [name, sha256, size_bytes, grams, hours]); // prettier-ignore
    await run(DRAWN, [jobs, days, zone, until ?? null, FIRST, LAST, THINGS, DISCIPLINES, CODES, staff, REASONS, Math.max(3, Math.round(jobs / 5)), models.length, seed, fresh]); // prettier-ignore
    await run("SELECT set_config('past.zone', $1, true)", [zone]);
    await run(WALKED);
    const made = await run(JOBS);
    const paid = await run(PAYMENTS);
    await run(EVENTS);
    await run(CHAIN);
    const logged = await run("SELECT count(*) AS n FROM past_events");
    await run("INSERT INTO job_counts SELECT status, count(*) FROM past GROUP BY status");
    for (const table of ["jobs", "events", "payments"]) await run(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
    if (steps) await run("CALL report_rebuild_steps()");
    // The sums that were made of these days are of before.
    await run("DELETE FROM report_days");
    await run("DELETE FROM report_waits");
    await run("DELETE FROM report_staff_days");
    await run("UPDATE report_state SET zone = ''");
    await run("COMMIT");
    return { jobs: made.rows.length ? Number(made.rows[0]!.n) : 0, events: Number(logged.rows[0]!.n), payments: Number(paid.rows[0]!.n) }; // prettier-ignore
  } catch (error) {
    await run("ROLLBACK");
    throw error;
  }
}

const HELPERS = `
  -- A wait with this mean, most of them shorter.
  CREATE OR REPLACE FUNCTION pg_temp.wait(mean interval) RETURNS interval LANGUAGE sql VOLATILE AS $$ SELECT mean * -ln(1 - random() * 0.995) $$;
  -- The next moment at which somebody is at the counter: Monday to Friday, nine to six.
  CREATE OR REPLACE FUNCTION pg_temp.at_work(moment timestamptz, zone text) RETURNS timestamptz LANGUAGE plpgsql VOLATILE AS $$
  DECLARE l timestamp := moment AT TIME ZONE zone;
  BEGIN
    IF l::time > '18:00' THEN l := date_trunc('day', l) + interval '1 day 9 hours' + random() * interval '3 hours';
    ELSIF l::time < '09:00' THEN l := date_trunc('day', l) + interval '9 hours' + random() * interval '3 hours';
    END IF;
    IF extract(isodow FROM l) > 5 THEN l := l + interval '1 day' * (8 - extract(isodow FROM l)); END IF;
    RETURN l AT TIME ZONE zone;
  END $$`;

/** What is drawn for each request. $1 jobs, $2 days, $3 zone, $4 until, then names, students, models; $15 fresh. */
const DRAWN = `
  CREATE TEMP TABLE past ON COMMIT DROP AS
  WITH days AS (
    SELECT d::date AS day, (CASE WHEN extract(isodow FROM d) = 6 THEN 0.35 WHEN extract(isodow FROM d) = 7 THEN 0.45 ELSE 1 END)
      * (CASE WHEN to_char(d, 'MM-DD') >= '12-16' OR to_char(d, 'MM-DD') < '01-10' THEN 0.08
           WHEN to_char(d, 'MM-DD') BETWEEN '05-16' AND '08-19' THEN 0.3
           WHEN extract(month FROM d) IN (4, 11) THEN 1.6 ELSE 1 END) * (0.75 + random() * 0.5) AS weight
    FROM generate_series((coalesce($4::date, (now() AT TIME ZONE $3)::date) - $2::int + 1)::timestamp,
      coalesce($4::date, (now() AT TIME ZONE $3)::date)::timestamp, interval '1 day') AS d
  ), many AS (
    SELECT day, round($1::numeric * (weight / sum(weight) OVER ())::numeric + (random() - 0.5)::numeric * 0.9)::int AS n FROM days
  ), fresh AS MATERIALIZED (
    SELECT n, now() - interval '25 minutes' - interval '9 hours' * random() ^ 2 AS sent FROM generate_series(1, $15::int) AS n
  ), drawn AS MATERIALIZED (
    SELECT false AS fresh, row_number() OVER () AS n, gen_random_uuid() AS id,
      (day + interval '7 hours' + interval '17 hours' * ((random() + random()) / 2)) AT TIME ZONE $3 AS created,
      floor(random() ^ 1.7 * $12::int)::int AS student, random() AS r1, random() AS r2, random() AS r3, random() AS r4, random() AS r5,
      random() AS r6, random() AS r7, random() AS r8, random() AS r9
    FROM many, generate_series(1, many.n)
    UNION ALL
    -- At night nobody sends anything.
    SELECT true, 1000000 + n, gen_random_uuid(), sent - CASE WHEN (sent AT TIME ZONE $3)::time < '07:00' THEN interval '7 hours' ELSE interval '0' END,
      floor(random() ^ 1.7 * $12::int)::int, random(), random(), random(), random(), random(), random(), random(), random(), random()
    FROM fresh
  ), dressed AS (
    SELECT *, 1 + student % cardinality($5::text[]) AS first,
      1 + student / 3 % cardinality($6::text[]) AS last, r1 < 0.14 AS resin, 1 + floor(r2 * greatest(1, $13::int))::int AS model
    FROM drawn WHERE created < now() - interval '20 minutes'
  )
  SELECT d.n, d.id, d.created, d.fresh, d.student, d.resin,
    ($5::text[])[first] || ' ' || ($6::text[])[last] AS name,
    lower(($5::text[])[first] || '.' || ($6::text[])[last]) || student || '@example.edu' AS email,
    ($8::text[])[1 + student % 7] AS discipline,
    CASE WHEN ($9::text[])[1 + student % 7] = 'N/A' THEN 'N/A'
      ELSE ($9::text[])[1 + student % 7] || ' ' || (1001 + student % 5 * 500 + floor(r3 * 6)::int) END AS course,
    CASE WHEN resin THEN 'formlabs_form3' ELSE (ARRAY['prusa_mk4s','prusa_mk4s','prusa_xl','raise3d_pro2_plus'])[1 + floor(r4 * 4)::int] END AS printer,
    CASE WHEN resin THEN 'Formlabs Form 3' ELSE (ARRAY['Prusa MK4S','Prusa MK4S','Prusa XL','Raise3D Pro 2 Plus'])[1 + floor(r4 * 4)::int] END AS printer_name,
    coalesce(m.name, ($7::text[])[1 + floor(r5 * cardinality($7::text[]))::int] || '_' || d.n || '.stl') AS file,
    coalesce(m.sha256, encode(sha256(('past ' || $14::int || ' ' || d.n)::bytea), 'hex')) AS sha256,
    coalesce(m.size_bytes, 20000 + floor(r6 * 9000000)::bigint) AS size_bytes,
    coalesce(m.grams, round((4 + 120 * r6 * r6)::numeric, 1)) AS grams,
    coalesce(m.hours, ceil((0.5 + 11 * r6 * r6) * 2) / 2)::numeric(7,1) AS hours,
    r7, r8, r9, floor(random() * 5)::int AS who1, random() AS r10, random() AS r11,
    ($10::text[])[1 + floor(random() * cardinality($10::text[]))::int] AS reviewer,
    ($10::text[])[1 + floor(random() * cardinality($10::text[]))::int] AS operator,
    ($10::text[])[1 + floor(random() * cardinality($10::text[]))::int] AS cashier,
    ($11::text[])[1 + floor(random() ^ 2 * cardinality($11::text[]))::int] AS reason,
    random() AS r12, random() AS r13,
    (SELECT max(version) FROM catalog_versions) AS catalog_version
  FROM dressed d LEFT JOIN past_models m ON m.n = d.model`;

/** Its way: when each step was taken; what lies in the future has not happened. */
const WALKED = `
  ALTER TABLE past ADD reviewed timestamptz, ADD approved timestamptz, ADD rejected timestamptz, ADD answered timestamptz,
    ADD confirmed timestamptz, ADD declined timestamptz, ADD started1 timestamptz, ADD failed timestamptz, ADD started timestamptz,
    ADD completed timestamptz, ADD picked_up timestamptz, ADD archived timestamptz, ADD status text, ADD since timestamptz,
    ADD weighed numeric, ADD cents integer, ADD charged integer, ADD short_id integer, ADD stem text;
  DO $walk$
  DECLARE zone text := current_setting('past.zone');
  BEGIN
    UPDATE past SET reviewed = CASE WHEN NOT fresh THEN pg_temp.at_work(created + interval '5 minutes' + pg_temp.wait('5 hours'), zone) END,
      short_id = nextval('job_short_id'), cents = greatest(300, round(grams * CASE WHEN resin THEN 20 ELSE 10 END))::int,
      weighed = greatest(0.5, round(grams * (0.94 + 0.2 * r12 * r12)::numeric, 1));
    UPDATE past SET rejected = CASE WHEN r7 < 0.09 THEN reviewed + interval '4 minutes' END,
      approved = CASE WHEN r7 >= 0.09 THEN reviewed + interval '6 minutes' + r8 * interval '10 minutes' END;
    UPDATE past SET answered = approved + pg_temp.wait('9 hours') WHERE r8 > 0.03;
    UPDATE past SET declined = CASE WHEN r9 < 0.03 THEN answered END, confirmed = CASE WHEN r9 >= 0.03 THEN answered END;
    UPDATE past SET started = pg_temp.at_work(confirmed + interval '20 minutes' + pg_temp.wait('14 hours'), zone);
    UPDATE past SET started1 = started, failed = pg_temp.at_work(started + hours * 0.6 * interval '1 hour', zone) WHERE r10 < 0.05;
    UPDATE past SET started = pg_temp.at_work(failed + interval '25 minutes', zone) WHERE failed IS NOT NULL;
    UPDATE past SET completed = pg_temp.at_work(started + hours * (1 + r11 * 0.3) * interval '1 hour', zone);
    UPDATE past SET picked_up = pg_temp.at_work(completed + interval '30 minutes' + pg_temp.wait('30 hours'), zone) WHERE r13 > 0.025;
    UPDATE past SET archived = date_trunc('day', coalesce(picked_up, rejected, declined)) + interval '46 days 9 hours';
    -- What has not happened yet.
    UPDATE past SET rejected = CASE WHEN rejected < now() THEN rejected END, approved = CASE WHEN approved < now() THEN approved END,
      declined = CASE WHEN declined < now() THEN declined END, confirmed = CASE WHEN confirmed < now() THEN confirmed END,
      started1 = CASE WHEN started1 < now() THEN started1 END, failed = CASE WHEN failed < now() THEN failed END,
      started = CASE WHEN started < now() THEN started END, completed = CASE WHEN completed < now() THEN completed END,
      picked_up = CASE WHEN picked_up < now() THEN picked_up END, archived = CASE WHEN archived < now() THEN archived END;
    UPDATE past SET started = CASE WHEN failed IS NULL AND started1 IS NOT NULL THEN started1 ELSE started END;
    UPDATE past SET status = CASE WHEN archived IS NOT NULL THEN 'ARCHIVED' WHEN coalesce(rejected, declined) IS NOT NULL THEN 'REJECTED'
        WHEN picked_up IS NOT NULL THEN 'PAIDPICKEDUP' WHEN completed IS NOT NULL THEN 'COMPLETED'
        WHEN failed IS NOT NULL AND started IS NULL THEN 'READYTOPRINT' WHEN started IS NOT NULL THEN 'PRINTING'
        WHEN confirmed IS NOT NULL THEN 'READYTOPRINT' WHEN approved IS NOT NULL THEN 'PENDING' ELSE 'UPLOADED' END;
    UPDATE past SET since = CASE status WHEN 'ARCHIVED' THEN archived WHEN 'REJECTED' THEN coalesce(declined, rejected) WHEN 'PAIDPICKEDUP' THEN picked_up
        WHEN 'COMPLETED' THEN completed WHEN 'PRINTING' THEN started WHEN 'READYTOPRINT' THEN coalesce(failed, confirmed)
        WHEN 'PENDING' THEN approved ELSE created END,
      charged = CASE WHEN picked_up IS NOT NULL AND r13 > 0.07 THEN greatest(300, round(weighed * CASE WHEN resin THEN 20 ELSE 10 END))::int END,
      stem = regexp_replace(replace(name, ' ', ''), '[^A-Za-z]', '', 'g') || '_' || CASE WHEN resin THEN 'Resin_Black' ELSE 'Filament_Blue' END || '_' || short_id;
  END $walk$`;

const FOLDER = `(CASE status WHEN 'UPLOADED' THEN 'Uploaded' WHEN 'PENDING' THEN 'Pending' WHEN 'READYTOPRINT' THEN 'ReadyToPrint'
  WHEN 'PRINTING' THEN 'Printing' WHEN 'COMPLETED' THEN 'Completed' WHEN 'PAIDPICKEDUP' THEN 'PaidPickedUp'
  WHEN 'REJECTED' THEN 'Rejected' ELSE 'Archived' END)`;
const NAMED = `(stem || '.' || substring(file FROM '[^.]+$'))`;

const JOBS = `
  WITH added AS (
    INSERT INTO jobs (id, short_id, version, status, status_since, student_name, student_email, discipline, class_number, stem,
      original_filename, display_name, file_path, metadata_path, file_hash, catalog_version, print_method, material, material_name,
      color, color_name, printer, printer_name, weight_g, time_hours, cost_cents, price_snapshot, acknowledged_minimum_charge,
      consent_version, consent_at, student_confirmed, student_confirmed_at, confirm_token_expires, is_confirmation_expired,
      confirmation_last_sent_at, reject_reasons, staff_viewed_at, last_updated_by, created_at, updated_at)
    SELECT id, short_id, 2, status, since, name, email, discipline, course, stem, file, ${NAMED},
      ${FOLDER} || '/' || stem || '/' || ${NAMED}, ${FOLDER} || '/' || stem || '/metadata.json', sha256, catalog_version,
      CASE WHEN resin THEN 'Resin' ELSE 'Filament' END, CASE WHEN resin THEN 'standard-resin' ELSE 'pla' END,
      CASE WHEN resin THEN 'Standard resin' ELSE 'PLA filament' END, CASE WHEN resin THEN 'resin-black' ELSE 'blue' END,
      CASE WHEN resin THEN 'Black' ELSE 'Blue' END, printer, printer_name,
      CASE WHEN approved IS NOT NULL THEN grams END, CASE WHEN approved IS NOT NULL THEN hours END,
      CASE WHEN approved IS NOT NULL THEN cents END,
      CASE WHEN approved IS NOT NULL THEN jsonb_build_object('catalog_version', catalog_version, 'material', CASE WHEN resin THEN 'standard-resin' ELSE 'pla' END,
        'material_name', CASE WHEN resin THEN 'Standard resin' ELSE 'PLA filament' END,
        'price_per_gram_cents', CASE WHEN resin THEN 20 ELSE 10 END, 'minimum_charge_cents', 300) END,
      true, '2026-01', created, confirmed IS NOT NULL, confirmed, CASE WHEN approved IS NOT NULL AND confirmed IS NULL THEN approved + interval '72 hours' END,
      status = 'PENDING' AND approved + interval '72 hours' < now(), approved,
      CASE WHEN rejected IS NOT NULL THEN jsonb_build_object('reasons', jsonb_build_array(reason), 'custom_reason', '')
        WHEN declined IS NOT NULL THEN '{"reasons":["declined_by_student"],"custom_reason":""}' END,
      CASE WHEN status <> 'UPLOADED' THEN reviewed END,
      CASE WHEN picked_up IS NOT NULL THEN cashier WHEN started IS NOT NULL THEN operator WHEN coalesce(approved, rejected) IS NOT NULL THEN reviewer END,
      created, since
    FROM past RETURNING 1
  ) SELECT count(*) AS n FROM added`;

const PAYMENTS = `
  WITH paid AS MATERIALIZED (
    SELECT *, gen_random_uuid() AS receipt_id, 'TC-' || to_char(picked_up, 'YYMMDD') || '-' || short_id AS txn_no
    FROM past WHERE charged IS NOT NULL
  ), issued AS (
    INSERT INTO receipts (id, payment_system, txn_no, picked_up_by, issued_at, issued_by, workstation_id)
    SELECT receipt_id, 'Tiger-Cash', txn_no, name, picked_up, cashier, 'front-desk' FROM paid ORDER BY picked_up
  ), added AS (
    INSERT INTO payments (job_id, payment_system, grams, price_cents, txn_no, picked_up_by, paid_ts, paid_by_staff, workstation_id,
      receipt_id, estimated_cents)
    SELECT id, 'Tiger-Cash', weighed, charged, txn_no, name, picked_up, cashier, 'front-desk', receipt_id, cents
    FROM paid RETURNING 1
  ) SELECT count(*) AS n FROM added`;

/** What the log says of it, in the words of the verbs. */
const EVENTS = `
  CREATE TEMP TABLE past_events ON COMMIT DROP AS
  SELECT row_number() OVER (ORDER BY at, job_id, place) AS n, * FROM (
    SELECT id AS job_id, created AS at, 0 AS place, 'JobCreated' AS event_type, 'student' AS who, 'public' AS desk,
      jsonb_build_object('to', 'UPLOADED', 'size_bytes', size_bytes, 'sha256', sha256, 'printer', printer_name) AS details FROM past
    UNION ALL SELECT id, approved, 2, 'JobApproved', reviewer, 'front-desk', jsonb_build_object('from', 'UPLOADED', 'to', 'PENDING',
      'weight_g', grams, 'time_hours', hours, 'time_hours_entered', hours, 'cost_cents', cents, 'authoritative_filename', ${NAMED}) FROM past WHERE approved IS NOT NULL
    UNION ALL SELECT id, rejected, 2, 'JobRejected', reviewer, 'front-desk', jsonb_build_object('from', 'UPLOADED', 'to', 'REJECTED',
      'reasons', jsonb_build_array(reason), 'custom_reason', '') FROM past WHERE rejected IS NOT NULL
    UNION ALL SELECT id, confirmed, 3, 'JobConfirmed', 'student', 'public', '{"from":"PENDING","to":"READYTOPRINT"}' FROM past WHERE confirmed IS NOT NULL
    UNION ALL SELECT id, declined, 3, 'JobDeclined', 'student', 'public', '{"from":"PENDING","to":"REJECTED"}' FROM past WHERE declined IS NOT NULL
    UNION ALL SELECT id, started1, 4, 'JobPrinting', operator, 'print-room', '{"from":"READYTOPRINT","to":"PRINTING"}' FROM past WHERE started1 IS NOT NULL
    UNION ALL SELECT id, failed, 5, 'PrintFailed', operator, 'print-room', '{"from":"PRINTING","to":"READYTOPRINT","override":true,"reason":"The print came off the plate."}'
      FROM past WHERE failed IS NOT NULL
    UNION ALL SELECT id, started, 6, 'JobPrinting', operator, 'print-room', '{"from":"READYTOPRINT","to":"PRINTING"}' FROM past
      WHERE started IS NOT NULL AND started IS DISTINCT FROM started1
    UNION ALL SELECT id, completed, 7, 'JobCompleted', operator, 'print-room', '{"from":"PRINTING","to":"COMPLETED"}' FROM past WHERE completed IS NOT NULL
    UNION ALL SELECT id, picked_up, 8, CASE WHEN charged IS NULL THEN 'JobPickedUp' ELSE 'PaymentRecorded' END, cashier, 'front-desk',
      jsonb_build_object('from', 'COMPLETED', 'to', 'PAIDPICKEDUP') || CASE WHEN charged IS NULL
        THEN jsonb_build_object('picked_up_by', name, 'no_charge_reason', 'Reprint of a failed print.')
        ELSE jsonb_build_object('grams', weighed, 'price_cents', charged, 'payment_system', 'Tiger-Cash',
          'txn_no', 'TC-' || to_char(picked_up, 'YYMMDD') || '-' || short_id, 'estimated_cents', cents) END FROM past WHERE picked_up IS NOT NULL
    UNION ALL SELECT id, archived, 9, 'JobArchived', 'system', 'worker',
      jsonb_build_object('from', CASE WHEN picked_up IS NULL THEN 'REJECTED' ELSE 'PAIDPICKEDUP' END, 'to', 'ARCHIVED') FROM past WHERE archived IS NOT NULL
  ) AS told`;

/** Numbers and chains them as the log's own trigger does, from the head on. */
const CHAIN = `
  CREATE OR REPLACE FUNCTION pg_temp.chained() RETURNS SETOF events LANGUAGE plpgsql AS $$
  DECLARE head event_chain; one record; e events;
  BEGIN
    SELECT * INTO STRICT head FROM event_chain FOR UPDATE;
    FOR one IN SELECT * FROM past_events ORDER BY n LOOP
      head.seq := head.seq + 1;
      e := ROW(head.seq, one.job_id, one.at, one.event_type, one.details, one.who, one.desk, head.hash, '');
      head.hash := event_digest(e);
      e.hash := head.hash;
      RETURN NEXT e;
    END LOOP;
    UPDATE event_chain SET seq = head.seq, hash = head.hash;
  END $$;
  INSERT INTO events SELECT * FROM pg_temp.chained()`;
