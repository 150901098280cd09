import type { Knex } from "knex";

/** Records the lab edits (staff, catalog, settings) and the jobs with their files, notes and payments. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE EXTENSION IF NOT EXISTS pg_trgm;

    CREATE TABLE staff (
      id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      name           text NOT NULL CHECK (char_length(name) BETWEEN 2 AND 100 AND name = btrim(name)),
      is_active      boolean NOT NULL DEFAULT true,
      added_at       timestamptz NOT NULL DEFAULT now(),
      deactivated_at timestamptz,
      CHECK (is_active = (deactivated_at IS NULL))
    );
    CREATE UNIQUE INDEX staff_name_key ON staff (lower(name));

    -- Every version is kept; the highest is in force.
    CREATE TABLE catalog_versions (
      version    integer PRIMARY KEY CHECK (version > 0),
      data       jsonb NOT NULL,
      updated_by text NOT NULL,
      updated_at timestamptz NOT NULL DEFAULT now()
    );

    CREATE TABLE settings (
      key        text PRIMARY KEY,
      value      jsonb NOT NULL,
      updated_by text NOT NULL,
      updated_at timestamptz NOT NULL DEFAULT now()
    );

    CREATE SEQUENCE job_short_id START 1001;

    CREATE TABLE jobs (
      id                 uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      short_id           integer NOT NULL UNIQUE DEFAULT nextval('job_short_id'),
      version            integer NOT NULL DEFAULT 1 CHECK (version > 0),
      status             text NOT NULL DEFAULT 'UPLOADED' CHECK (status IN
                           ('UPLOADED','PENDING','READYTOPRINT','PRINTING','COMPLETED','PAIDPICKEDUP','REJECTED','ARCHIVED')),
      status_since       timestamptz NOT NULL DEFAULT now(),

      student_name       text NOT NULL CHECK (char_length(student_name) BETWEEN 2 AND 100),
      student_email      text NOT NULL CHECK (char_length(student_email) BETWEEN 3 AND 100),
      discipline         text NOT NULL CHECK (char_length(discipline) BETWEEN 1 AND 50),
      class_number       text NOT NULL CHECK (char_length(class_number) BETWEEN 1 AND 50),

      -- Files: the folder is named stem, inside the folder of the status.
      stem               text NOT NULL UNIQUE CHECK (stem ~ '^[A-Za-z0-9_-]{1,120}$'),
      original_filename  text NOT NULL CHECK (char_length(original_filename) BETWEEN 1 AND 256),
      display_name       text NOT NULL CHECK (char_length(display_name) BETWEEN 1 AND 256),
      file_path          text NOT NULL CHECK (file_path !~ '^/' AND file_path !~ '(^|/)\\.\\.(/|$)'),
      metadata_path      text NOT NULL CHECK (metadata_path !~ '^/' AND metadata_path !~ '(^|/)\\.\\.(/|$)'),
      file_hash          text NOT NULL CHECK (file_hash ~ '^[0-9a-f]{64}$'),

      -- What was asked for: catalog ids, and the names as they were.
      catalog_version    integer NOT NULL REFERENCES catalog_versions (version),
      print_method       text NOT NULL,
      material           text NOT NULL,
      material_name      text NOT NULL,
      color              text NOT NULL,
      color_name         text NOT NULL,
      printer            text NOT NULL,
      printer_name       text NOT NULL,

      -- What it will take and cost, with the prices it was approved with.
      weight_g           numeric(9,2) CHECK (weight_g > 0),
      time_hours         numeric(7,1) CHECK (time_hours > 0),
      cost_cents         integer CHECK (cost_cents >= 0),
      price_snapshot     jsonb,

      acknowledged_minimum_charge boolean NOT NULL CHECK (acknowledged_minimum_charge),
      consent_version    text NOT NULL,
      consent_at         timestamptz NOT NULL,
      student_confirmed  boolean NOT NULL DEFAULT false,
      student_confirmed_at timestamptz,
      confirm_token_expires timestamptz,
      is_confirmation_expired boolean NOT NULL DEFAULT false,
      confirmation_last_sent_at timestamptz,

      reject_reasons     jsonb,
      staff_viewed_at    timestamptz,
      last_updated_by    text,

      -- The lock: a random key handed to one page of one workstation session.
      lock_key           uuid,
      lock_session       uuid,
      locked_by          text,
      locked_until       timestamptz,
      CHECK ((lock_key IS NULL) = (locked_until IS NULL) AND (lock_key IS NULL) = (lock_session IS NULL)
             AND (lock_key IS NULL) = (locked_by IS NULL)),

      created_at         timestamptz NOT NULL DEFAULT now(),
      updated_at         timestamptz NOT NULL DEFAULT now(),

      CHECK (student_confirmed = (student_confirmed_at IS NOT NULL))
    );
    -- For the duplicate rule. Not unique: a failed print may return to the queue beside a newer request.
    CREATE INDEX jobs_same_file ON jobs (file_hash, lower(student_email));
    CREATE INDEX jobs_created ON jobs (created_at DESC, id DESC);
    CREATE INDEX jobs_status_created ON jobs (status, created_at DESC, id DESC);
    CREATE INDEX jobs_status_since ON jobs (status, status_since);
    CREATE INDEX jobs_unreviewed ON jobs (created_at) WHERE staff_viewed_at IS NULL AND status = 'UPLOADED';
    CREATE INDEX jobs_confirmation_due ON jobs (confirm_token_expires)
      WHERE status = 'PENDING' AND NOT is_confirmation_expired;
    CREATE INDEX jobs_search ON jobs USING gin
      (student_name gin_trgm_ops, student_email gin_trgm_ops, class_number gin_trgm_ops, display_name gin_trgm_ops,
       original_filename gin_trgm_ops);

    -- Links to confirm. The link itself is never stored: only its hash, and the random id it is made from.
    CREATE TABLE confirm_tokens (
      id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      job_id      uuid NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
      token_hash  text NOT NULL UNIQUE CHECK (token_hash ~ '^[0-9a-f]{64}$'),
      created_at  timestamptz NOT NULL DEFAULT now(),
      expires_at  timestamptz NOT NULL,
      used_at     timestamptz,
      replaced_at timestamptz
    );
    CREATE INDEX confirm_tokens_job ON confirm_tokens (job_id);
    CREATE UNIQUE INDEX confirm_tokens_one_live ON confirm_tokens (job_id) WHERE used_at IS NULL AND replaced_at IS NULL;

    CREATE TABLE job_files (
      id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      job_id        uuid NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
      role          text NOT NULL CHECK (role IN ('original','authoritative','other')),
      name          text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 255 AND name !~ '[/\\\\]' AND name NOT IN ('.','..')),
      size_bytes    bigint NOT NULL CHECK (size_bytes >= 0),
      sha256        text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
      first_seen_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE (job_id, role, name)
    );
    CREATE UNIQUE INDEX job_files_one_original ON job_files (job_id) WHERE role = 'original';
    CREATE UNIQUE INDEX job_files_one_authoritative ON job_files (job_id) WHERE role = 'authoritative';

    CREATE TABLE job_notes (
      id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      job_id         uuid NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
      body           text NOT NULL CHECK (char_length(body) BETWEEN 1 AND 1000),
      staff_name     text NOT NULL,
      workstation_id text NOT NULL,
      created_at     timestamptz NOT NULL DEFAULT now()
    );
    CREATE INDEX job_notes_job ON job_notes (job_id, created_at DESC);

    -- A ledger: rows are voided, never erased.
    CREATE TABLE payments (
      id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      job_id         uuid NOT NULL REFERENCES jobs (id) ON DELETE RESTRICT,
      payment_system text NOT NULL,
      grams          numeric(9,2) NOT NULL CHECK (grams > 0),
      price_cents    integer NOT NULL CHECK (price_cents >= 0),
      txn_no         text NOT NULL CHECK (char_length(txn_no) BETWEEN 1 AND 50),
      picked_up_by   text NOT NULL CHECK (char_length(picked_up_by) BETWEEN 1 AND 100),
      paid_ts        timestamptz NOT NULL DEFAULT now(),
      paid_by_staff  text NOT NULL,
      workstation_id text NOT NULL,
      voided_at      timestamptz,
      voided_by      text,
      void_reason    text,
      CHECK ((voided_at IS NULL) = (voided_by IS NULL) AND (voided_at IS NULL) = (void_reason IS NULL))
    );
    CREATE INDEX payments_job ON payments (job_id);
    CREATE INDEX payments_paid ON payments (paid_ts);
    CREATE UNIQUE INDEX payments_txn_once ON payments (lower(payment_system), lower(txn_no)) WHERE voided_at IS NULL;

    CREATE FUNCTION payments_keep() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'payments are never erased; void the row instead'; END IF;
      IF OLD.voided_at IS NOT NULL
         OR (to_jsonb(NEW) - '{voided_at,voided_by,void_reason}'::text[])
            IS DISTINCT FROM (to_jsonb(OLD) - '{voided_at,voided_by,void_reason}'::text[]) THEN
        RAISE EXCEPTION 'a payment can only be voided, once';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER payments_keep BEFORE UPDATE OR DELETE ON payments FOR EACH ROW EXECUTE FUNCTION payments_keep();
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP TABLE payments;
    DROP FUNCTION payments_keep();
    DROP TABLE job_notes, job_files, confirm_tokens, jobs;
    DROP SEQUENCE job_short_id;
    DROP TABLE settings, catalog_versions, staff;
  `);
}
