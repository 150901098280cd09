/**
 * Every endpoint of the table: it succeeds, and it gives each refusal that its row documents. Calls that must succeed are
 * in support/api-good.ts; most refusals follow from the row, the rest is in support/api-refusals.ts. What has no case fails.
 */
import { randomUUID } from "node:crypto";
import { hash } from "@node-rs/argon2";
import pLimit from "p-limit";
import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { closeDb } from "@server/db.server";
import { limitCalls } from "@server/limits.server";
import { Job } from "@server/jobs/job.server";
import { STATUSES, step, type StepName } from "@server/jobs/states";
import { type Endpoint, methodsOf, paramsOf, refusalsOf } from "~/api/endpoint";
import { ENDPOINTS } from "~/api/table";
import { ADDRESS, type Answer, ask, type Ask } from "../support/api";
import { GOOD, type Good, openWorld, type World } from "../support/api-good";
import { REFUSALS } from "../support/api-refusals";
import { freshLab, type Lab, WORKSTATIONS } from "../support/database";

const STATIONS = JSON.stringify(
  WORKSTATIONS.map((one) => (one.id === "front" ? { ...one, storage_path: "Z:\\storage" } : one)),
);

let lab: Lab;
let world: World;
let passphraseHash: string;
beforeAll(async () => {
  lab = await freshLab({ WORKSTATIONS: STATIONS, AUDIT_SETTLE_SECONDS: "0.1" });
  await lab.set({
    submissions_per_hour_per_student: 1000,
    submissions_per_hour_per_address: 1000,
    logins_per_hour: 1000,
  });
  // What a running system has: a worker that reports.
  await lab.owner(
    "INSERT INTO heartbeats (process, kind, seen_at) VALUES ('w', 'worker', now() + interval '1 hour')",
  );
  world = await openWorld(lab);
  passphraseHash = await hash("a passphrase of the lab");
});
beforeEach(async () => {
  await lab.owner("DELETE FROM rate_limits");
});

const nameOf = ({ method, path }: Endpoint) => `${method} ${path}`;
const refusal = (status: number, code: string) => `${status} ${code}`;

/** The step of the table of states that a row takes, if it takes one. */
function stepOf(row: Endpoint): StepName | undefined {
  const last = row.path.split("/").at(-1)!;
  const name = row.method === "DELETE" ? "delete" : last === "checkout" ? "payment" : last;
  return row.path.startsWith("jobs/{job_id}") && refusalsOf(row)[409]?.includes("stale")
    ? (name as StepName)
    : undefined;
}

/** A body with another content of the same kind. */
const otherwise = (body: object) => ({ ...body, staff_name: "Sam Rivera" });

/**
 * Refusals that follow from the row. Each leaves everything as it was, so that they can follow one another on one good
 * call, which must still succeed at the end.
 */
const GENERAL: Record<string, (row: Endpoint, good: Good) => Promise<Answer>> = {
  "400 invalid": async (row, { ask: one }) => {
    const unknown = await ask({ ...one, path: `${one.path}${one.path.includes("?") ? "&" : "?"}surprise=1` });
    expect(unknown.body).toMatchObject({ details: { fields: { surprise: ["Unknown parameter."] } } });
    if (row.method === "GET") return unknown;
    if (one.form) return ask({ ...one, form: { ...one.form, surprise: "1" } });
    const answer = await ask({ ...one, body: { ...(one.body as object), surprise: 1 } });
    expect(answer.body).toMatchObject({ details: { fields: { surprise: ["Unknown field."] } } });
    return answer;
  },
  "400 malformed_json": (_, { ask: one }) => ask({ ...one, body: '{"staff_name": "Jane Doe"' }),
  "401 unauthenticated": async (_, { ask: one }) => {
    const answer = await ask({ ...one, token: undefined });
    expect(answer.headers.get("WWW-Authenticate")).toBe("Bearer");
    return answer;
  },
  "403 forbidden": (_, { ask: one }) => ask({ ...one, token: world.back }),
  "403 admin_locked": (_, { ask: one }) => {
    lab.configure({ ADMIN_PASSPHRASE_HASH: passphraseHash });
    return ask(one).finally(() => lab.configure());
  },
  "404 not_found": (row, { ask: one, job }) => {
    const path = job && row.path.includes("{job_id}") ? one.path.replace(job.id, randomUUID()) : row.path.replace("{token}", "A".repeat(43)); // prettier-ignore
    return ask({ ...one, path });
  },
  "413 too_large": (row, { ask: one }) => ask({ ...one, body: { staff_name: "x".repeat(101 * 1024) } }),
  "415 media_type": (_, { ask: one }) =>
    one.form
      ? ask({ ...one, headers: { "Content-Type": "application/json" } })
      : ask({
          ...one,
          body: "staff_name=x",
          headers: { "Content-Type": "application/x-www-form-urlencoded" },
        }),
  "429 too_many": async (row, { ask: one }) => {
    const { name, ...most } = row.limit!;
    await lab.owner("DELETE FROM rate_limits");
    const caller = row.auth === "public" ? (one.ip ?? ADDRESS) : "front";
    for (let n = 0; n < most.points; n++) await limitCalls(name, caller, most);
    const answer = await ask(one);
    expect(Number(answer.headers.get("Retry-After"))).toBeGreaterThan(0);
    await lab.owner("DELETE FROM rate_limits");
    return answer;
  },
  "409 stale": (_, { ask: one, job }) =>
    ask({ ...one, body: { ...(one.body as object), version: job!.version + 7 } }),
  "409 locked": async (row, { ask: one, job }) => {
    const [mine] = await lab.owner("SELECT lock_key, lock_session, locked_by, locked_until FROM jobs WHERE id = $1", [job!.id]); // prettier-ignore
    await lab.owner("UPDATE jobs SET lock_key = $2, lock_session = $2, locked_by = 'Sam Rivera', locked_until = now() + interval '5 minutes' WHERE id = $1", [job!.id, randomUUID()]); // prettier-ignore
    const answer = await ask(one);
    expect(answer.body).toMatchObject({
      details: { locked_by: "Sam Rivera", locked_until: expect.stringMatching(/Z$/) },
    });
    await lab.owner("UPDATE jobs SET lock_key = $2, lock_session = $3, locked_by = $4, locked_until = $5 WHERE id = $1", [job!.id, ...Object.values(mine!)]); // prettier-ignore
    return answer;
  },
  "403 no_lock": async (_, { ask: one, job }) => {
    await lab.owner("UPDATE jobs SET locked_until = locked_until - interval '1 day' WHERE id = $1", [
      job!.id,
    ]);
    const answer = await ask(one);
    await lab.owner("UPDATE jobs SET locked_until = locked_until + interval '1 day' WHERE id = $1", [
      job!.id,
    ]);
    return answer;
  },
  "403 status": async (row, { ask: one, job }) => {
    const other = STATUSES.find((status) => !step(stepOf(row)!).from.includes(status))!;
    await lab.owner("UPDATE jobs SET status = $2 WHERE id = $1", [job!.id, other]);
    const answer = await ask(one);
    await lab.owner("UPDATE jobs SET status = $2 WHERE id = $1", [job!.id, job!.status]);
    return answer;
  },
  "403 too_late": async (_, { ask: one, job }) => {
    await lab.owner("UPDATE jobs SET status_since = now() - interval '31 minutes' WHERE id = $1", [job!.id]);
    const answer = await ask(one);
    await lab.owner("UPDATE jobs SET status_since = now() WHERE id = $1", [job!.id]);
    return answer;
  },
};

describe.each(ENDPOINTS.map((row) => [nameOf(row), row] as const))("%s", (name, row) => {
  test("succeeds, and gives every refusal that it documents", async () => {
    expect(GOOD, "a call that succeeds").toHaveProperty([name]);
    const good = await GOOD[name]!(world);
    const special = REFUSALS[name] ?? {};
    const documented = Object.entries(refusalsOf(row)).flatMap(([status, codes]) =>
      codes.map((code) => refusal(Number(status), code)),
    );
    const missing = documented.filter(
      (one) => !special[one] && !GENERAL[one] && ![REUSED, ...TOGETHER].includes(one),
    );
    expect(missing, "documented refusals without a case").toEqual([]);
    expect(Object.keys(special).filter((one) => !documented.includes(one)), "cases of what is not documented").toEqual([]); // prettier-ignore

    for (const one of documented.filter((each) => !special[each] && GENERAL[each])) {
      const answer = await GENERAL[one]!(row, good);
      expect(refusal(answer.status, answer.code), one).toBe(one);
      expect((answer.body as { message: string }).message, one).toMatch(/^["A-Z].{8,}/);
    }
    const before = good.job && (await Job.query().findById(good.job.id));
    const answer = await ask(good.ask);
    expect(answer.status, JSON.stringify(answer.body)).toBe(row.status);
    if (before && stepOf(row) && row.method !== "DELETE")
      expect((await Job.query().findById(before.id))!.version).toBe(before.version + 1);

    for (const [one, make] of Object.entries(special)) {
      await lab.owner("DELETE FROM rate_limits");
      const no = await make(world);
      expect(refusal(no.status, no.code), one).toBe(one);
      if (no.status === 429) expect(Number(no.headers.get("Retry-After")), one).toBeGreaterThan(0);
    }
    if (documented.includes(REUSED)) await repeats(row, await GOOD[name]!(world));
  });

  test("takes its methods and no other", async () => {
    const here = ENDPOINTS.filter(({ path }) => path === row.path);
    const path = row.path.replace(/\{\w+\}/g, () => randomUUID());
    const options = await ask({ method: "OPTIONS", path });
    expect([options.status, options.headers.get("Allow")]).toEqual([204, methodsOf(here).join(", ")]);
    for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"].filter(
      (one) => !methodsOf(here).includes(one),
    )) {
      const answer = await ask({ method, path, token: world.token });
      expect([method, answer.status, answer.headers.get("Allow")]).toEqual([
        method,
        405,
        methodsOf(here).join(", "),
      ]);
    }
  });
});

/** Tried for all rows together, below. */
const TOGETHER = ["408 timeout", "503 unavailable"];
const REUSED = "400 idempotency_key_reused";

/** The same key: the same call has one effect and the same answer, however often and at once; another call is refused. */
async function repeats(row: Endpoint, { ask: one, job }: Good): Promise<void> {
  const headers = { ...one.headers, "Idempotency-Key": randomUUID() };
  const again = (more: Partial<Ask> = {}) =>
    ask({ ...one, ...more, headers, ...(one.file ? { file: { ...one.file } } : {}) });
  const events = async () =>
    Number((await lab.owner<{ n: string }>("SELECT count(*) AS n FROM events"))[0]!.n);
  const before = await events();
  const answers = await Promise.all([again(), again(), again()]);
  answers.push(await again());
  const [first] = answers;
  const deleted = row.method === "DELETE";
  for (const answer of answers) {
    if (deleted) expect([204, 404]).toContain(answer.status);
    else expect([answer.status, answer.body]).toEqual([row.status, first!.body]);
  }
  if (deleted) expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
  const others = (one.body as { also?: unknown[] } | undefined)?.also?.length ?? 0;
  expect((await events()) - before, "events").toBe(1 + others);
  const other = one.form
    ? { form: { ...one.form, class_number: "OTHER 1" } }
    : { body: otherwise(one.body as object) };
  const no = await again(other);
  expect(refusal(no.status, no.code)).toBe(REUSED);
  if (job && !deleted) {
    const elsewhere = await ask({ ...one, path: one.path.replace(job.id, randomUUID()), headers });
    expect(elsewhere.status).toBeGreaterThanOrEqual(400);
  }
}

test("408: a body that never ends is given up, everywhere", async () => {
  lab.configure({ UPLOAD_IDLE_SECONDS: "1" });
  const rows = ENDPOINTS.filter((row) => refusalsOf(row)[408]);
  expect(rows.length).toBeGreaterThan(10);
  // Eight wait at a time: all at once would be a test of how many the database serves.
  const goods = pLimit(8).map(rows, async (row) => {
    const path = row.path.replace("{job_id}", randomUUID()).replace(/\{\w+\}/g, "x");
    const token = row.auth === "public" ? undefined : world.token;
    const body = new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from("{")) });
    const answer = await ask({ method: row.method, path, token, body });
    expect([nameOf(row), answer.status, answer.code, answer.headers.get("Connection")]).toEqual([nameOf(row), 408, "timeout", "close"]); // prettier-ignore
  });
  await goods.finally(() => lab.configure());
});

test("503: while the database is away, everywhere, and with a time to come back", async () => {
  const rows = ENDPOINTS.filter((row) => refusalsOf(row)[503]);
  const asks: [Endpoint, Ask][] = [];
  for (const row of rows)
    asks.push([row, row.auth === "public" ? (await GOOD[nameOf(row)]!(world)).ask : { method: row.method, path: row.path.replace(/\{\w+\}/g, randomUUID()), token: world.token }]); // prettier-ignore
  await closeDb();
  lab.configure({ DATABASE_URL: "postgres://nobody:x@127.0.0.1:9/nothing" });
  // Knex writes there what it thinks of it.
  const silence = vi.spyOn(console, "log").mockImplementation(() => undefined);
  try {
    for (const [row, one] of asks) {
      const answer = await ask(one);
      expect([nameOf(row), answer.status, answer.code]).toEqual([nameOf(row), 503, "unavailable"]);
      expect(Number(answer.headers.get("Retry-After"))).toBeGreaterThan(0);
    }
  } finally {
    silence.mockRestore();
    await closeDb();
    lab.configure();
  }
});

test("no case is left over: each belongs to a row", () => {
  const names = ENDPOINTS.map(nameOf);
  expect([...Object.keys(GOOD), ...Object.keys(REFUSALS)].filter((name) => !names.includes(name))).toEqual(
    [],
  );
  expect(ENDPOINTS.every(({ path }) => paramsOf(path).length <= 2)).toBe(true);
});
