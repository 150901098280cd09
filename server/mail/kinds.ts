/** The letters: what each is for, its default wording, and what may stand in it. Pure: no I/O. */
import { APPROVAL } from "./approval";
import { COMPLETION } from "./completion";
import { CONFIRM_REMINDER } from "./confirm-reminder";
import { CORRECTION } from "./correction";
import { PAYMENT_RECEIPT } from "./payment-receipt";
import { PICKUP_REMINDER } from "./pickup-reminder";
import { RECEIPT } from "./receipt";
import { REJECTION } from "./rejection";
import type { LetterKind } from "./wording";

export const LETTER_KINDS = {
  receipt: RECEIPT,
  approval: APPROVAL,
  "confirm-reminder": CONFIRM_REMINDER,
  rejection: REJECTION,
  completion: COMPLETION,
  "pickup-reminder": PICKUP_REMINDER,
  correction: CORRECTION,
  payment_receipt: PAYMENT_RECEIPT,
} as const satisfies Record<string, LetterKind>;

export type LetterKindName = keyof typeof LETTER_KINDS;
export const LETTER_KIND_NAMES = Object.keys(LETTER_KINDS) as LetterKindName[];

/** Is this the name of a letter? */
export function isLetterKind(name: unknown): name is LetterKindName {
  return typeof name === "string" && Object.hasOwn(LETTER_KINDS, name);
}
