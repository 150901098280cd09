/** How Knex connects and migrates: one place, read by `server/db.server.ts` and the migrations alike. */
import type { Knex } from "knex";
import { migrationSource } from "./migrations/index";

/**
 * @param url PostgreSQL connection URL
 * @param pool largest number of connections
 * @param patient for migrations: statements and waiting transactions may take as long as they need
 */
export function knexOptions(url: string, pool = 10, patient = false): Knex.Config {
  return {
    client: "pg",
    connection: {
      connectionString: url,
      // A stuck query or a forgotten transaction must not hold a lock for ever.
      ...(patient
        ? {}
        : { statement_timeout: 30_000, query_timeout: 15_000, idle_in_transaction_session_timeout: 60_000 }),
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      // Disks without a turning plate: an index costs hardly more than reading in order. No statement of ours is so long
      // that compiling it first would pay; sums over a year of days are sorted in memory.
      options: "-c random_page_cost=1.1 -c jit=off -c work_mem=16MB",
    },
    pool: { min: 0, max: pool },
    acquireConnectionTimeout: 10_000,
    migrations: { migrationSource, tableName: "migrations" },
  };
}

export default knexOptions(process.env.DATABASE_URL ?? "");
