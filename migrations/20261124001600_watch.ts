import type { Knex } from "knex";

/** How the system has been doing: samples by the minute, what each page cost by the hour, and the alerts raised from them. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- A row per process and minute; "lab" is what all processes share: database, queue, mail, storage, machine.
    -- data is flat: name of a measure → number.
    CREATE TABLE metric_samples (
      process text NOT NULL CHECK (char_length(process) BETWEEN 1 AND 200),
      kind    text NOT NULL CHECK (kind IN ('lab','web','worker')),
      at      timestamptz NOT NULL CHECK (at = date_trunc('minute', at, 'UTC')),
      data    jsonb NOT NULL CHECK (jsonb_typeof(data) = 'object'),
      PRIMARY KEY (process, at)
    );
    CREATE INDEX metric_samples_at ON metric_samples (kind, at DESC);

    -- Requests by route and hour, of all web processes together.
    CREATE TABLE route_hours (
      hour     timestamptz NOT NULL CHECK (hour = date_trunc('hour', hour, 'UTC')),
      route    text NOT NULL CHECK (char_length(route) BETWEEN 1 AND 200),
      requests bigint NOT NULL CHECK (requests >= 0),
      refused  bigint NOT NULL CHECK (refused >= 0),
      failed   bigint NOT NULL CHECK (failed >= 0),
      slow     bigint NOT NULL CHECK (slow >= 0),
      total_ms double precision NOT NULL CHECK (total_ms >= 0),
      PRIMARY KEY (hour, route)
    );

    CREATE TABLE alerts (
      id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      kind            text NOT NULL CHECK (char_length(kind) BETWEEN 1 AND 50),
      severity        text NOT NULL CHECK (severity IN ('warning','critical')),
      message         text NOT NULL CHECK (char_length(message) BETWEEN 1 AND 500),
      raised_at       timestamptz NOT NULL DEFAULT now(),
      cleared_at      timestamptz,
      acknowledged_at timestamptz,
      acknowledged_by text CHECK (char_length(acknowledged_by) BETWEEN 1 AND 100),
      CHECK (cleared_at >= raised_at),
      CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL))
    );
    CREATE UNIQUE INDEX alerts_one_open_of_a_kind ON alerts (kind) WHERE cleared_at IS NULL;
    CREATE INDEX alerts_raised ON alerts (raised_at DESC);

    -- "When did the last letter go out?", asked every minute.
    CREATE INDEX outbox_mail_done ON outbox (done_at DESC) WHERE kind = 'mail' AND state = 'done';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw("DROP INDEX outbox_mail_done; DROP TABLE alerts, route_hours, metric_samples;");
}
