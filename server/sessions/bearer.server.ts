/**
 * The API's bearer token: a signed JWT that names a workstation session. The session row decides, so a log-out, a
 * changed password or a removed workstation ends the token too.
 */
import { hkdfSync } from "node:crypto";
import { jwtVerify, SignJWT } from "jose";
import { config } from "../config.server";
import { findSessionById, logIn, type WorkstationSessionView } from "./session.server";

const AUDIENCE = "printdesk-api";

/** A key of its own, derived from the secret: what signs links and cookies signs no tokens. */
function key(): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", config().SECRET_KEY, "", AUDIENCE, 32));
}

/**
 * Logs a workstation in for the API.
 * @returns the token, good for twelve hours
 * @throws Refusal as `logIn`
 */
export async function bearerFor(
  input: { workstation_id: string; password: string },
  ip: string,
): Promise<{ token: string; expires_at: string }> {
  const { session_id, workstation_id, expires_at } = await logIn(input, ip);
  const token = await new SignJWT({ sid: session_id })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setSubject(workstation_id)
    .setAudience(AUDIENCE)
    .setIssuedAt()
    .setExpirationTime(expires_at)
    .sign(key());
  return { token, expires_at: expires_at.toISOString() };
}

/** The session of an `Authorization` header, or null. */
export async function sessionOfBearer(header: string | null): Promise<WorkstationSessionView | null> {
  const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(header ?? "")?.[1];
  if (!token) return null;
  try {
    const { payload } = await jwtVerify(token, key(), { algorithms: ["HS256"], audience: AUDIENCE });
    return typeof payload.sid === "string" ? await findSessionById(payload.sid) : null;
  } catch (error) {
    if (error instanceof Error && "code" in error && String(error.code).startsWith("ERR_J")) return null;
    throw error;
  }
}
