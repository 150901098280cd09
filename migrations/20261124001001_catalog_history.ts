import type { Knex } from "knex";

/** Where a version of the catalog was made and which older one it brought back; the names staff had before. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE catalog_versions
      ADD COLUMN workstation_id text CHECK (char_length(workstation_id) BETWEEN 1 AND 100),
      ADD COLUMN restored_from  integer REFERENCES catalog_versions (version) CHECK (restored_from < version);

    -- What was in force stays as it was: prices of jobs and the history are read off it.
    CREATE FUNCTION catalog_versions_keep() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'a version of the catalog is never changed; write a new one';
    END $$;
    CREATE TRIGGER catalog_versions_keep BEFORE UPDATE OR DELETE ON catalog_versions
      FOR EACH ROW EXECUTE FUNCTION catalog_versions_keep();

    -- Events tell who did something by the name of that day, so nobody else may get it later.
    ALTER TABLE staff ADD COLUMN former_names text[] NOT NULL DEFAULT '{}';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE staff DROP COLUMN former_names;
    DROP TRIGGER catalog_versions_keep ON catalog_versions;
    DROP FUNCTION catalog_versions_keep();
    ALTER TABLE catalog_versions DROP COLUMN restored_from, DROP COLUMN workstation_id;
  `);
}
