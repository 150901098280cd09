/**
 * The two kinds of links that students get. Both are a random id and a signature over it, so that
 * neither can be guessed, and neither shows the job's id.
 *
 * - A reference (`/track/…`, `job_id` in the public API) names a job and opens its status page.
 * - A confirm token (`/confirm/…`) may be used once; the database holds only its hash. It can be made
 *   again from its row's id by whoever knows SECRET_KEY, so that a letter that is sent twice carries one link.
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { config } from "../config.server";

type Purpose = "track" | "confirm";

function sign(purpose: Purpose, id: Buffer): Buffer {
  return createHmac("sha256", config().SECRET_KEY)
    .update(`printdesk:${purpose}:`)
    .update(id)
    .digest()
    .subarray(0, 16);
}

function seal(purpose: Purpose, uuid: string): string {
  const id = Buffer.from(uuid.replaceAll("-", ""), "hex");
  return Buffer.concat([id, sign(purpose, id)]).toString("base64url");
}

function unseal(purpose: Purpose, text: string): string | null {
  if (!/^[A-Za-z0-9_-]{43}$/.test(text)) return null;
  const bytes = Buffer.from(text, "base64url");
  // Base64 has spare bits at the end; only the one spelling that we would write counts.
  if (bytes.length !== 32 || bytes.toString("base64url") !== text) return null;
  const id = bytes.subarray(0, 16);
  if (!timingSafeEqual(bytes.subarray(16), sign(purpose, id))) return null;
  const hex = id.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The public reference of a job. */
export function referenceFor(jobId: string): string {
  return seal("track", jobId);
}

/** The job's id behind a reference, or null when we never made it. */
export function jobIdFrom(reference: string): string | null {
  return unseal("track", reference);
}

/** The link token of a `confirm_tokens` row. */
export function tokenFor(tokenId: string): string {
  return seal("confirm", tokenId);
}

/** The row's id behind a token, or null when we never made it. */
export function tokenIdFrom(token: string): string | null {
  return unseal("confirm", token);
}

/** What the database keeps of a token: its SHA-256, as 64 hex digits. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
