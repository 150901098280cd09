/** What staff may do with an effect: have a failed one tried again, or keep a waiting one from happening. */
import { inTransaction, type Trx } from "../db.server";
import { Refusal } from "../errors";
import { appendEvent } from "../events/append.server";
import { isUuid } from "../ids";
import { requireActiveStaff } from "../staff/staff.server";
import { announceLater } from "./enqueue.server";
import { OutboxRow } from "./outbox.server";
import { retryRow } from "./work.server";

interface Steer {
  staff_name: string;
  outbox_id: string;
}

/**
 * Has a failed effect tried again. Pressed twice it is retried once.
 * @throws Refusal `invalid` on `staff_name`; `not_found`; `forbidden` (reason `not_failed`)
 */
export async function retryEffect(desk: { workstation_id: string }, input: Steer): Promise<void> {
  await steer(desk, input, { type: "EffectRetried" }, async (trx, row) => {
    if (!(await retryRow(row.id, trx)))
      throw new Refusal("forbidden", "This is not waiting for a retry any more. Look at it again.", {
        reason: "not_failed",
      });
  });
  announceLater([input.outbox_id]);
}

/**
 * Keeps an effect from happening that is waiting or has failed. One that is under way cannot be stopped.
 * @throws Refusal `invalid` on `staff_name`; `not_found`; `forbidden` (reason `too_late`)
 */
export async function cancelEffect(
  desk: { workstation_id: string },
  input: Steer & { reason: string },
): Promise<void> {
  await steer(desk, input, { type: "EffectCancelled" }, async (trx, row) => {
    const count = await OutboxRow.query(trx)
      .where("id", row.id)
      .whereIn("state", ["due", "failed"])
      .patch({ state: "cancelled" });
    if (count !== 1)
      throw new Refusal("forbidden", "This is done, under way or cancelled already; nothing was changed.", {
        reason: "too_late",
      });
  });
}

async function steer(
  desk: { workstation_id: string },
  input: Steer & { reason?: string },
  { type }: { type: string },
  work: (trx: Trx, row: OutboxRow) => Promise<void>,
): Promise<void> {
  const name = await requireActiveStaff(input.staff_name);
  await inTransaction(async (trx) => {
    const row = isUuid(input.outbox_id)
      ? await OutboxRow.query(trx).findById(input.outbox_id).forUpdate()
      : undefined;
    if (!row) throw new Refusal("not_found", "There is nothing like this in the outbox.");
    await work(trx, row);
    const { kind, payload, job_id } = row;
    await appendEvent(
      trx,
      { name, workstation_id: desk.workstation_id },
      {
        // A letter's retry has had its own name since the beginning.
        type: type === "EffectRetried" && kind === "mail" ? "EmailRetried" : type,
        job_id,
        details: {
          kind,
          ...(payload.letter ? { email_type: payload.letter } : {}),
          ...(input.reason ? { reason: input.reason } : {}),
        },
      },
    );
  });
}
