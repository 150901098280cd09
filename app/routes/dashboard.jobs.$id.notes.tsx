/** Adds a note for the staff; the ones before stand beside it. */
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { MAX_NOTES_PER_JOB, NoteSchema } from "@server/jobs/schemas";
import { addNote } from "@server/jobs/note.server";
import { jobSheet } from "@server/reports/job-sheet.server";
import { Card } from "~/components/card";
import { LongTextField } from "~/components/decision-fields";
import { NoteList } from "~/components/staff-job-records";
import { decisionMeta, DecisionPage } from "~/components/job-action";
import { decide, noStore, openDecision } from "~/http/job-action.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const meta = decisionMeta("notes");
export const headers = noStore;

export async function loader(args: LoaderFunctionArgs) {
  const view = await openDecision(args, "notes");
  const { notes } = await jobSheet(view.job.id);
  return { ...view, notes };
}

export function action(args: ActionFunctionArgs) {
  return decide(args, { name: "notes", schema: NoteSchema, run: addNote, done: () => "The note is saved." });
}

export default function Notes() {
  const view = useLoaderData<typeof loader>();
  const outcome = useActionData<typeof action>();
  const used = view.notes.reduce((sum, note) => sum + [...note.body].length, 0);
  const left = Math.min(1000, MAX_NOTES_PER_JOB - used);
  return (
    <DecisionPage
      view={view}
      outcome={outcome}
      button="Save note"
      order={["notes"]}
      aside={
        <Card title="Notes so far">
          <NoteList notes={view.notes} />
        </Card>
      }
    >
      {(fields) => (
        <LongTextField
          name="notes"
          label="Note"
          hint={
            left < 1000 && `The notes of a job have ${MAX_NOTES_PER_JOB} characters in all; ${used} are used.`
          }
          most={Math.max(0, left)}
          rows={6}
          required
          fields={fields}
        />
      )}
    </DecisionPage>
  );
}
