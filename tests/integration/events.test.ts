/** The log's chain: clean after ordinary work, and every kind of tampering is named. */
import { beforeAll, beforeEach, expect, test } from "vitest";
import { inTransaction } from "@server/db.server";
import { appendEvent, SYSTEM } from "@server/events/append.server";
import { verifyChain } from "@server/events/verify.server";
import { freshLab, type Lab } from "../support/database";
import { drive, eventsOf, submitCube, take } from "../support/desk";

let lab: Lab;
/** Number of the last event. */
let last: number;

beforeAll(async () => {
  lab = await freshLab();
});
beforeEach(async () => {
  await drive(await submitCube(), "READYTOPRINT");
  last = (await lab.owner<{ id: string }>("SELECT max(id) AS id FROM events")).map((r) => Number(r.id))[0]!;
});

/** Does what the application cannot: as the owner, with the guards off; afterwards all is put back. */
async function tampered(sql: string, batch?: number): Promise<unknown> {
  await lab.owner("CREATE TABLE kept AS TABLE events");
  await lab.owner("CREATE TABLE kept_head AS TABLE event_chain");
  await lab.owner("ALTER TABLE events DISABLE TRIGGER ALL");
  try {
    await lab.owner(sql);
    return (await verifyChain(batch)).gap;
  } finally {
    await lab.owner(
      `DELETE FROM events; INSERT INTO events TABLE kept; DELETE FROM event_chain; INSERT INTO event_chain TABLE kept_head;
       DROP TABLE kept, kept_head; ALTER TABLE events ENABLE TRIGGER ALL;`,
    );
    expect((await verifyChain()).gap).toBeNull();
  }
}

/** An event that fits behind the last one, hash included. */
const FORGED = `INSERT INTO events SELECT (f).* FROM (
  SELECT jsonb_populate_record(e, jsonb_build_object('id', e.id + 1, 'prev_hash', e.hash, 'hash', '-', 'event_type', 'Forged')) AS f
  FROM events e ORDER BY id DESC LIMIT 1) x;
  UPDATE events e SET hash = event_digest(e) WHERE event_type = 'Forged';`;

test("R15: a life from upload to archive gives a whole chain, and every step is in it", async () => {
  const job = await drive(await submitCube(), "PAIDPICKEDUP");
  await take("revert-pickup", job.id);
  await take("notes", job.id);
  expect(await verifyChain()).toEqual({ checked: expect.any(Number), rotated: 0, gap: null });
  const events = await eventsOf(job.id);
  expect(events.map((e) => e.event_type)).toEqual([
    "JobCreated",
    "JobApproved",
    "JobConfirmed",
    "JobPrinting",
    "JobCompleted",
    "PaymentRecorded",
    "StatusReverted",
    "NoteAdded",
  ]);
  for (const [i, event] of events.entries())
    if (i > 0) expect(event.timestamp >= events[i - 1]!.timestamp).toBe(true);
});

test("R15: any field of an event, changed, is named", async () => {
  for (const set of [
    "details = details || '{\"weight_g\": 1}'",
    "triggered_by = 'somebody else'",
    "workstation_id = 'elsewhere'",
    "event_type = 'Other'",
    "timestamp = timestamp + interval '1 microsecond'",
    "job_id = gen_random_uuid()",
    "job_id = NULL",
    "prev_hash = repeat('0', 64)",
    "hash = repeat('0', 64)",
  ])
    expect([set, await tampered(`UPDATE events SET ${set} WHERE id = ${last - 1}`)]).toEqual([
      set,
      { event_id: last - 1, problem: "edited" },
    ]);
});

test("R15: a missing event is named, in the middle, at the start and at the end", async () => {
  for (const id of [last - 1, 1])
    expect(await tampered(`DELETE FROM events WHERE id = ${id}`)).toEqual({
      event_id: id,
      to: id,
      problem: "missing",
    });
  expect(await tampered(`DELETE FROM events WHERE id IN (${last - 1}, ${last - 2})`)).toEqual({
    event_id: last - 2,
    to: last - 1,
    problem: "missing",
  });
  expect(await tampered(`DELETE FROM events WHERE id = ${last}`)).toEqual({
    event_id: last,
    to: last,
    problem: "missing",
  });
  expect(await tampered("DELETE FROM events")).toEqual({ event_id: 1, to: last, problem: "missing" });
});

test("R15: an event put in behind the chain's back is named, even with a fitting hash", async () => {
  expect(await tampered(FORGED)).toEqual({ event_id: last + 1, problem: "inserted" });
  const below = FORGED.replace("e.id + 1", "0");
  expect(await tampered(below)).toEqual({ event_id: 0, problem: "inserted" });
});

test("R15: an event rewritten with a fresh hash is named, by the link that remembers it", async () => {
  const rewrite = (id: number) =>
    tampered(
      `UPDATE events SET details = '{}', triggered_by = 'forged' WHERE id = ${id};
       UPDATE events e SET hash = event_digest(e) WHERE id = ${id};`,
    );
  expect(await rewrite(last - 1)).toEqual({ event_id: last - 1, problem: "rewritten" });
  expect(await rewrite(1)).toEqual({ event_id: 1, problem: "rewritten" });
  expect(await rewrite(last)).toEqual({ event_id: last, problem: "head" });
  expect(await tampered("UPDATE event_chain SET hash = repeat('a', 64)")).toEqual({
    event_id: last,
    problem: "head",
  });
  // Whoever rewrites an event and every later one must rewrite the head as well.
  expect(await tampered("UPDATE event_chain SET seq = seq - 1")).toEqual({
    event_id: last,
    problem: "inserted",
  });
});

test("R15: two events swapped are named at the first", async () => {
  expect(
    await tampered(
      `UPDATE events SET id = CASE id WHEN ${last} THEN -1 ELSE -2 END WHERE id IN (${last}, ${last - 1});
       UPDATE events SET id = CASE id WHEN -1 THEN ${last - 1} ELSE ${last} END WHERE id < 0;`,
    ),
  ).toEqual({ event_id: last - 1, problem: "edited" });
});

test("R15: many appended at once stand in one unbroken order; what was rolled back leaves no gap", async () => {
  await Promise.all(
    Array.from({ length: 60 }, (_, n) =>
      inTransaction(async (trx) => {
        await appendEvent(trx, SYSTEM, { type: "Test", details: { n } });
        if (n % 3 === 0) throw new Error("rolled back");
      }).catch((error: Error) => expect(error.message).toBe("rolled back")),
    ),
  );
  const { checked, gap } = await verifyChain();
  expect(gap).toBeNull();
  expect(checked).toBe(last + 40);
});

test("R15: a walk in small steps sees the same, also at the borders", async () => {
  for (const batch of [1, 2, 3]) {
    expect(await verifyChain(batch)).toEqual({ checked: last, rotated: 0, gap: null });
    for (const id of [1, 2, 3, last - 2, last - 1]) {
      expect(await tampered(`DELETE FROM events WHERE id = ${id}`, batch)).toEqual({
        event_id: id,
        to: id,
        problem: "missing",
      });
      expect(
        await tampered(
          `UPDATE events SET details = '{"x":1}' WHERE id = ${id}; UPDATE events e SET hash = event_digest(e) WHERE id = ${id}`,
          batch,
        ),
      ).toEqual({ event_id: id, problem: "rewritten" });
    }
  }
});

test("R15: 10,000 events are checked in a moment", async () => {
  for (let batch = 0; batch < 50; batch++)
    await lab.owner(
      `INSERT INTO events (event_type, triggered_by, workstation_id, details)
       SELECT 'Bulk', 'system', 'worker', jsonb_build_object('n', n, 'text', repeat('ä', n % 50)) FROM generate_series(1, 200) n`,
    );
  const started = Date.now();
  const { checked, gap } = await verifyChain();
  expect(gap).toBeNull();
  expect(checked).toBeGreaterThanOrEqual(10_000);
  expect(Date.now() - started).toBeLessThan(5_000);
});
