/**
 * The lock on the administrator's desk, for a lab that wants one: a passphrase opens it for a quarter of an hour in
 * one workstation's session. Its hash is configuration; without one there is no lock.
 */
import { verify } from "@node-rs/argon2";
import { config } from "../config.server";
import { db, inTransaction } from "../db.server";
import { invalidField } from "../errors";
import { appendEvent } from "../events/append.server";
import type { Desk } from "../jobs/lock.server";
import { limitAdminUnlocks } from "../limits.server";

/** How long it stays open, in minutes. */
export const ADMIN_OPEN_MINUTES = 15;
/** Wrong or right, from one workstation or one address. */
const TRIES_AN_HOUR = 10;

/** Does this lab have the lock? */
export function hasAdminLock(): boolean {
  return config().ADMIN_PASSPHRASE_HASH !== undefined;
}

/**
 * Opens the desk for this session. Each try is in the log, without what was typed.
 * @param ip counted for the limit
 * @throws Refusal `invalid` on `passphrase`; `too_many`
 */
export async function unlockAdmin(desk: Desk, passphrase: string, ip: string): Promise<void> {
  const hash = config().ADMIN_PASSPHRASE_HASH;
  if (hash === undefined) return;
  await limitAdminUnlocks(ip, desk.workstation_id, TRIES_AN_HOUR);
  // argon2's own comparison takes the same time whatever differs.
  const fits = await verify(hash, passphrase.slice(0, 500)).catch(() => false);
  await inTransaction(async (trx) => {
    if (fits)
      await trx("workstation_sessions")
        .where({ id: desk.session_id })
        .update({ admin_until: trx.raw("now() + make_interval(mins => ?)", [ADMIN_OPEN_MINUTES]) });
    const actor = { name: "system", workstation_id: desk.workstation_id };
    await appendEvent(trx, actor, { type: fits ? "AdminUnlocked" : "AdminUnlockRefused" });
  });
  if (!fits) throw invalidField("passphrase", "That is not the passphrase. Nothing was opened.");
}

/** Closes it again before its time. */
export async function lockAdmin(desk: Desk): Promise<void> {
  await db()("workstation_sessions").where({ id: desk.session_id }).update({ admin_until: null });
}
