import { sendTestLetter } from "@server/outbox/test-letter.server";
import type { Handler } from "@server/outbox/work.server";

/** `test-letter` rows: sends a letter that shows whether mail works and how it arrives. */
export const sendTestLetterTask: Handler = (row) => sendTestLetter(row);
