/** A pile of pictures does not keep the worker busy with sending them away, and none is forgotten. */
import pg from "pg";
import { beforeAll, expect, test, vi } from "vitest";
import { callPictures, makeJobPicture } from "@server/jobs/make-picture.server";
import { workRow } from "@server/outbox/work.server";
import { freshLab, type Lab } from "../support/database";

let lab: Lab;
beforeAll(async () => {
  lab = await freshLab();
});

/** So many pictures at once: one is drawn, three wait for it. */
const PILE = 60;

const handlers = { picture: makeJobPicture };
const idsOf = async (where: string) =>
  (await lab.owner(`SELECT id FROM outbox WHERE kind = 'picture' AND ${where}`)).map(
    ({ id }) => id as string,
  );
const dueNow = () => idsOf("state = 'due' AND next_at <= now()");

test("most of a pile is put aside, and each picture that is done calls one back", async () => {
  // Nobody has these files: whoever gets a turn is done as soon as it can look into the table.
  await lab.owner(
    `INSERT INTO outbox (kind, payload) SELECT 'picture', jsonb_build_object('sha256', md5(n::text)) FROM generate_series(1, ${PILE}) n`,
  );
  const barrier = new pg.Client({ connectionString: lab.ownerUrl });
  await barrier.connect();
  try {
    await barrier.query("BEGIN");
    await barrier.query("LOCK TABLE job_files IN ACCESS EXCLUSIVE MODE");
    const ids = await dueNow();
    const working = Promise.all(ids.map((id) => workRow(id, handlers)));
    const aside = () => idsOf("state = 'due' AND next_at > now() + interval '5 hours' AND attempts = 0");
    await vi.waitFor(async () => expect(await aside()).toHaveLength(PILE - 4), { timeout: 60_000 });
    await barrier.query("COMMIT");
    const outcomes = await working;
    expect(outcomes.filter((outcome) => outcome === "done")).toHaveLength(4);
    expect(await aside()).toHaveLength(PILE - 8);
    expect(await dueNow()).toHaveLength(4);
  } finally {
    await barrier.end();
  }

  // Had everybody died meanwhile, the sweep would call one.
  await lab.owner("UPDATE outbox SET next_at = now() + interval '6 hours' WHERE state = 'due'");
  expect(await dueNow()).toHaveLength(0);
  await callPictures();
  expect(await dueNow()).toHaveLength(1);

  let most = 0;
  for (let due = await dueNow(); due.length > 0; due = await dueNow()) {
    most = Math.max(most, due.length);
    for (const id of due) expect(await workRow(id, handlers)).toBe("done");
  }
  expect(most).toBe(1);
  expect(await idsOf("state = 'cancelled'")).toHaveLength(PILE);
});

test("a picture that failed waits for its own time", async () => {
  await lab.owner(
    `INSERT INTO outbox (kind, payload, attempts, next_at) VALUES ('picture', '{"sha256":"x"}', 1, now() + interval '5 minutes')`,
  );
  await callPictures();
  expect(await dueNow()).toHaveLength(0);
});
