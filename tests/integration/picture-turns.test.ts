/** A pile of pictures does not keep the worker busy with sending them away, and none is forgotten. */
import { beforeAll, expect, test } from "vitest";
import { callPictures, makeJobPicture } from "@server/jobs/make-picture.server";
import { workRow } from "@server/outbox/work.server";
import { freshLab, type Lab } from "../support/database";

let lab: Lab;
beforeAll(async () => {
  lab = await freshLab();
});

const handlers = { picture: makeJobPicture };
const idsOf = async (where: string) =>
  (await lab.owner(`SELECT id FROM outbox WHERE kind = 'picture' AND ${where}`)).map(
    ({ id }) => id as string,
  );
const dueNow = () => idsOf("state = 'due' AND next_at <= now()");

test("most of a pile is put aside, and each picture that is done calls one back", async () => {
  // Nobody has these files: whoever gets a turn is done at once.
  await lab.owner(
    `INSERT INTO outbox (kind, payload) SELECT 'picture', jsonb_build_object('sha256', md5(n::text)) FROM generate_series(1, 400) n`,
  );
  const outcomes = await Promise.all((await dueNow()).map((id) => workRow(id, handlers)));
  const done = outcomes.filter((outcome) => outcome === "done").length;
  expect(done).toBeGreaterThanOrEqual(4);
  expect(done).toBeLessThan(50);
  const aside = await idsOf("state = 'due' AND next_at > now() + interval '5 hours' AND attempts = 0");
  const called = await dueNow();
  expect(aside.length + called.length + done).toBe(400);
  expect(called.length).toBeLessThanOrEqual(done);

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
  expect(await idsOf("state = 'cancelled'")).toHaveLength(400);
});

test("a picture that failed waits for its own time", async () => {
  await lab.owner(
    `INSERT INTO outbox (kind, payload, attempts, next_at) VALUES ('picture', '{"sha256":"x"}', 1, now() + interval '5 minutes')`,
  );
  await callPictures();
  expect(await dueNow()).toHaveLength(0);
});
