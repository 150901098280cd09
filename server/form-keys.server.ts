/** A form posted twice has one effect: its key is stored with what it did. */
import { createHash } from "node:crypto";
import type { Trx } from "./db.server";
import { Refusal } from "./errors";

/**
 * Notes a form's key with the effect it is about to have.
 * @returns false when this form has been done already
 * @throws Refusal `invalid` when the key was used for something else
 */
export async function claimFormKey(
  trx: Trx,
  attempt: { guard: { form_key?: string }; step: string; job_id?: string; input?: unknown },
): Promise<boolean> {
  const key = attempt.guard.form_key;
  if (!key) return true;
  const digest = createHash("sha256")
    .update(JSON.stringify(attempt.input ?? null))
    .digest("hex");
  const written = await trx("form_keys")
    .insert({ key, action: attempt.step, digest, job_id: attempt.job_id ?? null })
    .onConflict("key")
    .ignore()
    .returning("key");
  if (written.length) return true;
  const before = await trx("form_keys").where({ key }).first();
  if (
    before?.action !== attempt.step ||
    before?.digest !== digest ||
    (attempt.job_id && before?.job_id !== attempt.job_id)
  )
    throw formReused();
  return false;
}

/** The answer for a form's key that was used for something else. */
export function formReused(): Refusal {
  return new Refusal(
    "invalid",
    "This form was sent before with other content. Open it again and fill it in afresh.",
    { reason: "form_reused" },
  );
}

/** A form's key for one of several jobs: the same each time, and nobody else's. */
export function formKeyFor(key: string, jobId: string): string {
  const hex = createHash("sha256").update(`${key} ${jobId}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
