/** A pile of pictures does not keep the worker busy with sending them away. */
import { randomUUID } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { makeJobPicture } from "@server/jobs/make-picture.server";
import type { OutboxRow } from "@server/outbox/outbox.server";
import { freshLab } from "../support/database";

beforeAll(async () => {
  await freshLab();
});

test("few are told to come again at once, many over the time that they need", async () => {
  const ask = async () => {
    // Nobody has this file: whoever gets a turn is done at once.
    const row = { id: randomUUID(), payload: { sha256: "0".repeat(64) } } as unknown as OutboxRow;
    return makeJobPicture(row).then(
      (outcome) => outcome,
      (error: { retryAfterSeconds?: number }) => error.retryAfterSeconds,
    );
  };
  const answers = await Promise.all(Array.from({ length: 400 }, ask));
  expect(answers.slice(0, 4)).toEqual(Array(4).fill("overtaken"));
  const waits = answers.slice(4) as number[];
  expect(Math.max(...waits.slice(0, 4))).toBeLessThanOrEqual(3 + 2);
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(3);
  const late = waits.slice(200);
  expect(Math.max(...late)).toBeLessThanOrEqual(63);
  // Spread over a minute: not even a third of them within any ten seconds.
  for (let from = 3; from < 63; from += 5)
    expect(late.filter((wait) => wait >= from && wait < from + 10).length).toBeLessThan(late.length / 3);
  expect(await ask()).toBe("overtaken");
});
