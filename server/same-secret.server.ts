import { createHash, timingSafeEqual } from "node:crypto";

/** Are two secrets the same? Takes as long wherever they differ, and however long they are. */
export function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
