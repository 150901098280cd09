/** The audit against real folders: what it finds, what it must never report, and what each repair does and refuses. */
import { randomUUID } from "node:crypto";
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
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
import { comparable, type Metadata, METADATA_FILE } from "@server/files/metadata";
import { folderOf } from "@server/files/store.server";
import { holdFiles } from "@server/jobs/guard.server";
import { Job, JobFile, metadataOf } from "@server/jobs/job.server";
import { STATUS, type Status } from "@server/jobs/states";
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
  await lab.set({
    submissions_per_hour_per_student: 1000,
    submissions_per_hour_per_address: 1000,
    staff_resend_cooldown_minutes: 0,
  });
});
beforeEach(async () => {
  // Nobody moves anything behind these audits' backs, so they need not wait long to be sure.
  lab.configure({ AUDIT_SETTLE_SECONDS: "0.1" });
  for (const { folder } of Object.values(STATUS))
    for (const name of readdirSync(at(folder))) rmSync(at(`${folder}/${name}`), { recursive: true });
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

/** Many jobs, a few at a time. */
async function many(count: number): Promise<Job[]> {
  const jobs: Job[] = [];
  while (jobs.length < count)
    jobs.push(...(await Promise.all(Array.from({ length: 20 }, () => submitCube()))));
  return jobs;
}

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
    expect(await auditStatus()).toMatchObject({
      running: { id: task_id, state: "queued", started_by: STAFF },
    });
    await workOff();
    expect(await auditStatus()).toMatchObject({
      running: null,
      last: { id: task_id, state: "done", done: 2, total: 2 },
    });
    expect(await auditReport()).toMatchObject({
      audit_id: task_id,
      ...NOTHING,
      resolved: 0,
      truncated: false,
    });
    const events = await Event.query().whereRaw("details->>'audit_id' = ?", [task_id]);
    expect(events).toMatchObject([
      {
        event_type: "AdminAction",
        triggered_by: STAFF,
        workstation_id: "front",
        details: { action: "audit-start" },
      },
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
      expect((await auditStatus()).last).toMatchObject({
        state: "failed",
        error: expect.stringMatching(/mounted/),
      });
      expect(await AuditFinding.query().resultSize()).toBe(0);
    } finally {
      rmSync(lab.storage, { recursive: true });
      renameSync(`${lab.storage}-away`, lab.storage);
    }
    expect(await audit()).toMatchObject(NOTHING);
  });

  test("R3: killed with -9 in the middle is finished by the next worker, once", async () => {
    // More jobs than one save holds.
    const jobs = await many(60);
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
    lab.configure();
    const other = await startInstance(lab);
    const jobs = await Promise.all(Array.from({ length: 12 }, () => submitCube()));
    let over = false;
    let moves = 0;
    const moving = jobs.map(async (job) => {
      while (!over) {
        const to: Status = (await theJob(job.id)).status === "PENDING" ? "UPLOADED" : "PENDING";
        const guard = await lockFor(FRONT, job.id);
        const answer = await other.ask("step", "change-status", FRONT, job.id, guard, { new_status: to });
        expect(answer.ok).toBe(true);
        moves++;
      }
    });
    const comingAndGoing = (async () => {
      while (!over) {
        const { id } = await submitCube();
        await other.ask("step", "delete", FRONT, id, await lockFor(FRONT, id));
      }
    })();
    const reports: AuditReport[] = [];
    try {
      for (let n = 0; n < 4; n++) reports.push(await audit());
    } finally {
      over = true;
      await Promise.all([...moving, comingAndGoing]);
      await other.stop();
    }
    expect(moves).toBeGreaterThan(50);
    for (const report of reports) expect(report).toMatchObject(NOTHING);
  }, 120_000);
});

describe("it finds", () => {
  test("each kind of trouble, and nothing else; a second audit after the repairs finds nothing", async () => {
    const sound = await drive(await submitCube(), "PENDING");
    write(`${home(sound)}/saved by a slicer.gcode`);
    mkdirSync(at(`${home(sound)}/a folder of the slicer`));
    const lost = await submitCube();
    const changed = await submitCube();
    const backup = [lost, changed].map(
      ({ file_path }) => [at(file_path), readFileSync(at(file_path))] as const,
    );
    rmSync(at(lost.file_path));
    appendFileSync(at(changed.file_path), "damage");
    const bare = await submitCube();
    rmSync(at(bare.metadata_path));
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
    // A backup can.
    for (const [file, bytes] of backup) writeFileSync(file, bytes);
    rmSync(at("Archived/link.stl"));
    expect(await audit()).toMatchObject({ ...NOTHING, counts: { orphaned_file: 0, broken_link: 0 } });
    expect(await everythingAbout(sound)).toEqual(before);
    expect(existsSync(at(moved.file_path))).toBe(true);
    expect(metadataBeside(moved)).toMatchObject({ status: "UPLOADED", job_id: moved.id });
  });
});

/** The one finding of the last audit about a path. */
const findingAt = (relative: string) =>
  AuditFinding.query().findOne({ path: relative }).orderBy("found_at", "desc").throwIfNotFound();

describe("R17: a deletion", () => {
  test("takes the file or the folder, leaves the rest, and is told in the log", async () => {
    write("Completed/loose.stl");
    write("Pending/Stray/a.stl");
    write("Pending/Stray/deep/b.stl");
    await audit();
    await deleteOrphanedFile(FRONT, { ...by, file_path: "Completed/loose.stl" });
    expect(existsSync(at("Completed/loose.stl"))).toBe(false);
    // One file of a folder, then the last one: the folder goes with it.
    await deleteOrphanedFile(FRONT, { ...by, file_path: "Pending/Stray/deep/b.stl" });
    expect(storageListing()).toMatchObject({ "Pending/Stray": ["a.stl"] });
    expect(await findingAt("Pending/Stray")).toMatchObject({ resolved_at: null });
    await deleteOrphanedFile(FRONT, { ...by, file_path: "Pending/Stray/a.stl" });
    expect(await findingAt("Pending/Stray")).toMatchObject({ resolved_by: STAFF, resolved_how: "deleted" });
    expect(storageListing()).not.toHaveProperty("Pending/Stray");
    const events = await Event.query().where("event_type", "FileDeleted").orderBy("id", "desc").limit(3);
    expect(events.map((e) => e.details.file_path)).toEqual([
      "Pending/Stray/a.stl",
      "Pending/Stray/deep/b.stl",
      "Completed/loose.stl",
    ]);
    for (const event of events)
      expect(event).toMatchObject({
        triggered_by: STAFF,
        workstation_id: "front",
        details: { reason: by.reason },
      });
    // Nothing half done stays behind.
    expect(await sweepStorage()).toMatchObject({ half_built: 0, unexplained: [] });
  });

  test("never leaves the storage: corpus P", async () => {
    const job = await submitCube();
    write("Pending/Stray/a.stl");
    const outside = `${lab.storage}-outside`;
    mkdirSync(outside, { recursive: true });
    writeFileSync(path.join(outside, "a.stl"), "not ours");
    await audit();
    const odd = (middle: string) => [
      `Pending/${middle}`,
      `Pending/Stray/${middle}`,
      `${middle}/a.stl`,
      middle,
    ];
    const corpus = [
      ...["..", ".", "", "../..", "..\\..", "%2e%2e", "%252e%252e", "..%c0%af..", "....//", "\0", "a\0b"],
      ...["/etc/passwd", "C:\\Windows", "C:", "C:rel", "\\\\server\\share", "\\\\?\\C:\\x", "//server/share"],
      ...[
        "a.stl::$DATA",
        "CON",
        "NUL.stl",
        "COM1",
        "LPT1.txt",
        "trailing.",
        "trailing ",
        "LONGNA~1",
        "~",
        "~root",
      ],
      ...[
        "x".repeat(255),
        "x".repeat(256),
        "x".repeat(4096),
        "a\u202estl.exe",
        "cafe\u0301",
        "café",
        "stray",
      ],
      ...[
        "../../-outside/a.stl",
        `../../${path.basename(outside)}/a.stl`,
        path.join(outside, "a.stl"),
        ".incoming",
      ],
      ...[
        ".derived",
        "Uploaded",
        "Pending",
        "PENDING/Stray",
        "pending/stray/a.stl",
        METADATA_FILE,
        "Stray/../../x",
      ],
      ...[
        "Stray/../Stray/a.stl",
        "Stray//a.stl",
        "./Stray",
        "Stray/.",
        "Stray/..",
        "Stray/a.stl/..",
        "\r\nx",
        "\ud800",
      ],
    ].flatMap(odd);
    expect(corpus.length).toBeGreaterThan(200);
    const kept = storageListing();
    // These two are the orphan itself, spelt as the audit spells it.
    const itself = ["Pending/Stray", "Pending/Stray/a.stl"];
    for (const file_path of corpus.filter((p) => !itself.includes(p))) {
      for (const verb of [deleteOrphanedFile, deleteStaleFile, restoreJob, acceptChangedFile]) {
        const no = await refusal(verb(FRONT, { ...by, file_path }));
        expect([file_path, no.code]).toEqual([
          file_path,
          expect.stringMatching(/^(invalid|not_found|forbidden)$/),
        ]);
      }
    }
    expect(storageListing()).toEqual(kept);
    expect(readFileSync(path.join(outside, "a.stl"), "utf8")).toBe("not ours");
    expect(existsSync(at(job.file_path))).toBe(true);
    rmSync(outside, { recursive: true });
  });

  test("follows no link, also when a folder becomes one after the audit", async () => {
    const outside = `${lab.storage}-outside`;
    mkdirSync(path.join(outside, "deep"), { recursive: true });
    writeFileSync(path.join(outside, "a.stl"), "not ours");
    writeFileSync(path.join(outside, "deep/a.stl"), "not ours");
    write("Pending/Stray/a.stl");
    write("Pending/Other/deep/a.stl");
    symlinkSync(outside, at("Pending/Link"));
    symlinkSync(path.join(outside, "deep"), at("Pending/Other/inner"));
    await audit();
    for (const file_path of [
      "Pending/Link",
      "Pending/Link/a.stl",
      "Pending/Other/inner",
      "Pending/Other/inner/a.stl",
    ])
      expect([file_path, await refusal(deleteOrphanedFile(FRONT, { ...by, file_path }))]).toMatchObject([
        file_path,
        { code: "invalid", details: { reason: "link" } },
      ]);
    // Somebody swaps the folder.
    rmSync(at("Pending/Stray"), { recursive: true });
    symlinkSync(outside, at("Pending/Stray"));
    expect(await refusal(deleteOrphanedFile(FRONT, { ...by, file_path: "Pending/Stray" }))).toMatchObject({ details: { reason: "link" } }); // prettier-ignore
    expect(await refusal(deleteOrphanedFile(FRONT, { ...by, file_path: "Pending/Stray/a.stl" }))).toMatchObject({ details: { reason: "link" } }); // prettier-ignore
    // A folder with a link in it goes; what the link points to stays.
    await deleteOrphanedFile(FRONT, { ...by, file_path: "Pending/Other" });
    expect(existsSync(at("Pending/Other"))).toBe(false);
    expect(readFileSync(path.join(outside, "a.stl"), "utf8")).toBe("not ours");
    expect(readFileSync(path.join(outside, "deep/a.stl"), "utf8")).toBe("not ours");
    rmSync(outside, { recursive: true });
  });

  test("a sweep does not follow a link that stands where a job's folder could", async () => {
    const job = await submitCube();
    const outside = `${lab.storage}-outside`;
    mkdirSync(outside, { recursive: true });
    writeFileSync(path.join(outside, "thesis.stl"), "not ours");
    symlinkSync(outside, at(folderOf("PENDING", job.stem)));
    await sweepStorage();
    expect(readFileSync(path.join(outside, "thesis.stl"), "utf8")).toBe("not ours");
    expect(storageListing()[home(job)]).toEqual([job.display_name, METADATA_FILE].sort());
    rmSync(outside, { recursive: true });
  });

  test("of a path that any job references is refused, also when the finding is old", async () => {
    const job = await submitCube();
    const lost = await drive(await submitCube(), "PENDING");
    const row = { ...lost };
    const files = await lab.owner("SELECT * FROM job_files WHERE job_id = $1", [lost.id]);
    await lab.owner("DELETE FROM jobs WHERE id = $1", [lost.id]);
    await audit();
    expect(await findingAt(home(lost))).toMatchObject({ kind: "orphaned_file", resolved_at: null });
    // The job comes back by another way, a backup perhaps; the report still says "orphaned".
    await inTransaction(async (trx) => {
      await Job.query(trx).insert({ ...row });
      await JobFile.query(trx).insert(files as unknown as JobFile[]);
    });
    for (const file_path of [home(lost), lost.file_path, lost.metadata_path]) {
      const result = await deleteOrphanedFile(FRONT, { ...by, file_path });
      expect(result.outcome).toBe("gone");
      expect(existsSync(at(file_path))).toBe(true);
    }
    expect(await findingAt(home(lost))).toMatchObject({ resolved_how: "not so any more" });
    // Nor by a finding that was never true, or by none.
    const old = (await auditStatus()).last!;
    for (const path_ of [home(job), job.file_path])
      await lab.owner(
        "INSERT INTO audit_findings (audit_id, kind, path, confirmed_at) VALUES ($1, 'orphaned_file', $2, now())",
        [old.id, path_],
      );
    for (const file_path of [home(job), job.file_path, job.metadata_path])
      expect(await deleteOrphanedFile(FRONT, { ...by, file_path }).catch((e: Refusal) => e.code)).not.toMatchObject({ outcome: "done" }); // prettier-ignore
    expect(await everythingAbout(job)).toMatchObject({ folders: [[home(job), [[job.display_name, job.file_hash], [METADATA_FILE, expect.anything()]]]] }); // prettier-ignore
  });

  test("is refused by the last check too, when a row names a path that looks like nobody's", async () => {
    const job = await submitCube();
    write("Pending/Stray/a.stl");
    await audit();
    await lab.owner("UPDATE jobs SET file_path = 'Pending/Stray/a.stl' WHERE id = $1", [job.id]);
    for (const file_path of ["Pending/Stray", "Pending/Stray/a.stl"])
      expect(await refusal(deleteOrphanedFile(FRONT, { ...by, file_path }))).toMatchObject({
        code: "forbidden",
        details: { reason: "needed", short_id: job.short_id },
      });
    expect(readFileSync(at("Pending/Stray/a.stl"), "utf8")).toBe("precious");
  });

  test("of what an audit did not report is refused; of what is gone says so", async () => {
    write("Pending/Stray/a.stl");
    await audit();
    write("Pending/New/a.stl");
    expect(await refusal(deleteOrphanedFile(FRONT, { ...by, file_path: "Pending/New" }))).toMatchObject({
      code: "not_found",
      details: { reason: "not_reported" },
    });
    rmSync(at("Pending/Stray"), { recursive: true });
    const events = await Event.query().resultSize();
    expect(await deleteOrphanedFile(FRONT, { ...by, file_path: "Pending/Stray" })).toMatchObject({
      outcome: "gone",
    });
    expect(await deleteOrphanedFile(FRONT, { ...by, file_path: "Pending/Stray" })).toMatchObject({
      outcome: "gone",
      message: expect.stringContaining(STAFF),
    });
    expect(await Event.query().resultSize()).toBe(events);
  });

  test("needs an active name, and waits for nobody for long", async () => {
    write("Pending/Stray/a.stl");
    const lost = await submitCube();
    await lab.owner("DELETE FROM jobs WHERE id = $1", [lost.id]);
    await audit();
    const file_path = "Pending/Stray";
    expect(await refusal(deleteOrphanedFile(FRONT, { staff_name: "Nobody", file_path }))).toMatchObject({ code: "invalid" }); // prettier-ignore
    await inTransaction(async (trx) => {
      await holdFiles(trx, lost.id);
      expect(await refusal(deleteOrphanedFile(FRONT, { ...by, file_path: home(lost) }))).toMatchObject({
        code: "conflict",
        details: { reason: "busy" },
      });
    });
    expect(existsSync(at(home(lost)))).toBe(true);
  });
});

describe("a stale copy", () => {
  test("is deleted without losing what only it holds", async () => {
    const job = await drive(await submitCube(), "PENDING");
    const copy = folderOf("UPLOADED", job.stem);
    cpSync(at(home(job)), at(copy), { recursive: true });
    write(`${copy}/sliced late.gcode`, "only here");
    await audit();
    const result = await deleteStaleFile(FRONT, { ...by, file_path: copy });
    expect(result).toMatchObject({
      outcome: "done",
      message: expect.stringContaining("one file taken over"),
    });
    expect(existsSync(at(copy))).toBe(false);
    expect(readFileSync(at(`${home(job)}/sliced late.gcode`), "utf8")).toBe("only here");
    expect((await eventsOf(job.id)).at(-1)).toMatchObject({
      event_type: "FileDeleted",
      details: { file_path: copy, kind: "stale_file", taken_over: ["sliced late.gcode"] },
    });
    expect(await audit()).toMatchObject(NOTHING);
  });

  test("that is the only one is never deleted; it is moved to its place", async () => {
    const job = await drive(await submitCube(), "PENDING");
    const there = folderOf("COMPLETED", job.stem);
    renameSync(at(home(job)), at(there));
    const report = await audit();
    expect(report.broken_links.map(({ missing_path }) => missing_path).sort()).toEqual([job.file_path, job.metadata_path].sort()); // prettier-ignore
    expect(await refusal(deleteStaleFile(FRONT, { ...by, file_path: there }))).toMatchObject({ details: { reason: "only_copy" } }); // prettier-ignore
    await repairLocation(FRONT, { ...by, job_id: job.id });
    expect(sha256(readFileSync(at(job.file_path)))).toBe(job.file_hash);
    expect(existsSync(at(there))).toBe(false);
    expect(await auditReport()).toMatchObject({ ...NOTHING, resolved: 3 });
    expect((await eventsOf(job.id)).at(-1)).toMatchObject({
      event_type: "AdminAction",
      triggered_by: STAFF,
      details: { action: "repair-location", from: [there], to: home(job) },
    });
    expect(await audit()).toMatchObject(NOTHING);
    // The job goes on as if nothing had been.
    expect((await take("force-confirm", job.id)).status).toBe("READYTOPRINT");
  });
});

describe("metadata.json", () => {
  test.each([
    ["missing", (file: string) => rmSync(file)],
    ["empty", (file: string) => writeFileSync(file, "")],
    ["not JSON", (file: string) => writeFileSync(file, "\u0000\u0001")],
    ["JSON of something else", (file: string) => writeFileSync(file, '{"format": 9}')],
    ["of another job", (file: string) => writeFileSync(file, readFileSync(file, "utf8").replace(/"job_id": "[^"]+"/, `"job_id": "${randomUUID()}"`))], // prettier-ignore
    ["of another price", (file: string) => writeFileSync(file, readFileSync(file, "utf8").replace(/"cost_cents": \d+/, '"cost_cents": 1'))], // prettier-ignore
    ["a link", (file: string) => (copyFileSync(file, `${file}.elsewhere`), rmSync(file), symlinkSync(`${file}.elsewhere`, file))], // prettier-ignore
  ])("%s is found, and written anew from the database", async (_, spoil) => {
    const job = await drive(await submitCube(), "PENDING");
    const whole = metadataBeside(job);
    spoil(at(job.metadata_path));
    await audit();
    const finding = await findingAt(job.metadata_path);
    expect(await repairFinding(FRONT, { ...by, finding_id: finding.id, how: "repair-metadata" })).toMatchObject({ outcome: "done" }); // prettier-ignore
    expect(metadataBeside(job)).toEqual(whole);
    expect((await eventsOf(job.id)).at(-1)).toMatchObject({ details: { action: "repair-metadata" } });
    expect(await repairMetadata(FRONT, { ...by, job_id: job.id })).toMatchObject({ outcome: "gone" });
    expect(await audit()).toMatchObject({ metadata_drift: [], broken_links: [] });
  });

  test("of the first format does not count as drift", async () => {
    const job = await drive(await submitCube(), "PENDING");
    const first = comparable(metadataBeside(job) as Metadata, 1);
    write(job.metadata_path, JSON.stringify(first));
    expect(await audit()).toMatchObject(NOTHING);
    write(job.metadata_path, JSON.stringify({ ...first, printer: "other" }));
    expect((await audit()).metadata_drift).toMatchObject([{ fields: ["printer"] }]);
  });

  test("does not drift by what happens between two moves", async () => {
    const job = await submitCube();
    await take("review", job.id);
    await take("notes", job.id);
    const pending = await drive(job, "PENDING");
    await take("resend-email", pending.id);
    await drive(await submitCube(), "ARCHIVED");
    expect(await audit()).toMatchObject(NOTHING);
  });
});

describe("a lost job", () => {
  /** Loses a job the way a set-back database does: row, files, tokens gone, folder there. */
  async function lose(job: Job) {
    await lab.owner("ALTER TABLE payments DISABLE TRIGGER payments_keep");
    await lab.owner("DELETE FROM payments WHERE job_id = $1", [job.id]);
    await lab.owner("ALTER TABLE payments ENABLE TRIGGER payments_keep");
    await lab.owner("DELETE FROM jobs WHERE id = $1", [job.id]);
  }
  const files = (id: string) => lab.owner("SELECT role, name, size_bytes, sha256, first_seen_at FROM job_files WHERE job_id = $1 ORDER BY role, name", [id]); // prettier-ignore

  test.each([
    "UPLOADED",
    "REJECTED",
    "PENDING",
    "READYTOPRINT",
    "PRINTING",
    "COMPLETED",
    "PAIDPICKEDUP",
    "ARCHIVED",
  ] as const)("that was %s comes back from its metadata.json as it was", async (status) => {
    const fresh = await submitCube();
    write(`${home(fresh)}/plate.gcode`, "; sliced");
    const job = await drive(fresh, status);
    const before = { row: { ...(await theJob(job.id)) }, files: await files(job.id), events: (await eventsOf(job.id)).length }; // prettier-ignore
    await lose(job);
    await audit();
    expect(await findingAt(home(job))).toMatchObject({
      job_id: job.id,
      details: { lost_job: { job_id: job.id, short_id: job.short_id } },
    });
    const letters = await OutboxRow.query().where({ kind: "mail" }).resultSize();
    expect(await restoreJob(FRONT, { ...by, file_path: home(job) })).toMatchObject({ outcome: "done" });
    const after = await theJob(job.id);
    expect({ ...after }).toEqual({ ...before.row, is_confirmation_expired: status === "PENDING" });
    expect(await files(job.id)).toEqual(before.files);
    const events = await eventsOf(job.id);
    expect(events).toHaveLength(before.events + 1);
    expect(events.at(-1)).toMatchObject({
      event_type: "JobRestored",
      triggered_by: STAFF,
      details: { to: status },
    });
    expect(await OutboxRow.query().where({ kind: "mail" }).resultSize()).toBe(letters);
    expect(await audit()).toMatchObject(NOTHING);
    // A student who waits gets a fresh link, and the life goes on.
    if (status === "PENDING") {
      await take("resend-email", job.id);
      expect((await take("confirm", job.id)).status).toBe("READYTOPRINT");
    }
  });

  test("whose number the database would hand out again keeps it", async () => {
    const job = await submitCube();
    await lose(job);
    await lab.owner("SELECT setval('job_short_id', $1, true)", [job.short_id - 5]);
    await audit();
    await restoreJob(FRONT, { ...by, file_path: home(job) });
    expect((await submitCube()).short_id).toBe(job.short_id + 1);
  });

  test("comes back from the first format too, and from a catalog that is gone", async () => {
    const job = await drive(await submitCube(), "READYTOPRINT");
    const first = comparable(metadataBeside(job) as Metadata, 1);
    write(job.metadata_path, JSON.stringify({ ...first, catalog_version: 99 }));
    await lose(job);
    await audit();
    await restoreJob(FRONT, { ...by, file_path: home(job) });
    expect(await theJob(job.id)).toMatchObject({ status: "READYTOPRINT", cost_cents: job.cost_cents, catalog_version: 1 }); // prettier-ignore
    expect((await eventsOf(job.id)).at(-1)!.details).toMatchObject({ lost_catalog_version: 99 });
    expect(metadataBeside(job)).toMatchObject({ format: 2, stem: job.stem });
    expect(await audit()).toMatchObject(NOTHING);
  });

  test("is not restored from damaged files, from another place, twice, or against a deletion on purpose", async () => {
    const [damaged, elsewhere, back, deleted, marked, number] = await many(20);
    for (const job of [damaged!, elsewhere!, marked!]) await lose(job);
    appendFileSync(at(damaged!.file_path), "damage");
    renameSync(at(home(elsewhere!)), at(folderOf("PRINTING", elsewhere!.stem)));
    write(`${home(marked!)}/.undecided`, "");
    cpSync(at(home(deleted!)), at("Archived/kept"), { recursive: true });
    await VERBS.delete(FRONT, deleted!, await lockFor(FRONT, deleted!.id));
    renameSync(at("Archived/kept"), at(home(deleted!)));
    await lose(number!);
    await lose(back!);
    await audit();
    const no = async (file_path: string, reason: string) =>
      expect([reason, (await refusal(restoreJob(FRONT, { ...by, file_path }))).details.reason]).toEqual([reason, reason]); // prettier-ignore
    await no(home(damaged!), "files_differ");
    await no(folderOf("PRINTING", elsewhere!.stem), "elsewhere");
    await no(home(marked!), "undecided");
    await no(home(deleted!), "deleted");
    expect((await findingAt(home(deleted!))).details).toMatchObject({ deleted_on_purpose: true });
    await lab.owner("UPDATE jobs SET short_id = $1 WHERE id = (SELECT id FROM jobs LIMIT 1)", [
      number!.short_id,
    ]);
    await no(home(number!), "taken");
    const twice = await Promise.allSettled(
      [1, 2, 3].map(() => restoreJob(FRONT, { ...by, file_path: home(back!) })),
    );
    expect(twice.filter((r) => r.status === "fulfilled" && r.value.outcome === "done")).toHaveLength(1);
    expect((await eventsOf(back!.id)).filter((e) => e.event_type === "JobRestored")).toHaveLength(1);
  });

  test("is not deleted among others: only by itself", async () => {
    const job = await submitCube();
    await lose(job);
    write("Pending/Stray/a.stl");
    write("Printing/loose.stl");
    await audit();
    const page = await auditPage(null);
    expect(page!.kinds[0]).toMatchObject({ kind: "orphaned_file", open: 3, bulk: ["delete-orphaned"] });
    const { results } = await repairAll(FRONT, { ...by, how: "delete-orphaned" });
    expect(results.map(({ path: p, outcome }) => [p, outcome])).toEqual([
      ["Pending/Stray", "done"],
      ["Printing/loose.stl", "done"],
    ]);
    expect(existsSync(at(job.file_path))).toBe(true);
    await deleteOrphanedFile(FRONT, { ...by, file_path: home(job) });
    expect(existsSync(at(home(job)))).toBe(false);
  });
});

describe("a changed file", () => {
  test("of the student is never accepted; one that a slicer saved again is", async () => {
    const fresh = await submitCube();
    write(`${home(fresh)}/plate.gcode`, "; sliced");
    await take("approve", fresh.id, { authoritative_filename: "plate.gcode" });
    const job = await theJob(fresh.id);
    const original = `${home(job)}/${fresh.display_name}`;
    appendFileSync(at(original), "damage");
    write(job.file_path, "; sliced again");
    await audit();
    expect(await refusal(acceptChangedFile(FRONT, { ...by, file_path: original }))).toMatchObject({ details: { reason: "original" } }); // prettier-ignore
    const finding = await findingAt(original);
    expect(await refusal(repairFinding(FRONT, { ...by, finding_id: finding.id, how: "accept-file" }))).toMatchObject({ details: { reason: "not_offered" } }); // prettier-ignore
    await acceptChangedFile(FRONT, { ...by, file_path: job.file_path });
    const files = await JobFile.query().where({ job_id: job.id });
    expect(files.find((f) => f.role === "authoritative")!.sha256).toBe(sha256(Buffer.from("; sliced again")));
    expect(files.find((f) => f.role === "original")!.sha256).toBe(fresh.file_hash);
    expect(await audit()).toMatchObject({ ...NOTHING, hash_mismatches: [{ file_path: original }] });
    expect(metadataBeside(job)).toEqual(JSON.parse(JSON.stringify(metadataOf(job, files))));
  });
});

test("only a workstation that may administer sees or does any of it", async () => {
  const [admin, health, repairPage, { logInFrom }] = await Promise.all([
    import("~/routes/admin._index"),
    import("~/routes/admin.health"),
    import("~/routes/admin.health_.repair"),
    import("~/http/session.server"),
  ]);
  const cookieOf = async (workstation: string) => {
    const body = new URLSearchParams({ workstation_id: workstation, password: `${workstation}-pass` });
    const request = new Request("https://print.example.edu/login", { method: "POST", body });
    return (await logInFrom(request, "192.0.2.1")).get("Set-Cookie")!.split(";")[0]!;
  };
  const doors = [admin.loader, health.loader, health.action, repairPage.loader, repairPage.action];
  const knock = (door: (typeof doors)[number], cookie: string) =>
    Promise.resolve(
      door({
        request: new Request("https://print.example.edu/admin/health?how=delete-orphaned", {
          method: door === health.action || door === repairPage.action ? "POST" : "GET",
          headers: { Cookie: cookie },
          ...((door === health.action || door === repairPage.action) && {
            body: new URLSearchParams({ ...by }),
          }),
        }),
        params: {},
        context: {} as never,
      }),
    ).catch((answer: unknown) => answer);
  write("Printing/stray.stl");
  await audit();
  const back = await cookieOf("back");
  for (const door of doors) {
    expect(await knock(door, back)).toMatchObject({ status: 403 });
    expect(await knock(door, "")).toMatchObject({ status: 302 });
  }
  expect(existsSync(at("Printing/stray.stl"))).toBe(true);
  expect((await auditStatus()).running).toBeNull();
  await knock(repairPage.action, await cookieOf("front"));
  expect(existsSync(at("Printing/stray.stl"))).toBe(false);
});
