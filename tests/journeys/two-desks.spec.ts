/** R11, R14: two browsers on two web processes of one lab. No update is lost, no event is written twice. */
import type { Page } from "@playwright/test";
import { begin, events, expect, fillAction, logIn, statusOf, submit, submitAction, test } from "./lab";

test("lock, heartbeat, expiry, force-unlock and a raced review hold across processes", async ({
  page,
  lab,
}) => {
  const second = await lab.anotherWeb();
  const desk = await page.context().browser()!.newContext({ baseURL: second.url });
  try {
    const other = await desk.newPage();
    await logIn(page, "front-desk");
    await logIn(other, "print-room");
    const held = async (job: { id: string }) =>
      (
        await lab.sql<{ locked_by: string | null; seconds: number }>(
          "SELECT locked_by, extract(epoch FROM locked_until - now())::int AS seconds FROM jobs WHERE id = $1",
          [job.id],
        )
      )[0]!;

    // Conflict: the second desk is told by the other process who has it.
    const job = await submit(await await page.context().newPage(), lab);
    await begin(page, job, "reject");
    await other.goto(`/dashboard/jobs/${job.id}`);
    await expect(other.getByText(/Held by Front Desk/).first()).toBeVisible();
    const asked = await other.request.post(`/dashboard/jobs/${job.id}/approve`, {
      headers: { Origin: second.url },
      form: { intent: "start" },
    });
    expect(asked.status()).toBe(409);

    // Heartbeat: choosing a name sends one; the hold lasts its five minutes again, under that name.
    await lab.sql("UPDATE jobs SET locked_until = now() + interval '20 seconds' WHERE id = $1", [job.id]);
    await fillAction(page, { staff_name: "Jane Doe" });
    await expect.poll(async () => (await held(job)).locked_by).toBe("Jane Doe (Front Desk)");
    expect((await held(job)).seconds).toBeGreaterThan(240);

    // Expiry: the hold has run out, the other desk decides; the first keeps what it typed and changes nothing.
    await lab.sql("UPDATE jobs SET locked_until = now() - interval '1 second' WHERE id = $1", [job.id]);
    await begin(other, job, "approve");
    await fillAction(page, { custom_reason: "Walls too thin." });
    await submitAction(page);
    await expect(page.getByText(/being edited by Print Room until/).first()).toBeVisible();
    await expect(page.locator('[name="custom_reason"]').first()).toHaveValue("Walls too thin.");
    expect(await statusOf(lab, job)).toBe("UPLOADED");

    // Force-unlock from the first desk; the second's form is refused and the job is free.
    await page.goto(`/dashboard/jobs/${job.id}/force-unlock`);
    await fillAction(page, { staff_name: "Jane Doe", reason: "The browser there has crashed." });
    await submitAction(page);
    await expect.poll(async () => (await held(job)).locked_by).toBeNull();
    await begin(page, job, "approve");
    await fillAction(other, { staff_name: "Sam Rivera", weight_g: "10", time_hours: "1" });
    await submitAction(other);
    await expect(other.getByText(/being edited by Front Desk/).first()).toBeVisible();
    expect(await statusOf(lab, job)).toBe("UPLOADED");
    await page.keyboard.press("Escape");
    expect(await events(lab, job)).toEqual(["JobCreated", "AdminAction"]);

    // A review raced with a rejection: both desks hold a form of the same version; one wins.
    const raced = await submit(await await page.context().newPage(), lab);
    const both = await Promise.all([
      decideByHand(page, lab.url, raced.id, "review", { reviewed: "true" }),
      decideByHand(other, second.url, raced.id, "reject", { reasons: "thin_walls" }),
    ]);
    expect(both.filter((status) => status === 303)).toHaveLength(1);
    expect(both.filter((status) => status === 409)).toHaveLength(1);
    expect(await events(lab, raced)).toHaveLength(2);
  } finally {
    await desk.close();
    second.stop();
  }
});

/** Takes the lock and decides at once, as two people pressing in the same second do. */
async function decideByHand(
  page: Page,
  url: string,
  id: string,
  action: string,
  fields: Record<string, string>,
): Promise<number> {
  const address = `${url}/dashboard/jobs/${id}/${action}`;
  const headers = { Origin: url };
  const start = await page.request.post(address, { headers, form: { intent: "start" }, maxRedirects: 0 });
  if (start.status() !== 303) return start.status();
  const lock_key = new URL(start.headers().location!, url).searchParams.get("lock")!;
  const done = await page.request.post(address, {
    headers,
    form: { intent: "submit", staff_name: "Jane Doe", version: "1", lock_key, ...fields },
    maxRedirects: 0,
  });
  return done.status();
}
