/** Every step of the table from every status, through the real verbs: what is allowed happens whole, what is not changes nothing. */
import { existsSync } from "node:fs";
import path from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Refusal } from "@server/errors";
import { verifyChain } from "@server/events/verify.server";
import type { Job } from "@server/jobs/job.server";
import { releaseLock } from "@server/jobs/lock.server";
import type { Guard } from "@server/jobs/schemas";
import { allows, STATUS, STATUSES, step, STEP_NAMES, type Status } from "@server/jobs/states";
import { freshLab, type Lab } from "../support/database";
import {
  BACK,
  drive,
  eventsOf,
  everythingAbout,
  FRONT,
  lockFor,
  metadataBeside,
  storageListing,
  submitCube,
  take,
  theJob,
  tokenOf,
  VERBS,
  type Verb,
} from "../support/desk";

let lab: Lab;
beforeAll(async () => {
  lab = await freshLab();
  await lab.set({ staff_resend_cooldown_minutes: 0 });
});

const verbs = STEP_NAMES.filter((name): name is Verb => name !== "archive");
const refusalOf = async (doing: Promise<unknown>): Promise<Refusal> => {
  const error: unknown = await doing.then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(Refusal);
  return error as Refusal;
};

/** A job in a status, ready for a step: link asked for long enough ago, and so on. */
async function ready(status: Status, verb: Verb): Promise<Job> {
  const job = await drive(await submitCube(), status);
  if (verb === "resend-confirmation" && status === "PENDING")
    await lab.owner("UPDATE jobs SET confirmation_last_sent_at = now() - interval '2 hours' WHERE id = $1", [
      job.id,
    ]);
  if (verb === "resend-email" && status === "PENDING")
    await lab.owner("UPDATE outbox SET created_at = now() - interval '1 hour' WHERE job_id = $1", [job.id]);
  return job;
}

describe.each(STATUSES)("from %s", (status) => {
  const allowed = verbs.filter((verb) => allows(verb, status));
  const refused = verbs.filter((verb) => !allows(verb, status));

  test.each(allowed)("R2: %s is done whole: row, folder, metadata and one event", async (verb) => {
    const before = await ready(status, verb);
    const events = await eventsOf(before.id);
    const row = step(verb);
    const locked = row.lock ? await lockFor(FRONT, before.id) : {};
    await VERBS[verb](FRONT, before, locked);

    const added = (await eventsOf(before.id)).slice(events.length);
    expect(added.map((event) => event.event_type)).toEqual([row.event]);
    const [event] = added;
    expect([event!.triggered_by, event!.workstation_id]).toEqual(
      row.by === "staff" ? ["Jane Doe", "front"] : ["student", "public"],
    );
    expect(event!.details.override).toBe(row.override);
    if (row.to === "deleted") {
      expect(Object.keys(storageListing()).filter((f) => f.endsWith(before.stem))).toEqual([]);
      await expect(theJob(before.id)).rejects.toThrow();
      expect(event!.details).toMatchObject({
        short_id: before.short_id,
        from: status,
        reason: "sent by mistake",
      });
      return;
    }
    const to: Status =
      row.to === "chosen" ? (status === "UPLOADED" ? "PENDING" : "UPLOADED") : ((row.to ?? status) as Status);
    const after = await theJob(before.id);
    expect(after).toMatchObject({
      status: to,
      version: before.version + 1,
      lock_key: null,
      locked_by: null,
      file_path: `${STATUS[to].folder}/${before.stem}/${before.display_name}`,
      metadata_path: `${STATUS[to].folder}/${before.stem}/metadata.json`,
    });
    expect(after.status_since > before.status_since).toBe(to !== status);
    const folders = Object.entries(storageListing()).filter(([folder]) => folder.endsWith(before.stem));
    expect(folders).toEqual([
      [`${STATUS[to].folder}/${before.stem}`, [before.display_name, "metadata.json"].sort()],
    ]);
    expect(existsSync(path.join(lab.storage, after.file_path))).toBe(true);
    expect(metadataBeside(after)).toMatchObject({ job_id: before.id, status: to });
    if (to !== status) expect(event!.details).toMatchObject({ from: status, to });
  });

  test("what the table forbids is refused and changes nothing", async () => {
    const job = await drive(await submitCube(), status);
    for (const verb of refused) {
      const row = step(verb);
      // A live link, so that nothing but the status is in the way.
      if (verb === "confirm" || verb === "decline") await tokenOf(job.id);
      const guard: Guard = row.lock ? await lockFor(FRONT, job.id) : {};
      const before = await everythingAbout(job);
      const refusal = await refusalOf(VERBS[verb](FRONT, job, guard));
      expect([verb, refusal.code]).toEqual([
        verb,
        verb === "resend-confirmation" ? "not_found" : "forbidden",
      ]);
      expect(await everythingAbout(job), verb).toEqual(before);
      if (guard.lock_key) await releaseLock(FRONT, job.id, guard.lock_key);
    }
  });

  test("R11: without the lock, with another's lock or from a stale page nothing happens", async () => {
    const job = await drive(await submitCube(), status);
    for (const verb of allowed.filter((name) => step(name).lock)) {
      const before = await everythingAbout(job);
      const none = await refusalOf(VERBS[verb](FRONT, job, { version: job.version }));
      expect([verb, none.code, none.details.reason]).toEqual([verb, "forbidden", "no_lock"]);
      expect(await everythingAbout(job), verb).toEqual(before);

      const theirs = await lockFor(BACK, job.id);
      const held = await everythingAbout(job);
      for (const guard of [{}, { lock_key: theirs.lock_key }]) {
        const other = await refusalOf(VERBS[verb](FRONT, job, guard));
        expect([verb, other.code, other.details.reason]).toEqual([verb, "conflict", "locked"]);
        expect(other.message).toContain("Jane Doe (Back computer)");
      }
      const stale = await refusalOf(VERBS[verb](BACK, job, { ...theirs, version: job.version - 1 }));
      expect([verb, stale.code, stale.details.reason]).toEqual([verb, "conflict", "stale"]);
      expect(await everythingAbout(job), verb).toEqual(held);
      await releaseLock(BACK, job.id, theirs.lock_key);
    }
  });

  test("an unknown or inactive name is refused before anything else", async () => {
    await lab.owner(
      `INSERT INTO staff (name, is_active, deactivated_at) VALUES ('Gone Person', false, now()) ON CONFLICT DO NOTHING`,
    );
    const job = await drive(await submitCube(), status);
    const guard = await lockFor(FRONT, job.id);
    const before = await everythingAbout(job);
    for (const staff_name of ["Nobody Here", "Gone Person"]) {
      const refusal = await refusalOf(VERBS["change-status"](FRONT, job, guard, { staff_name }));
      expect(refusal.details.fields).toHaveProperty("staff_name");
    }
    expect(await everythingAbout(job)).toEqual(before);
  });
});

test("change-status reaches every status from every other, with the folder", async () => {
  const job = await submitCube();
  const pairs = new Set<string>();
  for (const from of STATUSES)
    for (const to of STATUSES) {
      if (from === to) continue;
      const now = await theJob(job.id);
      if (now.status !== from) await take("change-status", job.id, { new_status: from });
      const there = await take("change-status", job.id, { new_status: to });
      expect(there.status).toBe(to);
      expect(Object.keys(storageListing()).filter((f) => f.endsWith(job.stem))).toEqual([
        `${STATUS[to].folder}/${job.stem}`,
      ]);
      pairs.add(`${from} ${to}`);
    }
  expect(pairs.size).toBe(56);
  const refusal = await refusalOf(
    take("change-status", job.id, { new_status: (await theJob(job.id)).status }),
  );
  expect(refusal.details.fields).toHaveProperty("new_status");
});

describe("the time to revert", () => {
  beforeEach(() => lab.set({ revert_minutes: 30 }));
  test.each([
    ["revert-completion", "COMPLETED"],
    ["revert-pickup", "PAIDPICKEDUP"],
  ] as const)("%s is possible at 29 minutes and too late at 31", async (verb, status) => {
    for (const [minutes, late] of [
      [31, true],
      [29, false],
    ] as const) {
      const job = await drive(await submitCube(), status);
      await lab.owner(
        `UPDATE jobs SET status_since = now() - make_interval(mins => ${minutes}) WHERE id = $1`,
        [job.id],
      );
      const guard = await lockFor(FRONT, job.id);
      const doing = VERBS[verb](FRONT, job, guard);
      if (late) expect((await refusalOf(doing)).details.reason).toBe("too_late");
      else await doing;
    }
  });
});

test("R15: after all of this the log's chain holds", async () => {
  await take("approve", (await submitCube()).id);
  const { checked, gap } = await verifyChain();
  expect(gap).toBeNull();
  expect(checked).toBeGreaterThan(2);
});
