import type { Knex } from "knex";

/**
 * Sums of closed days, made from `report_steps` by the night shift (server/reports/analytics/roll-up.server.ts). Whatever is
 * not in them yet, or has changed since, is read from the steps themselves: see decision 016.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- One row. Days before 'through' are closed, in the zone in which the sums were made.
    CREATE TABLE report_state (
      one           boolean PRIMARY KEY DEFAULT true CHECK (one),
      zone          text NOT NULL DEFAULT '',
      through       date NOT NULL DEFAULT '-infinity',
      rolled_up_at  timestamptz,
      -- The jobs' files together, each once; summed now and then.
      storage_bytes bigint NOT NULL DEFAULT 0 CHECK (storage_bytes >= 0),
      storage_files integer NOT NULL DEFAULT 0 CHECK (storage_files >= 0),
      storage_at    timestamptz
    );
    INSERT INTO report_state DEFAULT VALUES;

    CREATE TABLE report_days (
      -- 1: printer, discipline, material. 2: these and staff. 3: discipline, course. 4: these and printer.
      grain                smallint NOT NULL CHECK (grain BETWEEN 1 AND 4),
      day                  date NOT NULL,
      staff                text NOT NULL DEFAULT '',
      printer              text NOT NULL DEFAULT '',
      discipline           text NOT NULL DEFAULT '',
      material             text NOT NULL DEFAULT '',
      course               text NOT NULL DEFAULT '',
      submitted            integer NOT NULL,
      new_students         integer NOT NULL,
      approved             integer NOT NULL,
      rejected             integer NOT NULL,
      declined             integer NOT NULL,
      confirmed            integer NOT NULL,
      started              integer NOT NULL,
      failed               integer NOT NULL,
      completed            integer NOT NULL,
      picked_up            integer NOT NULL,
      grams                numeric NOT NULL,
      hours                numeric NOT NULL,
      clocked              integer NOT NULL,
      clocked_minutes      bigint NOT NULL,
      clocked_hours        numeric NOT NULL,
      turned_round         integer NOT NULL,
      turnaround_minutes   bigint NOT NULL,
      paid                 integer NOT NULL,
      cents                bigint NOT NULL,
      paid_grams           numeric NOT NULL,
      compared             integer NOT NULL,
      compared_grams       numeric NOT NULL,
      compared_estimate    numeric NOT NULL,
      compared_off         numeric NOT NULL,
      compared_close       integer NOT NULL,
      PRIMARY KEY (grain, staff, day, printer, discipline, material, course)
    );
    CREATE INDEX report_days_day ON report_days (day, grain);

    -- How long steps took, counted by week (its Monday) and rounded-down minutes. Empty: all printers, all disciplines.
    CREATE TABLE report_waits (
      week       date NOT NULL,
      step       text NOT NULL,
      printer    text NOT NULL,
      discipline text NOT NULL,
      minutes    integer NOT NULL,
      n          integer NOT NULL,
      PRIMARY KEY (printer, discipline, week, step, minutes) INCLUDE (n)
    );

    -- What people of the lab wrote into the log, by day and kind of event.
    CREATE TABLE report_staff_days (
      day        date NOT NULL,
      staff      text NOT NULL,
      event_type text NOT NULL,
      n          integer NOT NULL,
      PRIMARY KEY (day, staff, event_type)
    );

    -- Rounded down to what is shown: ten minutes under four hours, half hours under two days, then three hours.
    CREATE FUNCTION report_round(minutes integer) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
      SELECT CASE WHEN minutes < 240 THEN minutes / 10 * 10 WHEN minutes < 2880 THEN minutes / 30 * 30 ELSE minutes / 180 * 180 END
    $$;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP FUNCTION report_round(integer);
    DROP TABLE report_staff_days, report_waits, report_days, report_state;
  `);
}
