/**
 * How many letters a minute all workers together hand to the mail server. Counted in the database, because the
 * mailbox's limit knows nothing of our processes.
 */
import { config } from "../config.server";
import { db } from "../db.server";
import { MailError } from "./mail-error";

/** A pile of letters is not asked again all at once, nor left alone for longer than this, seconds. */
const LONGEST_WAIT = 3_600;

/** Until when this process has told others to come back, by `performance.now()`. */
let queueEnds = 0;

/**
 * Takes a turn for one letter: at most `MAIL_LETTERS_A_MINUTE` in any 60 seconds.
 * @throws MailError temporary, with the seconds until this letter's turn is likely: those who were sent away before it come first
 */
export async function takeMailTurn(): Promise<void> {
  const { MAIL_LETTERS_A_MINUTE: most } = config();
  const { rows } = await db().raw<{ rows: [{ wait: number }] }>(
    "SELECT take_mail_turn(?, interval '60 seconds') AS wait",
    [most],
  );
  const wait = rows[0].wait;
  if (wait === 0) return;
  const now = performance.now();
  const at = Math.max(queueEnds, now + wait * 1000);
  const seconds = Math.min(LONGEST_WAIT, Math.ceil((at - now) / 1000));
  queueEnds = Math.min(at + 60_000 / most, now + LONGEST_WAIT * 1000);
  throw new MailError("temporary", "Many letters are waiting; this one goes out later.", seconds);
}
