/** How long notes may be. Characters are counted as people see them, not as bytes. Pure. */

export const MAX_NOTE = 1000;
/** All notes of a job together. */
export const MAX_NOTES_PER_JOB = 5000;

/** Characters of a note as it would be saved. */
export function noteLength(text: string): number {
  return [...text.replace(/\r\n?/g, "\n").trim()].length;
}

/**
 * What is wrong with a note, in the words of the server, or null.
 * @param used characters that the job's notes have already
 */
export function noteProblem(text: string, used: number): string | null {
  const length = noteLength(text);
  const left = Math.max(0, MAX_NOTES_PER_JOB - used);
  if (length === 0) return "Enter a note.";
  if (length > MAX_NOTE) return `Shorten a note to ${MAX_NOTE} characters or fewer.`;
  return length > left ? notesFull(left) : null;
}

/** The sentence for a note that does not fit any more. */
export function notesFull(left: number): string {
  return `Shorten the note: ${left} characters are left for this job.`;
}
