import type { Knex } from "knex";

/** The pile of expired confirmations is counted by index. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE INDEX jobs_confirmation_expired ON jobs (confirm_token_expires) WHERE status = 'PENDING' AND is_confirmation_expired;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw("DROP INDEX jobs_confirmation_expired");
}
