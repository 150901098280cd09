/** R1: the plug is pulled while a request comes in: it is there whole, or not at all and nothing of it lies about. */
import { readdirSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { verifyChain } from "@server/events/verify.server";
import { CRASH_POINTS, type CrashPoint } from "@server/files/crash.server";
import { uploadStaging } from "@server/files/store.server";
import { Job } from "@server/jobs/job.server";
import { ageUploads, expectAllWhole, expectJobWhole, randomFrom, ROUNDS, SEED, sweepTwice, Victims } from "../support/crash"; // prettier-ignore
import { freshLab, type Lab } from "../support/database";
import { eventsOf, outboxOf, sha256 } from "../support/desk";
import { binaryStl, cubeTriangles } from "../support/models";
import { upload } from "../support/reception";

let lab: Lab;
let victims: Victims;
beforeAll(async () => {
  lab = await freshLab();
  victims = new Victims(lab);
});

const { before, sent, after } = CRASH_POINTS.submission;
const TIMES = ROUNDS ? 5 * ROUNDS : 1;

/** A model of some hundred kilobytes, so that there is a middle to be killed in. */
function model(name: string, next: () => number): Buffer {
  const cubes = Array.from({ length: 250 + Math.floor(next() * 100) }, (_, i) =>
    cubeTriangles(10).map((t) => t.map(([x, y, z]) => [x + 12 * (i % 15), y + 12 * Math.floor(i / 15), z])),
  );
  return binaryStl(cubes.flat() as ReturnType<typeof cubeTriangles>, name);
}

/** Short: the building of a folder is the same as for a move, and killed there. */
const POINTS = [...before, ...sent, ...after].filter(
  (point) => ROUNDS || !/^folder:(?!before-rename)/.test(point),
);

test.each<CrashPoint>(POINTS)("R1: killed at %s", { timeout: 120_000 * TIMES }, async (point) => {
  for (let round = 0; round < TIMES; round++) {
    const name = `${point} ${round}`;
    const content = model(name, randomFrom(SEED + round));
    const student_email = `${name.replace(/\W+/g, "-")}@example.edu`;
    await victims.dieAt(point, ({ ask }) => ask("upload", { content, student_email }));
    ageUploads();
    await sweepTwice();
    expect(readdirSync(uploadStaging())).toEqual([]);
    const jobs = await Job.query().where({ student_email });
    if (!(sent as readonly string[]).includes(point))
      expect(jobs).toHaveLength((after as readonly string[]).includes(point) ? 1 : 0);
    const [job] = jobs;
    if (job) {
      await expectJobWhole(lab, job);
      expect(job.file_hash).toBe(sha256(content));
      expect(await eventsOf(job.id)).toHaveLength(1);
      // The receipt is in the outbox, for whoever sweeps next.
      expect((await outboxOf(job.id)).map((row) => [row.payload.letter, row.state])).toEqual([
        ["receipt", "due"],
      ]);
    } else expect(await upload({ content, student_email })).toMatchObject({ status: 200 });
  }
});

test("after all this every request is whole, nothing lies about, and the log has no gap", async () => {
  ageUploads();
  await sweepTwice();
  await expectAllWhole(lab);
  expect((await verifyChain()).gap).toBeNull();
});
