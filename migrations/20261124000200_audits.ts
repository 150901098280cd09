import type { Knex } from "knex";

/** Integrity audits of the storage: who started one, how far it is, and what it found. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE audits (
      id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      state          text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued','running','done','failed')),
      started_by     text NOT NULL CHECK (char_length(started_by) BETWEEN 1 AND 100),
      workstation_id text NOT NULL CHECK (char_length(workstation_id) BETWEEN 1 AND 100),
      started_at     timestamptz NOT NULL DEFAULT now(),
      finished_at    timestamptz,
      -- Where the work stands, so that another worker goes on there: the phase, the last thing looked at in it,
      -- and a count of saves by which two workers on one audit notice each other.
      phase          text NOT NULL DEFAULT 'folders' CHECK (phase IN ('folders','jobs','confirm')),
      cursor         text NOT NULL DEFAULT '',
      step           integer NOT NULL DEFAULT 0,
      done           integer NOT NULL DEFAULT 0 CHECK (done >= 0),
      total          integer NOT NULL DEFAULT 0 CHECK (total >= 0),
      counts         jsonb NOT NULL DEFAULT '{}',
      error          text,
      CHECK ((state IN ('done','failed')) = (finished_at IS NOT NULL)),
      CHECK ((state = 'failed') = (error IS NOT NULL))
    );
    CREATE UNIQUE INDEX audits_one_at_a_time ON audits ((true)) WHERE state IN ('queued','running');
    CREATE INDEX audits_finished ON audits (finished_at DESC) WHERE state = 'done';

    CREATE TABLE audit_findings (
      id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      audit_id     uuid NOT NULL REFERENCES audits (id) ON DELETE CASCADE,
      kind         text NOT NULL CHECK (kind IN
                     ('orphaned_file','broken_link','stale_file','hash_mismatch','metadata_drift')),
      -- Below the storage root, with forward slashes. No reference to jobs: a finding outlives its job, or has none.
      path         text NOT NULL CHECK (path <> '' AND path !~ '^/'),
      job_id       uuid,
      short_id     integer,
      details      jsonb NOT NULL DEFAULT '{}',
      found_at     timestamptz NOT NULL DEFAULT now(),
      -- A suspicion becomes a finding when a second look, alone with the job's files, sees the same.
      confirmed_at timestamptz,
      resolved_at  timestamptz,
      resolved_by  text,
      resolved_how text,
      UNIQUE (audit_id, kind, path),
      CHECK ((resolved_at IS NULL) = (resolved_by IS NULL) AND (resolved_at IS NULL) = (resolved_how IS NULL))
    );
    CREATE INDEX audit_findings_open ON audit_findings (path) WHERE resolved_at IS NULL;
    CREATE INDEX audit_findings_unconfirmed ON audit_findings (audit_id, found_at) WHERE confirmed_at IS NULL;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw("DROP TABLE audit_findings, audits;");
}
