/**
 * R5: every file call of every change fails once, and from there on for good, with every error of a disk or a share.
 * Refused with a sentence and nothing changed, or done and whole; never half, never a byte lost.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { Refusal } from "@server/errors";
import { failFileCalls } from "@server/files/file-system.server";
import { absolute, folderOf, uploadStaging } from "@server/files/store.server";
import { Job } from "@server/jobs/job.server";
import type { Status } from "@server/jobs/states";
import { sweepIfNeeded, sweepStorage } from "@server/jobs/sweep.server";
import { HANDLERS } from "@workers/queues";
import { pictureFile } from "@server/parts/picture.server";
import {
  ageUploads,
  clutter,
  expectAllWhole,
  expectJobWhole,
  randomFrom,
  ROUNDS,
  SEED,
  sumsIn,
  sweepTwice,
} from "../support/crash";
import { freshLab, type Lab } from "../support/database";
import { drive, everythingAbout, FRONT, handInFile, lockFor, newCube, outboxOf, sha256, stageFile, storageListing, submitCube, theJob, VERBS, type Verb } from "../support/desk"; // prettier-ignore
import { upload } from "../support/reception";

let lab: Lab;
const CUBE = newCube();
beforeAll(async () => {
  lab = await freshLab();
  await lab.set({ submissions_per_hour_per_student: 10_000, submissions_per_hour_per_address: 10_000 });
});
afterEach(async () => {
  failFileCalls();
  await clearLab();
});

/** A sweep looks at every folder, so each test begins with none. */
async function clearLab(): Promise<void> {
  await lab.owner("DELETE FROM jobs");
  for (const folder of Object.keys(storageListing())) rmSync(absolute(folder), { recursive: true });
}

const ERRORS = ["EIO", "ENOENT", "EACCES", "EXDEV", "EBUSY"];
type Mode = "once" | "from then on";
const KINDS = ERRORS.flatMap((error): [string, Mode][] => [
  [error, "once"],
  [error, "from then on"],
]);
/** Full: each kind at every call. Short: every call fails once in some way, the ways in turn. */
const PASSES: [string, (n: number) => [string, Mode]][] = ROUNDS
  ? KINDS.map((kind) => [kind.join(", "), () => kind])
  : [["one error after the other", (n) => KINDS[Math.floor(randomFrom(SEED + n)() * KINDS.length)]!]];
/** Short: not at every call where one takes long. */
const stride = (short: number) => (ROUNDS ? 1 : short);
const LONG = { timeout: 600_000 };

let calls: string[] = [];

/** Has the n-th call fail. @returns was there an n-th call? */
async function withFault<T>(n: number, error: string, mode: Mode, work: () => Promise<T>) {
  let count = 0;
  calls = [];
  failFileCalls(({ name }) => {
    calls.push(name);
    count += 1;
    return count === n || (mode === "from then on" && count > n) ? error : undefined;
  });
  const outcome = await work().then(
    (value) => ({ ok: true as const, value }),
    (error_: unknown) => ({ ok: false as const, error: error_ }),
  );
  failFileCalls();
  return { outcome, reached: count >= n };
}

function expectSentence(error: unknown, where: string): void {
  if (!(error instanceof Refusal)) throw new Error(`${where}: ${String((error as Error)?.stack ?? error)}`);
  expect([where, error.code]).toEqual([where, "unavailable"]);
  expect(error.message).toMatch(/^[A-Z].*storage.*\.$/);
  expect(error.message).not.toMatch(/E[A-Z]{3,}|\//);
}

const CHANGES: { verb: Verb; from: Status }[] = [
  { verb: "approve", from: "UPLOADED" },
  { verb: "delete", from: "UPLOADED" },
  ...(ROUNDS ? [{ verb: "mark-printing", from: "READYTOPRINT" } as const] : []),
];

describe.each(CHANGES)("R5: $verb", ({ verb, from }) => {
  test.each(PASSES)("%s: at every call", LONG, async (_, kind) => {
    const fresh = async () => {
      const one = await drive(await submitCube({ content: CUBE }), from);
      return { job: one, sums: clutter(lab, one, () => 0.3) };
    };
    let { job, sums } = await fresh();
    for (let n = 1; ; n += stride(2)) {
      const [error, mode] = kind(n);
      await lab.owner("UPDATE jobs SET locked_until = NULL, lock_key = NULL, lock_session = NULL, locked_by = NULL WHERE id = $1", [job.id]); // prettier-ignore
      const guard = await lockFor(FRONT, job.id);
      const before = await everythingAbout(job);
      const { outcome, reached } = await withFault(n, error, mode, () => VERBS[verb](FRONT, job, guard));
      const where = `${verb}, call ${n} (${calls[n - 1]}), ${error} ${mode}`;
      if (!outcome.ok) {
        expectSentence(outcome.error, where);
        if (mode === "from then on") await sweepTwice();
        expect([where, await everythingAbout(job)]).toEqual([where, before]);
      } else {
        await sweepTwice();
        const now = await Job.query().findById(job.id);
        if (verb === "delete") {
          expect([where, now]).toEqual([where, undefined]);
          expect(Object.keys(storageListing()).filter((f) => f.includes(job.stem))).toEqual([]);
        } else {
          expect([where, now!.status]).not.toEqual([where, from]);
          await expectJobWhole(lab, now!);
          expect([where, sumsIn(absolute(folderOf(now!.status, now!.stem)))]).toEqual([where, sums]);
        }
        if (!reached) {
          expect(n).toBeGreaterThan(5);
          break;
        }
        ({ job, sums } = await fresh());
      }
    }
  });
});

describe("R5: a submission", () => {
  test.each(PASSES)("%s: at every call from the first byte on", LONG, async (_, kind) => {
    for (let n = 1; ; n += stride(1)) {
      const [error, mode] = kind(n);
      const student_email = `s${SEED}.${error}.${mode.length}.${n}@example.edu`;
      const content = CUBE;
      const { outcome, reached } = await withFault(n, error, mode, () => upload({ content, student_email }));
      const where = `submit, call ${n} (${calls[n - 1]}), ${error} ${mode}`;
      if (!outcome.ok) throw new Error(where, { cause: outcome.error });
      ageUploads();
      await sweepTwice();
      expect([where, readdirSync(uploadStaging())]).toEqual([where, []]);
      const jobs = await Job.query().where({ student_email });
      if (outcome.value.status === 200) {
        expect([where, jobs.length]).toEqual([where, 1]);
        await expectJobWhole(lab, jobs[0]!);
        expect(jobs[0]!.file_hash).toBe(sha256(content));
        if (!reached) break;
      } else {
        expect([where, outcome.value]).toMatchObject([where, { status: 503, code: "unavailable" }]);
        expect((outcome.value as { message: string }).message).toMatch(/^[A-Z].*storage.*\.$/);
        expect([where, jobs.length]).toEqual([where, 0]);
      }
    }
  });
});

describe("R5, R3: the sweep", () => {
  test.each(PASSES)("%s: at every call, and finished by the next one", LONG, async (_, kind) => {
    for (let n = 1; ; n += stride(5)) {
      const [error, mode] = kind(n);
      const job = await submitCube({ content: CUBE });
      const home = absolute(folderOf("UPLOADED", job.stem));
      const sums = clutter(lab, job, () => 0.3);
      // What a move after its commit, one before its rename, and a submission before its commit leave.
      const copy = absolute(folderOf("PENDING", job.stem));
      cpSync(home, copy, { recursive: true });
      writeFileSync(path.join(copy, "saved late.gcode"), "; late");
      writeFileSync(path.join(copy, job.display_name), "other bytes");
      mkdirSync(absolute(`Printing/.staging-${job.id}-x`));
      const unborn = absolute(`Uploaded/Unborn_${n}`);
      cpSync(home, unborn, { recursive: true });
      writeFileSync(path.join(unborn, ".undecided"), "");
      writeFileSync(path.join(unborn, "metadata.json"), JSON.stringify({ job_id: crypto.randomUUID() }));
      const { reached } = await withFault(n, error, mode, () => sweepStorage());
      await sweepTwice();
      await expectJobWhole(lab, job);
      expect(sumsIn(home)).toEqual({
        ...sums,
        "saved late.gcode": sha256(Buffer.from("; late")),
        [job.display_name.replace(".stl", "~1.stl")]: sha256(Buffer.from("other bytes")),
      });
      await lab.owner("DELETE FROM jobs WHERE id = $1", [job.id]);
      rmSync(home, { recursive: true });
      if (!reached) {
        expect(n).toBeGreaterThan(20);
        break;
      }
    }
    await expectAllWhole(lab);
  });
});

describe("R3: the glance", () => {
  test("sees what a killed process left, when it lies there twice, and nothing in what is at work", async () => {
    const job = await submitCube({ content: CUBE });
    const home = absolute(folderOf("UPLOADED", job.stem));
    expect([await sweepIfNeeded(), await sweepIfNeeded()]).toEqual([null, null]);
    const left = {
      submission: absolute("Uploaded/Unborn_1"),
      move: absolute(`Printing/.staging-${job.id}-x`),
      copy: absolute(folderOf("PENDING", job.stem)),
    };
    for (const [what, folder] of Object.entries(left)) {
      cpSync(home, folder, { recursive: true });
      if (what === "submission") {
        writeFileSync(path.join(folder, ".undecided"), "");
        writeFileSync(path.join(folder, "metadata.json"), JSON.stringify({ job_id: crypto.randomUUID() }));
      }
      expect([what, await sweepIfNeeded()]).toEqual([what, null]);
      expect([what, (await sweepIfNeeded()) === null, existsSync(folder)]).toEqual([what, false, false]);
    }
    // What came and went between two looks was somebody at work.
    writeFileSync(path.join(home, ".undecided"), "");
    expect(await sweepIfNeeded()).toBeNull();
    rmSync(path.join(home, ".undecided"));
    expect(await sweepIfNeeded()).toBeNull();
    await expectJobWhole(lab, job);
  });
});

describe("R5: a picture", () => {
  test.each(PASSES)("%s: comes later, the job never notices", LONG, async (_, kind) => {
    for (let n = 1; ; n += stride(5)) {
      const [error, mode] = kind(n);
      const file = stageFile(newCube());
      const job = await theJob((await handInFile(file, {})).id);
      const before = await everythingAbout(job);
      const [row] = await outboxOf(job.id, "picture");
      const work = async () => HANDLERS.picture!(row!);
      const { outcome, reached } = await withFault(n, error, mode, work);
      const where = `picture, call ${n} (${calls[n - 1]}), ${error} ${mode}`;
      if (!outcome.ok)
        expect([where, String(outcome.error)]).toEqual([where, expect.stringMatching(/storage/)]);
      expect([where, await everythingAbout(job)]).toEqual([where, before]);
      await work();
      expect(readFileSync(pictureFile(job.file_hash, 256)).subarray(1, 4).toString()).toBe("PNG");
      if (!reached) break;
    }
  });
});
