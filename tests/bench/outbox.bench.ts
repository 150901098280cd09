/**
 * Ten thousand rows of the outbox with an empty task, drained by one process, beside graphile-worker and pg-boss with
 * the same task on the same PostgreSQL. `npm run bench -- outbox`. The two are fetched into build/bench/peers on the
 * first run; the product needs neither.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { closeDb } from "@server/db.server";
import { sweepOutbox } from "@server/outbox/work.server";
import { useDatabaseOf } from "../support/beside";
import { startSystem } from "../support/system";
import { finish, median, option, put, runs, say } from "./table";

const ROWS = Number(option("--rows") ?? 10_000);
const LANES = 10;

const load = peers();
// The product's own worker must not help: its sweep is never due, and it does not know the kind.
const app = await startSystem({ OUTBOX_SWEEP_CRON: "0 0 1 1 *" });
useDatabaseOf(app, { DATABASE_POOL: String(LANES) });
const ours: number[] = [];
const times: Record<string, number[]> = {};
try {
  for (let round = 0; round <= runs; round++) {
    const each: Record<string, number> = { ours: await drainOurs() };
    if (load) {
      each["graphile-worker"] = await drainGraphile(load);
      each["pg-boss"] = await drainBoss(load, round);
    }
    if (round === 0) continue; // warm
    for (const [name, rate] of Object.entries(each))
      (name === "ours" ? ours : (times[name] ??= [])).push(rate);
  }
} finally {
  await closeDb();
  await app.stop();
}
for (const name of ["graphile-worker", "pg-boss"])
  put({
    bench: "outbox",
    case: `${ROWS.toLocaleString("en-US")} rows with an empty task, one process`,
    ours: median(ours),
    peer: times[name] ? median(times[name]) : null,
    peer_name: name,
    unit: "/s",
    goal: 0.5,
    higher_is_better: true,
  });
finish("Draining the outbox", `medians of ${runs}`);

async function drainOurs(): Promise<number> {
  await app.sql("DELETE FROM outbox WHERE kind = 'nothing'");
  await app.sql("INSERT INTO outbox (kind) SELECT 'nothing' FROM generate_series(1, $1::int)", [ROWS]);
  const begun = performance.now();
  let done = 0;
  while (done < ROWS) done += (await sweepOutbox({ nothing: async () => undefined }, async () => [])).worked;
  const rate = (ROWS / (performance.now() - begun)) * 1000;
  const [{ left }] = (await app.sql(
    "SELECT count(*)::int AS left FROM outbox WHERE kind = 'nothing' AND state <> 'done'",
  )) as [{ left: number }];
  if (left) throw new Error(`${left} rows were not done`);
  return rate;
}

type Load = (name: string) => unknown;

async function drainGraphile(load: Load): Promise<number> {
  const { Logger, run, runMigrations } = load("graphile-worker") as {
    Logger: new (factory: () => () => void) => unknown;
    run(options: object): Promise<{ stop(): Promise<void> }>;
    runMigrations(options: object): Promise<void>;
  };
  const options = { connectionString: app.databaseUrl, logger: new Logger(() => () => undefined) };
  await runMigrations(options);
  await app.sql("SELECT graphile_worker.add_job('nothing', '{}') FROM generate_series(1, $1::int)", [ROWS]);
  let done = 0;
  let rate = 0;
  const begun = performance.now();
  await new Promise<void>((resolve, reject) => {
    run({
      ...options,
      concurrency: LANES,
      noHandleSignals: true,
      taskList: {
        nothing: async () => {
          if (++done < ROWS) return;
          rate = (ROWS / (performance.now() - begun)) * 1000;
          resolve();
        },
      },
    }).then((runner) => void (stopGraphile = () => runner.stop()), reject);
  });
  await stopGraphile();
  return rate;
}
let stopGraphile: () => Promise<void> = async () => undefined;

async function drainBoss(load: Load, round: number): Promise<number> {
  interface Boss {
    start(): Promise<void>;
    stop(options: object): Promise<void>;
    createQueue(name: string): Promise<void>;
    insert(jobs: object[]): Promise<void>;
    work(name: string, options: object, handler: (jobs: unknown[]) => Promise<void>): Promise<string>;
    on(event: "error", handler: () => void): void;
  }
  const boss = new (load("pg-boss") as new (options: object) => Boss)({ connectionString: app.databaseUrl });
  boss.on("error", () => undefined);
  await boss.start();
  const queue = `nothing-${round}`;
  await boss.createQueue(queue);
  for (let n = 0; n < ROWS; n += 1_000)
    await boss.insert(Array.from({ length: Math.min(1_000, ROWS - n) }, () => ({ name: queue })));
  let done = 0;
  const begun = performance.now();
  // Its quickest way that still finishes each job by itself would be one job a poll; it polls at most twice a second,
  // so it is given batches, which it completes with one statement.
  const rate = await new Promise<number>((resolve) => {
    for (let n = 0; n < LANES; n++)
      void boss.work(queue, { batchSize: 100, pollingIntervalSeconds: 0.5 }, async (jobs) => {
        done += jobs.length;
        if (done >= ROWS) resolve((ROWS / (performance.now() - begun)) * 1000);
      });
  });
  await boss.stop({ graceful: false, wait: false });
  return rate;
}

/** Loads a peer; null when they cannot be fetched. */
function peers(): Load | null {
  const folder = path.resolve("build/bench/peers");
  if (!existsSync(path.join(folder, "node_modules", "pg-boss"))) {
    say("Fetching graphile-worker and pg-boss …");
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, "package.json"), '{ "private": true }');
    const done = spawnSync(
      "npm",
      ["install", "--ignore-scripts", "--no-audit", "--no-fund", "graphile-worker@0.16.6", "pg-boss@10.4.2"],
      { cwd: folder, stdio: "ignore", shell: process.platform === "win32" },
    );
    if (done.status !== 0) {
      say("They could not be fetched and are left out.");
      return null;
    }
  }
  return createRequire(path.join(folder, "package.json"));
}
