/** The letters a job can send, as effects for the outbox. Pure: no I/O. */
import type { LetterKindName } from "../mail/kinds";
import type { Effect } from "../outbox/effect";

export type LetterName = LetterKindName;

/**
 * A letter as an effect. Ids only: the text is written when it is sent.
 * @param occasion what makes this letter another one than the last of its kind (a version, a token's id)
 */
export function letter(
  name: LetterName,
  jobId: string,
  occasion: string,
  more: { payload?: Record<string, string>; delay_seconds?: number } = {},
): Effect {
  return {
    kind: "mail",
    job_id: jobId,
    payload: { letter: name, ...more.payload },
    dedupe_key: `mail:${name}:${jobId}:${occasion}`,
    delay_seconds: more.delay_seconds,
  };
}
