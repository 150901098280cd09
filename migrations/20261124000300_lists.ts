import type { Knex } from "knex";

/** Lists that stay quick at a million jobs: one text to search, an index per filter and sort, kept counts. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Fields are parted by a line break, so that no search matches across two of them.
    ALTER TABLE jobs ADD COLUMN search_text text NOT NULL GENERATED ALWAYS AS (
      lower(student_name || E'\\n' || student_email || E'\\n' || class_number || E'\\n' || display_name || E'\\n' || original_filename)
    ) STORED;
    DROP INDEX jobs_search;
    CREATE INDEX jobs_search ON jobs USING gin (search_text gin_trgm_ops);

    DROP INDEX jobs_status_since;
    CREATE INDEX jobs_status_since ON jobs (status, status_since, id);
    CREATE INDEX jobs_status_name ON jobs (status, lower(student_name), id);
    CREATE INDEX jobs_status_printer_name ON jobs (status, printer_name, id);
    CREATE INDEX jobs_status_printer ON jobs (status, printer, created_at DESC, id DESC);
    CREATE INDEX jobs_status_method ON jobs (status, print_method, created_at DESC, id DESC);
    CREATE INDEX jobs_status_discipline ON jobs (status, discipline, created_at DESC, id DESC);
    CREATE INDEX jobs_locked ON jobs (locked_until) WHERE locked_until IS NOT NULL;

    -- How many jobs a status has, as a sum of steps: nobody waits for anybody, and the night shift adds them up.
    CREATE TABLE job_counts (
      status text NOT NULL,
      n      bigint NOT NULL
    );
    INSERT INTO job_counts (status, n) SELECT status, count(*) FROM jobs GROUP BY status;

    CREATE FUNCTION job_counts_keep() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
      IF TG_OP = 'UPDATE' AND OLD.status = NEW.status THEN RETURN NULL; END IF;
      IF TG_OP <> 'INSERT' THEN INSERT INTO job_counts VALUES (OLD.status, -1); END IF;
      IF TG_OP <> 'DELETE' THEN INSERT INTO job_counts VALUES (NEW.status, 1); END IF;
      RETURN NULL;
    END $$;
    CREATE TRIGGER job_counts_keep AFTER INSERT OR DELETE OR UPDATE OF status ON jobs
      FOR EACH ROW EXECUTE FUNCTION job_counts_keep();
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP TRIGGER job_counts_keep ON jobs;
    DROP FUNCTION job_counts_keep();
    DROP TABLE job_counts;
    DROP INDEX jobs_locked, jobs_status_discipline, jobs_status_method, jobs_status_printer, jobs_status_printer_name,
      jobs_status_name, jobs_status_since, jobs_search;
    ALTER TABLE jobs DROP COLUMN search_text;
    CREATE INDEX jobs_status_since ON jobs (status, status_since);
    CREATE INDEX jobs_search ON jobs USING gin
      (student_name gin_trgm_ops, student_email gin_trgm_ops, class_number gin_trgm_ops, display_name gin_trgm_ops,
       original_filename gin_trgm_ops);
  `);
}
