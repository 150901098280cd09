/**
 * The people of the load bench, in a process of their own: students who send models, people who look at pages, staff who
 * walk jobs from the form to the counter. A task comes as a message, its result goes back as one.
 */
import { createHash, randomUUID } from "node:crypto";
import http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { readConfig, useConfig } from "@server/config.server";
import { jobIdFrom, tokenFor } from "@server/jobs/sign.server";
import { cubeStl } from "../support/models";
import { FIELDS, fiveMegabytes } from "./app";

/** What came back. `status` 0: the connection broke. */
interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
}

export interface UploadTask {
  kind: "uploads";
  url: string;
  count: number;
}

export interface UploadsDone {
  /** Of every model that was taken: SHA-256 of what was sent, and whose it is. */
  taken: { sha256: string; email: string }[];
  /** Seconds from the first try to the acceptance, one for each model taken. */
  waits: number[];
  /** Answers by status. */
  answers: Record<string, number>;
  /** 503 without `Retry-After`, other 5xx, broken connections. */
  wrong: string[];
  seconds: number;
}

export interface BrowseTask {
  kind: "browse";
  /** Web processes; users are spread over them. */
  urls: string[];
  users: number;
  /** Pages of each user in turn; a user begins anywhere. */
  pages: string[];
  cookie: string;
  /** Between two pages, milliseconds, half to one and a half of it; 0: no pause. */
  pause: number;
  /** 0: until `stop` comes. */
  seconds: number;
}

export interface BrowseDone {
  times: Record<string, number[]>;
  wrong: string[];
  asked: number;
  seconds: number;
}

export interface TermTask {
  kind: "term";
  url: string;
  jobs: number;
  /** Jobs under way at a time. */
  lanes: number;
  databaseUrl: string;
  secretKey: string;
}

export interface TermDone {
  /** When each job was handed over, seconds since the start, in order. */
  done: number[];
  /** Seconds that each call took, by what it was, of the first and of the last tenth. */
  calls: Record<string, [first: number | null, last: number | null]>;
  wrong: string[];
}

export type Task = UploadTask | BrowseTask | TermTask;

let stopped = false;
process.on("message", (message: Task | "stop") => {
  if (message === "stop") stopped = true;
  else void run(message);
});
process.on("disconnect", () => process.exit(0));

async function run(task: Task): Promise<void> {
  const result =
    task.kind === "uploads"
      ? await uploads(task)
      : task.kind === "browse"
        ? await browse(task)
        : await term(task);
  process.send!({ result });
}

function ask(
  url: string,
  options: http.RequestOptions = {},
  parts: (Buffer | string)[] = [],
): Promise<Answer> {
  return new Promise((resolve) => {
    const request = http.request(url, options, (answer) => {
      let body = "";
      answer.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
      answer.on("end", () => resolve({ status: answer.statusCode!, headers: answer.headers, body }));
      answer.on("error", broken);
    });
    const broken = (error: Error) => resolve({ status: 0, headers: {}, body: error.message });
    request.on("error", broken);
    for (const part of parts) request.write(part);
    request.end();
  });
}

/** A form with a model, which gets a header of its own so that nobody has sent it before. */
function form(model: Buffer, who: Record<string, string>): { type: string; parts: Buffer[]; length: number } {
  const boundary = `----printdesk${randomUUID()}`;
  const fields = Object.entries({ ...FIELDS, ...who })
    .map(
      ([name, value]) =>
        `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    )
    .join("");
  const file = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="model.stl"\r\nContent-Type: model/stl\r\n\r\n`;
  const parts = [Buffer.from(fields + file), ...headed(model), Buffer.from(`\r\n--${boundary}--\r\n`)];
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    parts,
    length: parts.reduce((sum, part) => sum + part.length, 0),
  };
}

function headed(model: Buffer): Buffer[] {
  const header = Buffer.from(model.subarray(0, 84));
  header.write(randomUUID(), "latin1");
  return [header, model.subarray(84)];
}

/** All at once; whoever is told to come back does so, a little later than told, as people do. */
async function uploads({ url, count }: UploadTask): Promise<UploadsDone> {
  const model = fiveMegabytes();
  const done: UploadsDone = { taken: [], waits: [], answers: {}, wrong: [], seconds: 0 };
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: count }, async () => {
      const email = `student.${randomUUID()}@example.edu`;
      const { type, parts, length } = form(model, { student_email: email, form_key: randomUUID() });
      const headers = {
        "Content-Type": type,
        "Content-Length": length,
        "Sec-Fetch-Site": "same-origin",
        Origin: new URL(url).origin,
      };
      for (;;) {
        const answer = await ask(`${url}/submit`, { method: "POST", agent: false, headers }, parts);
        done.answers[answer.status] = (done.answers[answer.status] ?? 0) + 1;
        if (answer.status === 303) {
          const sha256 = createHash("sha256").update(parts[1]!).update(parts[2]!).digest("hex");
          done.taken.push({ sha256, email });
          done.waits.push((performance.now() - begun) / 1000);
          process.send!({ progress: `${done.taken.length} of ${count} models taken` });
          return;
        }
        const after = Number(answer.headers["retry-after"]);
        if (answer.status !== 503 || !(after > 0)) {
          done.wrong.push(`POST /submit: ${answer.status} ${answer.body.slice(0, 200)}`);
          return;
        }
        await sleep(after * 1000 * (1 + Math.random() / 5));
      }
    }),
  );
  done.seconds = (performance.now() - begun) / 1000;
  return done;
}

/** People who look at pages, each one page after the other. */
async function browse(task: BrowseTask): Promise<BrowseDone> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: Infinity });
  const done: BrowseDone = { times: {}, wrong: [], asked: 0, seconds: 0 };
  const begun = performance.now();
  const over = () => stopped || (task.seconds > 0 && performance.now() - begun > task.seconds * 1000);
  stopped = false;
  await Promise.all(
    Array.from({ length: task.users }, async (_, user) => {
      await sleep(Math.random() * task.pause);
      for (let turn = user; !over(); turn++) {
        const page = task.pages[turn % task.pages.length]!;
        const from = performance.now();
        const answer = await ask(`${task.urls[user % task.urls.length]}${page}`, {
          agent,
          headers: { Cookie: task.cookie },
        });
        done.asked++;
        if (answer.status === 200) (done.times[nameOf(page)] ??= []).push(performance.now() - from);
        else done.wrong.push(`GET ${page}: ${answer.status} ${answer.body.slice(0, 200)}`);
        if (task.pause) await sleep(task.pause * (0.5 + Math.random()));
      }
    }),
  );
  done.seconds = (performance.now() - begun) / 1000;
  agent.destroy();
  return done;
}

/** "/track/abc" → "/track/…" */
function nameOf(page: string): string {
  return page.replace(/\?.*$/, "").replace(/\/[^/]{20,}$/, "/…");
}

/** A term: every job from the form to the counter, through the API, several at a time. */
async function term(task: TermTask): Promise<TermDone> {
  useConfig(
    readConfig({
      APP_ENV: "test",
      DATABASE_URL: task.databaseUrl,
      SECRET_KEY: task.secretKey,
      WORKSTATIONS: JSON.stringify([{ id: "bench", name: "Bench", password: "bench" }]),
    }),
  );
  const api = `${task.url}/api/v1`;
  const agent = new http.Agent({ keepAlive: true, maxSockets: task.lanes });
  const letters = new pg.Pool({ connectionString: task.databaseUrl, max: 2 });
  const done: TermDone = { done: [], calls: {}, wrong: [] };
  const sums: Record<string, [number, number][]> = {};
  const model = cubeStl();
  const visit = randomUUID().slice(0, 8);
  let token = "";
  let next = 0;
  stopped = false;

  const call = async (what: string, n: number, path: string, body?: unknown) => {
    const from = performance.now();
    const text = body === undefined ? [] : [JSON.stringify(body)];
    const headers = {
      ...(token && { Authorization: `Bearer ${token}` }),
      ...(body !== undefined && { "Content-Type": "application/json" }),
    };
    const answer = await ask(`${api}/${path}`, { method: body === undefined ? "GET" : "POST", agent, headers }, text); // prettier-ignore
    note(what, n, performance.now() - from);
    if (answer.status !== 200) throw new Error(`${what}: ${answer.status} ${answer.body.slice(0, 300)}`);
    return JSON.parse(answer.body) as Record<string, unknown>;
  };
  const note = (what: string, n: number, ms: number) => {
    const tenth = Math.min(9, Math.floor((n * 10) / task.jobs));
    const sum = ((sums[what] ??= [])[tenth] ??= [0, 0]);
    sum[0] += ms;
    sum[1]++;
  };
  const submit = async (n: number) => {
    const email = `student.${n % 5_000}@example.edu`;
    const { type, parts, length } = form(model, { student_email: email });
    const from = performance.now();
    const headers = { "Content-Type": type, "Content-Length": length, "Idempotency-Key": randomUUID() };
    const answer = await ask(`${api}/submit`, { method: "POST", agent, headers }, parts);
    note("submit", n, performance.now() - from);
    if (answer.status !== 201) throw new Error(`submit: ${answer.status} ${answer.body.slice(0, 300)}`);
    return jobIdFrom((JSON.parse(answer.body) as { id: string }).id)!;
  };
  const life = async (n: number) => {
    const staff_name = "Jane Doe";
    const id = await submit(n);
    const decide = async (step: string, body: object) => {
      await call("lock", n, `jobs/${id}/lock`, { staff_name });
      await call(step, n, `jobs/${id}/${step}`, { staff_name, ...body });
    };
    await decide("review", { reviewed: true });
    const { files } = await call("candidate-files", n, `jobs/${id}/candidate-files`);
    const authoritative_filename = (files as string[])[0];
    await decide("approve", { weight_g: 25.5, time_hours: 3.5, authoritative_filename });
    // The student has the link from the letter; here it is made again from what the letter's row holds.
    const link = await letters.query("SELECT id FROM confirm_tokens WHERE job_id = $1", [id]);
    await call("confirm", n, `confirm/${tokenFor((link.rows[0] as { id: string }).id)}`, {});
    await decide("mark-printing", {});
    await decide("mark-complete", {});
    await decide("payment", { grams: 25.5, txn_no: `${visit}-${n}`, picked_up_by: "Ada Lovelace" });
  };

  const login = await call("login", 0, "auth/login", { workstation_id: "front-desk", password: "front-desk-demo" }); // prettier-ignore
  token = String(login.token);
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: task.lanes }, async () => {
      while (next < task.jobs && done.wrong.length < 20 && !stopped) {
        const n = next++;
        try {
          await life(n);
          done.done.push((performance.now() - begun) / 1000);
          if (done.done.length % Math.min(100, Math.ceil(task.jobs / 10)) === 0)
            process.send!({ progress: `${done.done.length} of ${task.jobs} jobs`, done: done.done.length });
        } catch (error) {
          done.wrong.push(`job ${n}: ${(error as Error).message}`);
        }
      }
    }),
  );
  for (const [what, tenths] of Object.entries(sums)) {
    const mean = (at: number) => (tenths[at] ? tenths[at][0] / tenths[at][1] : null);
    done.calls[what] = [mean(0), mean(9)];
  }
  agent.destroy();
  await letters.end();
  return done;
}
