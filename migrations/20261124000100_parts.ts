import type { Knex } from "knex";

/** What the lab knows of a file's content: measures and picture, once per content, however many jobs have it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE parts (
      sha256          text PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
      size_bytes      bigint NOT NULL CHECK (size_bytes >= 0),
      -- The mesh report; NULL for what is no model (G-code), or could not be measured.
      report          jsonb,
      report_problem  text,
      -- Where the picture comes from; NULL: nobody has looked yet.
      picture         text CHECK (picture IN ('drawn','embedded','none')),
      picture_widths  integer[] NOT NULL DEFAULT '{}',
      picture_problem text,
      created_at      timestamptz NOT NULL DEFAULT now(),
      CHECK (report IS NULL OR report_problem IS NULL),
      CHECK ((picture IN ('drawn','embedded')) = (cardinality(picture_widths) > 0) OR picture IS NULL),
      CHECK ((picture_problem IS NOT NULL) = (picture IS NOT DISTINCT FROM 'none'))
    );
    -- A picture is made from any job's file with this content.
    CREATE INDEX job_files_sha256 ON job_files (sha256);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP INDEX job_files_sha256;
    DROP TABLE parts;
  `);
}
