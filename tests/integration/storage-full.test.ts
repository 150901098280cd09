/** R4, R5: the storage's disk is full, or read-only: upload, change, metadata and picture are refused, and work again after. */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeMetadata, prepareStorage, folderOf, uploadStaging } from "@server/files/store.server";
import { JobFile, metadataOf } from "@server/jobs/job.server";
import { makePicture } from "@server/parts/picture.server";
import { findPart } from "@server/parts/part.server";
import { sweepTwice } from "../support/crash";
import { freshLab, type Lab } from "../support/database";
import { drive, everythingAbout, FRONT, handIn, handInFile, sha256, lockFor, newCube, storageListing, submitCube, theJob, VERBS } from "../support/desk"; // prettier-ignore
import { upload } from "../support/reception";

let lab: Lab;
let mounted = false;
const NOT_RUN = "not run: mounting a small file system needs root on Linux";

beforeAll(async () => {
  lab = await freshLab();
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=3m", "tmpfs", lab.storage], { stdio: "ignore" });
    mounted = true;
    await prepareStorage();
  } catch {
    // Each test says so.
  }
});
afterAll(() => {
  if (mounted) execFileSync("umount", ["-l", lab.storage]);
});

const filler = () => path.join(lab.storage, "filler");

/** How the storage refuses, and how it is mended. */
const REFUSING = [
  {
    how: "full",
    reason: "storage_full",
    breakIt: () => {
      const file = fs.openSync(filler(), "w");
      try {
        for (;;) fs.writeSync(file, Buffer.alloc(4096));
      } catch {
        fs.closeSync(file);
      }
    },
    mend: () => fs.rmSync(filler()),
  },
  {
    how: "read-only",
    reason: "storage_unavailable",
    breakIt: () => execFileSync("mount", ["-o", "remount,ro", lab.storage]),
    mend: () => execFileSync("mount", ["-o", "remount,rw", lab.storage]),
  },
];

describe.each(REFUSING)("R4: the storage is $how", ({ reason, breakIt, mend }) => {
  /** Breaks the storage, tries, mends it. @returns what came of it */
  async function meanwhile<T>(work: () => Promise<T>): Promise<T | Error> {
    breakIt();
    try {
      return await work().catch((error: Error) => error);
    } finally {
      mend();
    }
  }
  const unavailable = { name: "Refusal", code: "unavailable", details: { reason } };

  test("an upload: 503 with a sentence, no job, nothing left; taken afterwards", async (context) => {
    if (!mounted) return context.skip(NOT_RUN);
    const before = [await lab.owner("SELECT count(*) FROM jobs"), storageListing()];
    const received = fs.readdirSync(uploadStaging());
    const content = newCube();
    const reply = await meanwhile(() => upload({ content }));
    expect(reply).toMatchObject({
      status: 503,
      code: "unavailable",
      message: expect.stringMatching(/storage .*(full|cannot be written).*try again later\.$/i),
    });
    expect([await lab.owner("SELECT count(*) FROM jobs"), storageListing()]).toEqual(before);
    expect(fs.readdirSync(uploadStaging())).toEqual(received);
    expect(await upload({ content })).toMatchObject({ status: 200 });
  });

  test("received, but no room for the job's folder: the same", async (context) => {
    if (!mounted) return context.skip(NOT_RUN);
    const before = [await lab.owner("SELECT count(*) FROM jobs"), storageListing()];
    // Received elsewhere, so that only the folder meets the broken disk.
    const elsewhere = path.join(lab.dataDir, "..", "received.part");
    const content = newCube();
    fs.writeFileSync(elsewhere, content);
    const file = { path: elsewhere, original_name: "cube.stl", size_bytes: content.length, sha256: sha256(content), head: content.subarray(0, 512) }; // prettier-ignore
    expect(await meanwhile(() => handInFile(file))).toMatchObject(unavailable);
    expect([await lab.owner("SELECT count(*) FROM jobs"), storageListing()]).toEqual(before);
    await handInFile(file);
  });

  test.for(["approve", "delete"] as const)(
    "%s: refused, the job as it was; done afterwards",
    async (verb, context) => {
      if (!mounted) return context.skip(NOT_RUN);
      const job = await submitCube();
      const guard = await lockFor(FRONT, job.id);
      const before = await everythingAbout(job);
      const outcome = await meanwhile(() => VERBS[verb](FRONT, job, guard));
      // A full disk still takes the empty mark of a deletion; read-only it takes nothing.
      if (outcome instanceof Error) {
        expect(outcome).toMatchObject(unavailable);
        expect(await everythingAbout(job)).toEqual(before);
        await VERBS[verb](FRONT, job, guard);
      } else expect(verb).toBe("delete");
      await sweepTwice();
      expect(Object.keys(storageListing()).filter((folder) => folder.endsWith(job.stem))).toEqual(
        verb === "approve" ? [`Pending/${job.stem}`] : [],
      );
    },
  );

  test("metadata: refused, the old one is still whole; written afterwards", async (context) => {
    if (!mounted) return context.skip(NOT_RUN);
    const job = await drive(await submitCube(), "PENDING");
    const folder = folderOf(job.status, job.stem);
    const metadata = metadataOf(job, await JobFile.query().where("job_id", job.id));
    const before = await everythingAbout(job);
    const write = () => writeMetadata(folder, { ...metadata, student_name: "Somebody Else" });
    expect(await meanwhile(write)).toMatchObject(unavailable);
    expect(await everythingAbout(job)).toEqual(before);
    await write();
    expect(fs.readFileSync(path.join(lab.storage, job.metadata_path), "utf8")).toContain("Somebody Else");
  });

  test("a picture: refused, so it comes again later; the job never notices", async (context) => {
    if (!mounted) return context.skip(NOT_RUN);
    const job = await theJob((await handIn()).id);
    const file = path.join(lab.storage, job.file_path);
    const before = await everythingAbout(job);
    const draw = () => makePicture(job.file_hash, file, job.display_name);
    expect(await meanwhile(draw)).toMatchObject(unavailable);
    expect((await findPart(job.file_hash))!.picture).toBeNull();
    expect(await everythingAbout(job)).toEqual(before);
    await draw();
    expect((await findPart(job.file_hash))!.picture).toBe("drawn");
  });
});
