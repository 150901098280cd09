/**
 * The staff's list at a thousand, a hundred thousand and a million jobs; beside a bare Remix page with the same rows;
 * and what a poll costs that finds nothing new. `npm run bench -- board [--most 100000]`.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import { closeDb, db } from "@server/db.server";
import { readListQuery } from "@server/jobs/list";
import { addUpCounts, countJobs, listJobs } from "@server/jobs/list.server";
import { attention } from "@server/reports/attention.server";
import { logIn, useDatabaseOf } from "../support/beside";
import { addJobs } from "../support/many-jobs";
import { startSystem, until } from "../support/system";
import { finish, median, option, put, quantile, runs, say } from "./table";

const MOST = Number(option("--most") ?? 1_000_000);
const SIZES = [1_000, 100_000, 1_000_000].filter((size) => size <= MOST);
const ASKED = 60;
/** Jobs that are not finished, at every size. */
const OPEN = 400;

const PAGES: [what: string, address: string][] = [
  ["first page", "status=ARCHIVED"],
  ["last page", "status=ARCHIVED&page=9999999"],
  ["search with 40 matches", "status=ARCHIVED&search=quetzal"],
  ["search with two letters", "status=ARCHIVED&search=zx"],
  ["filter by printer", "status=ARCHIVED&printer=prusa_xl"],
  ["filter by method", "status=ARCHIVED&method=Resin"],
  ["filter by discipline", "status=ARCHIVED&discipline=Art"],
  ["filter by date", "status=ARCHIVED&from=2026-09-01"],
  ["filter by expired confirmation", "status=PENDING&confirmation_expired=true"],
  ["needs attention", "status=UPLOADED&needs_attention=true"],
  ["sorted by name", "status=ARCHIVED&sort=name"],
];

const app = await startSystem();
const scratch = mkdtempSync(path.join(os.tmpdir(), "printdesk-bench-"));
const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
try {
  useDatabaseOf(app);
  await app.setting("logins_per_hour", 10_000);
  const cookie = await logIn(app);
  const p95: Record<string, number[]> = {};
  let there = 0;
  for (const size of SIZES) {
    say(`Adding jobs up to ${size.toLocaleString("en-US")} …`);
    while (there < size) {
      const more = Math.min(100_000, size - there);
      await addJobs((sql, values) => app.sql(sql, values), more, 365, there === 0 ? OPEN : 0);
      there += more;
    }
    await app.sql(
      `UPDATE jobs SET student_name = 'Quetzal Finder' WHERE id IN (SELECT id FROM jobs WHERE status = 'ARCHIVED' ORDER BY id LIMIT 40)`,
    );
    // What the night shift and the database's own housekeeping have done by the next morning.
    await addUpCounts();
    await app.sql("VACUUM ANALYZE jobs");
    await app.sql("VACUUM ANALYZE job_counts");
    for (const [what, address] of PAGES) {
      const times: number[] = [];
      for (let n = 0; n < ASKED + 5; n++) {
        const begun = performance.now();
        await get(`${app.url}/dashboard?view=table&${address}`, cookie);
        if (n >= 5) times.push(performance.now() - begun);
      }
      (p95[what] ??= []).push(quantile(times, 0.95));
    }
    if (size === 100_000) {
      await besideBareRemix(cookie);
      await poll(cookie);
    }
  }
  for (const [what, [small, ...larger]] of Object.entries(p95))
    larger.forEach((large, i) =>
      put({
        bench: "board",
        case: `${what}, p95 at ${SIZES[i + 1]!.toLocaleString("en-US")} jobs`,
        ours: large,
        peer: small!,
        peer_name: "at 1,000 jobs",
        unit: "ms",
        goal: 1.2,
      }),
    );
  await slowest();
} finally {
  await closeDb();
  agent.destroy();
  rmSync(scratch, { recursive: true, force: true });
  await app.stop();
}
finish("The staff's list", `p95 of ${ASKED} requests one after the other; throughput: medians of ${runs}`);

/** Every statement of the list, timed where it is asked: none may take 25 ms. */
async function slowest(): Promise<void> {
  const begun = new Map<string, number>();
  const times = new Map<string, number[]>();
  let page = "";
  db().on("query", (query: { __knexQueryUid: string }) => begun.set(query.__knexQueryUid, performance.now()));
  db().on("query-response", (_: unknown, query: { __knexQueryUid: string; sql: string }) => {
    const key = `${page}: ${query.sql.slice(0, 40).replace(/\s+/g, " ")}`;
    times.set(key, [
      ...(times.get(key) ?? []),
      performance.now() - (begun.get(query.__knexQueryUid) ?? performance.now()),
    ]);
  });
  for (const [what, address] of PAGES) {
    page = what;
    const query = readListQuery(new URLSearchParams(address));
    for (let n = 0; n < 20; n++) {
      await listJobs(query, 50);
      await countJobs(query);
    }
  }
  page = "piles";
  for (let n = 0; n < 20; n++) await attention();
  const [where, worst] = [...times]
    .map(([key, each]) => [key, quantile(each, 0.95)] as const)
    .reduce((a, b) => (a[1] > b[1] ? a : b));
  put({
    bench: "board",
    case: `slowest statement, p95, at ${SIZES.at(-1)!.toLocaleString("en-US")} jobs (${where})`,
    ours: worst,
    peer: 25,
    peer_name: "25 ms",
    unit: "ms",
    goal: 1,
  });
}

/** Requests per second of the list as a table, beside a bare Remix page that shows the same rows. */
async function besideBareRemix(cookie: string): Promise<void> {
  const rows = await app.sql(
    `SELECT id, short_id, student_name, original_filename, printer_name, cost_cents, status_since
     FROM jobs WHERE status = 'ARCHIVED' ORDER BY created_at DESC, id DESC LIMIT 50`,
  );
  const rowsFile = path.join(scratch, "rows.json");
  writeFileSync(rowsFile, JSON.stringify(rows));
  // Inside the project: what is built imports React from here.
  const build = path.resolve("build/bench/bare-page");
  const bare = path.resolve("tests/bench/bare-remix");
  const env = { ...process.env, BARE_BUILD: build, BARE_ROWS: rowsFile, NODE_ENV: "production" as const };
  const built = spawnSync(
    process.execPath,
    [path.resolve("node_modules/@remix-run/dev/dist/cli.js"), "vite:build", bare, "--logLevel", "error"],
    { env, encoding: "utf8" },
  );
  if (built.status !== 0) throw new Error(`The bare page could not be built: ${built.stderr}`);
  const port = await freePort();
  const server = spawn(
    process.execPath,
    [path.resolve("build/bench/bare-remix-server.mjs"), build, String(port)],
    { env, stdio: "inherit" },
  );
  try {
    const url = `http://127.0.0.1:${port}/`;
    await until(async () => (await fetch(url).catch(() => null))?.ok === true, 20_000, "the bare page");
    const ours: number[] = [];
    const plain: number[] = [];
    const links: number[] = [];
    for (let round = 0; round <= runs; round++) {
      const each = [
        await perSecond(`${app.url}/dashboard?status=ARCHIVED&view=table`, cookie),
        await perSecond(url),
        await perSecond(`${url}links`),
      ];
      if (round === 0) continue; // warm
      [ours, plain, links].forEach((list, i) => list.push(each[i]!));
    }
    for (const [peer_name, peers] of [
      ["bare Remix, same rows from memory", plain],
      ["the same with <Link> and <Form>", links],
    ] as const)
      put({
        bench: "board",
        case: "requests a second, table of 50 rows at 100,000 jobs",
        ours: median(ours),
        peer: median(peers),
        peer_name,
        unit: "/s",
        goal: 0.7,
        higher_is_better: true,
      });
  } finally {
    server.kill();
  }
}

/** A poll that finds nothing new: bytes and time. */
async function poll(cookie: string): Promise<void> {
  const first = await get(`${app.url}/dashboard/stamp`, cookie);
  const headers = { "If-None-Match": String(first.headers.etag) };
  const times: number[] = [];
  let bytes = 0;
  for (let n = 0; n < 300; n++) {
    const begun = performance.now();
    const answer = await get(`${app.url}/dashboard/stamp`, cookie, headers);
    if (answer.status !== 304) throw new Error(`The poll answered ${answer.status}`);
    if (n >= 50) times.push(performance.now() - begun);
    bytes = answer.bytes;
  }
  const row = { bench: "board", peer_name: "goal", goal: 1 };
  put({ ...row, case: "a poll without news, p95", ours: quantile(times, 0.95), peer: 5, unit: "ms" });
  put({ ...row, case: "a poll without news, bytes of the answer", ours: bytes, peer: 2_000, unit: "B" });
}

/** Eight at a time for three seconds. */
async function perSecond(url: string, cookie = ""): Promise<number> {
  const end = performance.now() + 3_000;
  let done = 0;
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      while (performance.now() < end) {
        await get(url, cookie);
        done++;
      }
    }),
  );
  return done / ((performance.now() - begun) / 1000);
}

interface Got {
  status: number;
  headers: http.IncomingHttpHeaders;
  /** Of head and body as they came. */
  bytes: number;
}

function get(url: string, cookie: string, more: Record<string, string> = {}): Promise<Got> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent, headers: { Cookie: cookie, ...more } }, (answer) => {
      let size = 0;
      answer.on("data", (chunk: Buffer) => (size += chunk.length));
      answer.on("end", () => {
        if (answer.statusCode! >= 400) return reject(new Error(`${url} answered ${answer.statusCode}`));
        const head = answer.rawHeaders.reduce((sum, text) => sum + text.length + 2, 0);
        resolve({ status: answer.statusCode!, headers: answer.headers, bytes: head + size });
      });
    });
    request.on("error", reject);
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
