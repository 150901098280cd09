/** The plug is pulled at every named point of a change; the start-up sweep has to find everything again. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { verifyChain } from "@server/events/verify.server";
import { folderOf } from "@server/files/store.server";
import { Job, JobFile } from "@server/jobs/job.server";
import { STATUSES } from "@server/jobs/states";
import { sweepStorage } from "@server/jobs/sweep.server";
import { passTime } from "../support/clock";
import { freshLab, type Instance, type Lab, startInstance } from "../support/database";
import {
  drive,
  eventsOf,
  FRONT,
  lockFor,
  newCube,
  outboxOf,
  sha256,
  storageListing,
  submitCube,
  take,
  theJob,
} from "../support/desk";

let lab: Lab;
beforeAll(async () => {
  lab = await freshLab();
});

const FOLDER_MADE = [
  "move:before-folder",
  "move:folder-made",
  "move:before-fsync",
  "move:before-rename",
  "move:before-folder-fsync",
];
const MOVE = ["move:mid-copy", ...FOLDER_MADE];
const AFTER_COMMIT = ["advance:after-commit", "move:before-source-delete", "move:before-metadata-delete"];
const POINTS = {
  submit: [
    ...FOLDER_MADE,
    "submit:after-rename",
    "submit:before-commit",
    "submit:after-commit",
    "submit:before-wake-up",
  ],
  approve: [...MOVE, "advance:before-commit", ...AFTER_COMMIT],
  "mark-printing": [...MOVE, "advance:before-commit", ...AFTER_COMMIT],
  delete: ["delete:before-commit", "delete:after-commit"],
};

/** Starts an application that dies at a point, and has it do something. It must really die there. */
async function dieAt(point: string, doing: (instance: Instance) => Promise<unknown>): Promise<void> {
  const instance = await startInstance(lab, { CRASH_AT: point });
  const answer = await doing(instance).then(
    (value) => value,
    () => "died",
  );
  expect([point, answer]).toEqual([point, "died"]);
  expect(await instance.ended).toBe("SIGKILL");
  // PostgreSQL notices a moment later that nobody is there, and rolls back.
  const atWork = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND usename = $1 AND state <> 'idle'`;
  while ((await lab.owner(atWork, [lab.appRole])).length) await sleep(10);
}

/** Whatever happened: database and storage agree, every byte is there, nothing else lies about. */
async function expectWhole(): Promise<void> {
  const jobs = await Job.query();
  const listing = storageListing();
  expect(Object.keys(listing).sort()).toEqual(jobs.map((job) => folderOf(job.status, job.stem)).sort());
  for (const job of jobs) {
    const files = await JobFile.query().where("job_id", job.id);
    const names = [...new Set(files.map((file) => file.name))];
    expect(listing[folderOf(job.status, job.stem)]).toEqual([...names, "metadata.json"].sort());
    expect(sha256(readFileSync(path.join(lab.storage, job.file_path)))).toBe(
      files.find((file) => file.role === "authoritative")!.sha256,
    );
    for (const file of files)
      expect(sha256(readFileSync(path.join(lab.storage, folderOf(job.status, job.stem), file.name)))).toBe(
        file.sha256,
      );
    expect(JSON.parse(readFileSync(path.join(lab.storage, job.metadata_path), "utf8"))).toMatchObject({
      job_id: job.id,
      status: job.status,
    });
  }
  expect((await verifyChain()).gap).toBeNull();
}

/** R3: the first sweep repairs, the second finds nothing. */
async function sweepTwice(): Promise<void> {
  await sweepStorage();
  const repaired = storageListing();
  expect(await sweepStorage()).toEqual({
    half_built: 0,
    second_copies: 0,
    put_back: 0,
    undecided: 0,
    unexplained: [],
    left: 0,
  });
  expect(storageListing()).toEqual(repaired);
}

describe("R1: a submission", () => {
  test.each(POINTS.submit)("killed at %s is there whole or not at all", async (point) => {
    const content = newCube();
    const student_email = `${point.replace(/\W/g, "-")}@example.edu`;
    await dieAt(point, ({ ask }) => ask("handIn", { content, student_email }));
    await sweepTwice();
    await expectWhole();
    const jobs = await Job.query().where({ student_email });
    const committed = point === "submit:after-commit" || point === "submit:before-wake-up";
    expect(jobs).toHaveLength(committed ? 1 : 0);
    if (committed) {
      expect(jobs[0]!.file_hash).toBe(sha256(content));
      // The receipt is in the outbox, for whoever sweeps next.
      expect((await outboxOf(jobs[0]!.id)).map((row) => [row.payload.letter, row.state])).toEqual([
        ["receipt", "due"],
      ]);
    } else
      await expect(submitCube({ content, student_email })).resolves.toMatchObject({ status: "UPLOADED" });
  });
});

describe.each(["approve", "mark-printing"] as const)("R2: %s", (verb) => {
  test.each(POINTS[verb])("killed at %s happens whole or not at all", async (point) => {
    const job = await drive(await submitCube(), verb === "approve" ? "UPLOADED" : "READYTOPRINT");
    const extra = Buffer.from("; sliced by hand");
    writeFileSync(path.join(lab.storage, folderOf(job.status, job.stem), "plate.gcode"), extra);
    const events = (await eventsOf(job.id)).length;
    const guard = await lockFor(FRONT, job.id);
    await dieAt(point, ({ ask }) => ask("step", verb, FRONT, job.id, guard));

    const between = await theJob(job.id);
    const committed = AFTER_COMMIT.includes(point);
    expect(between.status === job.status).toBe(!committed);
    // Even before any sweep, what the database names is there.
    expect(existsSync(path.join(lab.storage, between.file_path))).toBe(true);
    await sweepTwice();
    const after = await theJob(job.id);
    expect(STATUSES.filter((s) => existsSync(path.join(lab.storage, folderOf(s, job.stem))))).toEqual([
      after.status,
    ]);
    expect(await eventsOf(job.id)).toHaveLength(events + (committed ? 1 : 0));
    expect(readFileSync(path.join(lab.storage, folderOf(after.status, job.stem), "plate.gcode"))).toEqual(
      extra,
    );
    // When it did not happen it can be done now, once the dead page's lock has run out.
    if (!committed) {
      await passTime(lab, { minutes: 16 });
      expect((await take(verb, job.id)).status).not.toBe(job.status);
    }
  });
});

describe("a deletion", () => {
  test.each(POINTS.delete)("killed at %s happens whole or not at all", async (point) => {
    const job = await submitCube();
    await dieAt(point, async ({ ask }) => ask("step", "delete", FRONT, job.id, await lockFor(FRONT, job.id)));
    await sweepTwice();
    const folders = Object.keys(storageListing()).filter((folder) => folder.endsWith(job.stem));
    const gone = point === "delete:after-commit";
    expect(folders).toHaveLength(gone ? 0 : 1);
    expect(await Job.query().findById(job.id)).toEqual(gone ? undefined : expect.anything());
    expect((await eventsOf(job.id)).map((e) => e.event_type)).toEqual(
      gone ? ["JobCreated", "JobDeleted"] : ["JobCreated"],
    );
  });
});

describe("R3: the repair", () => {
  test.each(["move:before-source-delete", "move:before-metadata-delete"])(
    "killed itself at %s, is finished by the next one",
    async (point) => {
      const job = await submitCube();
      const guard = await lockFor(FRONT, job.id);
      await dieAt("advance:after-commit", ({ ask }) => ask("step", "approve", FRONT, job.id, guard));
      await dieAt(point, ({ ask }) => ask("sweepStorage"));
      await sweepTwice();
      await expectNoSecondCopy(job.id);
    },
  );

  test("several sweeps at once do no harm", async () => {
    const jobs = await Promise.all([1, 2, 3].map(() => submitCube()));
    for (const job of jobs) {
      const guard = await lockFor(FRONT, job.id);
      await dieAt("advance:after-commit", ({ ask }) => ask("step", "approve", FRONT, job.id, guard));
    }
    await Promise.all(Array.from({ length: 5 }, () => sweepStorage()));
    await sweepTwice();
    for (const job of jobs) await expectNoSecondCopy(job.id);
  });

  test("a folder that nobody can explain is told and left alone", async () => {
    const stray = path.join(lab.storage, "Pending/SomebodysFolder");
    mkdirSync(stray);
    writeFileSync(path.join(stray, "thesis.stl"), "precious");
    expect((await sweepStorage()).unexplained).toEqual(["Pending/SomebodysFolder"]);
    expect(readFileSync(path.join(stray, "thesis.stl"), "utf8")).toBe("precious");
    rmSync(stray, { recursive: true });
  });

  async function expectNoSecondCopy(id: string) {
    const job = await theJob(id);
    const folders = Object.keys(storageListing()).filter((folder) => folder.endsWith(job.stem));
    expect(folders).toEqual([folderOf(job.status, job.stem)]);
    expect(sha256(readFileSync(path.join(lab.storage, job.file_path)))).toBe(job.file_hash);
  }
});
