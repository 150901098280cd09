/** Telling the administrator what came of a chore, through the outbox as every letter. */
import { config } from "../config.server";
import { inTransaction } from "../db.server";
import { adminFrame, choreReport } from "../mail/chore-report";
import { messageIdOf } from "../mail/links";
import { sendMail } from "../mail/transport.server";
import type { OutboxRow } from "../outbox/outbox.server";
import { writeEffects } from "../outbox/outbox.server";
import { settings } from "../settings/settings.server";
import { Chore, ChoreRun } from "./chore.server";

/** Seconds until the run that writes this has been written down itself. */
const SOON = 3;

/** Has a letter about this run written, when the lab has said to whom. */
export async function reportRun(run: ChoreRun): Promise<void> {
  const { admin_email } = await settings();
  if (!admin_email) return;
  await inTransaction((trx) =>
    writeEffects(trx, [
      { kind: "report", payload: { run_id: run.id }, dedupe_key: `report:${run.id}`, delay_seconds: SOON },
    ]),
  );
}

/**
 * The handler of `report` rows.
 * @throws MailError as every letter; an error with `retryAfterSeconds` while the run is still at work
 */
export async function sendReport(row: OutboxRow): Promise<void | "overtaken"> {
  const run = await ChoreRun.query().findById(row.payload.run_id ?? "");
  const lab = await settings();
  if (!run || !lab.admin_email || run.state === "queued") return "overtaken";
  if (run.state === "running")
    throw Object.assign(new Error("The chore is still at work."), { retryAfterSeconds: 15 });
  const chore = await Chore.query().findById(run.chore);
  await sendMail({
    to: { name: "", address: lab.admin_email },
    letter: choreReport(
      {
        title: chore?.title ?? run.chore,
        state: run.state,
        at: run.started_at ?? run.requested_at,
        result: run.result,
        head: run.facts.head as { seq: number; hash: string } | undefined,
      },
      { chores_url: `${config().PUBLIC_URL}/admin/chores`, settings: lab },
    ),
    messageId: messageIdOf(row.id, config().PUBLIC_URL),
    frame: adminFrame(lab),
  });
}
