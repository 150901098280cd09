/** The schema goes up, down and up again; and it refuses by itself what the application must never do. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import knexFactory from "knex";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { migrateToLatest } from "@server/migrate.server";
import { knexOptions } from "../../knexfile";
import { migrations } from "../../migrations/index";
import { emptyDatabase, freshLab, type Lab, query } from "../support/database";
import { drive, submitCube } from "../support/desk";

/** Everything that makes up the schema, as text: columns, constraints, indexes, triggers, functions, rights. */
async function dump(ownerUrl: string): Promise<string[]> {
  const rows = await query<{ line: string }>(
    ownerUrl,
    `SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || coalesce(character_maximum_length::text, '')
            || ' ' || coalesce(numeric_precision || ',' || numeric_scale, '') || ' ' || is_nullable || ' ' || coalesce(column_default, '') AS line
       FROM information_schema.columns WHERE table_schema = 'public'
     UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
       FROM pg_constraint WHERE connamespace = 'public'::regnamespace
     UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
     UNION ALL SELECT 'trigger ' || pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
       WHERE NOT tgisinternal AND c.relnamespace = 'public'::regnamespace
     UNION ALL SELECT 'function ' || pg_get_functiondef(p.oid) FROM pg_proc p
       WHERE p.pronamespace = 'public'::regnamespace AND p.prokind = 'f'
         AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
     UNION ALL SELECT 'sequence ' || sequencename || ' ' || start_value || ' ' || increment_by FROM pg_sequences WHERE schemaname = 'public'
     UNION ALL SELECT 'right ' || table_name || ' ' || grantee || ' ' || privilege_type
       FROM information_schema.role_table_grants WHERE table_schema = 'public'
     ORDER BY 1`,
  );
  return rows.map((row) => row.line);
}

describe("R33: migrating", () => {
  test("down to nothing and up again gives the same schema and rights", async () => {
    const { ownerUrl, appRole } = await emptyDatabase();
    const { applied } = await migrateToLatest({ ownerUrl, appRole });
    expect(applied).toEqual(migrations.map((migration) => migration.name));
    const first = await dump(ownerUrl);
    expect(first.length).toBeGreaterThan(200);

    const knex = knexFactory(knexOptions(ownerUrl, 1));
    await knex.migrate.rollback(undefined, true);
    await knex.destroy();
    const rest = (await dump(ownerUrl)).filter((line) => !/migrations/.test(line));
    expect(rest).toEqual([]);

    await migrateToLatest({ ownerUrl, appRole });
    expect(await dump(ownerUrl)).toEqual(first);
  });

  test("a second time there is nothing to do", async () => {
    const { ownerUrl, appRole } = await emptyDatabase();
    await migrateToLatest({ ownerUrl, appRole });
    expect(await migrateToLatest({ ownerUrl, appRole })).toEqual({ applied: [] });
  });

  test("test letters of a former kind become such as a worker knows, and keep everything else", async () => {
    const { ownerUrl, appRole } = await emptyDatabase();
    await migrateToLatest({ ownerUrl, appRole });
    await query(
      ownerUrl,
      `INSERT INTO outbox (kind, payload, state, last_error)
         VALUES ('test-mail', '{"to":"a@example.edu","letter":"approval"}', 'failed', 'Nobody handles');
       DELETE FROM migrations WHERE name = '20261124002100_former_test_letters'`,
    );
    await migrateToLatest({ ownerUrl, appRole });
    expect(await query(ownerUrl, "SELECT kind, payload, state, last_error FROM outbox")).toEqual([
      {
        kind: "test-letter",
        payload: { to: "a@example.edu", letter: "approval" },
        state: "failed",
        last_error: "Nobody handles",
      },
    ]);
  });

  test("of several at once one migrates, the others wait and find it done", async () => {
    const { ownerUrl, appRole } = await emptyDatabase();
    const done = await Promise.all([1, 2, 3, 4].map(() => migrateToLatest({ ownerUrl, appRole })));
    expect(done.map(({ applied }) => applied.length).sort()).toEqual([0, 0, 0, migrations.length]);
  });

  test("killed midway it leaves nothing, and the next one does all of it", async () => {
    const { ownerUrl, appRole } = await emptyDatabase();
    // Knex prints the whole migration that failed.
    const printed = vi.spyOn(console, "log").mockImplementation(() => undefined);
    // Makes the migration stop in its middle, where it can be killed.
    await query(
      ownerUrl,
      `CREATE FUNCTION public.stop_here() RETURNS event_trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE object_identity = 'public.payments') THEN
           PERFORM pg_sleep(20);
         END IF;
       END $$;
       CREATE EVENT TRIGGER stop_here ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION public.stop_here();`,
    );
    const killed = migrateToLatest({ ownerUrl, appRole }).then(
      () => "finished",
      () => "killed",
    );
    for (let ended = 0; !ended; await sleep(20))
      ended = (
        await query(
          ownerUrl,
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = current_database() AND wait_event = 'PgSleep'`,
        )
      ).length;
    expect(await killed).toBe("killed");
    printed.mockRestore();
    await query(ownerUrl, "DROP EVENT TRIGGER stop_here; DROP FUNCTION public.stop_here();");
    expect((await dump(ownerUrl)).filter((line) => !/migrations/.test(line))).toEqual([]);
    const { applied } = await migrateToLatest({ ownerUrl, appRole });
    expect(applied).toHaveLength(migrations.length);
  });
});

describe("what the database refuses", () => {
  let lab: Lab;
  let jobId: string;
  let paymentId: string;
  const asApp = (sql: string, values?: unknown[]) => query(lab.appUrl, sql, values);

  beforeAll(async () => {
    lab = await freshLab();
    jobId = (await drive(await submitCube(), "PAIDPICKEDUP")).id;
    paymentId = (await lab.owner<{ id: string }>("SELECT id FROM payments"))[0]!.id;
  });

  test.each([
    "UPDATE events SET triggered_by = 'somebody else'",
    "DELETE FROM events",
    "TRUNCATE events",
    "UPDATE event_chain SET seq = 0",
    "INSERT INTO event_chain (one, seq, hash) VALUES (false, 1, repeat('0', 64))",
    "DELETE FROM event_chain",
    "TRUNCATE event_chain",
    "DELETE FROM payments",
    "TRUNCATE payments",
    "ALTER TABLE events DISABLE TRIGGER ALL",
    "ALTER TABLE payments DISABLE TRIGGER ALL",
    "DROP TABLE events",
    "SET session_replication_role = replica",
    "CREATE TABLE public.mine (id int)",
    "INSERT INTO migrations (name) VALUES ('x')",
    "CREATE OR REPLACE FUNCTION events_append() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
  ])("R15: the application may not: %s", async (sql) => {
    await expect(asApp(sql)).rejects.toThrow(/permission denied|must be owner/);
  });

  test("R15: the owner may not change the log either without switching its guard off", async () => {
    for (const sql of ["UPDATE events SET triggered_by = 'x'", "DELETE FROM events", "TRUNCATE events"])
      await expect(lab.owner(sql)).rejects.toThrow("append-only");
  });

  test("R15: what the application says about number, time and hash of an event does not count", async () => {
    const [row] = await asApp(
      `INSERT INTO events (id, timestamp, event_type, triggered_by, workstation_id, prev_hash, hash)
       VALUES (1, '2001-01-01', 'Test', 'x', 'y', 'forged', 'forged') RETURNING *`,
    );
    expect(row!.id).not.toBe("1");
    expect((row!.timestamp as Date).getFullYear()).toBeGreaterThan(2020);
    expect([row!.prev_hash, row!.hash]).not.toContain("forged");
  });

  test("a payment can be voided once, and nothing else about it can change", async () => {
    const change = (set: string) => asApp(`UPDATE payments SET ${set} WHERE id = $1`, [paymentId]);
    for (const set of [
      "price_cents = 1",
      "txn_no = 'other'",
      "paid_ts = now()",
      "job_id = gen_random_uuid()",
    ])
      await expect(change(set)).rejects.toThrow("only be voided, once");
    await expect(change("voided_at = now()")).rejects.toThrow("violates check constraint");
    const voiding = "voided_at = now(), voided_by = 'Jane Doe', void_reason = 'test'";
    await change(voiding);
    await expect(change(voiding)).rejects.toThrow("only be voided, once");
    await expect(change("voided_at = NULL, voided_by = NULL, void_reason = NULL")).rejects.toThrow("once");
    await expect(lab.owner("DELETE FROM payments")).rejects.toThrow("never erased");
  });

  test("a job with payments cannot be erased", async () => {
    await expect(asApp("DELETE FROM jobs WHERE id = $1", [jobId])).rejects.toThrow("foreign key");
  });

  test.each([
    ["jobs", "status = 'DONE'"],
    ["jobs", "version = 0"],
    ["jobs", "student_name = 'x'"],
    ["jobs", "stem = '../escape'"],
    ["jobs", "file_path = '/etc/passwd'"],
    ["jobs", "file_path = 'Uploaded/../../x'"],
    ["jobs", "metadata_path = '..'"],
    ["jobs", "file_hash = 'abc'"],
    ["jobs", "weight_g = 0"],
    ["jobs", "cost_cents = -1"],
    ["jobs", "acknowledged_minimum_charge = false"],
    ["jobs", "student_confirmed = NOT student_confirmed"],
    ["jobs", "lock_key = gen_random_uuid()"],
    ["jobs", "lock_key = gen_random_uuid(), lock_session = gen_random_uuid(), locked_until = now()"],
    ["jobs", "catalog_version = 99"],
    ["job_files", "name = 'a/b'"],
    ["job_files", "name = 'a\\b'"],
    ["job_files", "name = '..'"],
    ["job_files", "role = 'other2'"],
    ["job_files", "sha256 = upper(sha256)"],
    ["job_files", "size_bytes = -1"],
    ["confirm_tokens", "token_hash = 'plain'"],
    ["outbox", "state = 'lost'"],
    ["outbox", "state = 'running'"],
    ["outbox", "lease_until = now()"],
    ["staff", "name = ' Jane'"],
    ["staff", "is_active = NOT is_active"],
    ["staff", "name = 'Sam Rivera'"],
  ])("CHECK: %s with %s", async (table, set) => {
    await expect(asApp(`UPDATE ${table} SET ${set}`)).rejects.toThrow(/violates/);
  });

  test("versions of the catalog: numbered from 1, never changed", async () => {
    await expect(
      asApp("INSERT INTO catalog_versions (version, data, updated_by) VALUES (0, '{}', 'x')"),
    ).rejects.toThrow(/violates/);
    for (const sql of ["UPDATE catalog_versions SET data = '{}'", "DELETE FROM catalog_versions"])
      await expect(asApp(sql)).rejects.toThrow(/never changed/);
  });

  test("one original, one authoritative file and one live link for a job; one transaction number", async () => {
    const file = (role: string) =>
      asApp(
        `INSERT INTO job_files (job_id, role, name, size_bytes, sha256) VALUES ($1, $2, 'second.stl', 1, repeat('a', 64))`,
        [jobId, role],
      );
    await expect(file("original")).rejects.toThrow("job_files_one_original");
    await expect(file("authoritative")).rejects.toThrow("job_files_one_authoritative");
    const link = () =>
      asApp(
        `INSERT INTO confirm_tokens (job_id, token_hash, expires_at) VALUES ($1, encode(sha256($2::bytea), 'hex'), now())`,
        [jobId, randomUUID()],
      );
    await link();
    await expect(link()).rejects.toThrow("confirm_tokens_one_live");
    const pay = (txn: string) =>
      asApp(
        `INSERT INTO payments (job_id, payment_system, grams, price_cents, txn_no, picked_up_by, paid_by_staff, workstation_id)
         VALUES ($1, 'Tiger-Cash', 1, 300, $2, 'Ada', 'Jane Doe', 'front')`,
        [jobId, txn],
      );
    await pay("Once-1");
    await expect(pay("once-1")).rejects.toThrow("payments_txn_once");
  });
});
