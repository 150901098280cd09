/** R2: the plug is pulled at every named point of a change of status; the start-up sweep has to find everything again. */
import { existsSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { verifyChain } from "@server/events/verify.server";
import { CRASH_POINTS, type CrashPoint } from "@server/files/crash.server";
import { folderOf } from "@server/files/store.server";
import { Job } from "@server/jobs/job.server";
import type { Status } from "@server/jobs/states";
import { clutter, expectAllWhole, expectJobWhole, randomFrom, ROUNDS, SEED, sumsIn, sweepTwice, Victims } from "../support/crash"; // prettier-ignore
import { freshLab, type Lab } from "../support/database";
import { drive, eventsOf, FRONT, lockFor, storageListing, submitCube, take, theJob, type Verb } from "../support/desk"; // prettier-ignore

let lab: Lab;
let victims: Victims;
beforeAll(async () => {
  lab = await freshLab();
  victims = new Victims(lab);
});

const { transition, deletion } = CRASH_POINTS;
const POINTS: CrashPoint[] = [...transition.before, ...transition.sent, ...transition.after];
const among = (points: readonly CrashPoint[], point: CrashPoint) => points.includes(point);

/** Where each change begins, and what it writes beside the job. */
const CHANGES: { verb: Verb; from: Status; to: Status }[] = [
  { verb: "approve", from: "UPLOADED", to: "PENDING" },
  { verb: "reject", from: "UPLOADED", to: "REJECTED" },
  { verb: "mark-printing", from: "READYTOPRINT", to: "PRINTING" },
  { verb: "mark-complete", from: "PRINTING", to: "COMPLETED" },
  { verb: "payment", from: "COMPLETED", to: "PAIDPICKEDUP" },
  { verb: "revert-completion", from: "COMPLETED", to: "PRINTING" },
];

/** Short: an approval dies at every point, each of the other changes at two; full: all at all, in rounds. */
function pointsOf(n: number): CrashPoint[] {
  if (ROUNDS || n === 0) return POINTS;
  const first = (SEED + 2 * n) % POINTS.length;
  return [POINTS[first]!, POINTS[(first + POINTS.length / 2) % POINTS.length]!];
}

test("a change of status has at least twelve points, on both sides of its commit", () => {
  expect(POINTS.length).toBeGreaterThanOrEqual(12);
  expect(new Set(POINTS).size).toBe(POINTS.length);
  expect(transition.after.length).toBeGreaterThan(3);
});

describe.each(CHANGES.map((change, n) => ({ ...change, points: pointsOf(n) })))(
  "R2: $verb",
  ({ verb, from, to, points }) => {
    test.each(points)(
      "killed at %s happens whole or not at all",
      { timeout: 120_000 * (ROUNDS || 1) },
      async (point) => {
        for (let round = 0; round < (ROUNDS || 1); round++) {
          const next = randomFrom(SEED + round);
          const job = await drive(await submitCube(), from);
          const sums = clutter(lab, job, next);
          const events = (await eventsOf(job.id)).length;
          const guard = await lockFor(FRONT, job.id);
          await victims.dieAt(point, ({ ask }) => ask("step", verb, FRONT, job.id, guard));

          const between = await theJob(job.id);
          if (!among(transition.sent, point))
            expect(between.status).toBe(among(transition.after, point) ? to : from);
          expect([from, to]).toContain(between.status);
          // Even before any sweep, what the database names is there.
          expect(existsSync(path.join(lab.storage, between.file_path))).toBe(true);

          const begun = performance.now();
          await sweepTwice();
          expect(performance.now() - begun).toBeLessThan(10_000);
          const after = await theJob(job.id);
          expect({ ...after }).toEqual({ ...between });
          await expectJobWhole(lab, after);
          expect(sumsIn(path.join(lab.storage, folderOf(after.status, job.stem)))).toEqual(sums);
          const done = after.status === to;
          expect(await eventsOf(job.id)).toHaveLength(events + (done ? 1 : 0));
          if (verb === "payment")
            expect(await lab.owner("SELECT FROM payments WHERE job_id = $1", [job.id])).toHaveLength(
              done ? 1 : 0,
            );
          // When it did not happen it can be done now, once the dead page's lock has run out.
          if (!done) {
            await lab.owner("UPDATE jobs SET locked_until = now() - interval '1 second' WHERE id = $1", [
              job.id,
            ]);
            expect((await take(verb, job.id)).status).toBe(to);
            expect(sumsIn(path.join(lab.storage, folderOf(to, job.stem)))).toEqual(sums);
          }
        }
      },
    );
  },
);

describe("R2: a deletion", () => {
  test.each([...deletion.before, ...deletion.sent, ...deletion.after])(
    "killed at %s happens whole or not at all",
    { timeout: 120_000 * (ROUNDS || 1) },
    async (point) => {
      for (let round = 0; round < (ROUNDS || 1); round++) {
        const job = await drive(await submitCube(), round % 2 ? "PENDING" : "UPLOADED");
        const sums = clutter(lab, job, randomFrom(SEED + round));
        const events = (await eventsOf(job.id)).length;
        const guard = await lockFor(FRONT, job.id);
        await victims.dieAt(point, ({ ask }) => ask("step", "delete", FRONT, job.id, guard));
        await sweepTwice();
        const left = await Job.query().findById(job.id);
        if (!among(deletion.sent, point)) expect(left === undefined).toBe(among(deletion.after, point));
        if (left) {
          await expectJobWhole(lab, left);
          expect(sumsIn(path.join(lab.storage, folderOf(left.status, left.stem)))).toEqual(sums);
        } else
          expect(Object.keys(storageListing()).filter((folder) => folder.includes(job.stem))).toEqual([]);
        const told = await eventsOf(job.id);
        expect(told).toHaveLength(events + (left ? 0 : 1));
        expect(told.at(-1)!.event_type === "JobDeleted").toBe(!left);
      }
    },
  );
});

test("after all this every job is whole, nothing lies about, and the log has no gap", async () => {
  await sweepTwice();
  await expectAllWhole(lab);
  expect((await verifyChain()).gap).toBeNull();
});
