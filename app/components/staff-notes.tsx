/** Staff's notes about a job. */
import type { NoteInShort } from "@server/jobs/card-records.server";
import { Time } from "./time";

/** The newest first. `inactive` marks whoever is not at the lab any more. */
export function NoteList({ notes }: { notes: (NoteInShort & { inactive?: boolean })[] }) {
  if (notes.length === 0)
    return <p className="text-soft">No notes yet. What staff should know about this job appears here.</p>;
  return (
    <ul className="rows">
      {notes.map((note) => (
        <li key={note.id}>
          <p className="whitespace-pre-wrap wrap-anywhere">{note.body}</p>
          <p className="text-sm text-soft">
            {note.staff_name}
            {note.inactive && " (inactive)"}, {note.workstation_id}, <Time at={note.created_at} />
          </p>
        </li>
      ))}
    </ul>
  );
}
