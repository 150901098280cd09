/** The mailbox's door: in production there is nothing behind it. */
import { mailboxOpen } from "@server/mail/mailbox.server";

/** Answers 404 where there is no mailbox. */
export function openMailboxOnly(): void {
  if (!mailboxOpen()) throw new Response(null, { status: 404 });
}
