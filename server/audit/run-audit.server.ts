/**
 * An audit at work. Promises: constant memory however many jobs there are; each run is short and the next goes
 * on where it stopped, also after a kill; two workers on one audit do no harm; what is only being moved at this
 * moment is not reported, because every suspicion is looked at twice, the second time alone with the files.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { raw } from "objection";
import { inTransaction } from "../db.server";
import { isDatabaseAway, Refusal } from "../errors";
import { crashPoint } from "../files/crash.server";
import { countNames, entryAt, nextNames } from "../files/inspect.server";
import { Job, JobFile } from "../jobs/job.server";
import { STATUS, STATUSES } from "../jobs/states";
import { log } from "../log.server";
import type { OutboxRow } from "../outbox/outbox.server";
import { Audit, AuditFinding } from "./audit.server";
import type { Kind, Suspect } from "./kinds";
import { alone, BUSY, lookAgain, settleSeconds } from "./look-again.server";
import { lookAtEntries, lookAtJob } from "./look.server";

/** How long one run works, in milliseconds: well below the outbox's lease, and letters wait no longer than this. */
const RUN_MS = 15_000;
const NAMES = 500;
const JOBS = 50;
/** Save at least this often, in milliseconds. */
const SAVE_MS = 3_000;
/** Runs that may fail one after the other before the audit is given up. */
const MOST_FAILURES = 4;

/** The handler of `audit` rows. */
export async function runAudit(row: OutboxRow): Promise<void | "overtaken" | "again"> {
  const until = Date.now() + RUN_MS;
  try {
    for (;;) {
      const audit = await Audit.query().findById(row.payload.audit_id ?? "");
      if (!audit || audit.state === "done" || audit.state === "failed") return "overtaken";
      if (await goOn(audit, until)) return;
      if (Date.now() > until) return "again";
    }
  } catch (error) {
    const storageAway = error instanceof Refusal && error.details.reason === "storage_away";
    if (isDatabaseAway(error) || (!storageAway && row.attempts < MOST_FAILURES)) {
      // The sentence of a refusal is for the person at the form; here it is the reason to try again.
      throw error instanceof Refusal ? new Error(error.message, { cause: error }) : error;
    }
    log.error({ err: error, audit: row.payload.audit_id }, "An audit was given up");
    await giveUp(row.payload.audit_id!, error instanceof Error ? error.message : String(error));
  }
}

/** One piece of work, saved. @returns true when the audit is over */
async function goOn(audit: Audit, until: number): Promise<boolean> {
  await requireStorage();
  if (audit.state === "queued") await save(audit, { state: "running", total: await countAll() });
  else if (audit.phase === "folders") await lookAtSomeEntries(audit);
  else if (audit.phase === "jobs") await lookAtSomeJobs(audit);
  else return confirmSome(audit, until);
  return false;
}

/** An absent share must not look like a hundred thousand lost files. */
async function requireStorage(): Promise<void> {
  for (const status of STATUSES) {
    const { folder } = STATUS[status];
    if ((await entryAt(folder)).kind === "folder") continue;
    throw new Refusal(
      "unavailable",
      `The storage cannot be read: its folder ${folder} is missing. Check that the storage is mounted, then start the audit again.`,
      { reason: "storage_away" },
    );
  }
}

async function countAll(): Promise<number> {
  let total = await Job.query().resultSize();
  for (const status of STATUSES) total += await countNames(STATUS[status].folder);
  return total;
}

/** Storage → database. The cursor is `<Status folder>/<last name>`. */
async function lookAtSomeEntries(audit: Audit): Promise<void> {
  const [folder = "", ...rest] = audit.cursor.split("/");
  const status = STATUSES.find((s) => STATUS[s].folder === folder) ?? STATUSES[0];
  const names = await nextNames(STATUS[status].folder, rest.join("/"), NAMES);
  if (names.length) {
    const suspects = await lookAtEntries(status, names);
    const cursor = `${STATUS[status].folder}/${names.at(-1)}`;
    await save(audit, { cursor, done: audit.done + names.length }, suspects);
    return;
  }
  const next = STATUSES[STATUSES.indexOf(status) + 1];
  await save(audit, next ? { cursor: `${STATUS[next].folder}/` } : { phase: "jobs", cursor: "" });
}

/** Database → storage. The cursor is the last job's id. */
async function lookAtSomeJobs(audit: Audit): Promise<void> {
  const jobs = await Job.query()
    .where((q) => audit.cursor && q.where("id", ">", audit.cursor))
    .orderBy("id")
    .limit(JOBS);
  if (jobs.length === 0) return save(audit, { phase: "confirm", cursor: "" });
  const files = await JobFile.query().whereIn(
    "job_id",
    jobs.map(({ id }) => id),
  );
  const suspects: Suspect[] = [];
  const started = Date.now();
  let looked = 0;
  for (const job of jobs) {
    const its = files.filter(({ job_id }) => job_id === job.id);
    suspects.push(...(await lookAtJob(job, its)));
    looked++;
    if (Date.now() - started > SAVE_MS) break;
  }
  await save(audit, { cursor: jobs[looked - 1]!.id, done: audit.done + looked }, suspects);
  crashPoint("audit:some-jobs");
}

/** The second look at what was suspected a moment ago. @returns true when none is left and the audit is over */
async function confirmSome(audit: Audit, until: number): Promise<boolean> {
  const unconfirmed = () => AuditFinding.query().where({ audit_id: audit.id }).whereNull("confirmed_at");
  const ready = await unconfirmed()
    .whereRaw("found_at <= now() - make_interval(secs => ?)", [settleSeconds()])
    .orderBy(["found_at", "id"])
    .limit(20);
  for (const finding of ready) {
    await confirmOne(finding);
    if (Date.now() > until) return false;
  }
  if (ready.length) return false;
  if (await unconfirmed().first()) {
    await sleep(250);
    return false;
  }
  return finish(audit);
}

async function confirmOne(finding: AuditFinding): Promise<void> {
  const now = await alone(finding, 3, (trx) => lookAgain(trx, finding));
  // Somebody who keeps moving these files is at work on them: that is no finding.
  if (now === null || now === BUSY) await AuditFinding.query().deleteById(finding.id);
  else
    await AuditFinding.query()
      .findById(finding.id)
      .whereNull("confirmed_at")
      .patch({ confirmed_at: raw("now()"), details: now.details, short_id: now.short_id });
}

async function finish(audit: Audit): Promise<boolean> {
  const rows = await AuditFinding.query()
    .where({ audit_id: audit.id })
    .groupBy("kind")
    .select("kind")
    .count("* as n");
  const counts = Object.fromEntries(
    (rows as unknown as { kind: Kind; n: number }[]).map(({ kind, n }) => [kind, Number(n)]),
  );
  const done = Math.max(audit.done, audit.total);
  const changed = await Audit.query()
    .where({ id: audit.id, step: audit.step, state: "running" })
    .patch({ state: "done", finished_at: raw("now()"), counts, done, total: done, step: audit.step + 1 });
  if (changed) log.info({ audit: audit.id, counts }, "An audit is done");
  return true;
}

/** Writes down what was seen and how far it is; nothing when another worker was quicker. */
async function save(audit: Audit, change: Partial<Audit>, suspects: Suspect[] = []): Promise<void> {
  await inTransaction(async (trx) => {
    const mine = await Audit.query(trx)
      .where({ id: audit.id, step: audit.step })
      .whereIn("state", ["queued", "running"])
      .patch({ ...change, step: audit.step + 1 });
    if (!mine || !suspects.length) return;
    const rows = suspects.map((suspect) => ({
      ...suspect,
      details: JSON.stringify(suspect.details),
      audit_id: audit.id,
    }));
    await trx("audit_findings").insert(rows).onConflict(["audit_id", "kind", "path"]).ignore();
  });
}

async function giveUp(id: string, error: string): Promise<void> {
  await Audit.query()
    .findById(id)
    .whereIn("state", ["queued", "running"])
    .patch({ state: "failed", finished_at: raw("now()"), error: error.slice(0, 500) });
}
