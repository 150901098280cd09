/** A sample of a letter, sent to an address to see that mail leaves the house and how it arrives. */
import { z } from "zod";
import { config } from "../config.server";
import { inTransaction } from "../db.server";
import { Refusal } from "../errors";
import { appendEvent } from "../events/append.server";
import { isLetterKind, LETTER_KIND_NAMES } from "../mail/kinds";
import { frameOf } from "../mail/letter";
import { messageIdOf } from "../mail/links";
import { sampleLetter } from "../mail/sample";
import { sendMail } from "../mail/transport.server";
import { wordingOf } from "../mail/wording.server";
import { announceLater } from "../outbox/enqueue.server";
import { OutboxRow, writeEffects } from "../outbox/outbox.server";
import { settings } from "../settings/settings.server";
import { requireActiveStaff } from "../staff/staff.server";
import { AttributedSchema } from "./schemas";

/** The outbox's kind of these letters. */
export const TEST_MAIL = "test-mail";
/** At most so many within ten minutes: it is a test, not a way to write to people. */
const MOST_IN_TEN_MINUTES = 10;

export const TestMailSchema = AttributedSchema.extend({
  to: z
    .string({ error: "Enter an e-mail address." })
    .trim()
    .min(1, "Enter an e-mail address.")
    .max(100, "Shorten the e-mail address to 100 characters or fewer.")
    .pipe(z.email("Enter an e-mail address in the form name@example.edu.")),
  letter: z.enum(LETTER_KIND_NAMES, { error: "Choose a letter." }),
  form_key: z.uuid({ error: "Open this page again: the form is not complete." }),
});

/**
 * Writes a test letter into the outbox; the worker sends it. The same form again writes no second one.
 * @returns the id of its outbox row
 * @throws Refusal `invalid` on `staff_name`; `too_many` with `retryAfterSeconds`
 */
export async function sendTestMail(
  desk: { workstation_id: string },
  input: z.output<typeof TestMailSchema>,
): Promise<string> {
  const name = await requireActiveStaff(input.staff_name);
  const { to, letter, form_key } = input;
  const dedupe_key = `${TEST_MAIL}:${form_key}`;
  const id = await inTransaction(async (trx) => {
    await trx.raw("SELECT pg_advisory_xact_lock(7302613)");
    const before = await OutboxRow.query(trx).findOne({ dedupe_key });
    if (before) return before.id;
    const lately = await OutboxRow.query(trx)
      .where("kind", TEST_MAIL)
      .whereRaw("created_at > now() - interval '10 minutes'")
      .resultSize();
    if (lately >= MOST_IN_TEN_MINUTES)
      throw new Refusal("too_many", "Many test letters were sent just now. Please wait ten minutes.", {
        retryAfterSeconds: 600,
      });
    const [written] = await writeEffects(trx, [{ kind: TEST_MAIL, payload: { letter, to }, dedupe_key }]);
    await appendEvent(
      trx,
      { name, workstation_id: desk.workstation_id },
      { type: "TestMailSent", details: { letter } },
    );
    return written!;
  });
  announceLater([id]);
  return id;
}

/**
 * The handler of these rows. A test says at once how it ended: it is not tried again by itself.
 * @throws an error that the outbox takes as final, with the mail server's own sentence
 */
export async function sendTestRow(row: OutboxRow): Promise<void | "overtaken"> {
  const { letter: name, to } = row.payload;
  if (!isLetterKind(name) || !to) return "overtaken";
  const lab = await settings();
  const letter = sampleLetter(name, await wordingOf(name), {
    home: config().PUBLIC_URL,
    settings: lab,
    now: new Date(),
  });
  const note = { kind: "note", text: "This is a test letter with made-up names and numbers. Nobody else gets it." } as const; // prettier-ignore
  try {
    await sendMail({
      to: { name: "", address: to },
      letter: { subject: `[Test] ${letter.subject}`, blocks: [note, ...letter.blocks] },
      messageId: messageIdOf(row.id, config().PUBLIC_URL),
      frame: frameOf(lab),
    });
  } catch (error) {
    // Only our own rate limit is worth waiting for.
    if ((error as { retryAfterSeconds?: number }).retryAfterSeconds) throw error;
    throw Object.assign(new Error(error instanceof Error ? error.message : String(error)), {
      kind: "permanent",
    });
  }
}
