/**
 * The process's one pool. Models bind to it through `BaseModel`, which is exported from here
 * so that no bundler can drop the binding as an unused import.
 */
import knexFactory, { type Knex } from "knex";
import { Model } from "objection";
import pg from "pg";
import { knexOptions } from "../knexfile";
import { config } from "./config.server";

// numeric and bigint come as text; ours are small enough for exact doubles (grams, hours, bytes, event ids).
pg.types.setTypeParser(pg.types.builtins.NUMERIC, Number);
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

let pool: Knex | undefined;

/** The pool, opened at the first call. */
export function db(): Knex {
  pool ??= knexFactory(knexOptions(config().DATABASE_URL, config().DATABASE_POOL));
  return pool;
}

/** Closes the pool; the next `db()` opens a new one. */
export async function closeDb(): Promise<void> {
  const closing = pool;
  pool = undefined;
  await closing?.destroy();
}

/** A transaction that the work runs in; rolled back when it throws. */
export type Trx = Knex.Transaction;

/** Runs the work in one transaction. */
export function inTransaction<T>(work: (trx: Trx) => Promise<T>): Promise<T> {
  return db().transaction(work);
}

/** The base of all models: Objection on the process's pool, columns named as in the specification. */
export class BaseModel extends Model {
  static override knex(): Knex;
  static override knex(knex?: Knex): void;
  static override knex(knex?: Knex): Knex | void {
    return knex ? super.knex(knex) : (super.knex() ?? db());
  }
}
