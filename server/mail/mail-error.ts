/** A letter that did not go out. Pure: no I/O. */

/** `message` is safe to show to staff. */
export class MailError extends Error {
  /** `temporary`: try again later. `permanent`: the same letter will be refused again. */
  readonly kind: "temporary" | "permanent";
  /** Set when only our own rate limit is in the way: nothing was tried; come back after this time. */
  readonly retryAfterSeconds: number | undefined;

  constructor(kind: "temporary" | "permanent", message: string, retryAfterSeconds?: number) {
    super(message);
    this.name = "MailError";
    this.kind = kind;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
