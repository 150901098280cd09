/** A job's files through its life: names, contents and metadata.json after each step; what happens when the disk says no. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { Refusal } from "@server/errors";
import { folderOf, removeSource, stageMove } from "@server/files/store.server";
import { confirmJob } from "@server/jobs/confirm.server";
import { expireConfirmations } from "@server/jobs/expire.server";
import { listCandidates } from "@server/jobs/files.server";
import { metadataOf } from "@server/jobs/job.server";
import { referenceFor } from "@server/jobs/sign.server";
import { sweepStorage } from "@server/jobs/sweep.server";
import { passTime } from "../support/clock";
import { freshLab, type Lab } from "../support/database";
import {
  drive,
  eventsOf,
  everythingAbout,
  FRONT,
  handIn,
  lockFor,
  metadataBeside,
  newCube,
  sha256,
  storageListing,
  submitCube,
  take,
  theJob,
  tokenOf,
  VERBS,
} from "../support/desk";

let lab: Lab;
beforeAll(async () => {
  lab = await freshLab();
});

const inFolder = (job: { status: Parameters<typeof folderOf>[0]; stem: string }, name: string) =>
  path.join(lab.storage, folderOf(job.status, job.stem), name);
const foldersOf = (stem: string) => Object.entries(storageListing()).filter(([f]) => f.endsWith(`/${stem}`));

test("from upload to pickup: one folder, the right one, with the same bytes, after every step", async () => {
  const content = newCube();
  const submitted = await submitCube({
    student_name: "Zoë  van der Berg",
    content,
    original_name: "Mein Würfel.STL",
  });
  const { short_id, stem } = submitted;
  expect(stem).toBe(`ZoeBerg_Filament_TrueRed_${short_id}`);
  expect(submitted).toMatchObject({
    original_filename: "Mein Würfel.STL",
    display_name: `${stem}.stl`,
    file_path: `Uploaded/${stem}/${stem}.stl`,
    metadata_path: `Uploaded/${stem}/metadata.json`,
    file_hash: sha256(content),
    catalog_version: 1,
    material: "pla",
    material_name: "PLA filament",
    color_name: "True Red",
    printer_name: "Prusa MK4S",
    consent_version: "2026-01",
  });
  const steps = ["approve", "confirm", "mark-printing", "mark-complete", "payment"] as const;
  const folders = ["Pending", "ReadyToPrint", "Printing", "Completed", "PaidPickedUp"];
  for (const [i, verb] of steps.entries()) {
    if (verb === "confirm") await VERBS.confirm(FRONT, await theJob(submitted.id), {});
    else await take(verb, submitted.id);
    const job = await theJob(submitted.id);
    expect(foldersOf(stem)).toEqual([[`${folders[i]}/${stem}`, [`${stem}.stl`, "metadata.json"]]]);
    expect(sha256(fs.readFileSync(path.join(lab.storage, job.file_path)))).toBe(sha256(content));
    expect(metadataBeside(job)).toEqual(
      JSON.parse(JSON.stringify(metadataOf({ ...job }, await lab.owner("SELECT role, name, size_bytes::int, sha256, first_seen_at FROM job_files WHERE job_id = $1", [job.id])))), // prettier-ignore
    );
  }
  const done = await theJob(submitted.id);
  expect(done).toMatchObject({ weight_g: 25.5, time_hours: 3.5, cost_cents: 300, student_confirmed: true });
  expect(metadataBeside(done)).toMatchObject({
    format: 2,
    student_name: "Zoë  van der Berg",
    time_hours: 3.5,
    price_snapshot: { price_per_gram_cents: 10, minimum_charge_cents: 300, catalog_version: 1 },
    files: [
      { role: "authoritative", name: `${stem}.stl`, size_bytes: 684, sha256: sha256(content) },
      { role: "original", name: `${stem}.stl`, size_bytes: 684, sha256: sha256(content) },
    ],
  });
});

test("what staff save beside the model is offered, chosen, recorded, and travels along", async () => {
  const job = await submitCube();
  const sliced = Buffer.from("; sliced\nG28\n");
  fs.writeFileSync(inFolder(job, "plate.gcode"), sliced);
  fs.writeFileSync(inFolder(job, "notes from the bench.txt"), "use a brim");
  fs.writeFileSync(inFolder(job, ".slicer.lock"), "");
  fs.mkdirSync(inFolder(job, "folder"));
  fs.symlinkSync("/etc/passwd", inFolder(job, "link.stl"));

  const candidates = await listCandidates(job);
  expect(candidates.map(({ name, suggested, is_original }) => [name, suggested, is_original])).toEqual([
    ["plate.gcode", true, false],
    [job.display_name, false, true],
  ]);
  for (const authoritative_filename of ["missing.stl", "notes from the bench.txt", "link.stl", "../x.stl", "metadata.json"]) {
    const before = await everythingAboutFiles(job.id);
    const guard = await lockFor(FRONT, job.id);
    await expect(VERBS.approve(FRONT, job, guard, { authoritative_filename })).rejects.toMatchObject({
      code: "invalid",
      details: { fields: { authoritative_filename: [expect.any(String)] } },
    });
    expect(await everythingAboutFiles(job.id)).toEqual(before);
    await passTime(lab, { minutes: 16 });
  } // prettier-ignore

  fs.rmSync(inFolder(job, "folder"), { recursive: true });
  const approved = await take("approve", job.id, { authoritative_filename: "plate.gcode" });
  expect(approved).toMatchObject({
    display_name: "plate.gcode",
    file_path: `Pending/${job.stem}/plate.gcode`,
  });
  const files = await lab.owner("SELECT role, name, sha256 FROM job_files WHERE job_id = $1 ORDER BY role, name", [job.id]); // prettier-ignore
  expect(files).toEqual([
    { role: "authoritative", name: "plate.gcode", sha256: sha256(sliced) },
    { role: "original", name: job.display_name, sha256: job.file_hash },
    { role: "other", name: "notes from the bench.txt", sha256: sha256(Buffer.from("use a brim")) },
    { role: "other", name: "plate.gcode", sha256: sha256(sliced) },
  ]);
  const printing = await drive2(job.id);
  expect(foldersOf(job.stem)[0]![1]).toEqual(
    [".slicer.lock", job.display_name, "metadata.json", "notes from the bench.txt", "plate.gcode"].sort(),
  );
  expect(fs.readFileSync(path.join(lab.storage, printing.file_path))).toEqual(sliced);
});

async function everythingAboutFiles(id: string) {
  const { files, folders, events } = await everythingAbout(await theJob(id));
  return { files, folders, events };
}
async function drive2(id: string) {
  await VERBS.confirm(FRONT, await theJob(id), {});
  return take("mark-printing", id);
}

describe("R2: what is saved while the folder moves is never lost", () => {
  async function stagedMove() {
    const job = await submitCube();
    const to = folderOf("PENDING", job.stem);
    const from = folderOf("UPLOADED", job.stem);
    const staged = await stageMove(from, to, metadataOf({ ...job, status: "PENDING" }, []));
    return { job, from, to, staged };
  }
  const at = (folder: string, name: string) => path.join(lab.storage, folder, name);

  test("a new file in the old folder is taken over", async () => {
    const { job, from, to } = await stagedMove();
    fs.writeFileSync(at(from, "late.gcode"), "saved late");
    expect(await removeSource(from, to)).toEqual(["late.gcode"]);
    expect(fs.readFileSync(at(to, "late.gcode"), "utf8")).toBe("saved late");
    expect(sha256(fs.readFileSync(at(to, job.display_name)))).toBe(job.file_hash);
    expect(fs.existsSync(path.join(lab.storage, from))).toBe(false);
  });

  test("a file that a slicer replaced keeps both contents", async () => {
    const { job, from, to } = await stagedMove();
    fs.rmSync(at(from, job.display_name));
    fs.writeFileSync(at(from, job.display_name), "repaired");
    expect(await removeSource(from, to)).toEqual([`${job.stem}~1.stl`]);
    expect(fs.readFileSync(at(to, `${job.stem}~1.stl`), "utf8")).toBe("repaired");
    expect(sha256(fs.readFileSync(at(to, job.display_name)))).toBe(job.file_hash);
  });

  test("a file that is saved after the move, into the folder that was left, comes after by the sweep", async () => {
    const job = await submitCube();
    const left = path.join(lab.storage, folderOf("UPLOADED", job.stem));
    await take("approve", job.id);
    fs.mkdirSync(left);
    fs.writeFileSync(path.join(left, "very late.gcode"), "saved very late");
    expect(await sweepStorage()).toMatchObject({ second_copies: 1 });
    expect(foldersOf(job.stem)).toEqual([
      [`Pending/${job.stem}`, [job.display_name, "metadata.json", "very late.gcode"].sort()],
    ]);
  });

  test("what lies at the target already comes along, and survives when the step fails", async () => {
    const job = await drive(await submitCube(), "COMPLETED");
    const target = path.join(lab.storage, folderOf("PRINTING", job.stem));
    fs.mkdirSync(target);
    fs.writeFileSync(path.join(target, "left behind.gcode"), "precious");
    await lab.owner(
      `CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the log is broken'; END $$;
       CREATE TRIGGER fail BEFORE INSERT ON events FOR EACH ROW WHEN (NEW.event_type = 'StatusReverted') EXECUTE FUNCTION fail();`,
    );
    try {
      await expect(take("revert-completion", job.id)).rejects.toThrow("the log is broken");
    } finally {
      await lab.owner("DROP TRIGGER fail ON events; DROP FUNCTION fail();");
    }
    const everywhere = foldersOf(job.stem).flatMap(([folder, names]) =>
      names.map((name) => `${folder.split("/")[0]}/${name}`),
    );
    expect(everywhere.filter((name) => name.endsWith("left behind.gcode"))).toHaveLength(1);
    await passTime(lab, { minutes: 16 });
    await take("revert-completion", job.id);
    expect(foldersOf(job.stem)).toEqual([
      [`Printing/${job.stem}`, [job.display_name, "left behind.gcode", "metadata.json"].sort()],
    ]);
  });
});

describe("R22: links", () => {
  test("a link works once, ends when replaced, when it runs out, and when the job is decided otherwise", async () => {
    const job = await drive(await submitCube(), "PENDING");
    const first = await tokenOf(job.id);
    await lab.owner("UPDATE jobs SET confirmation_last_sent_at = NULL WHERE id = $1", [job.id]);
    await VERBS["resend-confirmation"](FRONT, job, {});
    await expect(confirmJob(first)).rejects.toMatchObject({ code: "gone", details: { reason: "replaced" } });
    const second = await tokenOf(job.id);
    await passTime(lab, { hours: 72 });
    await expect(confirmJob(second)).rejects.toMatchObject({ code: "gone", details: { reason: "expired" } });
    expect(await expireConfirmations()).toBeGreaterThanOrEqual(1);
    expect(await expireConfirmations()).toBe(0);
    expect((await theJob(job.id)).is_confirmation_expired).toBe(true);
    expect((await eventsOf(job.id)).filter((e) => e.event_type === "ConfirmationExpired")).toHaveLength(1);
    await VERBS["resend-confirmation"](FRONT, job, {});
    const third = await tokenOf(job.id);
    await confirmJob(third);
    await expect(confirmJob(third)).rejects.toMatchObject({ code: "gone", details: { reason: "used" } });
  });

  test("every altered link is unknown: 0 of 2,000 are taken", async () => {
    const [job, other] = [await drive(await submitCube(), "PENDING"), await drive(await submitCube(), "PENDING")];
    const token = await tokenOf(job.id);
    const strangers = await tokenOf(other.id);
    const bytes = Buffer.from(token, "base64url");
    const forged = [referenceFor(job.id), job.id, "", token.slice(0, -1), `${token}A`, `${token}=`, token.toUpperCase()];
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      forged.push(flipped.toString("base64url"));
    }
    forged.push(Buffer.concat([bytes.subarray(0, 16), Buffer.from(strangers, "base64url").subarray(16)]).toString("base64url"));
    while (forged.length < 2_000) forged.push(randomBytes(32).toString("base64url"));
    for (const wrong of forged) await expect(confirmJob(wrong)).rejects.toMatchObject({ code: "not_found" });
    expect((await theJob(job.id)).status).toBe("PENDING");
    await confirmJob(token);
  }); // prettier-ignore
});

/** A small file system in memory, mounted somewhere; null where that is not allowed. */
function mountSmall(place: string, size: string): (() => void) | null {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", place], { stdio: "ignore" });
    return () => execFileSync("umount", ["-l", place]);
  } catch {
    return null;
  }
}
const probe = fs.mkdtempSync(path.join(fs.realpathSync("/tmp"), "printdesk-mount-"));
const unmountProbe = mountSmall(probe, "64k");
unmountProbe?.();
fs.rmdirSync(probe);
const canMount = unmountProbe !== null;

describe("the storage says no", () => {
  const undo: (() => void)[] = [];
  afterEach(() => {
    for (const step of undo.splice(0).reverse()) step();
  });

  async function expectRefused(
    job: Awaited<ReturnType<typeof submitCube>>,
    reason: string,
    prepare: () => void,
  ) {
    const guard = await lockFor(FRONT, job.id);
    const before = await everythingAbout(job);
    prepare();
    const error: unknown = await VERBS.approve(FRONT, job, guard).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(Refusal);
    expect(error).toMatchObject({ code: "unavailable", details: { reason } });
    return { before, guard };
  }

  test.runIf(canMount)(
    "R5, R17: a status folder on another file system: copied, checked, moved, links left out",
    async () => {
      const place = path.join(lab.storage, "Pending");
      undo.push(mountSmall(place, "8m")!);
      const job = await submitCube();
      fs.writeFileSync(inFolder(job, "plate.gcode"), "; sliced");
      fs.symlinkSync("/etc/passwd", inFolder(job, "R17 leads out.stl"));
      const there = await take("approve", job.id);
      expect(fs.statSync(place).dev).not.toBe(fs.statSync(lab.storage).dev);
      expect(sha256(fs.readFileSync(path.join(lab.storage, there.file_path)))).toBe(job.file_hash);
      expect(foldersOf(job.stem)).toEqual([
        [`Pending/${job.stem}`, [job.display_name, "metadata.json", "plate.gcode"].sort()],
      ]);
      await VERBS.confirm(FRONT, there, {});
      expect(foldersOf(job.stem).map(([folder]) => folder)).toEqual([`ReadyToPrint/${job.stem}`]);
      expect(sha256(fs.readFileSync(path.join(lab.storage, (await theJob(job.id)).file_path)))).toBe(
        job.file_hash,
      );
    },
  );

  test.runIf(canMount)("R4: full: refused, nothing changed, and it works once there is room", async () => {
    const place = path.join(lab.storage, "Pending");
    undo.push(mountSmall(place, "64k")!);
    const job = await submitCube();
    const { before, guard } = await expectRefused(job, "storage_full", () => {
      const fill = fs.openSync(path.join(place, "fill"), "w");
      try {
        for (;;) fs.writeSync(fill, Buffer.alloc(4096));
      } catch {
        fs.closeSync(fill);
      }
    });
    fs.rmSync(path.join(place, "fill"));
    expect(await everythingAbout(job)).toEqual(before);
    expect(fs.readdirSync(place)).toEqual([]);
    await VERBS.approve(FRONT, job, guard);
    expect((await theJob(job.id)).status).toBe("PENDING");
  });

  test.runIf(canMount)("R4: full for a new request: refused, no job, nothing left", async () => {
    const place = path.join(lab.storage, "Uploaded");
    undo.push(mountSmall(place, "64k")!);
    const before = await lab.owner("SELECT count(*) FROM jobs");
    fs.writeFileSync(path.join(place, ".fill"), Buffer.alloc(60 * 1024));
    await expect(handIn()).rejects.toMatchObject({ code: "unavailable" });
    expect(await lab.owner("SELECT count(*) FROM jobs")).toEqual(before);
    expect(fs.readdirSync(place)).toEqual([".fill"]);
  });

  test.runIf(canMount)("R5: read-only: refused, nothing changed", async () => {
    const place = path.join(lab.storage, "Pending");
    undo.push(mountSmall(place, "1m")!);
    const job = await submitCube();
    const { before, guard } = await expectRefused(job, "storage_unavailable", () =>
      execFileSync("mount", ["-o", "remount,ro", place]),
    );
    expect(await everythingAbout(job)).toEqual(before);
    execFileSync("mount", ["-o", "remount,rw", place]);
    await VERBS.approve(FRONT, job, guard);
  });

  test("R5: the target's folder is gone: refused, nothing changed, and no empty tree hides it", async () => {
    const job = await submitCube();
    const place = path.join(lab.storage, "Pending");
    const { before, guard } = await expectRefused(job, "storage_unavailable", () => {
      fs.renameSync(place, `${place}-away`);
      undo.push(() => fs.renameSync(`${place}-away`, place));
    });
    expect(fs.existsSync(place)).toBe(false);
    undo.pop()!();
    expect(await everythingAbout(job)).toEqual(before);
    await VERBS.approve(FRONT, job, guard);
  });

  test("R5: the whole share is gone: told as that, not as a mistake of the person", async () => {
    const job = await submitCube();
    const guard = await lockFor(FRONT, job.id);
    const before = await everythingAbout(job);
    fs.renameSync(lab.storage, `${lab.storage}-away`);
    undo.push(() => fs.renameSync(`${lab.storage}-away`, lab.storage));
    const error: unknown = await VERBS.approve(FRONT, job, guard).catch((e: unknown) => e);
    undo.pop()!();
    expect(error).toMatchObject({ name: "Refusal", code: "unavailable" });
    expect(await everythingAbout(job)).toEqual(before);
  });

  test("the student's file is gone from the folder: refused, and told", async () => {
    const job = await drive(await submitCube(), "PENDING");
    fs.rmSync(path.join(lab.storage, job.file_path));
    const token = await tokenOf(job.id);
    await expect(confirmJob(token)).rejects.toMatchObject({
      code: "unavailable",
      details: { reason: "file_missing" },
    });
    expect((await theJob(job.id)).status).toBe("PENDING");
  });
});
