import { Refusal } from "../errors";
import { requireActiveStaff } from "../staff/staff.server";
import { advance } from "./advance.server";
import { type Job, JobNote } from "./job.server";
import type { Desk } from "./lock.server";
import { MAX_NOTES_PER_JOB, notesFull } from "./note-limits";
import type { Guard } from "./schemas";

/**
 * Adds a note; notes are never changed afterwards.
 * @param how `at_once`: without a hold taken before; refused only while somebody else holds the job
 * @throws Refusal as `advance`; `invalid` on `notes` when the job's notes would pass 5000 characters
 */
export async function addNote(
  desk: Desk,
  jobId: string,
  input: { staff_name: string; notes: string },
  guard: Guard,
  how: { at_once?: boolean } = {},
): Promise<Job> {
  const name = await requireActiveStaff(input.staff_name);
  return advance(
    { name, workstation_id: desk.workstation_id },
    { job_id: jobId, step: "notes", guard, desk, input, ...how },
    async ({ trx }) => {
      const { used } = (await trx("job_notes")
        .where({ job_id: jobId })
        .first(trx.raw("coalesce(sum(char_length(body)), 0)::int AS used"))) as { used: number };
      const left = MAX_NOTES_PER_JOB - used;
      if ([...input.notes].length > left)
        throw new Refusal(
          "invalid",
          `All notes of a job together may have ${MAX_NOTES_PER_JOB} characters; ${left} are left.`,
          { fields: { notes: [notesFull(left)] } },
        );
      await JobNote.query(trx).insert({
        job_id: jobId,
        body: input.notes,
        staff_name: name,
        workstation_id: desk.workstation_id,
      });
      return { details: { characters: [...input.notes].length } };
    },
  );
}
