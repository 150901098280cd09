import type { Knex } from "knex";

/**
 * What reports count: the steps of each request that count today, kept by triggers on the log, the ledger and the jobs.
 * A step that is taken back leaves; a request that is pruned leaves its steps, without its student.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- A number for each student. When the last request is pruned the address goes, and the number means nobody.
    CREATE TABLE report_students (
      id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      email text NOT NULL UNIQUE CHECK (email = lower(email))
    );

    CREATE TABLE report_steps (
      id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      -- No reference to jobs or payments: a step outlives them.
      job_id          uuid NOT NULL,
      step            text NOT NULL CHECK (step IN
                        ('submitted','approved','rejected','declined','confirmed','started','failed','completed','picked_up','paid')),
      at              timestamptz NOT NULL,
      -- A name of the staff list; empty: the student or the system did it.
      staff           text NOT NULL,
      printer         text NOT NULL,
      discipline      text NOT NULL,
      course          text NOT NULL,
      method          text NOT NULL,
      material        text NOT NULL,
      student         bigint NOT NULL,
      first_request   boolean NOT NULL DEFAULT false,
      -- Since the step before it, and (completed) since the request came.
      minutes         integer,
      total_minutes   integer,
      -- approved, completed: as sliced. paid: as weighed and charged, beside the estimate.
      grams           numeric(9,2),
      hours           numeric(7,1),
      cents           integer,
      estimated_grams numeric(9,2),
      reasons         text[],
      payment_id      uuid UNIQUE,
      CHECK ((step = 'paid') = (payment_id IS NOT NULL))
    );
    CREATE UNIQUE INDEX report_steps_once ON report_steps (job_id, step) WHERE step NOT IN ('failed','paid');
    CREATE INDEX report_steps_job ON report_steps (job_id) WHERE step IN ('failed','paid');
    CREATE INDEX report_steps_at ON report_steps (at);
    CREATE INDEX report_steps_requests ON report_steps (at) INCLUDE (student, printer, discipline, first_request) WHERE step = 'submitted';
    CREATE INDEX report_steps_student ON report_steps (student, at) WHERE step = 'submitted';
    CREATE INDEX report_steps_refused ON report_steps (at) INCLUDE (step, reasons, printer, discipline, staff) WHERE step IN ('rejected','declined','failed');
    -- These hold all that is read by them, so that a year of one person's or one place's steps need not be gathered from the table.
    CREATE INDEX report_steps_place ON report_steps (discipline, printer, at) INCLUDE (step, minutes, total_minutes);
    CREATE INDEX report_steps_staff ON report_steps (staff, at)
      INCLUDE (step, printer, discipline, course, minutes, total_minutes, grams, hours, cents) WHERE staff <> '';

    -- Moments in the past at which the count has changed since the sums of their days were made.
    CREATE TABLE report_changes (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      at timestamptz NOT NULL
    );
    CREATE INDEX report_changes_at ON report_changes (at);

    -- How far a status lies along the way. Rejection and archive take nothing back.
    CREATE FUNCTION report_rank(status text) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
      SELECT array_position(ARRAY['UPLOADED','PENDING','READYTOPRINT','PRINTING','COMPLETED','PAIDPICKEDUP'], status) - 1
    $$;
    CREATE FUNCTION report_step_at(rank integer) RETURNS text LANGUAGE sql IMMUTABLE AS $$
      SELECT (ARRAY['submitted','approved','confirmed','started','completed','picked_up'])[rank + 1]
    $$;
    -- One course however it is typed.
    CREATE FUNCTION report_course(class_number text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
      SELECT upper(regexp_replace(btrim(class_number), '\\s+', ' ', 'g'))
    $$;
    CREATE FUNCTION report_minutes(since timestamptz, until timestamptz) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
      SELECT floor(extract(epoch FROM until - since) / 60)::integer
    $$;

    CREATE FUNCTION report_student(address text) RETURNS bigint LANGUAGE plpgsql AS $$
    DECLARE number bigint;
    BEGIN
      SELECT id INTO number FROM report_students WHERE email = lower(address);
      IF number IS NULL THEN
        INSERT INTO report_students (email) VALUES (lower(address)) ON CONFLICT (email) DO UPDATE SET email = excluded.email
          RETURNING id INTO number;
      END IF;
      RETURN number;
    END $$;

    -- A student's earliest request that counts is the first one, also after an earlier one is deleted.
    CREATE FUNCTION report_mark_first(number bigint) RETURNS void LANGUAGE sql AS $$
      UPDATE report_steps s SET first_request = NOT s.first_request
      WHERE s.step = 'submitted' AND s.student = number AND s.first_request <> (s.id = (
        SELECT f.id FROM report_steps f WHERE f.step = 'submitted' AND f.student = number ORDER BY f.at, f.id LIMIT 1))
    $$;

    CREATE FUNCTION report_add(job jobs, named text, moment timestamptz, who text, since timestamptz, why text[], payment payments)
      RETURNS void LANGUAGE plpgsql AS $$
    DECLARE number bigint := report_student(job.student_email);
    BEGIN
      INSERT INTO report_steps (job_id, step, at, staff, printer, discipline, course, method, material, student, minutes,
        total_minutes, grams, hours, cents, estimated_grams, reasons, payment_id)
      VALUES (job.id, named, moment, CASE WHEN who IN ('student','system') THEN '' ELSE who END,
        job.printer, job.discipline, report_course(job.class_number), job.print_method, job.material, number,
        report_minutes(since, moment),
        CASE WHEN named = 'completed' THEN report_minutes(
          (SELECT at FROM report_steps WHERE job_id = job.id AND step = 'submitted'), moment) END,
        CASE WHEN named IN ('approved','completed') THEN job.weight_g ELSE payment.grams END,
        CASE WHEN named IN ('approved','completed') THEN job.time_hours END,
        CASE WHEN named IN ('approved','completed') THEN job.cost_cents ELSE payment.price_cents END,
        CASE WHEN named = 'paid' THEN job.weight_g END, why, payment.id)
      ON CONFLICT DO NOTHING;
      IF named = 'submitted' THEN PERFORM report_mark_first(number); END IF;
    END $$;

    CREATE FUNCTION report_on_event() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
      job jobs; nothing payments; rank integer; named text; since timestamptz; why text[];
      target text := NEW.details->>'to';
    BEGIN
      IF NEW.event_type <> 'JobCreated' AND (target = 'ARCHIVED' OR target IS NOT DISTINCT FROM NEW.details->>'from') THEN
        RETURN NULL;
      END IF;
      SELECT * INTO job FROM jobs WHERE id = NEW.job_id;
      IF NOT FOUND THEN RETURN NULL; END IF;
      IF NEW.event_type = 'JobCreated' THEN
        named := 'submitted';
      ELSIF target = 'REJECTED' THEN
        named := CASE WHEN NEW.triggered_by = 'student' THEN 'declined' ELSE 'rejected' END;
        SELECT at INTO since FROM report_steps WHERE job_id = job.id AND step = 'submitted';
        SELECT array_agg(DISTINCT reason) INTO why FROM (
          SELECT jsonb_array_elements_text(NEW.details->'reasons') WHERE jsonb_typeof(NEW.details->'reasons') = 'array'
          UNION SELECT 'custom' WHERE NEW.details->>'custom_reason' <> '') AS given (reason);
      ELSE
        rank := report_rank(target);
        IF NEW.event_type = 'PrintFailed' THEN
          named := 'failed';
          SELECT at INTO since FROM report_steps WHERE job_id = job.id AND step = 'started';
        ELSIF rank > 0 THEN
          named := report_step_at(rank);
          SELECT at INTO since FROM report_steps WHERE job_id = job.id AND step = report_step_at(rank - 1);
        END IF;
        -- The job went back: what lies ahead of it has not happened.
        DELETE FROM report_steps WHERE job_id = job.id
          AND (step IN ('rejected','declined')
               OR step = ANY ((ARRAY['submitted','approved','confirmed','started','completed','picked_up'])[rank + 2:]));
      END IF;
      IF named IS NOT NULL THEN PERFORM report_add(job, named, NEW.timestamp, NEW.triggered_by, since, why, nothing); END IF;
      RETURN NULL;
    END $$;
    CREATE TRIGGER report_on_event AFTER INSERT ON events FOR EACH ROW
      WHEN (NEW.job_id IS NOT NULL AND (NEW.event_type = 'JobCreated' OR NEW.details->>'to' IS NOT NULL))
      EXECUTE FUNCTION report_on_event();

    CREATE FUNCTION report_on_payment() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE job jobs;
    BEGIN
      IF NEW.voided_at IS NOT NULL THEN
        DELETE FROM report_steps WHERE payment_id = NEW.id;
      ELSE
        SELECT * INTO job FROM jobs WHERE id = NEW.job_id;
        IF FOUND THEN PERFORM report_add(job, 'paid', NEW.paid_ts, NEW.paid_by_staff, NULL, NULL, NEW); END IF;
      END IF;
      RETURN NULL;
    END $$;
    CREATE TRIGGER report_on_payment AFTER INSERT OR UPDATE OF voided_at ON payments
      FOR EACH ROW EXECUTE FUNCTION report_on_payment();
  `);
  await knex.raw(`
    CREATE FUNCTION report_on_job() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE number bigint; before bigint;
    BEGIN
      IF TG_OP = 'DELETE' THEN
        number := report_student(OLD.student_email);
        -- Deleted by staff: it never was. Pruned from the archive: it happened, and no longer says to whom.
        IF OLD.status <> 'ARCHIVED' THEN
          DELETE FROM report_steps WHERE job_id = OLD.id AND step <> 'paid';
          PERFORM report_mark_first(number);
        END IF;
        DELETE FROM report_students s WHERE s.id = number
          AND NOT EXISTS (SELECT FROM jobs j WHERE lower(j.student_email) = s.email);
        RETURN NULL;
      END IF;
      number := report_student(NEW.student_email);
      UPDATE report_steps SET printer = NEW.printer, discipline = NEW.discipline, course = report_course(NEW.class_number),
        method = NEW.print_method, material = NEW.material, student = number
      WHERE job_id = NEW.id AND (printer, discipline, course, method, material, student) IS DISTINCT FROM
        (NEW.printer, NEW.discipline, report_course(NEW.class_number), NEW.print_method, NEW.material, number);
      UPDATE report_steps SET grams = NEW.weight_g, hours = NEW.time_hours, cents = NEW.cost_cents
      WHERE job_id = NEW.id AND step IN ('approved','completed')
        AND (grams, hours, cents) IS DISTINCT FROM (NEW.weight_g, NEW.time_hours, NEW.cost_cents);
      UPDATE report_steps SET estimated_grams = NEW.weight_g
      WHERE job_id = NEW.id AND step = 'paid' AND estimated_grams IS DISTINCT FROM NEW.weight_g;
      IF lower(OLD.student_email) <> lower(NEW.student_email) THEN
        before := report_student(OLD.student_email);
        PERFORM report_mark_first(before);
        PERFORM report_mark_first(number);
        DELETE FROM report_students s WHERE s.id = before
          AND NOT EXISTS (SELECT FROM jobs j WHERE lower(j.student_email) = s.email);
      END IF;
      RETURN NULL;
    END $$;
    -- By the student's address alone; the duplicate rule's index begins with the file.
    CREATE INDEX jobs_student ON jobs (lower(student_email));
    CREATE TRIGGER report_on_job_deleted AFTER DELETE ON jobs FOR EACH ROW EXECUTE FUNCTION report_on_job();
    CREATE TRIGGER report_on_job_changed
      AFTER UPDATE OF printer, discipline, class_number, print_method, material, student_email, weight_g, time_hours, cost_cents
      ON jobs FOR EACH ROW
      WHEN ((OLD.printer, OLD.discipline, OLD.class_number, OLD.print_method, OLD.material, OLD.student_email, OLD.weight_g,
             OLD.time_hours, OLD.cost_cents) IS DISTINCT FROM
            (NEW.printer, NEW.discipline, NEW.class_number, NEW.print_method, NEW.material, NEW.student_email, NEW.weight_g,
             NEW.time_hours, NEW.cost_cents))
      EXECUTE FUNCTION report_on_job();

    -- Days are closed an hour after they end, and no transaction lasts half an hour: what is younger needs no mark.
    CREATE FUNCTION report_note_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
      IF TG_OP <> 'INSERT' THEN INSERT INTO report_changes (at) VALUES (OLD.at); END IF;
      IF TG_OP <> 'DELETE' AND (TG_OP = 'INSERT' OR NEW.at <> OLD.at) THEN INSERT INTO report_changes (at) VALUES (NEW.at); END IF;
      RETURN NULL;
    END $$;
    CREATE TRIGGER report_steps_added AFTER INSERT ON report_steps FOR EACH ROW
      WHEN (NEW.at < now() - interval '30 minutes') EXECUTE FUNCTION report_note_change();
    CREATE TRIGGER report_steps_changed AFTER UPDATE OR DELETE ON report_steps FOR EACH ROW
      WHEN (OLD.at < now() - interval '30 minutes') EXECUTE FUNCTION report_note_change();

    -- Makes the steps of all jobs anew from log, ledger and jobs; those of pruned jobs are kept. The sums of the days
    -- must be made anew afterwards.
    CREATE PROCEDURE report_rebuild_steps() LANGUAGE plpgsql AS $$
    BEGIN
      LOCK TABLE event_chain IN SHARE MODE;
      LOCK TABLE payments IN SHARE MODE;
      ALTER TABLE report_steps DISABLE TRIGGER USER;
      DELETE FROM report_steps WHERE job_id IN (SELECT id FROM jobs);
      INSERT INTO report_students (email) SELECT DISTINCT lower(student_email) FROM jobs ON CONFLICT DO NOTHING;
      INSERT INTO report_steps (job_id, step, at, staff, printer, discipline, course, method, material, student, minutes,
        total_minutes, grams, hours, cents, estimated_grams, reasons, payment_id)
      WITH moved AS MATERIALIZED (
        SELECT *, max(id) FILTER (WHERE rank < 1) OVER job AS back1, max(id) FILTER (WHERE rank < 2) OVER job AS back2,
          max(id) FILTER (WHERE rank < 3) OVER job AS back3, max(id) FILTER (WHERE rank < 4) OVER job AS back4,
          max(id) FILTER (WHERE rank < 5) OVER job AS back5, max(id) FILTER (WHERE rank IS NOT NULL) OVER job AS on_way,
          max(timestamp) FILTER (WHERE rank = 3 AND coalesce(report_rank(details->>'from'), 0) < 3)
            OVER (PARTITION BY job_id ORDER BY id) AS begun
        FROM (SELECT id, job_id, timestamp, event_type, triggered_by, details,
                CASE WHEN event_type = 'JobCreated' THEN 0 ELSE report_rank(details->>'to') END AS rank
              FROM events WHERE job_id IS NOT NULL AND (event_type = 'JobCreated' OR details->>'to' IS NOT NULL
                AND details->>'to' <> 'ARCHIVED' AND details->>'to' IS DISTINCT FROM details->>'from')) AS relevant
        WINDOW job AS (PARTITION BY job_id)
      ), steps AS MATERIALIZED (
        SELECT DISTINCT ON (job_id, rank) job_id, report_step_at(rank) AS step, timestamp AS at, triggered_by,
          NULL::timestamptz AS begun, details
        FROM moved
        WHERE (event_type = 'JobCreated' OR rank > 0 AND event_type <> 'PrintFailed'
          AND id > coalesce((ARRAY[back1, back2, back3, back4, back5])[rank], 0))
        ORDER BY job_id, rank, id
      ), ended AS (
        SELECT DISTINCT ON (job_id) job_id, CASE WHEN triggered_by = 'student' THEN 'declined' ELSE 'rejected' END AS step,
          timestamp AS at, triggered_by, NULL::timestamptz AS begun, details
        FROM moved WHERE rank IS NULL AND id > coalesce(on_way, 0) ORDER BY job_id, id
      ), counted AS (
        SELECT * FROM steps UNION ALL SELECT * FROM ended
        UNION ALL SELECT job_id, 'failed', timestamp, triggered_by, begun, details FROM moved WHERE event_type = 'PrintFailed'
      ), way AS (
        SELECT job_id, max(at) FILTER (WHERE step = 'submitted') AS submitted, max(at) FILTER (WHERE step = 'approved') AS approved,
          max(at) FILTER (WHERE step = 'confirmed') AS confirmed, max(at) FILTER (WHERE step = 'started') AS started,
          max(at) FILTER (WHERE step = 'completed') AS completed
        FROM steps GROUP BY job_id
      ), rows AS (
        SELECT c.job_id, c.step, c.at, c.triggered_by AS who, CASE c.step WHEN 'approved' THEN w.submitted
            WHEN 'rejected' THEN w.submitted WHEN 'declined' THEN w.submitted WHEN 'confirmed' THEN w.approved
            WHEN 'started' THEN w.confirmed WHEN 'failed' THEN c.begun WHEN 'completed' THEN w.started
            WHEN 'picked_up' THEN w.completed END AS since, w.submitted, c.details,
          NULL::uuid AS payment_id, NULL::numeric AS weighed, NULL::integer AS charged
        FROM counted c LEFT JOIN way w USING (job_id)
        UNION ALL
        SELECT job_id, 'paid', paid_ts, paid_by_staff, NULL, NULL, NULL, id, grams, price_cents FROM payments WHERE voided_at IS NULL
      )
      SELECT j.id, r.step, r.at, CASE WHEN r.who IN ('student','system') THEN '' ELSE r.who END, j.printer, j.discipline,
        report_course(j.class_number), j.print_method, j.material, s.id, report_minutes(r.since, r.at),
        CASE WHEN r.step = 'completed' THEN report_minutes(r.submitted, r.at) END,
        CASE WHEN r.step IN ('approved','completed') THEN j.weight_g ELSE r.weighed END,
        CASE WHEN r.step IN ('approved','completed') THEN j.time_hours END,
        CASE WHEN r.step IN ('approved','completed') THEN j.cost_cents ELSE r.charged END,
        CASE WHEN r.step = 'paid' THEN j.weight_g END,
        CASE WHEN r.step IN ('rejected','declined') THEN (SELECT array_agg(DISTINCT reason) FROM (
          SELECT jsonb_array_elements_text(r.details->'reasons') WHERE jsonb_typeof(r.details->'reasons') = 'array'
          UNION SELECT 'custom' WHERE r.details->>'custom_reason' <> '') AS given (reason)) END,
        r.payment_id
      FROM rows r JOIN jobs j ON j.id = r.job_id JOIN report_students s ON s.email = lower(j.student_email)
      ORDER BY r.at;
      UPDATE report_steps f SET first_request = true FROM (
        SELECT DISTINCT ON (student) id FROM report_steps WHERE step = 'submitted' ORDER BY student, at, id) AS earliest
      WHERE f.id = earliest.id AND NOT f.first_request;
      ALTER TABLE report_steps ENABLE TRIGGER USER;
    END $$;
    CALL report_rebuild_steps();
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP TRIGGER report_on_event ON events;
    DROP TRIGGER report_on_payment ON payments;
    DROP TRIGGER report_on_job_deleted ON jobs;
    DROP TRIGGER report_on_job_changed ON jobs;
    DROP INDEX jobs_student;
    DROP PROCEDURE report_rebuild_steps();
    DROP TABLE report_steps, report_students, report_changes;
    DROP FUNCTION report_on_event(), report_on_payment(), report_on_job(), report_note_change(),
      report_add(jobs, text, timestamptz, text, timestamptz, text[], payments), report_mark_first(bigint), report_student(text),
      report_rank(text), report_step_at(integer), report_course(text), report_minutes(timestamptz, timestamptz);
  `);
}
