/**
 * How long events stay in the log before they go into a file, by what they tell of. Pure: no I/O.
 * A type that stands nowhere here is kept longest.
 */

/** Letters, files, notes and routine work on a job: half a year. */
export const MEDIUM = [
  "ConfirmationReminded",
  "ConfirmationResent",
  "EmailResent",
  "EmailRetried",
  "FileDeleted",
  "JobReviewed",
  "NoteAdded",
  "PickupReminded",
] as const;

/** What leaves nothing behind but the entry itself: a quarter. */
export const LOW = ["FileDownloaded", "FileOpened", "WorkstationLogin"] as const;

/** Tells of the log itself and never leaves it. */
export const ROTATED = "EventsRotated";
