import type { Knex } from "knex";

/** A transaction number is looked for without its spaces: "TC 123" is "TC123", and is used once. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE INDEX receipts_number ON receipts (lower(payment_system), lower(replace(txn_no, ' ', ''))) WHERE released_at IS NULL`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw("DROP INDEX receipts_number");
}
