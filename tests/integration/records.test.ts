/** Notes in one press, openings and downloads in the log, the history by kind and page, what cards tell. */
import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { db } from "@server/db.server";
import type { EventKind } from "@server/events/kinds";
import { verifyChain } from "@server/events/verify.server";
import { asCards } from "@server/jobs/card.server";
import { noteFileAccess } from "@server/jobs/file-access.server";
import { releaseLock, takeLock } from "@server/jobs/lock.server";
import { addNote } from "@server/jobs/note.server";
import { jobHistory } from "@server/reports/job-history.server";
import { jobSheet } from "@server/reports/job-sheet.server";
import { passTime } from "../support/clock";
import { freshLab, type Lab } from "../support/database";
import { BACK, drive, eventsOf, FRONT, STAFF, submitCube, take, theJob } from "../support/desk";

let lab: Lab;
beforeAll(async () => {
  lab = await freshLab();
});

const typesOf = async (jobId: string) => (await eventsOf(jobId)).map(({ event_type }) => event_type);
const note = (jobId: string, text = "Looks fine.", form_key: string = randomUUID(), desk = FRONT) =>
  addNote(desk, jobId, { staff_name: STAFF, notes: text }, { form_key }, { at_once: true });

describe("a note in one press", () => {
  test("needs no hold, leaves none, and changes the job's version once", async () => {
    const job = await submitCube();
    await note(job.id);
    const after = await theJob(job.id);
    expect(after).toMatchObject({ version: job.version + 1, lock_key: null, locked_by: null });
    expect(await typesOf(job.id)).toEqual(["JobCreated", "NoteAdded"]);
  });

  test("R11: is refused by the holder's name while somebody else holds the job, and leaves their hold", async () => {
    const job = await submitCube();
    const held = await takeLock(BACK, job.id, { staff_name: "Sam Rivera" });
    await expect(note(job.id)).rejects.toMatchObject({
      code: "conflict",
      details: { reason: "locked", locked_by: "Sam Rivera (Back computer)" },
    });
    expect(await theJob(job.id)).toMatchObject({ lock_key: held.lock_key, version: job.version });
    await releaseLock(BACK, job.id, held.lock_key);
    await note(job.id);
    expect((await jobSheet(job.id)).notes).toHaveLength(1);
  });

  test("a hold that has run out is nobody's", async () => {
    const job = await submitCube();
    await takeLock(BACK, job.id, { withScript: true });
    await passTime(lab, { hours: 1 });
    await note(job.id);
    expect(await typesOf(job.id)).toEqual(["JobCreated", "NoteAdded"]);
  });

  test("R12: twenty presses of one form at once are one note; another text with its key is refused", async () => {
    const job = await submitCube();
    const key = randomUUID();
    const answers = await Promise.allSettled(Array.from({ length: 20 }, () => note(job.id, "Once.", key)));
    expect(answers.filter(({ status }) => status === "rejected")).toEqual([]);
    expect((await jobSheet(job.id)).notes.map(({ body }) => body)).toEqual(["Once."]);
    expect(await typesOf(job.id)).toEqual(["JobCreated", "NoteAdded"]);
    await expect(note(job.id, "Twice.", key)).rejects.toMatchObject({ details: { reason: "form_reused" } });
  });

  test("without `at_once` the hold is asked for as ever", async () => {
    const job = await submitCube();
    await expect(addNote(FRONT, job.id, { staff_name: STAFF, notes: "x" }, {})).rejects.toMatchObject({
      details: { reason: "no_lock" },
    });
  });

  test("all notes together have 5000 characters", async () => {
    const job = await submitCube();
    for (let i = 0; i < 5; i++) await note(job.id, String(i).repeat(1000));
    await expect(note(job.id, "!")).rejects.toMatchObject({
      details: { fields: { notes: ["Shorten the note: 0 characters are left for this job."] } },
    });
    const [card] = await asCards([await theJob(job.id)]);
    expect(card).toMatchObject({ notes_count: 5, notes_used: 5000 });
    expect(card!.newest_notes.map(({ body }) => body[0])).toEqual(["4", "3", "2"]);
  });
});

describe("files opened and downloaded", () => {
  test("by a name of the list, else by the workstation, which says so", async () => {
    const job = await submitCube();
    const file_name = job.display_name;
    const path = await noteFileAccess(FRONT, job.id, {
      type: "FileOpened",
      file_name,
      staff_name: "jane doe",
    });
    expect(path).toBe(job.file_path);
    await noteFileAccess(BACK, job.id, { type: "FileOpened", file_name, staff_name: "Nobody We Know" });
    await noteFileAccess(BACK, job.id, { type: "FileDownloaded", file_name });
    const [, opened, unnamed, downloaded] = await eventsOf(job.id);
    expect(opened).toMatchObject({
      event_type: "FileOpened",
      triggered_by: "Jane Doe",
      workstation_id: "front",
      details: { file_name },
    });
    expect(opened!.details).not.toHaveProperty("by_workstation");
    for (const event of [unnamed, downloaded])
      expect(event).toMatchObject({
        triggered_by: "Back computer",
        workstation_id: "back",
        details: { file_name, by_workstation: true },
      });
    expect((await theJob(job.id)).version).toBe(job.version);
    expect((await verifyChain()).gap).toBeNull();
  });

  test("twelve clicks at once are one event, a click of another workstation another, and one a minute later too", async () => {
    const job = await submitCube();
    const open = (desk = FRONT) =>
      noteFileAccess(desk, job.id, { type: "FileOpened", file_name: job.display_name });
    await Promise.all(Array.from({ length: 12 }, () => open()));
    expect(await typesOf(job.id)).toEqual(["JobCreated", "FileOpened"]);
    await open(BACK);
    expect(await typesOf(job.id)).toEqual(["JobCreated", "FileOpened", "FileOpened"]);
    // The log cannot be changed, so an older event is written by its owner, without the log's own clock.
    const old = await submitCube();
    await lab.owner(`ALTER TABLE events DISABLE TRIGGER events_append`);
    await lab.owner(
      `INSERT INTO events (id, job_id, timestamp, event_type, details, triggered_by, workstation_id, prev_hash, hash)
       VALUES (1000000, $1, now() - interval '61 seconds', 'FileOpened', $2, 'Front computer', 'front', '', 'aged')`,
      [old.id, { file_name: old.display_name }],
    );
    await lab.owner(`ALTER TABLE events ENABLE TRIGGER events_append`);
    await noteFileAccess(FRONT, old.id, { type: "FileOpened", file_name: old.display_name });
    expect((await typesOf(old.id)).filter((type) => type === "FileOpened")).toHaveLength(2);
    await lab.owner(`ALTER TABLE events DISABLE TRIGGER events_refuse_delete`);
    await lab.owner(`DELETE FROM events WHERE id = 1000000`);
    await lab.owner(`ALTER TABLE events ENABLE TRIGGER events_refuse_delete`);
  });

  test.each(["../metadata.json", "nothing.stl", "", "a/b.stl", "..", "x\u0000.stl"])(
    "R17: %j is not in the folder, and not in the log",
    async (file_name) => {
      const job = await submitCube();
      await expect(noteFileAccess(FRONT, job.id, { type: "FileOpened", file_name })).rejects.toMatchObject({
        code: "not_found",
      });
      expect(await typesOf(job.id)).toEqual(["JobCreated"]);
    },
  );

  test("an unknown job is not found", async () => {
    for (const id of [randomUUID(), "no-id"])
      await expect(
        noteFileAccess(FRONT, id, { type: "FileDownloaded", file_name: "x.stl" }),
      ).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("the history", () => {
  test("every event of a whole life has its kinds", async () => {
    const job = await submitCube();
    await take("review", job.id);
    await note(job.id);
    await drive(job, "PRINTING");
    await take("mark-failed", job.id);
    await take("mark-printing", job.id);
    await take("mark-complete", job.id);
    await take("payment", job.id);
    await take("revert-pickup", job.id);
    await noteFileAccess(FRONT, job.id, { type: "FileOpened", file_name: job.display_name });
    const ofKind = async (kind: EventKind) =>
      (await jobHistory(job.id, { kind })).events.map(({ event_type }) => event_type).reverse();
    expect(await ofKind("status")).toEqual([
      "JobCreated",
      "JobReviewed",
      "JobApproved",
      "JobConfirmed",
      "JobPrinting",
      "PrintFailed",
      "JobPrinting",
      "JobCompleted",
      "PaymentRecorded",
      "StatusReverted",
    ]);
    expect(await ofKind("notes")).toEqual(["NoteAdded"]);
    expect(await ofKind("overrides")).toEqual(["PrintFailed"]);
    expect(await ofKind("payments")).toEqual(["PaymentRecorded", "StatusReverted"]);
    expect(await ofKind("files")).toEqual(["JobCreated", "FileOpened"]);
    expect(await ofKind("letters")).toEqual([]);
    const { counts, events } = await jobHistory(job.id);
    expect(counts).toMatchObject({
      all: events.length,
      status: 10,
      notes: 1,
      overrides: 1,
      payments: 2,
      system: 0,
    });
  });

  test("pages meet without a gap, in a kind too, and inactive names are marked", async () => {
    const job = await submitCube();
    for (let i = 0; i < 5; i++) await note(job.id, `Note ${i}`);
    await take("review", job.id);
    const all = await jobHistory(job.id);
    const seen: number[] = [];
    let before: number | null = null;
    do {
      const page: Awaited<ReturnType<typeof jobHistory>> = await jobHistory(job.id, { before }, 3);
      seen.push(...page.events.map(({ id }) => id));
      before = page.older;
    } while (before !== null);
    expect(seen).toEqual(all.events.map(({ id }) => id));
    expect((await jobHistory(job.id, { kind: "notes" }, 3)).older).not.toBeNull();
    expect(all.events.every(({ inactive }) => !inactive)).toBe(true);
    await db()("staff").where({ name: STAFF }).update({ is_active: false, deactivated_at: db().fn.now() });
    try {
      const { events } = await jobHistory(job.id);
      expect(events.filter(({ inactive }) => inactive).map(({ triggered_by }) => triggered_by)).toEqual(
        Array(6).fill(STAFF),
      );
      expect((await jobSheet(job.id)).notes[0]).toMatchObject({ inactive: true });
    } finally {
      await db()("staff").where({ name: STAFF }).update({ is_active: true, deactivated_at: null });
    }
  });
});

describe("a card", () => {
  const card = async (id: string) => (await asCards([await theJob(id)]))[0]!;

  test("says why the last print failed, until the next one is started", async () => {
    const job = await submitCube();
    await drive(job, "PRINTING");
    await take("mark-failed", job.id);
    await note(job.id);
    expect(await card(job.id)).toMatchObject({ print_failure: { reason: "warped", staff_name: STAFF } });
    await take("mark-printing", job.id);
    expect((await card(job.id)).print_failure).toBeNull();
    await take("mark-complete", job.id);
    expect((await card(job.id)).revert_until).not.toBeNull();
  });

  test("offers a revert as long as it is allowed, and names each failed letter", async () => {
    const job = await submitCube();
    await drive(job, "COMPLETED");
    expect(Date.parse((await card(job.id)).revert_until!) - Date.now()).toBeGreaterThan(29 * 60_000);
    await passTime(lab, { minutes: 31 });
    expect((await card(job.id)).revert_until).toBeNull();
    expect((await card(job.id)).failed_letters).toEqual([]);
    await lab.owner(
      "UPDATE outbox SET state = 'failed', last_error = '550 unknown' WHERE job_id = $1 AND payload->>'letter' = 'receipt'",
      [job.id],
    );
    expect(await card(job.id)).toMatchObject({
      failed_mails: 1,
      failed_letters: [{ letter: "receipt", last_error: "550 unknown" }],
    });
  });
});
