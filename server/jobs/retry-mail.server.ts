import { z } from "zod";
import { inTransaction } from "../db.server";
import { Refusal } from "../errors";
import { appendEvent } from "../events/append.server";
import { announceLater } from "../outbox/enqueue.server";
import { OutboxRow } from "../outbox/outbox.server";
import { retryRow } from "../outbox/work.server";
import { requireActiveStaff } from "../staff/staff.server";
import { requireJobId } from "./decision.server";
import type { Desk } from "./lock.server";
import { AttributedSchema } from "./schemas";

export const RetryMailSchema = AttributedSchema.extend({
  outbox_id: z.uuid("Choose the mail to send again."),
});

/**
 * Puts a job's failed mail back to work. Pressed twice it is retried once: only a failed row can be.
 * @returns which letter it is
 * @throws Refusal `invalid` on `staff_name`; `not_found`; `forbidden` (reason `not_failed`) when it needs no retry
 */
export async function retryMail(
  desk: Desk,
  jobId: string,
  input: z.output<typeof RetryMailSchema>,
): Promise<{ letter: string }> {
  requireJobId(jobId);
  const name = await requireActiveStaff(input.staff_name);
  const letter = await inTransaction(async (trx) => {
    const row = await OutboxRow.query(trx).findOne({ id: input.outbox_id, job_id: jobId, kind: "mail" });
    if (!row) throw new Refusal("not_found", "There is no such mail for this job.");
    if (!(await retryRow(row.id, trx)))
      throw new Refusal("forbidden", "This mail is not waiting for a retry any more. Look at it again.", {
        reason: "not_failed",
      });
    await appendEvent(
      trx,
      { name, workstation_id: desk.workstation_id },
      { type: "EmailRetried", job_id: jobId, details: { email_type: row.payload.letter ?? "" } },
    );
    return row.payload.letter ?? "";
  });
  announceLater([input.outbox_id]);
  return { letter };
}
