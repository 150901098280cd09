import type { Knex } from "knex";

/** Test letters had another kind for a while, which no worker knows any more; payload and meaning are the same. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw("UPDATE outbox SET kind = 'test-letter' WHERE kind = 'test-mail'");
}

/** Which ones they were is not known any more, and nothing needs to know it. */
export async function down(): Promise<void> {}
