import { sendTestLetter } from "@server/outbox/test-letter.server";
import type { Handler } from "@server/outbox/work.server";

/** `test-letter` rows: sends one letter that only shows that mail works. */
export const sendTestLetterTask: Handler = (row) => sendTestLetter(row);
