/** A letter that shows whether mail works: asked for, sent like any other, and looked after. */
import { z } from "zod";
import { config } from "../config.server";
import { inTransaction } from "../db.server";
import { invalidField, Refusal } from "../errors";
import { appendEvent } from "../events/append.server";
import { frameOf } from "../mail/letter";
import { messageIdOf } from "../mail/links";
import { TEST_FOOTER, testLetter } from "../mail/test-letter";
import { sendMail } from "../mail/transport.server";
import { settings } from "../settings/settings.server";
import { requireActiveStaff } from "../staff/staff.server";
import { announceLater } from "./enqueue.server";
import { OutboxRow, type OutboxState, writeEffects } from "./outbox.server";

const KIND = "test-letter";
const Address = z.string().trim().max(254).pipe(z.email());

/**
 * Has a test letter sent. One at a time: while one is on its way, another would say nothing more.
 * @returns id of its outbox row
 * @throws Refusal `invalid` on `to` or `staff_name`; `conflict` (reason `on_its_way`)
 */
export async function requestTestLetter(
  desk: { workstation_id: string },
  input: { to: string; staff_name: string },
): Promise<{ outbox_id: string }> {
  const name = await requireActiveStaff(input.staff_name);
  const to = Address.safeParse(input.to);
  if (!to.success) throw invalidField("to", "Enter an e-mail address in the form name@example.edu.");
  const [outbox_id] = await inTransaction(async (trx) => {
    await trx.raw("SELECT pg_advisory_xact_lock(7302609)");
    const waiting = await OutboxRow.query(trx)
      .where("kind", KIND)
      .whereIn("state", ["due", "running"])
      .first();
    if (waiting && waiting.attempts <= 1 && !waiting.last_error) throw onItsWay();
    // One that was tried in vain gives way: perhaps the address was wrong.
    if (waiting) await OutboxRow.query(trx).findById(waiting.id).where("state", "due").patch({ state: "cancelled" }); // prettier-ignore
    const ids = await writeEffects(trx, [{ kind: KIND, payload: { to: to.data } }]);
    await appendEvent(
      trx,
      { name, workstation_id: desk.workstation_id },
      { type: "AdminAction", details: { action: KIND } },
    );
    return ids;
  });
  announceLater([outbox_id!]);
  return { outbox_id: outbox_id! };
}

function onItsWay(): Refusal {
  return new Refusal(
    "conflict",
    "A test letter is on its way already. Wait until it has arrived or failed.",
    {
      reason: "on_its_way",
    },
  );
}

/**
 * The handler of `test-letter` rows.
 * @throws MailError; its `kind` tells the outbox whether to try again
 */
export async function sendTestLetter(row: OutboxRow): Promise<void> {
  const lab = await settings();
  const home = config().PUBLIC_URL;
  await sendMail({
    to: { name: "", address: row.payload.to ?? "" },
    letter: testLetter(lab, home),
    messageId: messageIdOf(row.id, home),
    frame: { ...frameOf(lab), footer: TEST_FOOTER },
  });
}

/** How the last test letter fares. The time is UTC ISO 8601. */
export interface TestLetterView {
  id: string;
  to: string;
  state: OutboxState;
  last_error: string | null;
  created_at: string;
}

/** The last one that was asked for, or null. */
export async function lastTestLetter(): Promise<TestLetterView | null> {
  const row = await OutboxRow.query().where("kind", KIND).orderBy("created_at", "desc").first();
  if (!row) return null;
  const { id, payload, state, last_error, created_at } = row;
  return { id, to: payload.to ?? "", state, last_error, created_at: created_at.toISOString() };
}
