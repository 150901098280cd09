/** R4: a full storage is an honest no before anything is written, and room is counted where it is used. */
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { sampleWorker } from "@server/health/sample.server";
import { fits, noRoomText, storageUse } from "@server/jobs/quota.server";
import { settings } from "@server/settings/settings.server";
import { freshLab, type Lab } from "../support/database";
import { handIn, newCube, submitCube } from "../support/desk";

let lab: Lab;
beforeAll(async () => {
  lab = await freshLab();
});
beforeEach(async () => {
  await lab.owner("DELETE FROM metric_samples");
  await lab.set({ storage_quota_gb: 0, contact_email: "" });
});

const jobs = async () => (await lab.owner<{ n: number }>("SELECT count(*)::int AS n FROM jobs"))[0]!.n;

test("without a quota nothing is refused, and nothing is asked", async () => {
  await submitCube();
  expect(await fits(await settings(), 1e15)).toBe(true);
});

test("a file that would not fit is refused, whole, with what to do; the next one that fits is taken", async () => {
  await submitCube();
  const used = await storageUse();
  expect(used).toBeGreaterThan(0);
  const size = newCube().length;
  await lab.set({ storage_quota_gb: (used + size - 1) / 1e9, contact_email: "lab@example.edu" });
  const before = [await jobs(), readdirSync(path.join(lab.storage, "Uploaded")).length];
  await expect(handIn()).rejects.toMatchObject({
    code: "unavailable",
    status: 503,
    message: expect.stringMatching(/no room.*lab@example\.edu.*send the form again/s),
    details: { reason: "storage_full", retryAfterSeconds: 3600 },
  });
  expect([await jobs(), readdirSync(path.join(lab.storage, "Uploaded")).length]).toEqual(before);
  expect(noRoomText(await settings())).toContain("lab@example.edu");
  await lab.set({ storage_quota_gb: (used + size) / 1e9 });
  await submitCube();
  expect(await jobs()).toBe(before[0]! + 1);
});

test("what slicers saved counts, and what was handed in since the last count", async () => {
  mkdirSync(path.join(lab.storage, "Printing", "job"), { recursive: true });
  writeFileSync(path.join(lab.storage, "Printing", "job", "sliced.gcode"), Buffer.alloc(1_000_000));
  await sampleWorker();
  const counted = await storageUse();
  expect(counted).toBeGreaterThan(1_000_000);
  const job = await submitCube();
  expect(await storageUse()).toBe(counted + newCube().length);
  expect(job.status).toBe("UPLOADED");
  // A count of the day before yesterday is no count.
  await lab.owner("UPDATE metric_samples SET at = at - interval '2 days'");
  expect(await storageUse()).toBeLessThan(1_000_000);
});
