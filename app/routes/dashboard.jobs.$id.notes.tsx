/** Adds a note for the staff; the ones before stand beside it. */
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { NoteSchema } from "@server/jobs/schemas";
import { addNote } from "@server/jobs/note.server";
import { jobSheet } from "@server/reports/job-sheet.server";
import { decisionMeta, DecisionPage } from "~/components/decision-page";
import { decide, noStore, openDecision } from "~/http/job-action.server";

export { clientAction } from "~/components/decision-sent";
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
  return <DecisionPage view={view} outcome={outcome} />;
}
