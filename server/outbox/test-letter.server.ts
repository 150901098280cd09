/** A letter that shows whether mail works and how it arrives: asked for, sent like any other, and looked after. */
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { config } from "../config.server";
import { inTransaction } from "../db.server";
import { invalidField, Refusal } from "../errors";
import { appendEvent } from "../events/append.server";
import { formReused } from "../form-keys.server";
import { announceLater } from "./enqueue.server";
import { OutboxRow, type OutboxState, writeEffects } from "./outbox.server";
import { settings } from "../settings/settings.server";
import { requireActiveStaff } from "../staff/staff.server";
import { isLetterKind, type LetterKindName } from "../mail/kinds";
import { frameOf } from "../mail/letter";
import { messageIdOf } from "../mail/links";
import { sampleLetter } from "../mail/sample";
import { markedAsTest, TEST_FOOTER, testLetter } from "../mail/test-letter";
import { sendMail } from "../mail/transport.server";
import { wordingOf } from "../mail/wording.server";

/** The outbox's kind of these letters. */
export const TEST_LETTER = "test-letter";
/** At most so many within ten minutes: it is a test, not a way to write to people. */
const MOST_IN_TEN_MINUTES = 10;

const Address = z.string().trim().min(1).max(254).pipe(z.email());

/**
 * Has a test letter sent. One at a time: while one is on its way, another would say nothing more. The same form
 * again writes no second one.
 * @param input.letter a letter to students, in the wording in force and about a made-up request; without it, a few
 * lines that say that mail works
 * @returns id of its outbox row
 * @throws Refusal `invalid` on `to` or `staff_name`, or (reason `form_reused`) for another letter; `conflict` (reason `on_its_way`); `too_many` with `retryAfterSeconds`
 */
export async function requestTestLetter(
  desk: { workstation_id: string },
  input: { to: string; staff_name: string; letter?: LetterKindName; form_key?: string },
): Promise<{ outbox_id: string }> {
  const name = await requireActiveStaff(input.staff_name);
  const to = Address.safeParse(input.to);
  if (!to.success) throw invalidField("to", "Enter an e-mail address in the form name@example.edu.");
  const { letter, form_key } = input;
  const dedupe_key = form_key && `${TEST_LETTER}:${form_key}`;
  const outbox_id = await inTransaction(async (trx) => {
    await trx.raw("SELECT pg_advisory_xact_lock(7302609)");
    const before = dedupe_key && (await OutboxRow.query(trx).findOne({ dedupe_key }));
    const payload: Record<string, string> = { to: to.data, ...(letter && { letter }) };
    if (before) {
      if (!isDeepStrictEqual(before.payload, payload)) throw formReused();
      return before.id;
    }
    const rows = () => OutboxRow.query(trx).where("kind", TEST_LETTER);
    const [waiting, lately] = await Promise.all([
      rows().whereIn("state", ["due", "running"]).resultSize(),
      rows().whereRaw("created_at > now() - interval '10 minutes'").resultSize(),
    ]);
    if (waiting) throw onItsWay();
    if (lately >= MOST_IN_TEN_MINUTES) throw tooMany();
    const [written] = await writeEffects(trx, [{ kind: TEST_LETTER, payload, dedupe_key }]);
    await appendEvent(
      trx,
      { name, workstation_id: desk.workstation_id },
      { type: "AdminAction", details: { action: TEST_LETTER, ...(letter && { letter }) } },
    );
    return written!;
  });
  announceLater([outbox_id]);
  return { outbox_id };
}

function onItsWay(): Refusal {
  return new Refusal(
    "conflict",
    "A test letter is on its way already. Wait until it has arrived or failed, or cancel it in the outbox.",
    { reason: "on_its_way" },
  );
}

function tooMany(): Refusal {
  return new Refusal("too_many", "Many test letters were sent just now. Please wait ten minutes.", {
    retryAfterSeconds: 600,
  });
}

/**
 * The handler of these rows. A test says at once how it ended: it is not tried again by itself.
 * @throws an error that the outbox takes as final, with the mail server's own sentence
 */
export async function sendTestLetter(row: OutboxRow): Promise<void> {
  const { letter: name, to } = row.payload;
  const lab = await settings();
  const home = config().PUBLIC_URL;
  const letter = isLetterKind(name)
    ? markedAsTest(sampleLetter(name, await wordingOf(name), { home, settings: lab, now: new Date() }))
    : testLetter(lab, home);
  try {
    await sendMail({
      to: { name: "", address: to ?? "" },
      letter,
      messageId: messageIdOf(row.id, home),
      frame: { ...frameOf(lab), footer: TEST_FOOTER },
    });
  } catch (error) {
    // Only our own rate limit is worth waiting for.
    if ((error as { retryAfterSeconds?: number }).retryAfterSeconds) throw error;
    throw Object.assign(new Error(error instanceof Error ? error.message : String(error)), {
      kind: "permanent",
    });
  }
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
  const row = await OutboxRow.query().where("kind", TEST_LETTER).orderBy("created_at", "desc").first();
  if (!row) return null;
  const { id, payload, state, last_error, created_at } = row;
  return { id, to: payload.to ?? "", state, last_error, created_at: created_at.toISOString() };
}
