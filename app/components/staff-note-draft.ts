/** A note that is not saved yet: kept in the tab, so that closing its form or leaving the page loses nothing. */

const key = (jobId: string) => `printdesk-note:${jobId}`;

/** The text typed for this job and not saved, if any. */
export function readDraft(jobId: string): string {
  try {
    return sessionStorage.getItem(key(jobId)) ?? "";
  } catch {
    return "";
  }
}

/** Keeps the text; an empty one forgets it. */
export function keepDraft(jobId: string, text: string): void {
  try {
    if (text.trim()) sessionStorage.setItem(key(jobId), text);
    else sessionStorage.removeItem(key(jobId));
  } catch {
    // A browser that keeps nothing still has the text in its field.
  }
}

/** A key for a form made by a script. Over plain http browsers have random bytes, but no ready UUIDs. */
export function newFormKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
