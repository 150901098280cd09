/** An effect to write into the outbox. Pure: no I/O. */
export interface Effect {
  /** Which handler does it. */
  kind: string;
  job_id?: string;
  /** Ids only. */
  payload?: Record<string, string>;
  /** Written once for this key, ever. */
  dedupe_key?: string;
  /** Not before this many seconds from now. */
  delay_seconds?: number;
}
