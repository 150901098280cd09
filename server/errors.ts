/**
 * The one way the lab says no. A verb either returns its record or throws a `Refusal`;
 * pages turn it into a form error, the API into its error form. Pure: no I/O.
 */

/** Why something was refused. The status each maps to is in `REFUSAL_STATUS`. */
export type RefusalCode =
  | "invalid" // the input is wrong: 400
  | "unauthenticated" // nobody is logged in: 401
  | "forbidden" // the state or the caller's rights forbid it (also: nobody holds the lock): 403
  | "not_found" // unknown record: 404
  | "conflict" // somebody else holds the lock, the version is stale, or it is a duplicate: 409
  | "gone" // expired, used or replaced link: 410
  | "too_large" // over the size limit: 413
  | "too_many" // over a rate limit: 429
  | "unavailable"; // disk full, storage or database away: 503

export const REFUSAL_STATUS: Record<RefusalCode, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  gone: 410,
  too_large: 413,
  too_many: 429,
  unavailable: 503,
};

/**
 * What a refusal may carry beside its sentence.
 * - `field` / `fields`: form field name → what is wrong there
 * - `reason`: a stable machine word ("stale", "locked", "duplicate", "expired", "used" …)
 * - `retryAfterSeconds`: for `too_many`
 * - anything else the page or the API shows (holder, until, existing job …)
 */
export interface RefusalDetails {
  reason?: string;
  fields?: Record<string, string[]>;
  retryAfterSeconds?: number;
  [key: string]: unknown;
}

/** A clear no: a code for machines, a sentence for people that says what to do next. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly details: RefusalDetails;

  constructor(code: RefusalCode, message: string, details: RefusalDetails = {}) {
    super(message);
    this.name = "Refusal";
    this.code = code;
    this.details = details;
  }

  /** By name: Express and the Remix bundle each carry a copy of this class and must know each other's. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === "Refusal";
  }

  /** The HTTP status of this refusal. */
  get status(): number {
    return REFUSAL_STATUS[this.code];
  }
}

/** A `Refusal` about one field. */
export function invalidField(field: string, message: string): Refusal {
  return new Refusal("invalid", message, { fields: { [field]: [message] } });
}

/**
 * Puts several questions about one form, so that whoever fills it in hears every answer at once.
 * @returns the answers in the order of the questions, which are put one after another
 * @throws Refusal `invalid` with the fields of all that were refused; anything else as soon as it comes
 */
export async function askAll<T extends readonly unknown[]>(
  ...questions: { [K in keyof T]: () => Promise<T[K]> }
): Promise<T> {
  const answers: unknown[] = [];
  const refusals: Refusal[] = [];
  for (const ask of questions)
    try {
      answers.push(await ask());
    } catch (error) {
      if (!(error instanceof Refusal && error.code === "invalid" && error.details.fields)) throw error;
      refusals.push(error);
    }
  const [first] = refusals;
  if (!first) return answers as unknown as T;
  if (refusals.length === 1) throw first;
  const fields: Record<string, string[]> = {};
  for (const { details } of refusals)
    for (const [name, texts] of Object.entries(details.fields!))
      fields[name] = [...(fields[name] ?? []), ...texts];
  throw new Refusal("invalid", refusals.map(({ message }) => message).join(" "), {
    ...first.details,
    fields,
  });
}

const AWAY = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ETIMEDOUT",
  "EPIPE",
  "ENOTFOUND",
  // A statement that took too long, or a clock that jumped: nothing is wrong with what was asked.
  "57014",
  "57P01",
  "57P02",
  "57P03",
  "08000",
  "08003",
  "08006",
  "53300",
]);

/** Does this error say that the database cannot be reached, or is just starting or stopping? */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // Objection wraps what the driver says.
  const { nativeError, cause } = error as { nativeError?: unknown; cause?: unknown };
  if (isDatabaseAway(nativeError) || isDatabaseAway(cause)) return true;
  if ("code" in error && AWAY.has(String(error.code))) return true;
  return (
    error.name === "KnexTimeoutError" ||
    /Connection terminated|connection timeout|timeout expired|Query read timeout|not queryable|Connection ended/i.test(
      error.message,
    )
  );
}
