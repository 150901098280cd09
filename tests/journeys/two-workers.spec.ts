/** Two web and two worker processes on one database and one storage are one lab; the leader's death is a pause of seconds. */
import { expect, test } from "@playwright/test";
import { cubeStl } from "../support/models";
import { startSystem, type System, until } from "../support/system";

let lab: System;
test.beforeAll(async () => {
  lab = await startSystem();
  await lab.setting("submissions_per_hour_per_student", 3);
});
test.afterAll(() => lab.stop());

async function submit(url: string, n: number, email = `student${n}@example.edu`): Promise<Response> {
  const form = new FormData();
  for (const [name, value] of Object.entries({
    student_name: "Ada Lovelace",
    student_email: email,
    discipline: "Engineering",
    class_number: "N/A",
    print_method: "Filament",
    color: "blue",
    printer: "prusa_mk4s",
    acknowledged_minimum_charge: "yes",
  }))
    form.set(name, value);
  form.set("file", new Blob([new Uint8Array(cubeStl(10 + n / 100))]), `part${n}.stl`);
  return fetch(`${url}/submit`, { method: "POST", body: form, redirect: "manual", headers: { origin: url } });
}

async function logIn(url: string, password: string): Promise<Response> {
  const body = new URLSearchParams({ workstation_id: "front-desk", password });
  return fetch(`${url}/login`, { method: "POST", body, redirect: "manual", headers: { origin: url } });
}

test("R9: sessions, limits, chores and letters hold across them, and a killed leader is replaced", async () => {
  const [first, second] = [lab.url, (await lab.anotherWeb()).url];
  const other = await lab.anotherWorker();

  // One log-in, both doors; logged out at one, out at both.
  const cookie = (await logIn(first, "front-desk-demo")).headers.get("set-cookie")!.split(";")[0]!;
  const board = (url: string) => fetch(`${url}/dashboard`, { headers: { cookie }, redirect: "manual" });
  expect([(await board(first)).status, (await board(second)).status]).toEqual([200, 200]);
  await fetch(`${second}/logout`, {
    method: "POST",
    headers: { cookie, origin: second },
    redirect: "manual",
  });
  expect([(await board(first)).status, (await board(second)).status]).toEqual([302, 302]);

  // Three an hour, through whichever door.
  const same = [];
  for (let n = 0; n < 5; n++)
    same.push((await submit(n % 2 ? first : second, n, "eager@example.edu")).status);
  expect(same.filter((status) => status === 429)).toHaveLength(2);

  // Many at once through both; every letter goes out once, whichever worker has it.
  const answers = await Promise.all(
    Array.from({ length: 16 }, (_, n) => submit(n % 2 ? first : second, 100 + n)),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array(16).fill(303));
  const letters = () =>
    lab.smtp.messages.filter((mail) => /student1\d\d@/.test(JSON.stringify(mail.to ?? "")));
  await until(() => letters().length >= 16, 60_000, "sixteen receipts");

  // The leader is killed while both are at work; the launcher starts another worker in its place.
  const holder = async () =>
    (await lab.sql<{ process: string }>("SELECT process FROM chore_runs WHERE chore = 'outbox-sweep' ORDER BY started_at DESC LIMIT 1"))[0]?.process; // prettier-ignore
  await until(async () => (await holder()) !== undefined, 20_000, "a leader");
  const before = (await holder())!;
  const killed = new Date();
  if (before.endsWith(`:${other.pid}`)) other.kill();
  else lab.kill("worker");
  await until(async () => (await holder()) !== before, 15_000, "another leader");
  const [{ pause }] = (await lab.sql<{ pause: number }>(
    "SELECT extract(epoch FROM min(started_at) - $1::timestamptz)::float AS pause FROM chore_runs WHERE process <> $2 AND started_at > $1",
    [killed, before],
  )) as [{ pause: number }];
  expect(pause).toBeLessThan(10);

  // And the lab works on: one more letter, by the new leader's sweep or the queue.
  expect((await submit(second, 300)).status).toBe(303);
  await lab.letter("student300@example.edu", /received|request/i);
  await new Promise((resolve) => setTimeout(resolve, 4_000));

  // Each planned time was kept once; each letter was sent once.
  const twice = await lab.sql("SELECT chore, slot, count(*) FROM chore_runs WHERE slot IS NOT NULL GROUP BY chore, slot HAVING count(*) > 1"); // prettier-ignore
  expect(twice).toEqual([]);
  const overlapping = await lab.sql(
    `SELECT a.chore FROM chore_runs a JOIN chore_runs b ON a.chore = b.chore AND a.id < b.id
     WHERE a.started_at < b.finished_at AND b.started_at < a.finished_at`,
  );
  expect(overlapping).toEqual([]);
  const ids = lab.smtp.messages.map((mail) => mail.messageId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(letters()).toHaveLength(16);
  expect(await lab.sql("SELECT id FROM outbox WHERE kind = 'mail' AND state <> 'done'")).toEqual([]);
});
