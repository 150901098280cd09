/** Brings a database to the newest schema and gives the application's role its rights. */
import knexFactory, { type Knex } from "knex";
import { knexOptions } from "../knexfile";
import { migrations } from "../migrations/index";

/** Instances that start at once wait for each other here; one migrates, the rest find nothing to do. */
const MIGRATION_LOCK = 7_302_604_001;

/**
 * Migrates an empty database to the schema of exactly these migrations; for a restore.
 * @throws Error with a sentence when one of them is not known here, or the database is past them already
 */
export async function migrateTo(ownerUrl: string, names: string[]): Promise<void> {
  const wanted = new Set(names);
  const strange = names.filter((name) => !migrations.some((migration) => migration.name === name));
  if (strange.length)
    throw new Error(
      `The set was made by a newer version of Printdesk (${strange.join(", ")}); restore it with that version.`,
    );
  const knex = knexFactory(knexOptions(ownerUrl, 2, true));
  try {
    const migrationSource: Knex.MigrationSource<(typeof migrations)[number]> = {
      getMigrations: async () => migrations.filter(({ name }) => wanted.has(name)),
      getMigrationName: ({ name }) => name,
      getMigration: async (migration) => migration,
    };
    await knex.migrate.latest({ migrationSource, tableName: "migrations" });
  } finally {
    await knex.destroy();
  }
}

/**
 * Migrates to the latest schema.
 * @param ownerUrl connection of the role that owns the tables
 * @param appRole role that the processes connect as; gets data rights, and no way to change the log
 * @returns names of the migrations that were applied now
 */
export async function migrateToLatest(options: {
  ownerUrl: string;
  appRole?: string;
}): Promise<{ applied: string[] }> {
  const knex = knexFactory(knexOptions(options.ownerUrl, 2, true));
  try {
    return await knex.transaction(async (trx) => {
      await trx.raw("SELECT pg_advisory_xact_lock(?)", [MIGRATION_LOCK]);
      const [, applied] = (await knex.migrate.latest()) as [number, string[]];
      if (options.appRole) await grantTo(knex, options.appRole);
      return { applied };
    });
  } finally {
    await knex.destroy();
  }
}

async function grantTo(knex: Knex, role: string): Promise<void> {
  const name = knex.ref(role).toString();
  await knex.raw(`
    GRANT USAGE ON SCHEMA public TO ${name};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${name};
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO ${name};
    REVOKE INSERT, UPDATE, DELETE ON migrations, migrations_lock FROM ${name};
    REVOKE UPDATE, DELETE ON events FROM ${name};
    REVOKE INSERT, UPDATE, DELETE ON event_chain FROM ${name};
    REVOKE DELETE ON payments, receipts FROM ${name};
    REVOKE INSERT, UPDATE, DELETE ON event_exports, event_anchors FROM ${name};
    GRANT EXECUTE ON FUNCTION rotate_events(text, text, bigint, bigint[]) TO ${name};
  `);
}
