import { sendLetter } from "@server/jobs/send-letter.server";
import type { Handler } from "@server/outbox/work.server";

/** `mail` rows: writes and sends one letter. */
export const sendLetterTask: Handler = (row) => sendLetter(row);
