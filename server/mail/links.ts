/** The addresses that letters carry, and the Message-ID. Pure: no I/O. */

/** The private status page of a job; `reference` is its signed reference. */
export function statusUrl(publicUrl: string, reference: string): string {
  return `${publicUrl}/track/${encodeURIComponent(reference)}`;
}

/** The page on which a student accepts or declines the price. */
export function confirmUrl(publicUrl: string, token: string): string {
  return `${publicUrl}/confirm/${encodeURIComponent(token)}`;
}

/** The submission form. */
export function submitUrl(publicUrl: string): string {
  return `${publicUrl}/submit`;
}

/** `<id@host>`: the same outbox row always gives the same Message-ID, so that a repeated mail is known as one. */
export function messageIdOf(outboxId: string | number, publicUrl: string): string {
  return `<${outboxId}@${new URL(publicUrl).hostname}>`;
}
