import type { Knex } from "knex";

/** The event log with its chain, the outbox, form keys, workstation sessions, rate limits and heartbeats. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- One row: the head of the chain. Locking it puts appends in one order.
    CREATE TABLE event_chain (
      one  boolean PRIMARY KEY DEFAULT true CHECK (one),
      seq  bigint NOT NULL,
      hash text NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$')
    );
    INSERT INTO event_chain (seq, hash) VALUES (0, repeat('0', 64));

    CREATE TABLE events (
      id             bigint PRIMARY KEY,
      job_id         uuid,
      timestamp      timestamptz NOT NULL,
      event_type     text NOT NULL CHECK (char_length(event_type) BETWEEN 1 AND 50),
      details        jsonb NOT NULL DEFAULT '{}',
      triggered_by   text NOT NULL CHECK (char_length(triggered_by) BETWEEN 1 AND 100),
      workstation_id text NOT NULL CHECK (char_length(workstation_id) BETWEEN 1 AND 100),
      prev_hash      text NOT NULL,
      hash           text NOT NULL UNIQUE
    );
    CREATE INDEX events_job ON events (job_id, id DESC);
    CREATE INDEX events_timestamp ON events (timestamp);
    CREATE INDEX events_type ON events (event_type, timestamp);

    -- The bytes that are hashed: a JSON array of every field, in this order, without room for argument.
    CREATE FUNCTION event_digest(e events) RETURNS text LANGUAGE sql IMMUTABLE AS $$
      SELECT encode(sha256(convert_to(jsonb_build_array(
        e.prev_hash, e.id, e.job_id, (extract(epoch FROM e.timestamp) * 1000000)::bigint,
        e.event_type, e.details, e.triggered_by, e.workstation_id)::text, 'UTF8')), 'hex')
    $$;

    CREATE FUNCTION events_append() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE head event_chain;
    BEGIN
      SELECT * INTO STRICT head FROM event_chain FOR UPDATE;
      NEW.id := head.seq + 1;
      NEW.timestamp := clock_timestamp();
      NEW.prev_hash := head.hash;
      NEW.hash := event_digest(NEW);
      UPDATE event_chain SET seq = NEW.id, hash = NEW.hash;
      RETURN NEW;
    END $$;
    CREATE TRIGGER events_append BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION events_append();

    CREATE FUNCTION events_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'the event log is append-only' USING ERRCODE = 'insufficient_privilege';
    END $$;
    CREATE TRIGGER events_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON events
      FOR EACH STATEMENT EXECUTE FUNCTION events_refuse();

    -- What must still happen after a commit: the only truth about it.
    CREATE TABLE outbox (
      id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      kind         text NOT NULL CHECK (char_length(kind) BETWEEN 1 AND 50),
      job_id       uuid,
      payload      jsonb NOT NULL DEFAULT '{}',
      dedupe_key   text UNIQUE,
      state        text NOT NULL DEFAULT 'due' CHECK (state IN ('due','running','done','failed','cancelled')),
      attempts     integer NOT NULL DEFAULT 0,
      next_at      timestamptz NOT NULL DEFAULT now(),
      lease_until  timestamptz,
      lease_key    uuid,
      announced_at timestamptz,
      last_error   text,
      created_at   timestamptz NOT NULL DEFAULT now(),
      done_at      timestamptz,
      CHECK ((state = 'running') = (lease_until IS NOT NULL) AND (lease_until IS NULL) = (lease_key IS NULL))
    );
    CREATE INDEX outbox_due ON outbox (next_at) WHERE state = 'due';
    CREATE INDEX outbox_running ON outbox (lease_until) WHERE state = 'running';
    CREATE INDEX outbox_failed ON outbox (created_at) WHERE state = 'failed';
    CREATE INDEX outbox_job ON outbox (job_id, created_at);

    -- A form posted twice has one effect: the key travels in the form and is stored with the effect.
    CREATE TABLE form_keys (
      key        uuid PRIMARY KEY,
      action     text NOT NULL,
      digest     text NOT NULL,
      job_id     uuid,
      created_at timestamptz NOT NULL DEFAULT now()
    );
    CREATE INDEX form_keys_created ON form_keys (created_at);

    CREATE TABLE workstation_sessions (
      id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      token_hash     text NOT NULL UNIQUE,
      workstation_id text NOT NULL,
      credential     text NOT NULL,
      created_at     timestamptz NOT NULL DEFAULT now(),
      expires_at     timestamptz NOT NULL,
      ended_at       timestamptz
    );
    CREATE INDEX workstation_sessions_expires ON workstation_sessions (expires_at);

    -- The shape that rate-limiter-flexible expects.
    CREATE TABLE rate_limits (
      key    varchar(255) PRIMARY KEY,
      points integer NOT NULL DEFAULT 0,
      expire bigint
    );
    CREATE INDEX rate_limits_expire ON rate_limits (expire);

    CREATE TABLE heartbeats (
      process    text PRIMARY KEY,
      kind       text NOT NULL,
      started_at timestamptz NOT NULL DEFAULT now(),
      seen_at    timestamptz NOT NULL DEFAULT now(),
      details    jsonb NOT NULL DEFAULT '{}'
    );
    CREATE INDEX heartbeats_kind ON heartbeats (kind, seen_at DESC);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP TABLE heartbeats, rate_limits, workstation_sessions, form_keys, outbox, events CASCADE;
    DROP TABLE event_chain;
    DROP FUNCTION IF EXISTS events_append();
    DROP FUNCTION IF EXISTS events_refuse();
  `);
}
