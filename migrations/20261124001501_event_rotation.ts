import type { Knex } from "knex";

/**
 * Old events leave the log for files; what stays of each run of numbers is an anchor, so that the chain can still be
 * walked from its first link to its head. The application may only do this through one function, which
 * deletes nothing that it does not find, byte for byte, in the export.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE event_exports (
      id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      file        text NOT NULL UNIQUE CHECK (file ~ '^[A-Za-z0-9._-]{1,200}$'),
      sha256      text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
      size_bytes  bigint NOT NULL CHECK (size_bytes > 0),
      events      integer NOT NULL CHECK (events > 0),
      first_id    bigint NOT NULL,
      last_id     bigint NOT NULL CHECK (last_id >= first_id),
      first_at    timestamptz NOT NULL,
      last_at     timestamptz NOT NULL,
      exported_at timestamptz NOT NULL DEFAULT now()
    );
    CREATE INDEX event_exports_time ON event_exports (exported_at DESC);

    -- A run of numbers that has left: where its first link hung, and the hash of its last.
    CREATE TABLE event_anchors (
      from_id   bigint PRIMARY KEY CHECK (from_id > 0),
      to_id     bigint NOT NULL UNIQUE CHECK (to_id >= from_id),
      prev_hash text NOT NULL CHECK (prev_hash ~ '^[0-9a-f]{64}$'),
      hash      text NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
      export_id uuid NOT NULL REFERENCES event_exports (id)
    );
    CREATE INDEX event_anchors_export ON event_anchors (export_id, from_id);

    -- The line of an export: every field with all its digits, times in UTC whatever the session says.
    CREATE FUNCTION event_line(e events) RETURNS text LANGUAGE sql STABLE SET timezone TO 'UTC' AS $$
      SELECT to_jsonb(e)::text || chr(10)
    $$;

    -- What the log itself keeps of an export's anchors.
    CREATE FUNCTION anchors_digest(export uuid) RETURNS text LANGUAGE sql STABLE AS $$
      SELECT encode(sha256(convert_to(coalesce(string_agg(
        from_id || ':' || to_id || ':' || prev_hash || ':' || hash, chr(10) ORDER BY from_id), ''), 'UTF8')), 'hex')
      FROM event_anchors WHERE export_id = export
    $$;

    CREATE OR REPLACE FUNCTION events_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'DELETE' AND TG_LEVEL = 'ROW' AND EXISTS (
        SELECT FROM event_anchors a WHERE a.from_id <= OLD.id AND a.to_id >= OLD.id) THEN
        RETURN OLD;
      END IF;
      RAISE EXCEPTION 'the event log is append-only' USING ERRCODE = 'insufficient_privilege';
    END $$;
    DROP TRIGGER events_refuse ON events;
    CREATE TRIGGER events_refuse BEFORE UPDATE OR TRUNCATE ON events
      FOR EACH STATEMENT EXECUTE FUNCTION events_refuse();
    CREATE TRIGGER events_refuse_delete BEFORE DELETE ON events
      FOR EACH ROW EXECUTE FUNCTION events_refuse();

    CREATE FUNCTION rotate_events(p_file text, p_sha256 text, p_size bigint, p_ids bigint[])
    RETURNS TABLE (export_id uuid, events integer, first_id bigint, last_id bigint, anchors text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone TO 'UTC' AS $$
    DECLARE bad bigint; lines text; made uuid; n integer;
    BEGIN
      PERFORM pg_advisory_xact_lock(730261, 1);
      SELECT min(e.id) INTO bad FROM events e WHERE e.id = ANY (p_ids)
        AND (e.timestamp > now() - interval '90 days' OR e.event_type = 'EventsRotated');
      IF bad IS NOT NULL THEN RAISE EXCEPTION 'event % is too young to leave the log', bad; END IF;
      SELECT min(e.id) INTO bad FROM events e WHERE e.id = ANY (p_ids) AND event_digest(e) <> e.hash;
      IF bad IS NOT NULL THEN RAISE EXCEPTION 'event % does not give its hash; the log must be looked at first', bad; END IF;
      SELECT min(x.id) INTO bad FROM (
        SELECT e.id, e.prev_hash, lag(e.hash) OVER w AS before, lag(e.id) OVER w AS before_id
        FROM events e WHERE e.id = ANY (p_ids) WINDOW w AS (ORDER BY e.id)) x
      WHERE x.before_id = x.id - 1 AND x.before <> x.prev_hash;
      IF bad IS NOT NULL THEN RAISE EXCEPTION 'event % does not hang on the one before; the log must be looked at first', bad; END IF;

      SELECT string_agg(event_line(e), '' ORDER BY e.id), count(*) INTO lines, n FROM events e WHERE e.id = ANY (p_ids);
      IF n IS DISTINCT FROM cardinality(p_ids) OR p_size <> octet_length(convert_to(lines, 'UTF8'))
         OR p_sha256 <> encode(sha256(convert_to(lines, 'UTF8')), 'hex') THEN
        RAISE EXCEPTION 'the export does not hold these events, byte for byte; nothing was deleted';
      END IF;

      INSERT INTO event_exports AS x (file, sha256, size_bytes, events, first_id, last_id, first_at, last_at)
        SELECT p_file, p_sha256, p_size, n, min(e.id), max(e.id), min(e.timestamp), max(e.timestamp)
        FROM events e WHERE e.id = ANY (p_ids) RETURNING x.id INTO made;
      INSERT INTO event_anchors (from_id, to_id, prev_hash, hash, export_id)
        SELECT min(r.id), max(r.id), (array_agg(r.prev_hash ORDER BY r.id))[1], (array_agg(r.hash ORDER BY r.id DESC))[1], made
        FROM (SELECT e.id, e.prev_hash, e.hash, e.id - row_number() OVER (ORDER BY e.id) AS run
              FROM events e WHERE e.id = ANY (p_ids)) r GROUP BY r.run;
      DELETE FROM events e WHERE e.id = ANY (p_ids);
      RETURN QUERY SELECT x.id, x.events, x.first_id, x.last_id, anchors_digest(x.id) FROM event_exports x WHERE x.id = made;
    END $$;
    REVOKE ALL ON FUNCTION rotate_events(text, text, bigint, bigint[]) FROM PUBLIC;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP FUNCTION rotate_events(text, text, bigint, bigint[]);
    DROP TRIGGER events_refuse_delete ON events;
    DROP TRIGGER events_refuse ON events;
    CREATE OR REPLACE FUNCTION events_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'the event log is append-only' USING ERRCODE = 'insufficient_privilege';
    END $$;
    CREATE TRIGGER events_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON events
      FOR EACH STATEMENT EXECUTE FUNCTION events_refuse();
    DROP FUNCTION anchors_digest(uuid);
    DROP FUNCTION event_line(events);
    DROP TABLE event_anchors, event_exports;
  `);
}
