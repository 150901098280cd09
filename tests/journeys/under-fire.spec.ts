/**
 * R1, R2, R6, R7, R9: a scripted lab works at full speed on two web processes while its processes are killed, its mail
 * server misbehaves, its disk fills and its clock jumps. Afterwards nothing that was acknowledged is missing. A short
 * seeded run in `npm test`; `npm run test:faults` makes it 200 kills.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "@playwright/test";
import { closeDb } from "@server/db.server";
import { verifyChain } from "@server/events/verify.server";
import { logIn, useDatabaseOf } from "../support/beside";
import { beginDay } from "../support/day";
import { blowsOn, dice, movableClock, NotThere, Redis, removeDisk, smallDisk } from "../support/fire";
import { startSystem, type System, until } from "../support/system";

const KILLS = Number(process.env.FAULT_KILLS ?? 6);
const SEED = Number(process.env.FAULT_SEED ?? 4711);

/** What can part a mail server's yes from our mark: the sender dies, its database, or (at each trouble's end) its connections. */
const CUTS = ["worker killed", "postgres killed", "mail server hangs", "mail server refuses", "mail server hangs up"]; // prettier-ignore
/** Letters that can be under way at such a moment: one on each connection of the worker. */
const UNDER_WAY = 2;

test("nothing acknowledged is lost, whatever is killed", async () => {
  test.setTimeout(180_000 + KILLS * 20_000);
  const roll = dice(SEED);
  const redis = await Redis.begin();
  // Small enough to be filled, large enough for what a run of this length keeps.
  const disk = smallDisk(96 + KILLS * 4);
  const clock = movableClock();
  for (const [what, there] of Object.entries({ redis, disk, clock }))
    if (!there) console.log(`Without ${what}: it is not to be had here.`);
  const lab = await startSystem({
    ...(redis ? { REDIS_URL: redis.url } : {}),
    ...(disk ? { STORAGE_PATH: disk } : {}),
    ...clock?.env,
  });
  try {
    for (const name of [
      "submissions_per_hour_per_student",
      "submissions_per_hour_per_address",
      "logins_per_hour",
    ])
      await lab.setting(name, 10_000);
    await lab.setting("completion_mail_delay_minutes", 0);
    let second = await lab.anotherWeb();
    const day = beginDay(() => [lab.url, second.url], dice(SEED + 1));
    const blows = blowsOn(lab, {
      redis,
      disk,
      clock,
      roll,
      killSecondWeb: async () => {
        second.stop();
        await sleep(roll() * 1_500);
        // With the database just down it cannot start; the first one serves meanwhile.
        second = await lab.anotherWeb().catch(() => lab.anotherWeb());
      },
    });
    const struck: Record<string, number> = {};
    for (let kills = 0; kills < KILLS;) {
      await sleep(300 + roll() * 2_000);
      const blow = blows[Math.floor(roll() * blows.length)]!;
      try {
        await blow.strike();
      } catch (error) {
        if (error instanceof NotThere) continue;
        throw error;
      }
      struck[blow.name] = (struck[blow.name] ?? 0) + 1;
      if (blow.kill) kills++;
    }
    await day.end();
    second.stop();
    const { acknowledged, troubles } = day;
    console.log(
      `Seed ${SEED}: ${JSON.stringify(struck)}; acknowledged: ${acknowledged.submissions.length} submissions, ` +
        `${acknowledged.steps.length} steps, ${acknowledged.payments.length} payments; no answer ${troubles.noAnswer} times, ` +
        `503 or 500 ${troubles.unavailable} times.`,
    );
    const broken = troubles.broken.map(({ path, request }) => ({ path, said: saidOf(lab, request) }));
    // The other questions are asked all the same.
    expect.soft(broken, "answers of 500").toEqual([]);
    await quiet(lab);
    await nothingIsMissing(lab, day.acknowledged);
    await lettersOnce(lab, UNDER_WAY * CUTS.reduce((sum, name) => sum + (struck[name] ?? 0), 0));
    await soundLab(lab);
  } finally {
    await lab.stop();
    redis?.end();
    clock?.end();
    if (disk) removeDisk(disk);
  }
});

/** What the web processes' logs have about a request. */
function saidOf(lab: System, request: string): string[] {
  const folder = path.join(lab.dataDir, "logs");
  return readdirSync(folder)
    .filter((name) => name.startsWith("web"))
    .flatMap((name) => readFileSync(path.join(folder, name), "utf8").split("\n"))
    .filter((line) => request !== "" && line.includes(request));
}

/**
 * Until everything due has been done; whoever waits for the next try of a letter is asked to try now. Pictures are drawn
 * one after the other from what is there already: thousands of them may come later. However much has
 * piled up: it takes as long as it takes, but it must go on.
 */
async function quiet(lab: System): Promise<void> {
  let least = Infinity;
  let since = Date.now();
  for (;;) {
    let left: { kind: string; state: string; n: number; last_error: string | null }[] = [];
    try {
      await lab.sql(
        "UPDATE outbox SET next_at = now() WHERE state = 'due' AND next_at > now() AND kind <> 'picture'",
      );
      left = await lab.sql(
        `SELECT kind, state, count(*)::int AS n, max(last_error) AS last_error FROM outbox
         WHERE state IN ('due', 'running') AND kind <> 'picture' GROUP BY 1, 2 ORDER BY 1, 2`,
      );
      const all = left.reduce((sum, { n }) => sum + n, 0);
      if (all === 0) break;
      if (all < least) [least, since] = [all, Date.now()];
    } catch {
      // The database is just coming back.
    }
    if (Date.now() - since > 240_000)
      throw new Error(`Nothing has been worked off for four minutes: ${JSON.stringify(left)}`);
    await sleep(500);
  }
  expect(await lab.sql("SELECT kind, last_error FROM outbox WHERE state = 'failed'")).toEqual([]);
}

async function nothingIsMissing(lab: System, said: Parameters<typeof countOnce>[1]): Promise<void> {
  expect(said.submissions.length).toBeGreaterThan(0);
  // Without approvals nothing else would follow.
  expect(said.steps.filter(({ step }) => step === "approve").length).toBeGreaterThan(0);
  expect(said.payments.length).toBeGreaterThan(0);
  await countOnce(lab, said);
}

/** Every yes is in the database, once. */
async function countOnce(lab: System, said: ReturnType<typeof beginDay>["acknowledged"]): Promise<void> {
  const jobs = await lab.sql<{ student_email: string; n: number }>(
    "SELECT student_email, count(*)::int AS n FROM jobs GROUP BY 1",
  );
  const byEmail = new Map(jobs.map((row) => [row.student_email, row.n]));
  expect(said.submissions.filter(({ email }) => byEmail.get(email) !== 1)).toEqual([]);
  expect(
    jobs.filter(({ n }) => n > 1),
    "asked twice, taken twice",
  ).toEqual([]);
  const payments = await lab.sql<{ job_id: string; txn_no: string }>(
    "SELECT job_id, txn_no FROM payments WHERE voided_at IS NULL",
  );
  const paid = new Map(payments.map((row) => [row.job_id, row.txn_no]));
  expect(paid.size, "a job paid twice").toBe(payments.length);
  expect(said.payments.filter(({ jobId, txn }) => paid.get(jobId) !== txn)).toEqual([]);
  // The steps that were confirmed are in the log, each once.
  const events = await lab.sql<{ job_id: string; event_type: string; n: number }>(
    "SELECT job_id, event_type, count(*)::int AS n FROM events WHERE details ? 'to' GROUP BY 1, 2",
  );
  expect(
    events.filter(({ n }) => n > 1),
    "a step taken twice",
  ).toEqual([]);
  const done = new Set(events.map((row) => `${row.job_id} ${row.event_type}`));
  expect(said.steps.filter(({ jobId, step }) => !done.has(`${jobId} ${EVENTS[step]}`))).toEqual([]);
}

const EVENTS: Record<string, string> = {
  approve: "JobApproved",
  reject: "JobRejected",
  "force-confirm": "JobForceConfirmed",
  "mark-printing": "JobPrinting",
  "mark-complete": "JobCompleted",
  payment: "PaymentRecorded",
};

/**
 * Each letter arrived, and once more only where the server's yes was parted from our mark. A letter that went out just
 * then may have been called off afterwards: its job had gone on.
 * @param most how many letters that can have happened to
 */
async function lettersOnce(lab: System, most: number): Promise<void> {
  const copies = new Map<string, number>();
  for (const { messageId } of lab.smtp.messages) {
    const row = /^<?([^@>]+)@/.exec(messageId!)![1]!;
    copies.set(row, (copies.get(row) ?? 0) + 1);
  }
  const again = [...copies.values()].reduce((sum, n) => sum + n - 1, 0);
  const rows = await lab.sql<{ id: string; state: string }>(
    "SELECT id::text AS id, state FROM outbox WHERE kind = 'mail'",
  );
  const states = new Map(rows.map(({ id, state }) => [id, state]));
  const calledOff = [...copies.keys()].filter((id) => states.get(id) === "cancelled");
  console.log(`${copies.size} letters, ${again} copies more, ${calledOff.length} called off too late.`);
  expect(
    rows.filter(({ id, state }) => state === "done" && !copies.has(id)),
    "sent, but never arrived",
  ).toEqual([]);
  expect(
    [...copies.keys()].filter((id) => !["done", "cancelled"].includes(states.get(id) ?? "")),
    "arrived, but nobody sent them",
  ).toEqual([]);
  expect(again + calledOff.length, "sent again").toBeLessThanOrEqual(most);
}

/** The chain holds, the storage and the database agree, and the kept counts are the counts. */
async function soundLab(lab: System): Promise<void> {
  useDatabaseOf(lab);
  try {
    const { checked, gap } = await verifyChain();
    expect(gap).toBeNull();
    console.log(`${checked} events, chain verified.`);
  } finally {
    await closeDb();
  }
  const counts = "SELECT status, sum(n)::int AS n FROM job_counts GROUP BY 1 HAVING sum(n) <> 0 ORDER BY 1";
  expect(await lab.sql(counts)).toEqual(
    await lab.sql("SELECT status, count(*)::int AS n FROM jobs GROUP BY 1 ORDER BY 1"),
  );
  // What a killed process left behind is cleared up when the worker's look at the storage, once a minute, has seen it twice.
  await until(() => leftLying(lab.storage).length === 0, 240_000, "the storage to be cleared up");
  const cookie = await logIn(lab);
  const started = await fetch(`${lab.url}/admin/health`, {
    method: "POST",
    redirect: "manual",
    headers: { Origin: lab.url, Cookie: cookie },
    body: new URLSearchParams({ staff_name: "Jane Doe" }),
  });
  expect(started.status).toBe(303);
  const audit = async () =>
    (
      await lab.sql<{ id: string; state: string }>(
        "SELECT id, state FROM audits ORDER BY started_at DESC LIMIT 1",
      )
    )[0];
  await until(async () => ["done", "failed"].includes((await audit())?.state ?? ""), 120_000, "the audit");
  expect((await audit())?.state).toBe("done");
  expect(
    await lab.sql(
      "SELECT kind, path, details FROM audit_findings WHERE audit_id = $1 AND confirmed_at IS NOT NULL",
      [(await audit())!.id],
    ),
  ).toEqual([]);
}

/** Folders of jobs that lie in more than one status, that a move was building, or that a submission has left without its end. */
function leftLying(storage: string): string[] {
  const folders = readdirSync(storage)
    .filter((status) => !status.startsWith("."))
    .flatMap((status) => readdirSync(path.join(storage, status)).map((name) => ({ status, name })));
  const names = folders.map(({ name }) => name);
  return folders
    .filter(
      ({ status, name }, at) =>
        name.startsWith(".staging-") ||
        names.indexOf(name) !== at ||
        existsSync(path.join(storage, status, name, ".undecided")),
    )
    .map(({ name }) => name);
}
