import type { Knex } from "knex";

/** An approval corrects all steps of its job: with the partial indexes alone every step of every job was read for it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw("DROP INDEX report_steps_job; CREATE INDEX report_steps_job ON report_steps (job_id);");
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(
    "DROP INDEX report_steps_job; CREATE INDEX report_steps_job ON report_steps (job_id) WHERE step IN ('failed','paid');",
  );
}
