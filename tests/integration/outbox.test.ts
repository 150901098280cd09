/** What follows a commit happens at least once, at most once when nobody is killed, and never in the way of a request. */
import { randomUUID } from "node:crypto";
import { createServer as createHttpServer } from "node:http";
import { createServer, type Server } from "node:net";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { inTransaction } from "@server/db.server";
import { SYSTEM } from "@server/events/append.server";
import { runChore } from "@server/chores/run-chore.server";
import { closeTransport } from "@server/mail/transport.server";
import { announce } from "@server/outbox/enqueue.server";
import { OutboxRow, writeEffects } from "@server/outbox/outbox.server";
import { dueRows, type Handlers, retryRow, sweepOutbox, workRow } from "@server/outbox/work.server";
import { HANDLERS } from "@workers/queues";
import { passTime } from "../support/clock";
import { freshLab, type Lab, startInstance } from "../support/database";
import { drive, eventsOf, FRONT, lockFor, outboxOf, submitCube, take, VERBS } from "../support/desk";
import { startSmtp, type TestSmtp } from "../support/smtp";

let lab: Lab;
beforeAll(async () => {
  lab = await freshLab();
});
beforeEach(async () => {
  lab.configure();
  await lab.owner("DELETE FROM outbox");
  await lab.owner("DELETE FROM mail_turns");
});

const nobody = async (): Promise<string[]> => [];
const theRow = (id: string) => OutboxRow.query().findById(id).throwIfNotFound();

/** Writes one effect of a kind. @returns its row's id */
async function effect(more: { kind?: string; dedupe_key?: string; delay_seconds?: number } = {}) {
  const ids = await inTransaction((trx) => writeEffects(trx, [{ kind: "test", ...more }]));
  return ids[0]!;
}
/** Handlers that note what they did; the first `times` calls fail with what is given. */
function handlers(failure?: object, times = Infinity): Handlers & { ran: string[] } {
  const ran: string[] = [];
  const test = async (row: OutboxRow) => {
    ran.push(row.id);
    if (failure && ran.length <= times) throw Object.assign(new Error("did not work"), failure);
  };
  return Object.defineProperty({ test } as never, "ran", { value: ran });
}
const secondsUntil = async (id: string) =>
  Number((await lab.owner("SELECT extract(epoch FROM next_at - now()) AS s FROM outbox WHERE id = $1", [id]))[0]!.s); // prettier-ignore

describe("a row", () => {
  test("exists exactly when its change does", async () => {
    await inTransaction(async (trx) => {
      await writeEffects(trx, [{ kind: "test" }]);
      throw new Error("rolled back");
    }).catch(() => undefined);
    expect(await dueRows()).toEqual([]);
  });

  test("whose work is long is due again at once, as a fresh one, until it is done", async () => {
    const id = await effect();
    let parts = 0;
    const long: Handlers = { test: async () => (++parts < 3 ? "again" : undefined) };
    for (let n = 1; n < 3; n++) {
      expect(await workRow(id, long)).toBe("again");
      expect(await theRow(id)).toMatchObject({
        state: "due",
        attempts: 0,
        lease_until: null,
        announced_at: null,
      });
      expect((await dueRows()).map((row) => row.id)).toEqual([id]);
    }
    expect(await workRow(id, long)).toBe("done");
    expect(await theRow(id)).toMatchObject({ state: "done" });
  });

  test("is written once for its key, ever", async () => {
    const id = await effect({ dedupe_key: "once" });
    expect(await effect({ dedupe_key: "once" })).toBeUndefined();
    await workRow(id, handlers());
    expect(await effect({ dedupe_key: "once" })).toBeUndefined();
    expect(await OutboxRow.query().resultSize()).toBe(1);
  });

  test("runs once when it is due, however many are told of it at once", async () => {
    const id = await effect();
    const doing = handlers();
    const said = await Promise.all(Array.from({ length: 20 }, () => workRow(id, doing)));
    expect(said.filter((s) => s === "done")).toHaveLength(1);
    expect(said.filter((s) => s === "not-due")).toHaveLength(19);
    expect(doing.ran).toEqual([id]);
    expect(await theRow(id)).toMatchObject({ state: "done", attempts: 1, lease_key: null, last_error: null });
    expect(await workRow(id, doing)).toBe("not-due");
  });

  test("is found in its order, those that a dead worker left among them", async () => {
    const ids: string[] = [];
    for (let n = 0; n < 4; n++) ids.push((await effect())!);
    const [late, left, held, early] = ids as [string, string, string, string];
    const put = (id: string, ago: number, lease: number | null) =>
      lab.owner(
        `UPDATE outbox SET next_at = now() - make_interval(secs => $2), state = CASE WHEN $3::int IS NULL THEN 'due' ELSE 'running' END,
           lease_until = now() + make_interval(secs => $3::int), lease_key = CASE WHEN $3::int IS NOT NULL THEN gen_random_uuid() END
         WHERE id = $1`,
        [id, ago, lease],
      );
    await put(late, 10, null);
    await put(left, 20, -1);
    await put(held, 25, 60);
    await put(early, 30, null);
    expect((await dueRows()).map((row) => [row.id, row.left])).toEqual([[early, false], [left, true], [late, false]]); // prettier-ignore
    expect((await dueRows(2)).map((row) => row.id)).toEqual([early, left]);
    // A clock that went back: no lease lasts that long.
    await put(held, 25, 7_200);
    expect((await dueRows()).map((row) => row.id)).toEqual([early, held, left, late]);
  });

  test("waits for its time", async () => {
    const id = await effect({ delay_seconds: 300 });
    const doing = handlers();
    expect(await workRow(id, doing)).toBe("not-due");
    await passTime(lab, { seconds: 301 });
    expect(await workRow(id, doing)).toBe("done");
  });

  test("that fails comes again, later each time, and shows why", async () => {
    const id = await effect();
    const doing = handlers({}, 9);
    for (const [attempt, wait] of [30, 60, 120, 300, 600, 1800, 3600, 3600, 3600].entries()) {
      expect(await workRow(id, doing)).toBe("retry");
      const row = await theRow(id);
      expect(row).toMatchObject({ state: "due", attempts: attempt + 1, last_error: "did not work" });
      const seconds = await secondsUntil(id);
      expect(seconds).toBeGreaterThan(wait * 0.8 - 2);
      expect(seconds).toBeLessThanOrEqual(wait * 1.2);
      expect(await workRow(id, doing)).toBe("not-due");
      await lab.owner("UPDATE outbox SET next_at = now()");
    }
    expect(await workRow(id, doing)).toBe("done");
    expect(await theRow(id)).toMatchObject({ state: "done", last_error: null });
  });

  test("that can never work has failed at once, stays visible, and is retried by hand", async () => {
    const id = await effect();
    const doing = handlers({ kind: "permanent" }, 1);
    expect(await workRow(id, doing)).toBe("failed");
    expect(await theRow(id)).toMatchObject({
      state: "failed",
      last_error: "did not work",
      lease_until: null,
    });
    await passTime(lab, { hours: 1 });
    expect(await workRow(id, doing)).toBe("not-due");
    expect(await retryRow(id)).toBe(true);
    expect(await retryRow(id)).toBe(false);
    expect(await workRow(id, doing)).toBe("done");
  });

  test("of a kind that nobody handles has failed, and says so", async () => {
    const id = await effect({ kind: "unheard-of" });
    expect(await workRow(id, handlers())).toBe("failed");
    expect((await theRow(id)).last_error).toContain('"unheard-of"');
  });

  test("is given up after 48 hours, not before", async () => {
    const id = await effect();
    const doing = handlers({});
    await lab.owner("UPDATE outbox SET created_at = now() - interval '47 hours 59 minutes'");
    expect(await workRow(id, doing)).toBe("retry");
    await lab.owner("UPDATE outbox SET created_at = now() - interval '48 hours 1 minute', next_at = now()");
    expect(await workRow(id, doing)).toBe("failed");
  });

  test("that was not even tried (a rate limit of ours) costs no attempt and comes when told", async () => {
    const id = await effect();
    expect(await workRow(id, handlers({ kind: "temporary", retryAfterSeconds: 50 }))).toBe("retry");
    expect((await theRow(id)).attempts).toBe(0);
    const seconds = await secondsUntil(id);
    expect(seconds).toBeGreaterThan(45);
    expect(seconds).toBeLessThanOrEqual(60);
  });

  test("R9: whose worker died comes back when its lease ends, and is done once", async () => {
    const id = await effect();
    const never = workRow(id, { test: () => new Promise(() => undefined) });
    void never;
    while ((await theRow(id)).state !== "running") await new Promise((r) => setTimeout(r, 10));
    const doing = handlers();
    expect(await sweepOutbox(doing, nobody)).toEqual({ announced: 0, worked: 0 });
    await passTime(lab, { seconds: 100 });
    expect(await workRow(id, doing)).toBe("not-due");
    await passTime(lab, { seconds: 21 });
    const swept = await Promise.all([sweepOutbox(doing, nobody), sweepOutbox(doing, nobody)]);
    expect(swept[0]!.worked + swept[1]!.worked).toBeGreaterThanOrEqual(1);
    expect(doing.ran).toEqual([id]);
    expect(await theRow(id)).toMatchObject({ state: "done", attempts: 2 });
  });

  test("a worker that wakes up after its lease was taken over changes nothing", async () => {
    const id = await effect();
    let wake: (error: Error) => void = () => undefined;
    const slow = workRow(id, { test: () => new Promise<void>((_, reject) => (wake = reject)) });
    while ((await theRow(id)).state !== "running") await new Promise((r) => setTimeout(r, 10));
    await passTime(lab, { seconds: 121 });
    expect(await workRow(id, handlers())).toBe("done");
    wake(new Error("too late"));
    await slow;
    expect(await theRow(id)).toMatchObject({ state: "done", last_error: null });
  });
});

describe("R9: the sweep", () => {
  test("does everything itself when the queue is away, also more than one sweep's worth", async () => {
    await Promise.all(Array.from({ length: 50 }, () => effect()));
    const doing = handlers();
    expect(await sweepOutbox(doing, nobody)).toEqual({ announced: 0, worked: 50 });
    expect(new Set(doing.ran).size).toBe(50);
    expect(doing.ran).toHaveLength(50);
  });

  test("one that never answers holds up nobody else", async () => {
    const stuck = await effect();
    const others = await Promise.all(Array.from({ length: 10 }, () => effect()));
    const done: string[] = [];
    void sweepOutbox(
      {
        test: async ({ id }) => {
          if (id === stuck) await new Promise(() => undefined);
          done.push(id);
        },
      },
      nobody,
    );
    for (let n = 0; done.length < 10 && n < 3000; n++) await new Promise((r) => setTimeout(r, 10));
    expect(done.sort()).toEqual(others.sort());
  });

  test("does what a dead worker left itself, also when it was never noted as announced", async () => {
    const id = await effect();
    await lab.owner(
      "UPDATE outbox SET state = 'running', lease_key = gen_random_uuid(), lease_until = now() - interval '1 minute', announced_at = NULL WHERE id = $1",
      [id],
    );
    const doing = handlers();
    const told: string[] = [];
    const queue = async (ids: string[]) => (told.push(...ids), ids);
    expect(await sweepOutbox(doing, queue)).toEqual({ announced: 0, worked: 1 });
    expect([told, doing.ran]).toEqual([[], [id]]);
    expect((await theRow(id)).state).toBe("done");
  });

  test("tells the queue first, and does next time what was announced but not done", async () => {
    const id = await effect();
    const doing = handlers();
    const told: string[] = [];
    const queue = async (ids: string[]) => {
      told.push(...ids);
      await lab.owner("UPDATE outbox SET announced_at = now() + interval '1 millisecond'");
      return ids;
    };
    expect(await sweepOutbox(doing, queue)).toEqual({ announced: 1, worked: 0 });
    expect(await sweepOutbox(doing, queue)).toEqual({ announced: 0, worked: 1 });
    expect([told, doing.ran]).toEqual([[id], [id]]);
  });

  test("tells the queue of what is due soon, once, and nobody of what is due later", async () => {
    const soon = await effect({ delay_seconds: 60 });
    const later = await effect({ delay_seconds: 600 });
    const told: string[] = [];
    const queue = async (ids: string[]) => {
      told.push(...ids);
      await lab.owner("UPDATE outbox SET announced_at = next_at + interval '1 millisecond' WHERE id = ANY($1)", [ids]); // prettier-ignore
      return ids;
    };
    const doing = handlers();
    expect(await sweepOutbox(doing, queue)).toEqual({ announced: 1, worked: 0 });
    expect(await sweepOutbox(doing, queue)).toEqual({ announced: 0, worked: 0 });
    await passTime(lab, { seconds: 530 });
    expect(await sweepOutbox(doing, queue)).toMatchObject({ announced: 1 });
    expect(told).toEqual([soon, later]);
    expect(doing.ran).toEqual([soon]);
  });
});

/** A queue that takes whatever it is told. @returns what that was */
async function takingQueue(): Promise<{ url: string; told: string[]; server: Server }> {
  const told: string[] = [];
  const server = createHttpServer((req, res) => {
    let body = "";
    req.on("data", (chunk: Buffer) => (body += chunk.toString()));
    req.on("end", () => {
      const jobs = JSON.parse(body) as { id: string }[];
      told.push(...jobs.map(({ id }) => id.slice(0, 36)));
      res.writeHead(201, { "content-type": "application/json" });
      res.end(JSON.stringify(jobs.map((job) => ({ ...job, endpoint: "x", body: "", runAt: new Date(), count: 1 })))); // prettier-ignore
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}`, told, server };
}

test("the queue is told of what is near when it is written, and of a letter of tomorrow by the sweep", async () => {
  const { url, told, server } = await takingQueue();
  try {
    lab.configure({ QUIRREL_API_URL: url, QUIRREL_BASE_URL: "http://127.0.0.1:1", QUIRREL_TOKEN: "token" });
    const ids = [await effect(), await effect({ delay_seconds: 60 }), await effect({ delay_seconds: 3600 })];
    expect(await announce(ids)).toEqual(expect.arrayContaining(ids.slice(0, 2)));
    expect(told.sort()).toEqual(ids.slice(0, 2).sort());
    expect((await theRow(ids[2]!)).announced_at).toBeNull();
  } finally {
    lab.configure({});
    await new Promise((resolve) => server.close(resolve));
  }
});

describe("R9: with the queue away", () => {
  const servers: Server[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  });
  const listen = async (behave: (server: Server) => void) => {
    const server = createServer((socket) => socket.on("error", () => undefined));
    behave(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return { server, url: `http://127.0.0.1:${(server.address() as { port: number }).port}` };
  };

  test.each(["closed", "silent"])(
    "(%s) a step answers within half a second, and the sweep does the rest",
    async (how) => {
      const { server, url } = await listen((s) => how === "silent" && s.on("connection", (c) => c.resume()));
      if (how === "closed") await new Promise((resolve) => server.close(resolve));
      else servers.push(server);
      lab.configure({ QUIRREL_API_URL: url, QUIRREL_BASE_URL: "http://127.0.0.1:1" });
      const job = await submitCube();
      const guard = await lockFor(FRONT, job.id);
      const started = Date.now();
      await VERBS.approve(FRONT, job, guard);
      // The queue's client alone would wait two seconds; a busy machine is given most of them.
      expect(Date.now() - started).toBeLessThan(1_800);

      const sweeping = Date.now();
      const { announced, worked } = await sweepOutbox(HANDLERS, announce);
      // Quirrel's own client would have waited some twenty seconds.
      expect(Date.now() - sweeping).toBeLessThan(15_000);
      // Receipt, picture, approval.
      expect([announced, worked]).toEqual([0, 3]);
      expect((await outboxOf(job.id)).map((row) => row.state)).toEqual(["done", "done"]);
      // The announcement that was not awaited ends before the server does.
      await new Promise((resolve) => setTimeout(resolve, how === "silent" ? 2_200 : 100));
    },
  );
});

describe("letters", () => {
  let smtp: TestSmtp;
  beforeEach(async () => {
    smtp = await startSmtp();
    lab.configure({ MAIL_SERVER: "127.0.0.1", MAIL_PORT: String(smtp.port), MAIL_TIMEOUT_SECONDS: "1" });
  });
  afterEach(async () => {
    closeTransport();
    await smtp.close();
  });
  const sweep = () => sweepOutbox(HANDLERS, nobody);
  const subjects = () => smtp.messages.map((mail) => mail.subject ?? "");

  test("R7: refused for now, then taken: exactly one mail, at the second attempt", async () => {
    smtp.setBehaviour(({ stage }) => (stage === "rcpt" ? 451 : undefined));
    const job = await submitCube();
    await sweep();
    const [row] = await outboxOf(job.id);
    expect(row).toMatchObject({ state: "due", attempts: 1 });
    expect(row!.last_error).toContain("451");
    smtp.setBehaviour(undefined);
    await sweep();
    expect(smtp.messages).toHaveLength(0);
    await passTime(lab, { minutes: 1 });
    await sweep();
    await sweep();
    expect(smtp.messages).toHaveLength(1);
    expect(smtp.envelopes[0]!.to).toEqual([job.student_email]);
    expect((await outboxOf(job.id))[0]).toMatchObject({ state: "done", attempts: 2 });
  });

  test("R7: refused for good: failed, with the server's words, until a person retries", async () => {
    smtp.setBehaviour(({ stage }) => (stage === "rcpt" ? { code: 550, message: "no such user" } : undefined));
    const job = await submitCube();
    await sweep();
    const [row] = await outboxOf(job.id);
    expect(row).toMatchObject({ state: "failed", attempts: 1 });
    expect(row!.last_error).toContain("no such user");
    await passTime(lab, { hours: 5 });
    await sweep();
    expect(smtp.counts.connections).toBe(1);
    smtp.setBehaviour(undefined);
    await retryRow(row!.id);
    await sweep();
    expect(smtp.messages).toHaveLength(1);
  });

  test("R7: a server that never answers is a temporary failure, within its limit", async () => {
    smtp.setBehaviour(() => "stall");
    const job = await submitCube();
    const started = Date.now();
    await sweep();
    expect(Date.now() - started).toBeLessThan(5_000);
    expect((await outboxOf(job.id))[0]).toMatchObject({ state: "due", attempts: 1 });
  });

  test("R6: killed after the server's yes and before our mark, it goes out again with the same Message-ID and link", async () => {
    const job = await drive(await submitCube(), "PENDING");
    await sweep();
    const approval = (await outboxOf(job.id)).find((row) => row.payload.letter === "approval")!;
    await lab.owner(
      "UPDATE outbox SET state = 'running', lease_key = gen_random_uuid(), lease_until = now() - interval '1 second', done_at = NULL WHERE id = $1",
      [approval.id],
    );
    await sweep();
    const twice = smtp.messages.filter((mail) => mail.messageId === `<${approval.id}@print.example.edu>`);
    expect(twice).toHaveLength(2);
    expect(twice[0]!.text).toBe(twice[1]!.text);
    expect(twice[0]!.text).toMatch(/https:\/\/print\.example\.edu\/confirm\/[\w-]{43}/);
    expect(new Set(smtp.messages.map((mail) => mail.messageId)).size).toBe(2);
  });

  test("R6, R9: a worker killed with -9 while it sends: another one does it, once", async () => {
    smtp.setBehaviour(({ stage }) => (stage === "data" ? "stall" : undefined));
    const job = await submitCube();
    const worker = await startInstance(lab, {
      MAIL_SERVER: "127.0.0.1",
      MAIL_PORT: String(smtp.port),
      MAIL_TIMEOUT_SECONDS: "20",
    });
    const sending = worker.ask("sweepOutbox").catch(() => "died");
    while (smtp.counts.data < 1) await new Promise((r) => setTimeout(r, 10));
    worker.process.kill("SIGKILL");
    expect(await sending).toBe("died");
    expect(await worker.ended).toBe("SIGKILL");
    expect((await outboxOf(job.id))[0]).toMatchObject({ state: "running", attempts: 1 });

    smtp.setBehaviour(undefined);
    await sweep();
    expect(smtp.messages).toHaveLength(0);
    await passTime(lab, { seconds: 121 });
    await sweep();
    await sweep();
    expect(smtp.messages).toHaveLength(1);
    expect((await outboxOf(job.id))[0]).toMatchObject({ state: "done", attempts: 2 });
  });

  test("two workers together hand over 25 letters a minute; the others wait for their turns, untried", async () => {
    await lab.set({ admin_email: "head@example.edu" });
    const run = await runChore("tidy-records", { by: SYSTEM }, async () => "Done.");
    await lab.owner(
      "INSERT INTO outbox (kind, payload) SELECT 'report', jsonb_build_object('run_id', $1::text) FROM generate_series(1, 34)",
      [run!.id],
    );
    const env = { MAIL_SERVER: "127.0.0.1", MAIL_PORT: String(smtp.port) };
    const workers = await Promise.all([startInstance(lab, env), startInstance(lab, env)]);
    await Promise.all(workers.map((worker) => worker.ask("sweepOutbox")));
    expect(smtp.messages).toHaveLength(25);
    const rows = await lab.owner<{ state: string; attempts: number; wait: number }>(
      "SELECT state, attempts, extract(epoch FROM next_at - now())::float AS wait FROM outbox WHERE kind = 'report' AND state <> 'done'",
    );
    expect(rows).toHaveLength(9);
    for (const row of rows) expect(row).toMatchObject({ state: "due", attempts: 0 });
    expect(Math.min(...rows.map(({ wait }) => wait))).toBeGreaterThan(30);
    // Everybody has come back, and a minute has passed: the rest goes out.
    await passTime(lab, { minutes: 2 });
    await sweep();
    expect(smtp.messages).toHaveLength(34);
    await lab.set({ admin_email: "" });
  });

  test("a link that was replaced is not mailed any more", async () => {
    const job = await drive(await submitCube(), "PENDING");
    await lab.owner("UPDATE jobs SET confirmation_last_sent_at = NULL WHERE id = $1", [job.id]);
    await VERBS["resend-confirmation"](FRONT, job, {});
    await sweep();
    expect(subjects().filter((subject) => /approved|confirm/i.test(subject))).toHaveLength(1);
    expect((await outboxOf(job.id)).map((row) => row.state)).toEqual(["done", "cancelled", "done"]);
  });

  test("a deleted job's letters are not sent", async () => {
    const job = await submitCube();
    await VERBS.delete(FRONT, job, await lockFor(FRONT, job.id));
    await sweep();
    expect(smtp.messages).toHaveLength(0);
    expect(await eventsOf(job.id)).toHaveLength(2);
  });

  describe("the completion letter", () => {
    /** What has gone out about this job, beside receipt and approval. */
    const about = async () => {
      await sweep();
      return subjects().slice(2);
    };
    const completed = async () => {
      const job = await drive(await submitCube(), "PRINTING");
      await sweep();
      await lab.owner("UPDATE outbox SET state = 'done', done_at = now() WHERE state = 'due'");
      while (smtp.messages.length < 2) smtp.messages.push({ subject: "overtaken" } as never);
      await take("mark-complete", job.id);
      return job;
    };
    const letters = async (id: string) =>
      (await outboxOf(id)).map((row) => `${row.payload.letter} ${row.state}`).slice(2);

    test("waits five minutes", async () => {
      await completed();
      expect(await about()).toEqual([]);
      await passTime(lab, { minutes: 4, seconds: 50 });
      expect(await about()).toEqual([]);
      await passTime(lab, { seconds: 11 });
      expect(await about()).toHaveLength(1);
    });

    test("is withheld when the completion is reverted in time", async () => {
      const job = await completed();
      await take("revert-completion", job.id);
      await passTime(lab, { minutes: 10 });
      expect(await about()).toEqual([]);
      expect(await letters(job.id)).toEqual(["completion cancelled"]);
      expect((await eventsOf(job.id)).at(-1)!.details.completion_mail).toBe("withheld");
    });

    test("is corrected when it had gone out", async () => {
      const job = await completed();
      await passTime(lab, { minutes: 6 });
      await sweep();
      await take("revert-completion", job.id);
      expect(await about()).toHaveLength(2);
      expect(await letters(job.id)).toEqual(["completion done", "correction done"]);
      expect((await eventsOf(job.id)).at(-1)!.details.completion_mail).toBe("corrected");
    });

    test("completed again and reverted in time, no second correction goes out", async () => {
      const job = await completed();
      await passTime(lab, { minutes: 6 });
      await sweep();
      await take("revert-completion", job.id);
      expect(await about()).toHaveLength(2);
      await take("mark-complete", job.id);
      await take("revert-completion", job.id);
      await passTime(lab, { minutes: 6 });
      expect(await about()).toHaveLength(2);
      expect((await eventsOf(job.id)).at(-1)!.details.completion_mail).toBe("withheld");
    });

    test("that was tried and may have arrived is corrected, and not sent again", async () => {
      const job = await completed();
      await passTime(lab, { minutes: 6 });
      smtp.setBehaviour(({ stage }) => (stage === "data" ? "drop" : undefined));
      await sweep();
      smtp.setBehaviour(undefined);
      await take("revert-completion", job.id);
      await passTime(lab, { minutes: 10 });
      await sweep();
      expect(await letters(job.id)).toEqual(["completion cancelled", "correction done"]);
    });

    test("of a job that was handed over meanwhile is not sent", async () => {
      const job = await completed();
      await take("payment", job.id, { txn_no: randomUUID() });
      await passTime(lab, { minutes: 6 });
      expect(await about()).toEqual([]);
    });
  });
});
