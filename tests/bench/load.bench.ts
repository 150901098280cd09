/**
 * A rush, a term, and more web processes, against the whole built product, the load on the same processors.
 * `npm run bench -- load [--part uploads|term|apps] [--uploads 1000] [--jobs 20000] [--lanes 8] [--minutes 60]`
 * (a term is broken off after so many). Ends with 1 when a model was lost,
 * an answer was a 5xx other than an honest 503, or a job did not get through; never because a goal was missed.
 */
import { type ChildProcess, fork } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, readdirSync, readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { readConfig, useConfig } from "@server/config.server";
import { referenceFor } from "@server/jobs/sign.server";
import { addJobs } from "../support/many-jobs";
import type { System } from "../support/system";
import { logIn } from "../support/beside";
import { highWater, pidOf, startApp } from "./app";
import type { BrowseDone, BrowseTask, Task, TermDone, TermTask, UploadsDone } from "./load-clients";
import { finish, json, median, option, put, quantile, runs, say } from "./table";

const UPLOADS = Number(option("--uploads") ?? 1_000);
const JOBS = Number(option("--jobs") ?? 20_000);
const MINUTES = Number(option("--minutes") ?? 0);
const LANES = Number(option("--lanes") ?? 8);
const PARTS = option("--part")?.split(",") ?? ["uploads", "term", "apps"];
const USERS = 50;

/** What went wrong, whatever the speed. */
const wrong: string[] = [];
const bench = "load";

for (const [name, part] of [
  ["uploads", rush],
  ["term", term],
  ["apps", moreProcesses],
] as const) {
  if (!PARTS.includes(name)) continue;
  const app = await startApp();
  try {
    await part(app);
  } finally {
    await app.stop();
  }
}
finish("The load", "one run");
const kinds = new Map<string, number>();
for (const line of wrong) {
  const kind = line.replaceAll(/[\w-]{20,}/g, "…").slice(0, 160);
  kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
}
for (const [kind, times] of [...kinds].slice(0, 20)) console.error(`WRONG, ${times} times: ${kind}`);
if (wrong.length) {
  console.error(`${wrong.length} things went wrong.`);
  process.exitCode = 1;
}

/** A thousand models at once, beside people who look at pages. */
async function rush(app: System): Promise<void> {
  const pages = await pagesOf(app);
  const look: BrowseTask = { kind: "browse", urls: [app.url], users: USERS, pages, cookie: await logIn(app), pause: 2_000, seconds: 0 }; // prettier-ignore
  const before = await client<BrowseDone>({ ...look, seconds: 20 }).result;
  const people = client<BrowseDone>(look);
  const sent = await client<UploadsDone>({ kind: "uploads", url: app.url, count: UPLOADS }).result;
  people.stop();
  const during = await people.result;
  wrong.push(...sent.wrong, ...before.wrong, ...during.wrong);
  await allIntact(app, sent);
  say(`Answers to POST /submit: ${JSON.stringify(sent.answers)}; ${sent.taken.length} of ${UPLOADS} taken in ${sent.seconds.toFixed(0)} s`); // prettier-ignore
  say(`Pages asked for meanwhile: ${during.asked}, ${during.wrong.length} not answered with 200`);
  const row = { bench, peer: null, peer_name: "–", goal: null };
  put({ ...row, case: `${UPLOADS} uploads of 5 MB at once: all taken after`, ours: sent.seconds, unit: "s" });
  put({ ...row, case: "the same: models taken", ours: sent.taken.length, peer: UPLOADS, peer_name: "sent", goal: 1, unit: "models", higher_is_better: true }); // prettier-ignore
  put({ ...row, case: "the same: 503 with Retry-After", ours: sent.answers["503"] ?? 0, unit: "answers" });
  put({ ...row, case: "the same: a student's wait, p50", ours: quantile(sent.waits, 0.5), unit: "s" });
  put({ ...row, case: "memory of the web process at its peak", ours: highWater(pidOf(app, "web")), peer: 512, peer_name: "the most", unit: "MB", goal: 1 }); // prettier-ignore
  put({ ...row, case: "memory of the worker at its peak", ours: highWater(pidOf(app, "worker")), peer: 512, peer_name: "the most", unit: "MB", goal: 1 }); // prettier-ignore
  for (const share of [0.5, 0.95])
    put({ ...row, case: `${USERS} people who look at pages meanwhile, p${share * 100}`, ours: quantile(all(during), share), peer: quantile(all(before), share), peer_name: "the same without uploads", unit: "ms" }); // prettier-ignore
  for (const [page, times] of Object.entries(during.times))
    say(`  ${page}: p50 ${quantile(times, 0.5).toFixed(0)} ms, p95 ${quantile(times, 0.95).toFixed(0)} ms of ${times.length}`); // prettier-ignore
}

/** Every accepted model is a job, and lies on disk as it was sent. */
async function allIntact(app: System, sent: UploadsDone): Promise<void> {
  const rows = await app.sql<{ student_email: string; file_hash: string; file_path: string }>(
    "SELECT student_email, file_hash, file_path FROM jobs WHERE student_email LIKE 'student.%'",
  );
  const jobs = new Map(rows.map((row) => [row.student_email, row]));
  if (rows.length !== sent.taken.length)
    wrong.push(`${rows.length} jobs for ${sent.taken.length} accepted models`);
  for (const { email, sha256 } of sent.taken) {
    const job = jobs.get(email);
    if (!job) wrong.push(`${email} was told that the model was taken, and there is no job`);
    else if (job.file_hash !== sha256 || (await hashOf(path.join(app.storage, job.file_path))) !== sha256)
      wrong.push(`${job.file_path} is not what was sent`);
  }
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash).catch((error: Error) => hash.update(error.message));
  return hash.digest("hex");
}

/** Every job of a term from the form to the counter, and whether the last are as quick as the first. */
async function term(app: System): Promise<void> {
  const task = termOf(app);
  await runIn(app);
  /** Jobs handed over, and what all processes of the product had used by then, CPU seconds. */
  const used: [jobs: number, seconds: Used][] = [[0, cpuOf(app)]];
  const working = client<TermDone>({ ...task, jobs: JOBS }, (jobs) => used.push([jobs, cpuOf(app)]));
  const enough = MINUTES && setTimeout(working.stop, MINUTES * 60_000);
  const { done, calls, wrong: failed } = await working.result;
  if (enough) clearTimeout(enough);
  wrong.push(...failed);
  const count = done.length;
  if (count < JOBS && !MINUTES) wrong.push(`${count} of ${JOBS} jobs were done`);
  const [{ n }] = await app.sql<{ n: number }>(
    "SELECT count(*)::int AS n FROM jobs WHERE status = 'PAIDPICKEDUP'",
  ) as [{ n: number }]; // prettier-ignore
  if (n < count) wrong.push(`${n} jobs were handed over, not ${count}`);
  const piece = count >= 10_000 ? 1_000 : Math.ceil(count / 10);
  const rates: number[] = [];
  for (let at = piece; at <= done.length; at += piece)
    rates.push(piece / (done[at - 1]! - (at === piece ? 0 : done[at - piece - 1]!)));
  say(`Jobs a second, each ${piece}: ${rates.map((rate) => rate.toFixed(1)).join(" ")}`);
  for (const [what, [first, last]] of Object.entries(calls))
    if (last !== null)
      say(`  ${what}: ${first?.toFixed(1)} ms in the first tenth, ${last.toFixed(1)} ms in the last`);
  // What gets slower with every job shows here first.
  for (const { relname, scans, rows } of await app.sql<{ relname: string; scans: string; rows: string }>(
    "SELECT relname, seq_scan AS scans, seq_tup_read AS rows FROM pg_stat_user_tables ORDER BY seq_tup_read DESC LIMIT 6",
  ))
    say(`  ${relname}: read whole ${scans} times, ${(Number(rows) / count).toFixed(1)} rows a job`);
  const cost = (from: number, to: number) => {
    const at = (jobs: number) => used.reduce((best, each) => Math.abs(each[0] - jobs) < Math.abs(best[0] - jobs) ? each : best); // prettier-ignore
    const [begin, end] = [at(from), at(to)];
    return perJob(begin[1], end[1], end[0] - begin[0]);
  };
  const pieces = rates.map((_, i) => cost(i * piece, (i + 1) * piece));
  const [early, late] = [pieces[0]!, pieces.at(-1)!];
  say(`Processor time of a job, ms, each ${piece}: ${pieces.map(({ all }) => all.toFixed(0)).join(" ")}`);
  for (const [part, ms] of Object.entries(late.parts))
    say(`  ${part}: ${(early.parts[part] ?? 0).toFixed(0)} ms of the processors for a job among the first, ${ms.toFixed(0)} among the last`); // prettier-ignore
  put({ bench, case: `${count.toLocaleString("en-US")} jobs from submit to pickup through the API: the last ${piece}`, ours: rates.at(-1)!, peer: rates[0]!, peer_name: `the first ${piece}`, unit: "jobs/s", goal: 0.9, higher_is_better: true }); // prettier-ignore
  // Whatever else this machine did meanwhile.
  put({ bench, case: `the same: processor time of a job, the last ${piece}`, ours: late.all, peer: early.all, peer_name: `the first ${piece}`, unit: "ms", goal: 1.11 }); // prettier-ignore
  put({ bench, case: "the same: all", ours: done.length / done.at(-1)!, peer: null, peer_name: "–", unit: "jobs/s", goal: null, higher_is_better: true }); // prettier-ignore
  put({ bench, case: "the same: memory of the web process at its peak", ours: highWater(pidOf(app, "web")), peer: 512, peer_name: "the most", unit: "MB", goal: 1 }); // prettier-ignore
  put({ bench, case: "the same: memory of the worker at its peak", ours: highWater(pidOf(app, "worker")), peer: 512, peer_name: "the most", unit: "MB", goal: 1 }); // prettier-ignore
  await besideNew(app, count);
}

/**
 * An hour and a half lies between the first and the last of a term, and this machine is not always as quick.
 * So the lab that has all of them and a new one take turns with the same work.
 * @param jobs how many the first one has
 */
async function besideNew(app: System, jobs: number): Promise<void> {
  const count = Math.min(250, Math.ceil(JOBS / 20));
  const fresh = await startApp();
  try {
    await runIn(fresh);
    const labs = [app, fresh] as const;
    const rates: [full: number[], fresh: number[]] = [[], []];
    let begun: Used[] = [];
    for (let round = 0; round <= runs; round++) {
      // The first round is not counted: both labs then have letters of theirs under way.
      if (round === 1) begun = labs.map(cpuOf);
      for (const which of round % 2 ? ([1, 0] as const) : ([0, 1] as const)) {
        const working = client<TermDone>({ ...termOf(labs[which]), jobs: count });
        const { done, wrong: failed } = await working.result;
        wrong.push(...failed);
        if (round > 0) rates[which].push(done.length / done.at(-1)!);
      }
    }
    const used = labs.map((lab, i) => perJob(begun[i]!, cpuOf(lab), runs * count));
    for (const part of Object.keys(used[0]!.parts))
      say(`  ${part}: ${used[0]!.parts[part]!.toFixed(0)} ms of the processors for a job in the full lab, ${(used[1]!.parts[part] ?? 0).toFixed(0)} in the new one`); // prettier-ignore
    say(`Jobs a second, ${count} in turn: ${rates.map((each) => each.map((rate) => rate.toFixed(1)).join(" ")).join(" beside ")}`); // prettier-ignore
    const row = { bench, peer_name: "a new lab, in turn" };
    put({ ...row, case: `the next ${count}, in a lab that has ${jobs.toLocaleString("en-US")}`, ours: median(rates[0]), peer: median(rates[1]), unit: "jobs/s", goal: 0.9, higher_is_better: true }); // prettier-ignore
    put({ ...row, case: "the same: processor time of a job, letters that wait included", ours: used[0]!.all, peer: used[1]!.all, unit: "ms", goal: 1.11 }); // prettier-ignore
  } finally {
    await fresh.stop();
  }
}

/** Nobody measures how quickly Node translates our code. */
async function runIn(app: System): Promise<void> {
  const done = await client<TermDone>({ ...termOf(app), jobs: Math.min(200, Math.ceil(JOBS / 10)) }).result;
  wrong.push(...done.wrong);
}

function termOf(app: System): Omit<TermTask, "jobs"> {
  return { kind: "term", url: app.url, lanes: LANES, databaseUrl: app.databaseUrl, secretKey: secretOf(app) };
}

/** The same load on one and on three web processes. */
async function moreProcesses(app: System): Promise<void> {
  await addJobs((sql, values) => app.sql(sql, values), 5_000, 120);
  const others = [await app.anotherWeb(), await app.anotherWeb()];
  const look: BrowseTask = { kind: "browse", urls: [], users: 24, pages: await pagesOf(app), cookie: await logIn(app), pause: 0, seconds: 10 }; // prettier-ignore
  const rates: [one: number[], three: number[]] = [[], []];
  for (let round = 0; round <= runs; round++)
    for (const which of [0, 1] as const) {
      const urls = which ? [app.url, ...others.map(({ url }) => url)] : [app.url];
      const done = await client<BrowseDone>({ ...look, urls }).result;
      wrong.push(...done.wrong);
      if (round > 0) rates[which].push(done.asked / done.seconds);
    }
  for (const other of others) other.stop();
  put({ bench, case: "board, status page and form, three web processes", ours: median(rates[1]), peer: median(rates[0]), peer_name: "one web process", unit: "/s", goal: null, higher_is_better: true }); // prettier-ignore
  say(`${os.availableParallelism()} processors carry PostgreSQL, the worker and the load too: what they leave bounds the ratio.`); // prettier-ignore
}

/** Pages that people look at: the form, status pages, the board, jobs. */
async function pagesOf(app: System): Promise<string[]> {
  useConfig(
    readConfig({
      APP_ENV: "test",
      DATABASE_URL: app.databaseUrl,
      SECRET_KEY: secretOf(app),
      WORKSTATIONS: JSON.stringify([{ id: "bench", name: "Bench", password: "bench" }]),
    }),
  );
  const [{ n }] = await app.sql<{ n: number }>("SELECT count(*)::int AS n FROM jobs") as [{ n: number }]; // prettier-ignore
  if (n === 0) await addJobs((sql, values) => app.sql(sql, values), 500, 60);
  const jobs = await app.sql<{ id: string }>("SELECT id FROM jobs WHERE status <> 'REJECTED' ORDER BY id LIMIT 10"); // prettier-ignore
  return jobs.flatMap(({ id }) => [
    "/submit",
    `/track/${referenceFor(id)}`,
    "/dashboard?status=UPLOADED",
    `/dashboard/jobs/${id}`,
  ]);
}

function secretOf(app: System): string {
  return readFileSync(path.join(app.dataDir, "secret.key"), "utf8").trim();
}

function all(done: BrowseDone): number[] {
  return Object.values(done.times).flat();
}

/** A part of the product → its CPU seconds, those of its children that ended included (Linux). */
type Used = Record<string, number>;

/** Milliseconds for one of so many jobs, by part and in all. */
function perJob(begin: Used, end: Used, jobs: number): { parts: Used; all: number } {
  const parts = Object.keys(end).map(
    (part) => [part, ((end[part]! - (begin[part] ?? 0)) / jobs) * 1000] as const,
  );
  return { parts: Object.fromEntries(parts), all: parts.reduce((sum, [, ms]) => sum + ms, 0) };
}

/** The launcher's family: web, worker and queue by name, and the database, which is the rest of it. */
function cpuOf(app: System): Used {
  const all = readdirSync("/proc").flatMap((pid) => {
    try {
      const stat = readFileSync(`/proc/${Number(pid)}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      const ticks = fields.slice(11, 15).reduce((sum, each) => sum + Number(each), 0);
      return [{ pid: Number(pid), parent: Number(fields[1]), ticks }];
    } catch {
      return [];
    }
  });
  const { children } = JSON.parse(readFileSync(path.join(app.dataDir, "run.json"), "utf8")) as {
    children: { name: string; pid: number }[];
  };
  const names = new Map(children.map(({ name, pid }) => [pid, name]));
  const launcher = all.find(({ pid }) => pid === pidOf(app, "web"))!.parent;
  const part = new Map([[launcher, "database"]]);
  for (let size = 0; size < part.size;) {
    size = part.size;
    for (const { pid, parent } of all)
      if (part.has(parent) && !part.has(pid)) part.set(pid, names.get(pid) ?? part.get(parent)!);
  }
  const used: Used = {};
  for (const { pid, ticks } of all)
    if (part.has(pid)) used[part.get(pid)!] = (used[part.get(pid)!] ?? 0) + ticks / 100;
  return used;
}

/** Gives a task to a process of its own. @param onDone called with how many jobs are done, every hundred */
function client<T>(task: Task, onDone?: (jobs: number) => void): { result: Promise<T>; stop(): void } {
  const child: ChildProcess = fork(path.join(path.dirname(process.argv[1]!), "load-clients.mjs"));
  let told = 0;
  const result = new Promise<T>((resolve, reject) => {
    child.on("message", (message: { progress?: string; done?: number; result?: T }) => {
      if (message.done !== undefined) onDone?.(message.done);
      if (message.result !== undefined) {
        resolve(message.result);
        child.disconnect();
      } else if (!json && Date.now() - told > 30_000) {
        told = Date.now();
        say(`${new Date().toISOString().slice(11, 19)} ${message.progress} (load ${os.loadavg()[0]!.toFixed(1)})`); // prettier-ignore
      }
    });
    child.on("exit", (code) => reject(new Error(`The clients ended with ${code}`)));
  });
  child.send(task);
  return { result, stop: () => void child.send("stop") };
}
