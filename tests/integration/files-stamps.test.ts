/** A change of status costs the same for a large and a small model: what has not changed is not hashed again, what has is. */
import { readFileSync, renameSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeAll, expect, test } from "vitest";
import { failFileCalls } from "@server/files/file-system.server";
import { folderOf } from "@server/files/store.server";
import { type Job, JobFile } from "@server/jobs/job.server";
import { freshLab, type Lab } from "../support/database";
import { drive, newCube, sha256, submitCube, take, theJob } from "../support/desk";

let lab: Lab;
beforeAll(async () => {
  lab = await freshLab();
});
afterEach(() => failFileCalls());

/** Names of the files that are read from end to end meanwhile. */
async function readsDuring(work: () => Promise<unknown>, onRead?: (file: string) => void): Promise<string[]> {
  const names: string[] = [];
  failFileCalls(({ name, path: file }) => {
    if (name !== "read") return undefined;
    names.push(path.basename(file));
    onRead?.(file);
    return undefined;
  });
  await work().finally(() => failFileCalls());
  return names;
}

const inFolder = (job: Job, name: string) => path.join(lab.storage, folderOf(job.status, job.stem), name);
const authoritative = (id: string) =>
  JobFile.query().findOne({ job_id: id, role: "authoritative" }).throwIfNotFound();
const longAgo = new Date(Date.now() - 3_600_000);

test("the student's model is hashed on its way in and never again", async () => {
  const job = await submitCube();
  expect(await readsDuring(() => drive(job, "PAIDPICKEDUP"))).toEqual([]);
  expect((await authoritative(job.id)).sha256).toBe(job.file_hash);
});

test("overwritten in place, with the same size: hashed again", async () => {
  const job = await submitCube();
  const other = newCube();
  writeFileSync(inFolder(job, job.display_name), other);
  expect(await readsDuring(() => take("approve", job.id))).toEqual([job.display_name]);
  expect((await authoritative(job.id)).sha256).toBe(sha256(other));
});

test("replaced by another file of the same size and time: hashed again", async () => {
  const job = await submitCube();
  const model = inFolder(job, job.display_name);
  const other = newCube();
  const { atime, mtime } = statSync(model);
  writeFileSync(`${model}.new`, other);
  renameSync(`${model}.new`, model);
  utimesSync(model, atime, mtime);
  await take("approve", job.id);
  expect((await authoritative(job.id)).sha256).toBe(sha256(other));
});

test("what a slicer saved is hashed once; when it is saved over a moment later, again", async () => {
  const job = await submitCube();
  const plate = inFolder(job, "plate.gcode");
  writeFileSync(plate, "; one");
  utimesSync(plate, longAgo, longAgo);
  const choose = () => take("approve", job.id, { authoritative_filename: "plate.gcode" });
  expect(await readsDuring(choose)).toEqual(["plate.gcode"]);
  expect((await authoritative(job.id)).disk_stamp).not.toBeNull();

  await take("change-status", job.id, { new_status: "UPLOADED" });
  expect(await readsDuring(choose)).toEqual([]);

  await take("change-status", job.id, { new_status: "UPLOADED" });
  writeFileSync(inFolder(await theJob(job.id), "plate.gcode"), "; two");
  expect(await readsDuring(choose)).toEqual(["plate.gcode"]);
  const chosen = await authoritative(job.id);
  expect(chosen.sha256).toBe(sha256(Buffer.from("; two")));
  // Another write within the same tick of the clock would look the same, so it is not trusted yet.
  expect(chosen.disk_stamp).toBeNull();
});

test("a file that is still being written is not chosen; the job stays as it was", async () => {
  const job = await submitCube();
  const plate = inFolder(job, "plate.gcode");
  writeFileSync(plate, "; begun");
  const choose = () => take("approve", job.id, { authoritative_filename: "plate.gcode" });
  await readsDuring(
    () =>
      expect(choose()).rejects.toMatchObject({
        code: "invalid",
        details: { fields: { authoritative_filename: [expect.stringMatching(/still being written.*Wait/)] } },
      }),
    (file) => writeFileSync(file, `; more ${Math.random()}`, { flag: "a" }),
  );
  expect((await theJob(job.id)).status).toBe("UPLOADED");
  expect(readFileSync(plate, "utf8")).toMatch(/^; begun; more/);
});
