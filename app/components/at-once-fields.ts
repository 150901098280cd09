/** Ids of the fields in forms that a page can have several of. Pure. */

export const noteFieldId = (jobId: string) => `note-${jobId}`;

/** The "who" of a note or of a letter's retry. @param typed what the form sent, or would send */
export function nameFieldId(typed: { outbox_id?: string }, jobId: string): string {
  return `staff_name-${typed.outbox_id ?? `note-${jobId}`}`;
}
