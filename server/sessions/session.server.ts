/**
 * Workstation sessions. A computer proves itself with its shared password and gets a random token; the
 * database holds only the token's hash, so a log-out, a removed workstation or a changed password ends
 * the session everywhere at once.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { verify } from "@node-rs/argon2";
import { config, type Workstation } from "../config.server";
import { BaseModel, db } from "../db.server";
import { appendEvent } from "../events/append.server";
import { inTransaction } from "../db.server";
import { Refusal } from "../errors";
import { isUuid } from "../ids";
import type { Desk } from "../jobs/lock.server";
import { limitLogins } from "../limits.server";
import { settings } from "../settings/settings.server";

/** How long a session lasts, in hours: a working day. */
export const SESSION_HOURS = 12;

class WorkstationSession extends BaseModel {
  static override tableName = "workstation_sessions";

  declare id: string;
  declare token_hash: string;
  declare workstation_id: string;
  declare credential: string;
  declare created_at: Date;
  declare expires_at: Date;
  declare ended_at: Date | null;
  declare admin_until: Date | null;
}

/** A logged-in workstation. */
export interface WorkstationSessionView extends Desk {
  admin: boolean;
  storage_path: string | null;
  expires_at: string;
  /** Until when the administrator's desk is open here, where it has a lock; null while it is locked. */
  admin_until: string | null;
}

/** A hash of no password at all: unknown workstations take as long to refuse as known ones. */
const NOBODY =
  "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$YmZpZ3VyZXRoYXRub3Bhc3N3b3JkaGFzdGhpc2hhc2g";

/**
 * Checks a workstation's password and opens a session.
 * @param ip counted for the rate limit
 * @returns the token for the cookie; it is stored nowhere else
 * @throws Refusal `unauthenticated`, `too_many`
 */
export async function logIn(
  input: { workstation_id: string; password: string },
  ip: string,
): Promise<{ token: string; session_id: string; workstation_id: string; expires_at: Date }> {
  const { logins_per_hour } = await settings();
  // However it is written: each spelling with a count of its own would be a limit for none.
  const id = input.workstation_id.trim().toLowerCase();
  await limitLogins(ip, id, logins_per_hour);
  const workstation = config().WORKSTATIONS.find((w) => w.id === id);
  if (!(await passwordFits(workstation, input.password)) || !workstation)
    throw new Refusal("unauthenticated", "Invalid workstation ID or password");
  const token = randomBytes(32).toString("base64url");
  const expires_at = new Date(Date.now() + SESSION_HOURS * 3_600_000);
  const session_id = await inTransaction(async (trx) => {
    const session = await WorkstationSession.query(trx)
      .insert({
        token_hash: sha256(token),
        workstation_id: workstation.id,
        credential: credential(workstation),
        expires_at,
      })
      .returning("id");
    await appendEvent(
      trx,
      { name: "system", workstation_id: workstation.id },
      { type: "WorkstationLogin", details: { session: session.id } },
    );
    return session.id;
  });
  return { token, session_id, workstation_id: workstation.id, expires_at };
}

async function passwordFits(workstation: Workstation | undefined, password: string): Promise<boolean> {
  // The hash is always computed, whichever way the workstation proves itself.
  const matches = await verify(workstation?.password_hash ?? NOBODY, password).catch(() => false);
  if (workstation?.password !== undefined)
    return timingSafeEqual(Buffer.from(sha256(workstation.password)), Buffer.from(sha256(password)));
  return workstation !== undefined && matches;
}

/** The session behind a token, or null: unknown, expired, ended, or its workstation has changed. */
export async function findSession(token: string): Promise<WorkstationSessionView | null> {
  return openSession({ token_hash: sha256(token) });
}

/** The session with this id, or null; for bearers of a signed token that names it. */
export async function findSessionById(id: string): Promise<WorkstationSessionView | null> {
  return isUuid(id) ? openSession({ id }) : null;
}

async function openSession(
  key: { token_hash: string } | { id: string },
): Promise<WorkstationSessionView | null> {
  const [row, { workstation_storage }] = await Promise.all([
    WorkstationSession.query().where(key).whereNull("ended_at").whereRaw("expires_at > now()").first(),
    settings(),
  ]);
  const workstation = row && config().WORKSTATIONS.find((w) => w.id === row.workstation_id);
  if (!row || !workstation || row.credential !== credential(workstation)) return null;
  return {
    session_id: row.id,
    workstation_id: workstation.id,
    workstation_name: workstation.name,
    admin: workstation.admin,
    storage_path: (workstation_storage[workstation.id] || workstation.storage_path) ?? null,
    expires_at: row.expires_at.toISOString(),
    admin_until:
      row.admin_until && row.admin_until.getTime() > Date.now() ? row.admin_until.toISOString() : null,
  };
}

/** Ends a session and gives back the locks it held. */
export async function logOut(sessionId: string): Promise<void> {
  await db()("jobs")
    .where({ lock_session: sessionId })
    .update({ lock_key: null, lock_session: null, locked_by: null, locked_until: null });
  await WorkstationSession.query().findById(sessionId).patch({ ended_at: new Date() });
}

/** The workstations that can log in, for the list on the log-in page. */
export function workstationChoices(): { id: string; name: string }[] {
  return config().WORKSTATIONS.map(({ id, name }) => ({ id, name }));
}

/** Changes when the workstation's password does. */
function credential(workstation: Workstation): string {
  return sha256(workstation.password_hash ?? `plain:${workstation.password}`).slice(0, 32);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
