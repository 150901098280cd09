import type { Knex } from "knex";

/** Letters handed to the mail server during the last minute, of all workers together: a mailbox has one limit. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE mail_turns (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      at timestamptz NOT NULL
    );

    -- Takes a turn: 0 when the letter may go now, else in how many seconds there is one. One at a time, by the lock.
    CREATE FUNCTION take_mail_turn(most int, span interval) RETURNS double precision LANGUAGE plpgsql AS $$
    DECLARE
      moment timestamptz;
      taken int;
      oldest timestamptz;
    BEGIN
      PERFORM pg_advisory_xact_lock(730261, 1);
      -- Only now: the clock went on while we waited.
      moment := clock_timestamp();
      -- A time in the future is from before the clock went back.
      DELETE FROM mail_turns WHERE at <= moment - span OR at > moment + interval '5 seconds';
      SELECT count(*), min(at) INTO taken, oldest FROM mail_turns;
      IF taken >= most THEN
        RETURN greatest(0.001, extract(epoch FROM oldest + span - moment));
      END IF;
      INSERT INTO mail_turns (at) VALUES (moment);
      RETURN 0;
    END $$;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw("DROP FUNCTION take_mail_turn(int, interval); DROP TABLE mail_turns;");
}
