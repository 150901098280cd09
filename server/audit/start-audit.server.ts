import { inTransaction, type Trx } from "../db.server";
import { Refusal } from "../errors";
import { type Actor, appendEvent, SYSTEM } from "../events/append.server";
import type { Desk } from "../jobs/lock.server";
import { announceLater } from "../outbox/enqueue.server";
import { writeEffects } from "../outbox/outbox.server";
import { requireActiveStaff } from "../staff/staff.server";
import { Audit } from "./audit.server";

/**
 * Starts an integrity audit; the worker does it in the background.
 * @returns the audit's id, which the API calls the task's
 * @throws Refusal `conflict` (reason `audit_running`) while another one is at work; `invalid` on `staff_name`
 */
export async function startAudit(desk: Desk, input: { staff_name: string }): Promise<{ task_id: string }> {
  const name = await requireActiveStaff(input.staff_name);
  return startAs({ name, workstation_id: desk.workstation_id });
}

/**
 * An audit that nobody pressed for: the weekly one, and the one after a restore.
 * @throws Refusal `conflict` (reason `audit_running`) as above
 */
export function startAuditByTheSystem(): Promise<{ task_id: string }> {
  return startAs(SYSTEM);
}

async function startAs(actor: Actor): Promise<{ task_id: string }> {
  const effects: string[] = [];
  const task_id = await inTransaction(async (trx) => {
    await endAbandoned(trx);
    // Of several at once the index lets one through; the others wait here for it and write nothing.
    const [row] = await trx("audits")
      .insert({ started_by: actor.name, workstation_id: actor.workstation_id })
      .onConflict()
      .ignore()
      .returning("id");
    if (!row) throw await running(trx);
    const id = row.id as string;
    effects.push(...(await writeEffects(trx, [{ kind: "audit", payload: { audit_id: id } }])));
    await appendEvent(trx, actor, { type: "AdminAction", details: { action: "audit-start", audit_id: id } });
    return id;
  });
  announceLater(effects);
  return { task_id };
}

/** An audit that nobody will ever go on with (its effect has failed for good) must not keep out the next one. */
async function endAbandoned(trx: Trx): Promise<void> {
  await trx("audits")
    .whereIn("state", ["queued", "running"])
    .whereNotExists((effect) =>
      effect
        .from("outbox")
        .where("kind", "audit")
        .whereIn("state", ["due", "running"])
        .whereRaw("payload->>'audit_id' = audits.id::text"),
    )
    .update({ state: "failed", finished_at: trx.fn.now(), error: "The audit was not finished." });
}

async function running(trx: Trx): Promise<Refusal> {
  const audit = await Audit.query(trx).whereIn("state", ["queued", "running"]).first();
  return new Refusal(
    "conflict",
    `An audit is running already${audit ? `, started by ${audit.started_by}` : ""}. Wait until it is done.`,
    { reason: "audit_running", task_id: audit?.id, started_by: audit?.started_by },
  );
}
