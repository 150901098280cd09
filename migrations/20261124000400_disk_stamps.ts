/** A file whose size, time and inode are as when it was hashed need not be hashed again. */
import type { Knex } from "knex";

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE job_files ADD COLUMN disk_stamp text CHECK (char_length(disk_stamp) <= 100);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE job_files DROP COLUMN disk_stamp;
  `);
}
