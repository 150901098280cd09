import type { Knex } from "knex";

/** Every term leaves some prints unclaimed: a report on one term must not look at those of all years. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(
    `CREATE INDEX jobs_unclaimed ON jobs (status_since) INCLUDE (weight_g, cost_cents, printer, discipline)
     WHERE status = 'COMPLETED'`,
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw("DROP INDEX jobs_unclaimed");
}
