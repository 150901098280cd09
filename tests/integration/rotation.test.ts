/** Events leave the log by class, through a file, and the chain stays whole over what has left. */
import fs from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { db } from "@server/db.server";
import { describeCheck } from "@server/events/chain";
import { rotateEvents } from "@server/retention/rotate-events.server";
import { verifyChain, verifyLog } from "@server/events/verify.server";
import { freshLab, type Lab, query, startInstance } from "../support/database";
import { drive, sha256, submitCube } from "../support/desk";

let lab: Lab;
beforeAll(async () => {
  lab = await freshLab();
});

const folder = () => path.join(lab.dataDir, "events");
const files = () => (fs.existsSync(folder()) ? fs.readdirSync(folder()).sort() : []);

/**
 * Writes events of a type that are so many days old: with the guards off, chained as the trigger would have done it.
 * @returns their numbers
 */
async function oldEvents(type: string, days: number, n = 1, jobId: string | null = null): Promise<number[]> {
  const rows = await lab.owner<{ id: string }>(
    `INSERT INTO events (event_type, triggered_by, workstation_id, job_id, details)
     SELECT $1, 'Jane Doe', 'front', $3, jsonb_build_object('n', n, 'words', 'ä "quoted"') FROM generate_series(1, $2::int) n RETURNING id`,
    [type, n, jobId],
  );
  const ids = rows.map(({ id }) => Number(id));
  await lab.owner("ALTER TABLE events DISABLE TRIGGER ALL");
  await lab.owner("UPDATE events SET timestamp = timestamp - make_interval(days => $1) WHERE id = ANY ($2)", [
    days,
    ids,
  ]);
  // Every link from the first changed one on is made anew.
  await lab.owner(`DO $$ DECLARE e events; before text; BEGIN
    SELECT coalesce((SELECT hash FROM events WHERE id < ${ids[0]} ORDER BY id DESC LIMIT 1),
      (SELECT hash FROM event_anchors WHERE to_id < ${ids[0]} ORDER BY to_id DESC LIMIT 1), repeat('0', 64)) INTO before;
    FOR e IN SELECT * FROM events WHERE id >= ${ids[0]} ORDER BY id LOOP
      e.prev_hash := before; e.hash := event_digest(e);
      UPDATE events SET prev_hash = e.prev_hash, hash = e.hash WHERE id = e.id;
      before := e.hash;
    END LOOP;
    UPDATE event_chain SET hash = before; END $$`);
  await lab.owner("ALTER TABLE events ENABLE TRIGGER ALL");
  expect((await verifyChain()).gap).toBeNull();
  return ids;
}

const left = async (ids: number[]) => (await db()("events").whereIn("id", ids)).length;

test("R15: each class leaves at its own age, the rest stays, and the chain is whole over the holes", async () => {
  const ages: [string, number, boolean][] = [
    ["JobApproved", 366, true],
    ["JobApproved", 364, false],
    ["SomethingUnheardOf", 300, false],
    ["EmailResent", 181, true],
    ["EmailResent", 179, false],
    ["FileOpened", 91, true],
    ["FileOpened", 89, false],
  ];
  const ids: [number[], boolean][] = [];
  for (const [type, days, goes] of ages) ids.push([await oldEvents(type, days, 3), goes]);
  const before = await db()("events").orderBy("id");
  const [rotated, ...more] = await rotateEvents();
  expect(more).toEqual([]);
  expect(rotated).toMatchObject({ events: 9, file: files()[0] });
  for (const [list, goes] of ids) expect(await left(list)).toBe(goes ? 0 : 3);

  // The file holds them whole, and is what was written down.
  const content = fs.readFileSync(path.join(folder(), files()[0]!));
  const lines = content.toString("utf8").trimEnd().split("\n").map((line) => JSON.parse(line)); // prettier-ignore
  expect(lines.map(({ id, hash }) => [id, hash])).toEqual(
    before.filter(({ id }) => lines.some((line) => line.id === id)).map(({ id, hash }) => [id, hash]),
  );
  expect(lines[0].details).toMatchObject({ words: 'ä "quoted"' });
  const [record] = await db()("event_exports");
  expect(record).toMatchObject({ sha256: sha256(content), size_bytes: content.length, events: 9 });
  // Each line gives the hash that the chain keeps.
  const { rows } = await db().raw(
    "SELECT count(*) AS n FROM unnest(?::text[]) AS line WHERE event_digest(jsonb_populate_record(NULL::events, line::jsonb)) = (line::jsonb)->>'hash'",
    [content.toString("utf8").trimEnd().split("\n")],
  );
  expect(rows[0].n).toBe(9);

  const check = await verifyLog();
  expect(check).toMatchObject({ gap: null, exports: [], rotated: 9 });
  expect(describeCheck(check)).toMatch(/^Whole: \d+ events, and 9 more that left for files\.$/);
  // The log tells of it, and a second run finds nothing to do.
  const [told] = await db()("events").orderBy("id", "desc").limit(1);
  expect(told).toMatchObject({ event_type: "EventsRotated", triggered_by: "system" });
  expect(told.details).toMatchObject({ file: files()[0], events: 9, sha256: sha256(content) });
  expect(await rotateEvents()).toEqual([]);
});

test("R15: a job that is under way keeps all its events, and what tells of rotation stays", async () => {
  const job = await drive(await submitCube(), "COMPLETED");
  const kept = await oldEvents("FileOpened", 400, 2, job.id);
  const marks = await oldEvents("EventsRotated", 2_000);
  expect(await rotateEvents()).toEqual([]);
  expect(await left([...kept, ...marks])).toBe(3);
  await lab.owner("UPDATE jobs SET status = 'ARCHIVED' WHERE id = $1", [job.id]);
  expect(await rotateEvents()).toMatchObject([{ events: 2 }]);
  expect(await left(marks)).toBe(1);
  await lab.owner("UPDATE jobs SET status = 'COMPLETED' WHERE id = $1", [job.id]);
});

test("R15: the lab may keep events longer, never shorter", async () => {
  await lab.set({ event_days_low: 200 });
  const ids = await oldEvents("FileOpened", 150);
  expect(await rotateEvents()).toEqual([]);
  await lab.set({ event_days_low: 90 });
  expect(await rotateEvents()).toMatchObject([{ events: 1 }]);
  expect(await left(ids)).toBe(0);
});

test("R15: a chain with holes names every tampering as before", async () => {
  const [a, b, c] = await oldEvents("JobApproved", 10, 3);
  const gone = await oldEvents("FileOpened", 100, 2);
  const [d, e] = await oldEvents("JobApproved", 10, 2);
  await rotateEvents();
  const tables = ["events", "event_chain", "event_anchors", "event_exports"];
  const tampered = async (sql: string) => {
    for (const table of tables) await lab.owner(`CREATE TABLE kept_${table} AS TABLE ${table}`);
    for (const table of tables) await lab.owner(`ALTER TABLE ${table} DISABLE TRIGGER ALL`);
    try {
      await lab.owner(sql);
      return (await verifyChain()).gap;
    } finally {
      for (const table of [...tables].reverse()) await lab.owner(`DELETE FROM ${table}`);
      for (const table of tables)
        await lab.owner(`INSERT INTO ${table} TABLE kept_${table}; DROP TABLE kept_${table}; ALTER TABLE ${table} ENABLE TRIGGER ALL`); // prettier-ignore
      expect((await verifyChain()).gap).toBeNull();
    }
  };
  expect(await tampered(`UPDATE events SET triggered_by = 'x' WHERE id = ${b}`)).toEqual({
    event_id: b,
    problem: "edited",
  });
  expect(await tampered(`DELETE FROM events WHERE id = ${d}`)).toEqual({
    event_id: d,
    to: d,
    problem: "missing",
  });
  // The neighbours of what has left, rewritten with a fresh hash.
  for (const id of [c, e])
    expect(
      await tampered(
        `UPDATE events SET details = '{}' WHERE id = ${id}; UPDATE events x SET hash = event_digest(x) WHERE id = ${id}`,
      ),
    ).toEqual({ event_id: id, problem: "rewritten" });
  // An anchor taken away, moved, or made up for a deleted event.
  expect(await tampered(`DELETE FROM event_anchors WHERE from_id = ${gone[0]}`)).toMatchObject({
    event_id: gone[0],
    problem: "missing",
  });
  expect(
    await tampered(
      `INSERT INTO event_anchors SELECT ${a}, ${a}, e.prev_hash, e.hash, (SELECT id FROM event_exports LIMIT 1) FROM events e WHERE id = ${a}; DELETE FROM events WHERE id = ${a}`,
    ),
  ).toMatchObject({ problem: "forged-anchor" });
  const covered = await tampered(
    `INSERT INTO event_exports (file, sha256, size_bytes, events, first_id, last_id, first_at, last_at) SELECT 'forged.jsonl', repeat('a', 64), 1, 1, ${a}, ${a}, now(), now();
     INSERT INTO event_anchors SELECT ${a}, ${a}, e.prev_hash, e.hash, (SELECT id FROM event_exports WHERE file = 'forged.jsonl') FROM events e WHERE id = ${a};
     DELETE FROM events WHERE id = ${a}`,
  );
  expect(covered).toEqual({ event_id: a, problem: "forged-anchor" });
  // One that has left stands in the log again.
  expect(
    await tampered(
      `INSERT INTO events SELECT (jsonb_populate_record(e, jsonb_build_object('id', ${gone[0]}, 'hash', 'x'))).* FROM events e WHERE id = ${a}`,
    ),
  ).toEqual({ event_id: gone[0], problem: "inserted" });
});

test("R15: an export that is changed or gone is named", async () => {
  await oldEvents("FileOpened", 100, 2);
  const file = (await rotateEvents())[0]!.file;
  const place = path.join(folder(), file);
  const whole = fs.readFileSync(place);
  fs.writeFileSync(place, whole.toString("utf8").replace("Jane Doe", "John Doe"));
  expect((await verifyLog()).exports).toEqual([{ file, problem: "changed" }]);
  fs.rmSync(place);
  const check = await verifyLog();
  expect(check.exports).toEqual([{ file, problem: "missing" }]);
  expect(describeCheck(check)).toContain(`${file} is missing`);
  fs.writeFileSync(place, whole);
  expect((await verifyLog()).exports).toEqual([]);
});

test("R15: the application's role can rotate only what the export holds, and nothing young", async () => {
  const ids = await oldEvents("FileOpened", 100, 2);
  const young = await oldEvents("FileOpened", 89);
  const asApp = (sql: string, values?: unknown[]) => query(lab.appUrl, sql, values);
  const rotate = (list: number[], content: string) =>
    asApp("SELECT rotate_events('x.jsonl', $1, $2, $3)", [
      sha256(Buffer.from(content)),
      content.length,
      list,
    ]);
  const [{ lines }] = (await asApp("SELECT string_agg(event_line(e), '' ORDER BY id) AS lines FROM events e WHERE id = ANY ($1)", [ids])) as [{ lines: string }]; // prettier-ignore
  await expect(rotate(ids, lines.replace("Jane", "John"))).rejects.toThrow("byte for byte");
  await expect(rotate([...ids, ids[1]! + 100_000], lines)).rejects.toThrow("byte for byte");
  await expect(rotate(young, "x")).rejects.toThrow("too young");
  for (const sql of [
    `DELETE FROM events WHERE id = ${ids[0]}`,
    `INSERT INTO event_anchors VALUES (${ids[0]}, ${ids[0]}, repeat('0', 64), repeat('0', 64), gen_random_uuid())`,
    "DELETE FROM event_anchors",
    "UPDATE event_exports SET sha256 = repeat('0', 64)",
  ])
    await expect(asApp(sql)).rejects.toThrow("permission denied");
  // Not even the owner deletes what is not anchored.
  await expect(lab.owner(`DELETE FROM events WHERE id = ${ids[0]}`)).rejects.toThrow("append-only");
  expect(await left([...ids, ...young])).toBe(3);
  expect(await rotateEvents()).toMatchObject([{ events: 2 }]);
});

test("R15: an event that was tampered with does not leave the log, so nothing is covered up", async () => {
  const [id] = await oldEvents("FileOpened", 100, 2);
  const change = (to: string) =>
    lab.owner(`ALTER TABLE events DISABLE TRIGGER ALL; UPDATE events SET triggered_by = '${to}' WHERE id = ${id}; ALTER TABLE events ENABLE TRIGGER ALL`); // prettier-ignore
  await change("Somebody Else");
  await expect(rotateEvents()).rejects.toThrow(`event ${id} does not give its hash`);
  expect((await verifyChain()).gap).toEqual({ event_id: id, problem: "edited" });
  await change("Jane Doe");
  expect(await rotateEvents()).toMatchObject([{ events: 2 }]);
});

test("R15: killed at any point of a rotation, the events are in the log or in an export, and the next run goes on", async () => {
  for (const point of ["rotate:exported", "rotate:deleted"] as const) {
    const ids = await oldEvents("FileOpened", 100, 3);
    const instance = await startInstance(lab);
    await instance.ask("crashAt", point);
    await expect(instance.ask("rotateEvents")).rejects.toThrow();
    expect(await left(ids)).toBe(3);
    expect((await verifyLog()).gap).toBeNull();
    expect(await rotateEvents()).toMatchObject([{ events: 3 }]);
    expect(await verifyLog()).toMatchObject({ gap: null, exports: [] });
  }
});

test("R15: many events leave in several files, and all of it is checked in a moment", async () => {
  await oldEvents("FileOpened", 100, 12_000);
  const rotated = await rotateEvents();
  expect(rotated.map(({ events }) => events)).toEqual([10_000, 2_000]);
  expect(await verifyLog()).toMatchObject({ gap: null, exports: [] });
});
