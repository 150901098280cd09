/** The lock on the administrator's desk: it asks, opens for a while, leads back, and closes again; looked at by axe. */
import { hash } from "@node-rs/argon2";
import type { Page } from "@playwright/test";
import { WORKSTATIONS } from "../support/system";
import { check } from "./axe";
import { expect, logIn, test } from "./lab";

const PASSPHRASE = "correct horse battery";

test("a passphrase opens the desk for a while, and some workstations never get in", async ({ page, lab }) => {
  const scripts = test.info().project.use.javaScriptEnabled !== false;
  const desk = await lab.anotherWeb({
    ADMIN_PASSPHRASE_HASH: await hash(PASSPHRASE, { algorithm: 2, memoryCost: 8, timeCost: 1 }),
    WORKSTATIONS: JSON.stringify(WORKSTATIONS.map((one) => ({ ...one, admin: one.id !== "back-office" }))),
  });
  try {
    await logIn(page);
    await page.goto(`${desk.url}/admin/outbox?state=failed`);
    const locked = `${desk.url}/admin/unlock?next=${encodeURIComponent("/admin/outbox?state=failed")}`;
    await expect(page).toHaveURL(locked);
    await expect(page.getByRole("heading", { name: "Administration is locked" })).toBeVisible();
    await look(page, "the lock", scripts);

    await open(page, "correct horse");
    await expect(page.getByRole("alert").getByRole("link", { name: /That is not the passphrase/ })).toBeVisible(); // prettier-ignore
    await expect(page.getByLabel("Passphrase")).toHaveValue("");
    await look(page, "the lock with an error", scripts);
    // The way back has survived the wrong try.
    await open(page, PASSPHRASE);
    await expect(page).toHaveURL(`${desk.url}/admin/outbox?state=failed`);

    await page.goto(`${desk.url}/admin/unlock`);
    await expect(page.getByText("It is open on this workstation")).toBeVisible();
    await look(page, "the open lock", scripts);
    await page.goto(`${desk.url}/admin/settings`);
    await expect(page.getByRole("heading", { name: "Settings", exact: true })).toBeVisible();

    // A quarter of an hour later: also a form that is still open is not taken.
    const [left] = await lab.sql<{ minutes: number }>("SELECT extract(epoch FROM max(admin_until) - now())::int / 60.0 AS minutes FROM workstation_sessions"); // prettier-ignore
    expect(Number(left!.minutes)).toBeGreaterThan(13);
    expect(Number(left!.minutes)).toBeLessThanOrEqual(15);
    await lab.sql("UPDATE workstation_sessions SET admin_until = now() - interval '1 second' WHERE admin_until IS NOT NULL"); // prettier-ignore
    await page.getByLabel("Name of the lab").fill("Taken Over");
    await page.getByRole("button", { name: "Save “The lab”" }).click();
    await expect(page).toHaveURL(`${desk.url}/admin/unlock?next=${encodeURIComponent("/admin/settings")}`);
    expect(await lab.sql("SELECT FROM settings WHERE key = 'lab_name'")).toEqual([]);

    await open(page, PASSPHRASE);
    await expect(page).toHaveURL(`${desk.url}/admin/settings`);
    await page.goto(`${desk.url}/admin/unlock`);
    await page.getByRole("button", { name: "Lock it now" }).click();
    await expect(page).toHaveURL(`${desk.url}/dashboard`);
    await page.goto(`${desk.url}/admin`);
    await expect(page).toHaveURL(/\/admin\/unlock\?next=/);

    await page.context().clearCookies();
    await logIn(page, "back-office");
    for (const address of ["/admin/unlock", "/admin/settings"]) {
      const answer = await page.goto(`${desk.url}${address}`);
      expect([address, answer!.status()]).toEqual([address, 403]);
      await expect(page.getByText("Back Office may not do this.")).toBeVisible();
    }
  } finally {
    desk.stop();
  }
});

async function open(page: Page, passphrase: string): Promise<void> {
  await page.getByLabel("Passphrase").fill(passphrase);
  await page.getByRole("button", { name: "Open" }).click();
}

/** axe is a script itself: it needs a browser that runs them. */
async function look(page: Page, what: string, scripts: boolean): Promise<void> {
  if (scripts) await check(page, what);
}
