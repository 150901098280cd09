/** The audit against real folders: what it finds, what it must never report, and what each repair does and refuses. */
import { randomUUID } from "node:crypto";
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { acceptChangedFile } from "@server/audit/accept-file.server";
import { AuditFinding } from "@server/audit/audit.server";
import { deleteOrphanedFile } from "@server/audit/delete-orphaned-file.server";
import { deleteStaleFile } from "@server/audit/delete-stale-file.server";
import { repairAll, repairFinding } from "@server/audit/repair-findings.server";
import { repairLocation } from "@server/audit/repair-location.server";
import { repairMetadata } from "@server/audit/repair-metadata.server";
import { auditPage, auditReport, auditStatus, type AuditReport } from "@server/audit/report.server";
import { restoreJob } from "@server/audit/restore-job.server";
import { startAudit } from "@server/audit/start-audit.server";
import { inTransaction } from "@server/db.server";
import { Refusal } from "@server/errors";
import { Event } from "@server/events/event.server";
import { verifyChain } from "@server/events/verify.server";
import { nextNames } from "@server/files/inspect.server";
import { METADATA_FILE } from "@server/files/metadata";
import { folderOf } from "@server/files/store.server";
import { holdFiles } from "@server/jobs/guard.server";
import { Job, JobFile, metadataOf } from "@server/jobs/job.server";
import { STATUSES, type Status } from "@server/jobs/states";
import { sweepStorage } from "@server/jobs/sweep.server";
import { OutboxRow } from "@server/outbox/outbox.server";
import { workRow } from "@server/outbox/work.server";
import { HANDLERS } from "@workers/queues";
import { passTime } from "../support/clock";
import { freshLab, type Lab, startInstance } from "../support/database";
import {
  drive,
  eventsOf,
  everythingAbout,
  FRONT,
  lockFor,
  metadataBeside,
  sha256,
  STAFF,
  storageListing,
  submitCube,
  take,
  theJob,
  VERBS,
} from "../support/desk";

let lab: Lab;
beforeAll(async () => {
  lab = await freshLab();
  await lab.set({ submissions_per_hour_per_student: 1000, submissions_per_hour_per_address: 1000 });
});
beforeEach(async () => {
  lab.configure();
  for (const folder of Object.keys(storageListing()))
    rmSync(path.join(lab.storage, folder), { recursive: true, force: true });
  await lab.owner("DELETE FROM jobs WHERE id NOT IN (SELECT job_id FROM payments)");
  await lab.owner("ALTER TABLE payments DISABLE TRIGGER payments_keep");
  await lab.owner("DELETE FROM payments");
  await lab.owner("ALTER TABLE payments ENABLE TRIGGER payments_keep");
  await lab.owner("DELETE FROM jobs");
  await lab.owner("DELETE FROM outbox");
  await lab.owner("DELETE FROM audits");
});
afterEach(async () => {
  expect((await verifyChain()).gap).toBeNull();
});

const by = { staff_name: STAFF, reason: "tidying up" };
const at = (relative: string) => path.join(lab.storage, relative);
const home = (job: Job) => folderOf(job.status, job.stem);
const write = (relative: string, content = "precious") => {
  mkdirSync(path.dirname(at(relative)), { recursive: true });
  writeFileSync(at(relative), content);
};
const refusal = (work: Promise<unknown>) =>
  work.then(
    (value) => expect.fail(`It should have been refused: ${JSON.stringify(value)}`),
    (error: unknown) => {
      expect(error).toBeInstanceOf(Refusal);
      return error as Refusal;
    },
  );

/** Works the audit's outbox row until it is over. */
async function workOff(): Promise<void> {
  for (;;) {
    const row = await OutboxRow.query().findOne({ kind: "audit" }).whereIn("state", ["due", "running"]);
    if (!row) return;
    await workRow(row.id, HANDLERS);
  }
}
/** A whole audit. */
async function audit(): Promise<AuditReport> {
  const { task_id } = await startAudit(FRONT, by);
  await workOff();
  return auditReport(task_id);
}
const NOTHING = {
  orphaned_files: [],
  broken_links: [],
  stale_files: [],
  hash_mismatches: [],
  metadata_drift: [],
};

describe("an audit", () => {
  test("is told of before the first, runs in the background, and is reported", async () => {
    expect(await auditStatus()).toEqual({ running: null, last: null });
    expect((await refusal(auditReport())).message).toBe("No audit has been run yet.");
    await submitCube();
    const { task_id } = await startAudit(FRONT, by);
    expect(await auditStatus()).toMatchObject({ running: { id: task_id, state: "queued", started_by: STAFF } });
    await workOff();
    expect(await auditStatus()).toMatchObject({
      running: null,
      last: { id: task_id, state: "done", done: 2, total: 2 },
    });
    expect(await auditReport()).toMatchObject({ audit_id: task_id, ...NOTHING, resolved: 0, truncated: false });
    const events = await Event.query().whereRaw("details->>'audit_id' = ?", [task_id]);
    expect(events).toMatchObject([
      { event_type: "AdminAction", triggered_by: STAFF, workstation_id: "front", details: { action: "audit-start" } },
    ]);
  });

  test("runs once at a time: of many starts one wins, the others are told; a second one may follow", async () => {
    const started = await Promise.allSettled(Array.from({ length: 8 }, () => startAudit(FRONT, by)));
    expect(started.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const result of started)
      if (result.status === "rejected")
        expect(result.reason).toMatchObject({ code: "conflict", details: { reason: "audit_running" } });
    expect(await OutboxRow.query().where({ kind: "audit" }).resultSize()).toBe(1);
    await workOff();
    await expect(startAudit(FRONT, by)).resolves.toMatchObject({ task_id: expect.any(String) });
  });

  test("needs an active name", async () => {
    expect(await refusal(startAudit(FRONT, { staff_name: "Nobody" }))).toMatchObject({ code: "invalid" });
    expect(await auditStatus()).toEqual({ running: null, last: null });
  });

  test("of which nothing is left to do does not keep the next one out", async () => {
    await startAudit(FRONT, by);
    await lab.owner("UPDATE outbox SET state = 'failed' WHERE kind = 'audit'");
    await expect(startAudit(FRONT, by)).resolves.toBeDefined();
    expect((await auditStatus()).last).toMatchObject({ state: "failed" });
  });

  test("R5: fails, and reports no loss, when the storage is away", async () => {
    await submitCube();
    await startAudit(FRONT, by);
    renameSync(lab.storage, `${lab.storage}-away`);
    mkdirSync(lab.storage);
    try {
      await workOff();
      expect((await auditStatus()).last).toMatchObject({ state: "failed", error: expect.stringMatching(/mounted/) });
      expect(await AuditFinding.query().resultSize()).toBe(0);
    } finally {
      rmSync(lab.storage, { recursive: true });
      renameSync(`${lab.storage}-away`, lab.storage);
    }
    expect(await audit()).toMatchObject(NOTHING);
  });

  test("R3: killed with -9 in the middle is finished by the next worker, once", async () => {
    // More jobs than one save holds.
    const jobs = await Promise.all(Array.from({ length: 60 }, () => submitCube()));
    for (const job of jobs.slice(0, 5)) rmSync(at(job.file_path));
    write("Printing/stray.stl");
    await lab.owner("DELETE FROM outbox");
    const instance = await startInstance(lab, { CRASH_AT: "audit:some-jobs" });
    const { task_id } = await startAudit(FRONT, by);
    await instance.ask("sweepOutbox").catch(() => undefined);
    expect(await instance.ended).toBe("SIGKILL");
    const between = (await auditStatus()).running!;
    expect(between).toMatchObject({ id: task_id, state: "running" });
    expect(between.done).toBeGreaterThan(60);
    expect(between.done).toBeLessThan(between.total);
    // Its lease ends, and somebody else goes on where it stopped.
    await passTime(lab, { minutes: 3 });
    await workOff();
    const report = await auditReport(task_id);
    expect(report.orphaned_files).toEqual(["Printing/stray.stl"]);
    expect(report.broken_links.map(({ missing_path }) => missing_path).sort()).toEqual(
      jobs
        .slice(0, 5)
        .map((job) => job.file_path)
        .sort(),
    );
    expect((await auditStatus()).last).toMatchObject({ done: between.total, total: between.total });
  });

  test("by two workers at once reports each thing once", async () => {
    const job = await submitCube();
    rmSync(at(job.file_path));
    write("Printing/stray.stl");
    const { task_id } = await startAudit(FRONT, by);
    const row = await OutboxRow.query().findOne({ kind: "audit" });
    await Promise.all([HANDLERS.audit!(row!), HANDLERS.audit!(row!)]);
    expect(await auditReport(task_id)).toMatchObject({
      orphaned_files: ["Printing/stray.stl"],
      broken_links: [{ job_id: job.id, missing_path: job.file_path }],
      counts: { orphaned_file: 1, broken_link: 1, stale_file: 0 },
    });
  });

  test("reads a folder in pieces, each name once and in order", async () => {
    const names = Array.from({ length: 137 }, () => randomUUID());
    for (const name of names) write(`Archived/${name}`);
    const read: string[] = [];
    for (let after = ""; ; after = read.at(-1)!) {
      const next = await nextNames("Archived", after, 10);
      expect(next.length).toBeLessThanOrEqual(10);
      if (!next.length) break;
      read.push(...next);
    }
    expect(read).toEqual(names.sort());
  });

  test("R2: reports nothing while jobs are handed in, moved and deleted all the time", async () => {
    const other = await startInstance(lab);
    const jobs = await Promise.all(Array.from({ length: 12 }, () => submitCube()));
    let over = false;
    const busy = jobs.map(async (job) => {
      while (!over) {
        const to: Status = (await theJob(job.id)).status === "PENDING" ? "UPLOADED" : "PENDING";
        const guard = await lockFor(FRONT, job.id);
        await other.ask("step", "change-status", FRONT, job.id, guard, { new_status: to });
      }
    });
    const comingAndGoing = (async () => {
      while (!over) {
        const { id } = await submitCube();
        await other.ask("step", "delete", FRONT, id, await lockFor(FRONT, id));
      }
    })();
    const reports: AuditReport[] = [];
    for (let n = 0; n < 4; n++) reports.push(await audit());
    over = true;
    await Promise.all([...busy, comingAndGoing]);
    await other.stop();
    for (const report of reports) expect(report).toMatchObject(NOTHING);
  });
});

describe("it finds", () => {
  test("each kind of trouble, and nothing else; a second audit after the repairs finds nothing", async () => {
    const sound = await drive(await submitCube(), "PENDING");
    write(`${home(sound)}/saved by a slicer.gcode`);
    mkdirSync(at(`${home(sound)}/a folder of the slicer`));
    const lost = await submitCube();
    rmSync(at(lost.file_path));
    const bare = await submitCube();
    rmSync(at(bare.metadata_path));
    const changed = await submitCube();
    appendFileSync(at(changed.file_path), "damage");
    const drifting = await drive(await submitCube(), "PENDING");
    const metadata = metadataBeside(drifting);
    write(drifting.metadata_path, JSON.stringify({ ...metadata, cost_cents: 1, student_name: "Eve" }));
    const garbled = await submitCube();
    write(garbled.metadata_path, "{ half a fi");
    const twice = await drive(await submitCube(), "READYTOPRINT");
    cpSync(at(home(twice)), at(folderOf("PENDING", twice.stem)), { recursive: true });
    const moved = await submitCube();
    renameSync(at(home(moved)), at(folderOf("PRINTING", moved.stem)));
    write("Completed/loose.stl");
    write("Pending/Somebodys_Folder/thesis.stl");
    write("Pending/Somebodys_Folder/deep/er.stl");
    write("Rejected/.DS_Store");
    symlinkSync("/etc/hostname", at("Archived/link.stl"));

    const report = await audit();
    expect(report).toMatchObject({
      orphaned_files: [
        "Archived/link.stl",
        "Completed/loose.stl",
        "Pending/Somebodys_Folder/deep/er.stl",
        "Pending/Somebodys_Folder/thesis.stl",
        "Rejected/.DS_Store",
      ],
      broken_links: expect.arrayContaining([
        { job_id: lost.id, short_id: lost.short_id, missing_path: lost.file_path },
        { job_id: bare.id, short_id: bare.short_id, missing_path: bare.metadata_path },
        { job_id: moved.id, short_id: moved.short_id, missing_path: moved.file_path },
        { job_id: moved.id, short_id: moved.short_id, missing_path: moved.metadata_path },
      ]),
      hash_mismatches: [
        { job_id: changed.id, file_path: changed.file_path, expected_sha256: [changed.file_hash] },
      ],
      metadata_drift: expect.arrayContaining([
        {
          job_id: drifting.id,
          short_id: drifting.short_id,
          metadata_path: drifting.metadata_path,
          fields: ["student_name", "cost_cents"],
        },
        { job_id: garbled.id, short_id: garbled.short_id, metadata_path: garbled.metadata_path, fields: [] },
      ]),
      counts: { orphaned_file: 4, broken_link: 4, stale_file: 2, hash_mismatch: 1, metadata_drift: 2 },
    });
    const stale = [folderOf("PENDING", twice.stem), folderOf("PRINTING", moved.stem)];
    expect(new Set(report.stale_files.map((file) => path.dirname(file)))).toEqual(new Set(stale));

    const before = await everythingAbout(sound);
    for (const how of ["repair-location", "delete-stale", "repair-metadata", "delete-orphaned"] as const) {
      const { results, left } = await repairAll(FRONT, { ...by, how });
      expect(left).toBe(0);
      expect(results.filter(({ outcome }) => outcome === "refused")).toEqual([]);
    }
    // What no program can mend: bytes that are gone, bytes that changed, a link that somebody laid.
    expect(await auditReport()).toMatchObject({
      ...NOTHING,
      orphaned_files: ["Archived/link.stl"],
      broken_links: [{ job_id: lost.id }],
      hash_mismatches: [{ job_id: changed.id }],
    });
    submitAgain(lost, changed);
    rmSync(at("Archived/link.stl"));
    expect(await audit()).toMatchObject({ ...NOTHING, counts: { orphaned_file: 0, broken_link: 0 } });
    expect(await everythingAbout(sound)).toEqual(before);
    expect(existsSync(at(moved.file_path))).toBe(true);
    expect(metadataBeside(moved)).toMatchObject({ status: "UPLOADED", job_id: moved.id });

    /** As a backup would bring it back. */
    function submitAgain(gone: Job, damaged: Job) {
      const bytes = readFileSync(at(damaged.file_path));
      writeFileSync(at(damaged.file_path), bytes.subarray(0, bytes.length - "damage".length));
      // The lost cube differs from the other only in the number in its header, which is in no other place.
      rmSync(at(home(gone)), { recursive: true });
      void gone;
    }
  });
});
