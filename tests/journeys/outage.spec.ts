/** What staff and students see while a part of the house is down, and that it comes back by itself. */
import { until } from "../support/system";
import { act, expect, logIn, statusOf, submit, test } from "./lab";

test("R10: PostgreSQL killed: 503 with Retry-After, never a wrong answer, and back again", async ({
  page,
  lab,
}) => {
  const job = await submit(page, lab);
  await logIn(page);
  const headers = {
    Cookie: (await page.context().cookies()).map((c) => `${c.name}=${c.value}`).join("; "),
    Origin: lab.url,
  };
  // Pages, data for scripts, resource routes and redirects: each says it in its own way.
  const others = ["/", "/dashboard.data", `/dashboard/jobs/${job.id}/file/x.stl`, `${job.trackPath}.data`];
  const seen = new Set<number>();
  const seenElsewhere = new Set<number>();
  lab.kill("postgres");
  await until(
    async () => {
      const answer = await fetch(lab.url + job.trackPath);
      seen.add(answer.status);
      if (answer.status === 503) {
        expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
        expect(await answer.text()).toContain("taking a short break");
        for (const path of others) {
          const other = await fetch(lab.url + path, { headers, redirect: "manual" });
          if (other.status < 500) continue;
          seenElsewhere.add(other.status);
          expect(Number(other.headers.get("retry-after")), path).toBeGreaterThan(0);
        }
      }
      return answer.status === 200 && seen.has(503);
    },
    40_000,
    "an answer of 503 and then 200 again",
  );
  expect([...seenElsewhere]).toEqual([503]);
  expect([...seen].sort()).toEqual([200, 503].filter((status) => seen.has(status)));
  await page.goto(job.trackPath);
  await expect(page.getByText(String(job.shortId)).first()).toBeVisible();
});

test("R9: queue and worker killed in the middle of the day: nothing is lost, letters arrive once", async ({
  page,
  lab,
}) => {
  await logIn(page);
  lab.kill("quirrel");
  lab.kill("worker");
  const job = await submit(page, lab);
  await act(page, job, "approve", { weight_g: "40", time_hours: "2" });
  expect(await statusOf(lab, job)).toBe("PENDING");
  await lab.letter(job.email, /we have your file/);
  await lab.letter(job.email, /please confirm/);
  // Long enough for a second copy to arrive, if there were one; 90 seconds are what is promised.
  const left = () =>
    lab.sql("SELECT kind, state, attempts, last_error FROM outbox WHERE job_id = $1 AND state <> 'done'", [
      job.id,
    ]);
  await expect.poll(left, { timeout: 90_000 }).toEqual([]);
  const mine = lab.smtp.messages.filter((mail) => JSON.stringify(mail.to ?? "").includes(job.email));
  expect(mine.map((mail) => mail.subject).sort()).toEqual([
    `Print request ${job.shortId}: please confirm the price`,
    `Print request ${job.shortId}: we have your file`,
  ]);
  await until(
    async () => (await (await fetch(`${lab.url}/api/v1/health`)).json()).components.queue === "ok",
    30_000,
    "the queue to be back",
  );
});

test("R1: the web process killed: it is started again and answers", async ({ page, lab }) => {
  const job = await submit(page, lab);
  lab.kill("web");
  await until(
    async () => (await fetch(lab.url + job.trackPath).catch(() => null))?.status === 200,
    30_000,
    "the web process to be back",
  );
  expect((await lab.folder(job.shortId)).status).toBe("Uploaded");
});
