import { sendAlert } from "@server/health/send-alert.server";
import type { Handler } from "@server/outbox/work.server";

/** `alert` rows: writes and sends the letter about an alert. */
export const sendAlertTask: Handler = (row) => sendAlert(row);
