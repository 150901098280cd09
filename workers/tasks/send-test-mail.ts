import { sendTestRow } from "@server/jobs/test-mail.server";
import type { Handler } from "@server/outbox/work.server";

/** `test-mail` rows: sends a sample of a letter to an address. */
export const sendTestMailTask: Handler = (row) => sendTestRow(row);
