import { inTransaction } from "../db.server";
import { STUDENT } from "../events/append.server";
import { advance } from "./advance.server";
import { ConfirmToken, requireLiveToken } from "./confirm-token.server";
import { Job } from "./job.server";
import { jobNotFound } from "./lock.server";
import { referenceFor } from "./sign.server";

/** What the student is asked to confirm; money in cents, weight in g, time in h. */
export interface ConfirmView {
  short_id: number;
  original_filename: string;
  display_name: string;
  print_method: string;
  material_name: string;
  color_name: string;
  printer_name: string;
  weight_g: number;
  time_hours: number;
  cost_cents: number;
  expires_at: string;
}

/**
 * Looks at a confirm link. Changes nothing: mail scanners open links too.
 * @throws Refusal `not_found`, `gone`
 */
export async function openConfirmation(token: string): Promise<ConfirmView> {
  const { job_id, expires_at } = await requireLiveToken(token);
  const job = await Job.query().findById(job_id);
  if (!job) throw jobNotFound();
  return {
    short_id: job.short_id,
    original_filename: job.original_filename,
    display_name: job.display_name,
    print_method: job.print_method,
    material_name: job.material_name,
    color_name: job.color_name,
    printer_name: job.printer_name,
    weight_g: job.weight_g ?? 0,
    time_hours: job.time_hours ?? 0,
    cost_cents: job.cost_cents ?? 0,
    expires_at: expires_at.toISOString(),
  };
}

/**
 * The student accepts the price: the job may be printed.
 * @returns the reference of the status page
 * @throws Refusal `not_found`, `gone`, and as `advance`
 */
export async function confirmJob(token: string): Promise<{ reference: string }> {
  return useToken(token, "confirm", (now) => ({ student_confirmed: true, student_confirmed_at: now }));
}

/** Uses a link up for a step of the student's; of several at once, one wins. */
export async function useToken(
  token: string,
  step: "confirm" | "decline",
  patch: (now: Date) => Partial<Job>,
): Promise<{ reference: string }> {
  const { job_id } = await requireLiveToken(token);
  await advance(STUDENT, { job_id, step, guard: {} }, async ({ trx, now }) => {
    const live = await requireLiveToken(token, trx);
    await ConfirmToken.query(trx).findById(live.id).patch({ used_at: now });
    return { patch: patch(now) };
  }).catch(async (error) => {
    // The link may have been used a moment ago, which says more than "not possible in this status".
    await inTransaction((trx) => requireLiveToken(token, trx));
    throw error;
  });
  return { reference: referenceFor(job_id) };
}
