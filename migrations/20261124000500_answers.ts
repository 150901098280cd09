import type { Knex } from "knex";

/** A form about several jobs has more to answer than a sentence: what became of each is kept with its key. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw("ALTER TABLE form_keys ADD COLUMN answer jsonb");
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw("ALTER TABLE form_keys DROP COLUMN answer");
}
