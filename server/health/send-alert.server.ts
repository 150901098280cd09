/** Writes and sends the letter about an alert. Safe to run twice: same text, same Message-ID. */
import { config } from "../config.server";
import { alertLetter } from "../mail/alert";
import { frameOf } from "../mail/letter";
import { messageIdOf } from "../mail/links";
import { sendMail } from "../mail/transport.server";
import type { OutboxRow } from "../outbox/outbox.server";
import { settings } from "../settings/settings.server";
import { AlertRow, titleOf } from "./alerts.server";

/**
 * The handler of `alert` rows.
 * @throws MailError; its `kind` tells the outbox whether to try again
 */
export async function sendAlert(row: OutboxRow): Promise<void | "overtaken"> {
  const alert = await AlertRow.query().findById(row.payload.alert_id ?? "");
  const lab = await settings();
  if (!alert || !lab.admin_email) return "overtaken";
  await sendMail({
    to: { name: "", address: lab.admin_email },
    letter: alertLetter(
      { ...alert, title: titleOf(alert), over: row.payload.what === "cleared" },
      { health_url: `${config().PUBLIC_URL}/admin/health`, time_zone: lab.time_zone },
    ),
    messageId: messageIdOf(row.id, config().PUBLIC_URL),
    frame: {
      ...frameOf(lab),
      footer: "You get this message because your address is the lab's address for alerts (Admin, Settings).",
    },
  });
}
