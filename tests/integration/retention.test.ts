/** Filing away and pruning: only what is due, one job at a time, nothing half-done, and no person left behind. */
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { randomUUID } from "node:crypto";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { lookAtEntries, lookAtJob } from "@server/audit/look.server";
import { db } from "@server/db.server";
import type { Refusal } from "@server/errors";
import { SYSTEM } from "@server/events/append.server";
import { Event } from "@server/events/event.server";
import { verifyChain } from "@server/events/verify.server";
import { CRASH_POINTS } from "@server/files/crash.server";
import { folderOf } from "@server/files/store.server";
import { type Job, JobFile } from "@server/jobs/job.server";
import { takeLock } from "@server/jobs/lock.server";
import { sweepOutbox } from "@server/outbox/work.server";
import { findPart } from "@server/parts/part.server";
import { pictureFile } from "@server/parts/picture.server";
import { jobSheet } from "@server/reports/job-sheet.server";
import { archiveJobs } from "@server/retention/archive-jobs.server";
import { dueList } from "@server/retention/due.server";
import { pruneJobs } from "@server/retention/prune-jobs.server";
import { retentionReport, runRetention } from "@server/retention/run-retention.server";
import { HANDLERS } from "@workers/queues";
import { sweepTwice, Victims } from "../support/crash";
import { freshLab, type Lab } from "../support/database";
import { BACK, drive, eventsOf, FRONT, lockFor, newCube, outboxOf, STAFF, storageListing, submitCube, take, theJob, VERBS } from "../support/desk"; // prettier-ignore

const refusal = (work: Promise<unknown>): Promise<Refusal> => work.then(() => Promise.reject(new Error("it was not refused")), (error) => error); // prettier-ignore

let lab: Lab;
beforeAll(async () => {
  lab = await freshLab();
});

/** Lets a job have been in its status for so many days. */
async function age(job: Pick<Job, "id">, days: number): Promise<void> {
  await lab.owner("UPDATE jobs SET status_since = now() - make_interval(days => $2) WHERE id = $1", [job.id, days]); // prettier-ignore
}
async function aged(status: Parameters<typeof drive>[1], days: number, overrides = {}): Promise<Job> {
  const job = await drive(await submitCube(overrides), status);
  await age(job, days);
  return theJob(job.id);
}
const filesOf = (job: Job) => storageListing()[folderOf(job.status, job.stem)];
const run = (kind: "archive" | "prune", more = {}) =>
  runRetention(FRONT, kind, {
    staff_name: STAFF,
    reason: "End of term",
    form_key: randomUUID(),
    seen_at: new Date().toISOString(),
    confirmed: "yes",
    ...more,
  });

describe("filing away", () => {
  test("takes what has been final for long enough, files and all, and nothing else", async () => {
    const [paid, rejected, young, open] = [
      await aged("PAIDPICKEDUP", 45),
      await aged("REJECTED", 46),
      await aged("REJECTED", 44),
      await aged("COMPLETED", 400),
    ];
    expect(await dueList("archive")).toMatchObject({ count: 2, days: 45, pages: 1 });
    expect((await dueList("archive")).jobs.map(({ id }) => id)).toEqual([rejected.id, paid.id]);
    const done = await archiveJobs(SYSTEM);
    expect(done.jobs.map(({ outcome }) => outcome)).toEqual(["done", "done"]);
    expect(done.left).toBe(0);
    for (const job of [paid, rejected]) {
      const now = await theJob(job.id);
      expect(now.status).toBe("ARCHIVED");
      expect(filesOf(now)).toEqual(filesOf(now)!.concat().sort());
      expect(filesOf(now)).toContain("metadata.json");
      expect(filesOf(job)).toBeUndefined();
      expect((await eventsOf(job.id)).at(-1)).toMatchObject({
        event_type: "JobArchived",
        triggered_by: "system",
        details: { from: job.status, to: "ARCHIVED", reason: "Due after 45 days" },
      });
    }
    expect((await theJob(young.id)).status).toBe("REJECTED");
    expect((await theJob(open.id)).status).toBe("COMPLETED");
    const [last] = await Event.query().orderBy("id", "desc").limit(1);
    expect(last).toMatchObject({ event_type: "AdminAction", details: { action: "archive", count: 2, days: 45 } }); // prettier-ignore
    expect((await archiveJobs(SYSTEM)).jobs).toEqual([]);
    expect((await Event.query().orderBy("id", "desc").first())!.id).toBe(last!.id);
  });

  test("one that somebody holds, or whose files are gone, stops no other and is named", async () => {
    const [held, lost, fine] = [await aged("REJECTED", 60), await aged("REJECTED", 60), await aged("REJECTED", 60)]; // prettier-ignore
    await takeLock(BACK, held.id, { staff_name: STAFF });
    const away = path.join(lab.storage, folderOf("REJECTED", lost.stem));
    renameSync(away, `${away}-away`);
    const { jobs, left } = await archiveJobs(SYSTEM);
    expect(Object.fromEntries(jobs.map(({ id, outcome }) => [id, outcome]))).toEqual({
      [held.id]: "refused",
      [lost.id]: "refused",
      [fine.id]: "done",
    });
    expect(left).toBe(2);
    expect(jobs.find(({ id }) => id === held.id)!.sentence).toContain(`${STAFF} (Back computer)`);
    renameSync(`${away}-away`, away);
    await lab.owner("UPDATE jobs SET locked_until = now() - interval '1 s' WHERE id = $1", [held.id]);
    expect((await archiveJobs(SYSTEM)).left).toBe(0);
  });

  test("by two at once, each job once", async () => {
    const jobs = await Promise.all([1, 2, 3].map(() => aged("REJECTED", 60)));
    const runs = await Promise.all([archiveJobs(SYSTEM), archiveJobs(SYSTEM)]);
    const done = runs.flatMap((one) => one.jobs.filter(({ outcome }) => outcome === "done"));
    expect(done.map(({ id }) => id).sort()).toEqual(jobs.map(({ id }) => id).sort());
  });
});

describe("pruning", () => {
  test("removes the person and the files, and keeps what was printed and paid", async () => {
    const content = newCube();
    const job = await drive(await submitCube({ student_name: "Grace Hopper", content }), "PAIDPICKEDUP");
    await take("notes", job.id, { notes: "Grace asked twice." });
    await sweepOutbox(HANDLERS, async () => []);
    expect(existsSync(pictureFile(job.file_hash, 640)) || (await findPart(job.file_hash))).toBeTruthy();
    await age(job, 46);
    await archiveJobs(SYSTEM);
    const stale = path.join(lab.storage, folderOf("COMPLETED", job.stem));
    mkdirSync(stale);
    writeFileSync(path.join(stale, "late.gcode"), "saved late");
    await age(job, 364);
    expect((await pruneJobs(SYSTEM)).jobs).toEqual([]);
    await age(job, 365);
    const before = await theJob(job.id);
    await db()("outbox").where({ job_id: job.id, kind: "mail" }).update({ last_error: `550 no ${job.student_email}` }); // prettier-ignore
    const { jobs } = await pruneJobs({ name: STAFF, workstation_id: "front" }, { reason: "End of term" });
    expect(jobs).toMatchObject([{ id: job.id, outcome: "done" }]);

    const now = await theJob(job.id);
    expect(now).toMatchObject({
      status: "ARCHIVED",
      student_name: "Removed",
      class_number: "Removed",
      stem: `Removed_${job.short_id}`,
      cost_cents: before.cost_cents,
      weight_g: before.weight_g,
      printer_name: before.printer_name,
      discipline: before.discipline,
    });
    expect(Object.keys(storageListing()).filter((folder) => folder.includes(String(job.short_id)))).toEqual([]); // prettier-ignore
    const payments = await db()("payments").where({ job_id: job.id });
    expect(payments).toMatchObject([{ picked_up_by: "Removed", price_cents: expect.any(Number), txn_no: expect.any(String) }]); // prettier-ignore
    // Nothing that the lab can look up names her any more: tables one by one, the log apart (see the decision record).
    for (const table of [
      "jobs",
      "job_files",
      "job_notes",
      "confirm_tokens",
      "outbox",
      "payments",
      "audit_findings",
      "form_keys",
    ])
      // prettier-ignore
      expect(JSON.stringify(await db()(table)), table).not.toMatch(/grace|hopper/i);
    expect(JSON.stringify(await db()(`outbox`))).not.toContain(job.student_email);
    expect(await findPart(job.file_hash)).toBeUndefined();
    for (const width of [160, 320, 640]) expect(existsSync(pictureFile(job.file_hash, width))).toBe(false);
    const events = await eventsOf(job.id);
    expect(events.at(-1)).toMatchObject({
      event_type: "JobDeleted",
      triggered_by: STAFF,
      details: { short_id: job.short_id, from: "ARCHIVED", pruned: true, reason: "End of term" },
    });
    expect(JSON.stringify(events)).not.toContain(job.student_email);
    expect((await verifyChain()).gap).toBeNull();
    expect((await pruneJobs(SYSTEM)).jobs).toEqual([]);

    // Storage and database agree about it, and its page opens.
    expect(await lookAtJob(now, await JobFile.query().where("job_id", job.id))).toEqual([]);
    expect(await jobSheet(job.id)).toMatchObject({ files: [], steps: [], pruned_at: expect.any(String) });
  });

  test("a content that another job has keeps its picture and its measures", async () => {
    const content = newCube();
    const [old, other] = [await aged("ARCHIVED", 400, { content }), await submitCube({ content })];
    await pruneJobs(SYSTEM);
    expect((await theJob(old.id)).pruned_at).not.toBeNull();
    expect(await findPart(other.file_hash)).toBeDefined();
  });

  test("a pruned job can be changed by nobody, and no letter leaves for it", async () => {
    const job = await aged("ARCHIVED", 400);
    await pruneJobs(SYSTEM);
    const held = await lockFor(FRONT, job.id);
    for (const verb of ["change-status", "notes"] as const) {
      const guard = { ...held, form_key: randomUUID() };
      expect((await refusal(VERBS[verb](FRONT, await theJob(job.id), guard))).details.reason).toBe("pruned");
    }
    await lab.owner("UPDATE outbox SET state = 'due', next_at = now() WHERE job_id = $1 AND kind = 'mail'", [job.id]); // prettier-ignore
    await sweepOutbox(HANDLERS, async () => []);
    expect((await outboxOf(job.id)).map(({ state }) => state)).not.toContain("done");
  });

  test("the database takes no half of it", async () => {
    const job = await aged("ARCHIVED", 1);
    await expect(db()("jobs").where({ id: job.id }).update({ pruned_at: new Date() })).rejects.toThrow(/jobs_pruned_is_nobody/); // prettier-ignore
    const paid = await drive(await submitCube(), "PAIDPICKEDUP");
    const forget = db()("payments").where({ job_id: paid.id }).update({ picked_up_by: "Removed" });
    await expect(forget).rejects.toThrow(/only be voided/);
  });

  test("with the storage away nothing is pruned", async () => {
    const job = await aged("ARCHIVED", 400);
    renameSync(path.join(lab.storage, "Archived"), path.join(lab.storage, "Away"));
    const { jobs } = await pruneJobs(SYSTEM);
    renameSync(path.join(lab.storage, "Away"), path.join(lab.storage, "Archived"));
    expect(jobs).toMatchObject([{ id: job.id, outcome: "refused", sentence: expect.stringContaining("storage") }]); // prettier-ignore
    expect((await theJob(job.id)).pruned_at).toBeNull();
    expect(filesOf(job)).toContain("metadata.json");
    expect((await pruneJobs(SYSTEM)).left).toBe(0);
  });

  const points = Object.values(CRASH_POINTS.pruning).flat();
  test("killed anywhere, a job has its person and its files, or neither; the next run goes on", async () => {
    const victims = new Victims(lab);
    for (const point of points) {
      const jobs = [await aged("ARCHIVED", 400), await aged("ARCHIVED", 399)];
      await victims.dieAt(point, ({ ask }) => ask("prune", 365));
      await sweepTwice();
      for (const before of jobs) {
        const job = await theJob(before.id);
        if (job.pruned_at) expect(filesOf(before), point).toBeUndefined();
        else {
          expect(job.student_name).toBe("Ada Lovelace");
          expect(filesOf(job), point).toEqual(expect.arrayContaining(["metadata.json", job.display_name]));
          expect(filesOf(job), point).not.toContain(".undecided");
        }
      }
      await pruneJobs(SYSTEM);
      for (const { id } of jobs) expect((await theJob(id)).pruned_at, point).not.toBeNull();
      const names = readdirSync(path.join(lab.storage, "Archived"));
      expect(await lookAtEntries("ARCHIVED", names), point).toEqual([]);
    }
    expect((await verifyChain()).gap).toBeNull();
  });
});

describe("a run that staff start", () => {
  test("is theirs, with a reason, and its result can be read again", async () => {
    const job = await aged("REJECTED", 60);
    const form_key = randomUUID();
    await run("archive", { form_key });
    expect(await retentionReport(form_key)).toMatchObject({
      kind: "archive",
      staff_name: STAFF,
      reason: "End of term",
      state: "finished",
      left: 0,
      jobs: [{ id: job.id, short_id: job.short_id, outcome: "done" }],
    });
    expect((await eventsOf(job.id)).at(-1)).toMatchObject({ triggered_by: STAFF, workstation_id: "front", details: { reason: "End of term" } }); // prettier-ignore
    // The same form again starts nothing more.
    const later = await aged("REJECTED", 60);
    await run("archive", { form_key });
    expect((await theJob(later.id)).status).toBe("REJECTED");
    expect((await refusal(retentionReport(randomUUID()))).code).toBe("not_found");
  });

  test("does what was on the page, not what became due since", async () => {
    const job = await aged("REJECTED", 50);
    await run("archive", { seen_at: new Date(Date.now() - 30 * 86_400_000).toISOString() });
    expect((await theJob(job.id)).status).toBe("REJECTED");
    // Nor what will be due one day.
    const young = await aged("REJECTED", 10);
    await run("archive", { seen_at: new Date(Date.now() + 400 * 86_400_000).toISOString() });
    expect((await theJob(young.id)).status).toBe("REJECTED");
    expect((await theJob(job.id)).status).toBe("ARCHIVED");
  });

  test("pruning wants to be confirmed, and both want a name from the list", async () => {
    const job = await aged("ARCHIVED", 400);
    expect((await refusal(run("prune", { confirmed: undefined }))).details.fields).toHaveProperty(
      "confirmed",
    );
    expect((await refusal(run("prune", { staff_name: "Nobody" }))).details.fields).toHaveProperty("staff_name"); // prettier-ignore
    expect((await theJob(job.id)).pruned_at).toBeNull();
    await run("prune");
    expect((await theJob(job.id)).pruned_at).not.toBeNull();
  });
});
