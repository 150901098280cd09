/** What a job lacks for a status that it is put into by hand. A change of status by an administrator asks for nothing; this says what it skips. Pure: no I/O. */
import type { Status } from "./states";

/** What is known of a job, as far as a status asks for it. */
export interface Standing {
  status: Status;
  has_price: boolean;
  confirmed: boolean;
  paid: boolean;
  /** The student's file lies in the job's folder. */
  file_there: boolean;
  has_reasons: boolean;
}

const PRINTED: readonly Status[] = ["READYTOPRINT", "PRINTING", "COMPLETED", "PAIDPICKEDUP"];
const FINISHED: readonly Status[] = ["PAIDPICKEDUP", "REJECTED", "ARCHIVED"];

/** The preconditions of a status that this job does not meet, as sentences; none when it meets them all. */
export function brokenPreconditions(job: Standing, to: Status): string[] {
  const approved = to === "PENDING" || PRINTED.includes(to);
  const told: [boolean, string][] = [
    [!job.file_there, "The student’s file is missing in the storage; the change is refused until it is back."],
    [approved && !job.has_price, "It has no price: nobody has approved it with a weight and a time."],
    [to === "PENDING", "It has no link to confirm; send the approval letter again afterwards."],
    [PRINTED.includes(to) && !job.confirmed, "The student has not confirmed the price."],
    [to === "COMPLETED", "The student is not told that it is ready."],
    [to === "PAIDPICKEDUP" && !job.paid, "No payment is recorded."],
    [to === "REJECTED" && !job.has_reasons, "No reason for a rejection is recorded, and the student is not told."],
    [to === "ARCHIVED" && !FINISHED.includes(job.status), "It is not finished: neither picked up nor rejected."],
    [job.paid && to !== "PAIDPICKEDUP" && to !== "ARCHIVED", "Its payment stays valid; a changed status voids nothing."],
  ]; // prettier-ignore
  return told.flatMap(([broken, sentence]) => (broken ? [sentence] : []));
}
