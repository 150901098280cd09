import type { Knex } from "knex";

/** The timetable as people see it, and what became of each run. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Written by the worker that leads, from workers/schedule.ts. next_at is a promise: it stands until it is kept.
    CREATE TABLE chores (
      name      text PRIMARY KEY CHECK (name ~ '^[a-z][a-z-]{1,39}$'),
      position  integer NOT NULL,
      title     text NOT NULL CHECK (char_length(title) BETWEEN 1 AND 80),
      about     text NOT NULL,
      -- NULL: only by hand.
      cron      text,
      time_zone text NOT NULL,
      -- Why it does not run by itself, for people; empty when it does.
      off_because text NOT NULL DEFAULT '',
      next_at   timestamptz,
      CHECK (next_at IS NULL OR cron IS NOT NULL)
    );

    CREATE TABLE chore_runs (
      id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      chore          text NOT NULL CHECK (char_length(chore) BETWEEN 2 AND 40),
      -- The planned time; NULL when somebody started it by hand.
      slot           timestamptz,
      state          text NOT NULL CHECK (state IN ('queued','running','done','failed','interrupted')),
      started_by     text NOT NULL CHECK (char_length(started_by) BETWEEN 1 AND 100),
      workstation_id text NOT NULL CHECK (char_length(workstation_id) BETWEEN 1 AND 100),
      process        text,
      requested_at   timestamptz NOT NULL DEFAULT now(),
      started_at     timestamptz,
      finished_at    timestamptz,
      -- A sentence for people, and figures for pages.
      result         text,
      facts          jsonb NOT NULL DEFAULT '{}',
      UNIQUE (chore, slot),
      CHECK ((state IN ('done','failed','interrupted')) = (finished_at IS NOT NULL)),
      CHECK ((state = 'queued') = (started_at IS NULL))
    );
    -- One at a time, however many workers and people want it.
    CREATE UNIQUE INDEX chore_runs_one_at_a_time ON chore_runs (chore) WHERE state IN ('queued','running');
    CREATE INDEX chore_runs_last ON chore_runs (chore, requested_at DESC);
    CREATE INDEX chore_runs_old ON chore_runs (requested_at);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw("DROP TABLE chore_runs, chores;");
}
