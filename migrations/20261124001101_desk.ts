import type { Knex } from "knex";

/** What the administrator's desk keeps: logos, letters' wordings, jobs that have been pruned, and who has opened the desk. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- The picture over the door, by its content; the setting says which one is shown.
    CREATE TABLE logos (
      sha256       text PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
      content_type text NOT NULL CHECK (content_type IN ('image/png','image/jpeg','image/webp')),
      width        integer NOT NULL CHECK (width BETWEEN 1 AND 2000),
      height       integer NOT NULL CHECK (height BETWEEN 1 AND 2000),
      bytes        bytea NOT NULL CHECK (octet_length(bytes) BETWEEN 1 AND 262144),
      created_at   timestamptz NOT NULL DEFAULT now()
    );

    -- Every version is kept; the highest is in force. Without subject and body the letter has its default wording.
    CREATE TABLE letter_wordings (
      letter         text NOT NULL CHECK (char_length(letter) BETWEEN 1 AND 30),
      version        integer NOT NULL CHECK (version > 0),
      subject        text CHECK (char_length(subject) BETWEEN 1 AND 150),
      body           text CHECK (char_length(body) BETWEEN 1 AND 5000),
      updated_by     text NOT NULL CHECK (char_length(updated_by) BETWEEN 1 AND 100),
      workstation_id text NOT NULL CHECK (char_length(workstation_id) BETWEEN 1 AND 100),
      updated_at     timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (letter, version),
      CHECK ((subject IS NULL) = (body IS NULL))
    );

    -- A pruned job has neither files nor a person; only a filed-away one can be pruned.
    ALTER TABLE jobs ADD COLUMN pruned_at timestamptz;
    ALTER TABLE jobs ADD CONSTRAINT jobs_pruned_is_nobody CHECK (pruned_at IS NULL OR (status = 'ARCHIVED'
      AND student_name = 'Removed' AND student_email = 'removed@example.invalid' AND class_number = 'Removed'
      AND stem = 'Removed_' || short_id AND file_hash = repeat('0', 64)));
    CREATE INDEX jobs_prunable ON jobs (status_since, id) WHERE status = 'ARCHIVED' AND pruned_at IS NULL;

    CREATE INDEX outbox_created ON outbox (created_at DESC, id DESC);
    CREATE INDEX events_overrides ON events (id DESC) WHERE jsonb_exists(details, 'override');

    ALTER TABLE workstation_sessions ADD COLUMN admin_until timestamptz;

    -- The ledger forgets who collected a print when its job is pruned, and nothing else, ever.
    CREATE OR REPLACE FUNCTION payments_keep() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'payments are never erased; void the row instead'; END IF;
      IF NEW.picked_up_by = 'Removed' AND (to_jsonb(NEW) - 'picked_up_by') = (to_jsonb(OLD) - 'picked_up_by')
         AND EXISTS (SELECT FROM jobs WHERE id = OLD.job_id AND pruned_at IS NOT NULL) THEN
        RETURN NEW;
      END IF;
      IF OLD.voided_at IS NOT NULL
         OR (to_jsonb(NEW) - '{voided_at,voided_by,void_reason}'::text[])
            IS DISTINCT FROM (to_jsonb(OLD) - '{voided_at,voided_by,void_reason}'::text[]) THEN
        RAISE EXCEPTION 'a payment can only be voided, once';
      END IF;
      RETURN NEW;
    END $$;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE OR REPLACE FUNCTION payments_keep() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'payments are never erased; void the row instead'; END IF;
      IF OLD.voided_at IS NOT NULL
         OR (to_jsonb(NEW) - '{voided_at,voided_by,void_reason}'::text[])
            IS DISTINCT FROM (to_jsonb(OLD) - '{voided_at,voided_by,void_reason}'::text[]) THEN
        RAISE EXCEPTION 'a payment can only be voided, once';
      END IF;
      RETURN NEW;
    END $$;
    ALTER TABLE workstation_sessions DROP COLUMN admin_until;
    DROP INDEX events_overrides;
    DROP INDEX outbox_created;
    DROP INDEX jobs_prunable;
    ALTER TABLE jobs DROP CONSTRAINT jobs_pruned_is_nobody;
    ALTER TABLE jobs DROP COLUMN pruned_at;
    DROP TABLE letter_wordings, logos;
  `);
}
