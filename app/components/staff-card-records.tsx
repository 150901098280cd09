/** What a card tells beside the request: what needs an eye on it, letters that failed, notes, where the file is. */
import type { JobCard } from "@server/jobs/card.server";
import type { LetterName } from "@server/jobs/letters";
import type { StaffChoice } from "@server/staff/staff.server";
import { Icon } from "./icon";
import { LETTER_NAMES, RetryLetter } from "./staff-job-letters";
import { AddNote } from "./staff-note-form";
import { NoteList } from "./staff-notes";
import { CopyPath, DownloadFile } from "./staff-open-file";
import { pathOnWorkstation } from "./staff-slicer-path";
import { Time } from "./time";

/** What the cards of a list share: who may sign, where this workstation mounts the storage, which list it is. */
export interface CardDesk {
  staff: StaffChoice[];
  mount: string | null;
  /** The list's address. */
  back: string;
  /** The server's time when the list was made; UTC ISO 8601. */
  made: string;
}

/** What needs an eye on this job. */
export function Flags({ job }: { job: JobCard }) {
  const { print_failure: failure } = job;
  if (!job.confirmation_expired && !job.locked_by && !failure) return null;
  return (
    <ul className="flags">
      {job.confirmation_expired && (
        <li className="text-caution">
          <Icon name="alert" /> The student has not confirmed in time
        </li>
      )}
      {failure && (
        <li className="text-caution">
          <Icon name="alert" />
          <span className="wrap-anywhere">
            The last print failed: {failure.reason}{" "}
            <span className="font-normal text-soft">
              ({failure.staff_name}, <Time at={failure.at} />)
            </span>
          </span>
        </li>
      )}
      {job.locked_by && job.locked_until && (
        <li className="text-soft">
          <Icon name="lock" />
          <span>
            Held by {job.locked_by} until <Time at={job.locked_until} />
          </span>
        </li>
      )}
    </ul>
  );
}

/** Each letter that gave up, with its reason and one press to try again. */
export function FailedLetters({ job, desk }: { job: JobCard; desk: CardDesk }) {
  return job.failed_letters.map((letter) => (
    <section key={letter.id} className="failed-letter" aria-label={`Failed letter of job ${job.short_id}`}>
      <p className="flex gap-2 font-semibold text-danger">
        <Icon name="mail" className="mt-0.5 shrink-0" />
        <span>Not sent: {LETTER_NAMES[letter.letter as LetterName] ?? letter.letter}</span>
      </p>
      {letter.last_error && <p className="text-sm wrap-anywhere text-soft">{letter.last_error}</p>}
      <RetryLetter jobId={job.id} letterId={letter.id} staff={desk.staff} back={desk.back} />
    </section>
  ));
}

/** The newest notes and the way to the others; one can be added right here. */
export function CardNotes({ job, desk }: { job: JobCard; desk: CardDesk }) {
  const more = job.notes_count - job.newest_notes.length;
  return (
    <section className="card-part" aria-label={`Notes of job ${job.short_id}`}>
      <h4>Notes{job.notes_count > 0 && ` (${job.notes_count})`}</h4>
      {job.notes_count > 0 && <NoteList notes={job.newest_notes} />}
      {more > 0 && (
        <p>
          <a className="row-link" href={`/dashboard/jobs/${job.id}#notes`}>
            {more} older {more === 1 ? "note" : "notes"}
          </a>
        </p>
      )}
      <AddNote jobId={job.id} used={job.notes_used} staff={desk.staff} />
    </section>
  );
}

/** Where the file is, and the way to it that needs no slicer. */
export function CardFile({ job, mount }: { job: JobCard; mount: string | null }) {
  return (
    <section className="card-part" aria-label={`File of job ${job.short_id}`}>
      <h4>File</h4>
      <div className="file-ways">
        {mount && <CopyPath path={pathOnWorkstation(mount, job.file_path)} />}
        <DownloadFile jobId={job.id} path={job.file_path} />
      </div>
    </section>
  );
}
