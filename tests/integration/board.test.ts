/** What a board is told is remembered, and never after something has changed. */
import { beforeAll, expect, test, vi } from "vitest";
import { db } from "@server/db.server";
import { readListQuery } from "@server/jobs/list";
import { readBoard } from "@server/reports/board.server";
import { freshLab, type Lab } from "../support/database";
import { drive, FRONT, lockFor, submitCube } from "../support/desk";

let lab: Lab;
beforeAll(async () => {
  lab = await freshLab();
});

const board = (address = "status=UPLOADED") => readBoard(readListQuery(new URLSearchParams(address)));

/** How many statements the work asks. */
async function asked(work: () => Promise<unknown>): Promise<number> {
  let n = 0;
  const count = () => n++;
  db().on("query", count);
  await work();
  db().removeListener("query", count);
  return n;
}

// Another test's database may share the server, and whatever is written there makes a new snapshot too: hence the patience.
test("a second look at the same list asks one question; another list is read", async () => {
  await submitCube();
  await vi.waitFor(
    async () => {
      await board();
      expect(await asked(board)).toBe(1);
    },
    { timeout: 60_000 },
  );
  expect(await asked(() => board("status=PRINTING"))).toBeGreaterThan(3);
  expect((await board()).list.jobs).toHaveLength(1);
});

test("boards that ask at the same moment share one reading", async () => {
  const one = await asked(() => board("status=PENDING"));
  await vi.waitFor(
    async () => {
      await submitCube();
      expect(await asked(() => Promise.all([board(), board(), board()]))).toBeLessThan(2 * one);
    },
    { timeout: 60_000 },
  );
});

test("whatever changes is seen by the next look", async () => {
  const job = await submitCube();
  const seen = async () => (await board()).list.jobs.find(({ id }) => id === job.id);
  expect((await seen())?.locked_by).toBeNull();
  await lockFor(FRONT, job.id);
  expect((await seen())?.locked_by).toBeTruthy();
  await lab.owner("UPDATE jobs SET locked_until = now() - interval '1 second' WHERE id = $1", [job.id]);
  expect((await seen())?.locked_by).toBeNull();

  await lab.owner("UPDATE outbox SET state = 'failed' WHERE job_id = $1 AND kind = 'mail'", [job.id]);
  expect((await seen())?.failed_mails).toBeGreaterThan(0);

  const other = await drive(await submitCube(), "PENDING");
  const { piles } = await board();
  await lab.owner("UPDATE jobs SET confirm_token_expires = now() - interval '1 second' WHERE id = $1", [
    other.id,
  ]);
  expect((await board()).piles.expired.count).toBe(piles.expired.count + 1);

  // No event tells of this one.
  await lab.owner("UPDATE jobs SET student_name = 'Someone Else' WHERE id = $1", [job.id]);
  expect((await seen())?.student_name).toBe("Someone Else");

  await lab.owner("INSERT INTO settings (key, value, updated_by) VALUES ('sound_volume', '7', 'test')");
  expect((await board()).sound.volume).toBe(7);
  await lab.owner("INSERT INTO staff (name) VALUES ('Newly Here')");
  expect((await board()).staff.map(({ name }) => name)).toContain("Newly Here");
});
