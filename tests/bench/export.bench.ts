/**
 * A million payments as CSV: rows a second beside PostgreSQL's own COPY of the same columns, and what the web process
 * needs for it. `npm run bench -- export [--most 100000]`.
 */
import { readFile } from "node:fs/promises";
import http from "node:http";
import pg from "pg";
import { EXPORT_SETS } from "@server/reports/export-sets.server";
import { logIn } from "../support/beside";
import { addJobs } from "../support/many-jobs";
import { startSystem } from "../support/system";
import { pidOf } from "./app";
import { finish, median, option, put, runs, say } from "./table";

const ROWS = Number(option("--most") ?? 1_000_000);
const DAYS = ["2020-01-01", "2026-12-31"] as const;

const app = await startSystem();
try {
  say(`Adding ${ROWS.toLocaleString("en-US")} payments …`);
  const jobs = Math.max(1_000, Math.round(ROWS / 10));
  await addJobs((sql, values) => app.sql(sql, values), jobs);
  await app.sql(
    `WITH made AS (
       INSERT INTO receipts (payment_system, txn_no, picked_up_by, issued_at, issued_by, workstation_id)
       SELECT 'Tiger-Cash', 'TC' || n, 'Ada Lovelace', '2021-01-01'::timestamptz + interval '2 minutes' * n, 'Jane Doe', 'front-desk'
       FROM generate_series(1, $1::int) n RETURNING *
     ), job AS (SELECT id, row_number() OVER () - 1 AS at FROM jobs)
     INSERT INTO payments (job_id, receipt_id, payment_system, grams, price_cents, estimated_cents, txn_no, picked_up_by, paid_ts, paid_by_staff, workstation_id)
     SELECT job.id, made.id, payment_system, 10 + number % 300, 300 + number % 4000, 300 + number % 3900, txn_no, picked_up_by, issued_at, issued_by, workstation_id
     FROM made JOIN job ON job.at = made.number % $2::int`,
    [ROWS, jobs],
  );
  await app.sql("VACUUM ANALYZE payments");
  await app.sql("VACUUM ANALYZE receipts");
  const cookie = await logIn(app);
  const pid = pidOf(app, "web");
  await download(cookie); // warm
  const before = await rss(pid);
  const ours: number[] = [];
  const peers: number[] = [];
  let growth = 0;
  for (let n = 0; n < runs; n++) {
    peers.push(await copy());
    const samples: number[] = [];
    const one = await download(cookie, async () => {
      const now = (await rss(pid)) - before;
      samples.push(now);
      growth = Math.max(growth, now);
    });
    const tenths = Array.from(
      { length: 11 },
      (_, n) => samples[Math.floor((n * (samples.length - 1)) / 10)] ?? 0,
    );
    say(`Memory at each tenth of the way, MB above before: ${tenths.map(Math.round).join(", ")}`);
    if (one.rows !== ROWS + 2) throw new Error(`The file has ${one.rows} lines`);
    ours.push(one.seconds);
  }
  put({
    bench: "export",
    case: `${ROWS.toLocaleString("en-US")} payments as CSV`,
    ours: ROWS / median(ours),
    peer: ROWS / median(peers),
    peer_name: "COPY TO STDOUT",
    unit: "rows/s",
    goal: null,
    higher_is_better: true,
  });
  put({
    bench: "export",
    case: "memory of the web process, above what it had before",
    ours: growth,
    peer: 64,
    peer_name: "64 MB at most",
    unit: "MB",
    goal: 1,
  });
} finally {
  await app.stop();
}
finish("Exports");

/** Downloads the file; `watch` is called ten times a second meanwhile. */
async function download(cookie: string, watch?: () => Promise<void>) {
  const begun = performance.now();
  const timer = watch && setInterval(() => void watch(), 100);
  try {
    const rows = await new Promise<number>((resolve, reject) => {
      const request = http.request(
        `${app.url}/payments/export/download`,
        {
          method: "POST",
          headers: { Cookie: cookie, Origin: app.url, "Content-Type": "application/x-www-form-urlencoded" },
        },
        (answer) => {
          if (answer.headers["content-type"] !== "text/csv; charset=utf-8")
            return reject(new Error(`The export answered ${answer.statusCode}`));
          let lines = 0;
          answer.on("data", (chunk: Buffer) => {
            for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines++;
          });
          answer.on("end", () => resolve(lines)).on("error", reject);
        },
      );
      request.on("error", reject);
      request.end(
        new URLSearchParams({
          what: "payments",
          start_date: DAYS[0],
          end_date: DAYS[1],
          staff_name: "Jane Doe",
        }).toString(),
      );
    });
    return { rows, seconds: (performance.now() - begun) / 1000 };
  } finally {
    clearInterval(timer);
  }
}

/** The same columns of the same rows, by COPY over one connection: the protocol's own stream, counted and dropped. */
async function copy(): Promise<number> {
  const { columns, joins } = EXPORT_SETS.payments;
  const client = new pg.Client({ connectionString: app.databaseUrl });
  await client.connect();
  try {
    await client.query("SET TimeZone = 'America/Chicago'");
    const begun = performance.now();
    const query = copyOut(
      `COPY (SELECT ${Object.values(columns).join(", ")} FROM payments x ${joins}
       WHERE x.paid_ts >= '${DAYS[0]}' AND x.paid_ts < '${DAYS[1]}' ORDER BY x.paid_ts, x.id) TO STDOUT WITH (FORMAT csv, HEADER)`,
    );
    client.query(query as never);
    await query.done;
    return (performance.now() - begun) / 1000;
  } finally {
    await client.end();
  }
}

/** The little of the driver's protocol that COPY needs: every piece comes in, and is dropped. */
function copyOut(text: string) {
  let resolve!: () => void;
  let reject!: (error: Error) => void;
  const done = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return {
    done,
    submit: (connection: { query(text: string): void }) => connection.query(text),
    handleCopyData: () => undefined,
    handleCommandComplete: () => undefined,
    handleReadyForQuery: resolve,
    handleError: reject,
  };
}

/** Resident memory in MB. */
async function rss(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)![1]) / 1024;
}
