/** R3: start repairs everything, a second start changes nothing, and a repair that is killed itself is finished by the next. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { CRASH_POINTS, type CrashPoint } from "@server/files/crash.server";
import { folderOf } from "@server/files/store.server";
import { sweepStorage } from "@server/jobs/sweep.server";
import { clutter, expectAllWhole, expectJobWhole, randomFrom, ROUNDS, SEED, sumsIn, sweepTwice, Victims } from "../support/crash"; // prettier-ignore
import { freshLab, type Lab } from "../support/database";
import { FRONT, handIn, lockFor, storageListing, submitCube, theJob } from "../support/desk";

let lab: Lab;
let victims: Victims;
beforeAll(async () => {
  lab = await freshLab();
  victims = new Victims(lab);
});

/** Points that the sweep itself passes. */
const IN_REPAIR: CrashPoint[] = [
  "move:before-source-delete",
  "move:mid-source-delete",
  "move:before-metadata-delete",
  "move:before-source-folder-delete",
  "remove:set-aside",
  "remove:half-done",
];

test.each(IN_REPAIR.slice(ROUNDS ? 0 : 1, ROUNDS ? 4 : 3))(
  "R3: killed at %s, the repair is finished by the next one",
  async (point) => {
    const job = await submitCube();
    const sums = clutter(lab, job, randomFrom(SEED));
    const guard = await lockFor(FRONT, job.id);
    await victims.dieAt("advance:after-commit", ({ ask }) => ask("step", "approve", FRONT, job.id, guard));
    await victims.dieAt(point, ({ ask }) => ask("sweepStorage"));
    await sweepTwice();
    const after = await theJob(job.id);
    await expectJobWhole(lab, after);
    expect(sumsIn(path.join(lab.storage, folderOf(after.status, job.stem)))).toEqual(sums);
  },
);

test.each(IN_REPAIR.slice(4))("R3: killed at %s, the clearing is finished by the next one", async (point) => {
  await victims.dieAt("submit:before-commit", ({ ask }) => ask("handIn", {}));
  const before = Object.keys(storageListing()).length;
  await victims.dieAt(point, ({ ask }) => ask("sweepStorage"));
  await sweepTwice();
  expect(Object.keys(storageListing())).toHaveLength(before - 1);
  await expectAllWhole(lab);
});

test(
  "R3: whatever mix of leftovers, and whenever the repair itself is killed",
  { timeout: 60_000 * Math.max(1, ROUNDS) },
  async () => {
    const pick = <T>(list: readonly T[], next: () => number): T => list[Math.floor(next() * list.length)]!;
    const { submission, transition, deletion } = CRASH_POINTS;
    for (let round = 0; round < 1 + 2 * ROUNDS; round++) {
      const next = randomFrom(SEED + 1000 + round);
      const kept: Record<string, Record<string, string>> = {};
      for (let n = 0; n < 3; n++) {
        if (next() < 0.3) {
          const points = [...submission.before.slice(3), ...submission.sent, ...submission.after];
          await victims.dieAt(pick(points, next), ({ ask }) => ask("handIn", {}));
          continue;
        }
        const job = await submitCube();
        const sums = clutter(lab, job, next);
        const guard = await lockFor(FRONT, job.id);
        const { before, sent, after } = next() < 0.7 ? transition : deletion;
        const verb = before[0].startsWith("advance") ? "approve" : "delete";
        await victims.dieAt(pick([...before, ...sent, ...after], next), ({ ask }) =>
          ask("step", verb, FRONT, job.id, guard),
        );
        if (verb === "approve") kept[job.id] = sums;
      }
      await victims.mayDieAt(pick(IN_REPAIR, next), ({ ask }) => ask("sweepStorage"));
      await sweepTwice();
      for (const [id, sums] of Object.entries(kept)) {
        const job = await theJob(id);
        expect(sumsIn(path.join(lab.storage, folderOf(job.status, job.stem)))).toEqual(sums);
      }
      await expectAllWhole(lab);
    }
  },
);

test("several sweeps at once do no harm", async () => {
  const jobs = await Promise.all([1, 2].map(() => submitCube()));
  for (const job of jobs) {
    const guard = await lockFor(FRONT, job.id);
    await victims.dieAt("advance:after-commit", ({ ask }) => ask("step", "approve", FRONT, job.id, guard));
  }
  await Promise.all(Array.from({ length: 5 }, () => sweepStorage()));
  await sweepTwice();
  await expectAllWhole(lab);
});

describe("what the sweep never does", () => {
  test("a folder that nobody can explain is told and left alone", async () => {
    const stray = path.join(lab.storage, "Pending/SomebodysFolder");
    mkdirSync(stray);
    writeFileSync(path.join(stray, "thesis.stl"), "precious");
    expect((await sweepStorage()).unexplained).toEqual(["Pending/SomebodysFolder"]);
    expect(readFileSync(path.join(stray, "thesis.stl"), "utf8")).toBe("precious");
    rmSync(stray, { recursive: true });
  });

  test("a second copy that holds other bytes under the same name loses none of them", async () => {
    const job = await theJob((await handIn()).id);
    const copy = path.join(lab.storage, folderOf("PRINTING", job.stem));
    cpSync(path.join(lab.storage, folderOf("UPLOADED", job.stem)), copy, { recursive: true });
    writeFileSync(path.join(copy, job.display_name), "somebody saved over it");
    await sweepTwice();
    await expectJobWhole(lab, job);
    const name = job.display_name.replace(/\.stl$/, "~1.stl");
    expect(readFileSync(path.join(lab.storage, folderOf("UPLOADED", job.stem), name), "utf8")).toBe(
      "somebody saved over it",
    );
  });
});
